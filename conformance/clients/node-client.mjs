// @openfeature/ofrep-provider in Node. Configuration by environment: OFREP_URL, OFREP_KEY, OFREP_LIMITED_URL, OFREP_LIMITED_KEY.
import { createInterface } from 'node:readline';
import { OpenFeature } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { CASES, evaluate, report, until } from './cases.mjs';

const NAME = '@openfeature/ofrep-provider';
const CONTEXT = { targetingKey: 'user-1', country: 'DE' };

async function clientFor(domain, baseUrl, key) {
  await OpenFeature.setProviderAndWait(
    domain,
    new OFREPProvider({ baseUrl, headers: [['Authorization', `Bearer ${key}`]] }),
  );
  return OpenFeature.getClient(domain);
}

const url = process.env.OFREP_URL;
const client = await clientFor('main', url, process.env.OFREP_KEY);
for (const [name, key, fallback] of CASES) {
  report(NAME, name, await evaluate(client, key, fallback, CONTEXT));
}
report(NAME, 'bad context', await evaluate(client, 'client-string', 'mine', { targetingKey: 42 }));
report(NAME, 'no targeting key for a split', await evaluate(client, 'client-split', 'mine', {}));

const stranger = await clientFor('stranger', url, 'gdn_srv_not-a-key');
report(NAME, 'wrong key', await evaluate(stranger, 'client-string', 'mine', CONTEXT));

const limited = await clientFor('limited', process.env.OFREP_LIMITED_URL, process.env.OFREP_LIMITED_KEY);
let refused;
for (let i = 0; i < 200 && refused === undefined; i++) {
  const answer = await evaluate(limited, 'client-string', 'mine', CONTEXT);
  if (answer.errorCode !== undefined) refused = { ...answer, afterCalls: i };
}
report(NAME, 'rate limit', refused ?? { never: true });

console.log('READY FOR CHANGE');
await new Promise((resolve) => createInterface({ input: process.stdin }).once('line', resolve));
report(
  NAME,
  'live change',
  await until(() => evaluate(client, 'client-live', 'mine', CONTEXT), (o) => o.value === 'after'),
);
await OpenFeature.close();
process.exit(0);
