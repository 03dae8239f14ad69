// @openfeature/ofrep-web-provider in Debian's Chromium, its ES modules served as they were published.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = dirname(fileURLToPath(import.meta.url));
const of = '/node_modules/@openfeature';
const page = `<!doctype html><meta charset="utf-8"><title>client</title>
<script type="importmap">{"imports":{
  "@openfeature/core":"${of}/core/dist/esm/index.js",
  "@openfeature/web-sdk":"${of}/web-sdk/dist/esm/index.js",
  "@openfeature/ofrep-core":"${of}/ofrep-web-provider/node_modules/@openfeature/ofrep-core/index.esm.js",
  "@openfeature/ofrep-web-provider":"${of}/ofrep-web-provider/index.esm.js"}}</script>
<script type="module" src="/page.mjs"></script>`;

const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url, 'http://x').pathname);
  try {
    const body = path === '/' ? page : await readFile(join(root, path));
    response.writeHead(200, { 'content-type': path === '/' ? 'text/html' : 'text/javascript' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const tab = await browser.newPage();
  tab.on('pageerror', (e) => console.error('page error: ' + e.message));
  const finished = Promise.withResolvers ? Promise.withResolvers() : (() => {
    const d = {};
    d.promise = new Promise((resolve, reject) => Object.assign(d, { resolve, reject }));
    return d;
  })();
  await tab.exposeFunction('report', (line) => console.log(line));
  await tab.exposeFunction('change', () => console.log('READY FOR CHANGE'));
  await tab.exposeFunction('done', () => finished.resolve());
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  await tab.waitForFunction(() => typeof window.run === 'function');
  tab
    .evaluate((config) => window.run(config), {
      url: process.env.OFREP_URL,
      limitedUrl: process.env.OFREP_LIMITED_URL,
      key: process.env.OFREP_KEY,
      limitedKey: process.env.OFREP_LIMITED_KEY,
    })
    .catch(finished.reject);
  createInterface({ input: process.stdin }).on('line', () => {});
  await finished.promise;
} finally {
  await browser.close();
  server.close();
}
process.exit(0);
