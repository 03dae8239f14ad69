// Runs inside the browser: the web provider, its live refetch, and the same cases.
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { CASES, evaluate, outcome, until } from './cases.mjs';

const NAME = '@openfeature/ofrep-web-provider';
const send = (name, result) => window.report(JSON.stringify({ client: NAME, case: name, outcome: result }));

async function clientFor(domain, baseUrl, key, context) {
  await OpenFeature.setContext(domain, context);
  const provider = new OFREPWebProvider({
    baseUrl,
    headers: [['Authorization', `Bearer ${key}`]],
    cacheMode: 'disabled',
  });
  let failure;
  try {
    await OpenFeature.setProviderAndWait(domain, provider);
  } catch (e) {
    failure = { errorCode: e.code ?? e.name, providerStatus: OpenFeature.getClient(domain).providerStatus };
  }
  return { client: OpenFeature.getClient(domain), failure };
}

window.run = async (config) => {
  const context = { targetingKey: 'user-1', country: 'DE' };
  const { client, failure } = await clientFor('main', config.url, config.key, context);
  if (failure) await send('start', failure);
  for (const [name, key, fallback] of CASES) {
    await send(name, await evaluate(client, key, fallback));
  }
  await send('hidden from client keys', await evaluate(client, 'client-hidden', 'mine'));

  const bad = await clientFor('bad', config.url, config.key, { targetingKey: 42 });
  await send('bad context', bad.failure ?? (await evaluate(bad.client, 'client-string', 'mine')));
  const noUnit = await clientFor('nounit', config.url, config.key, {});
  await send('no targeting key for a split', noUnit.failure ?? (await evaluate(noUnit.client, 'client-split', 'mine')));
  const stranger = await clientFor('stranger', config.url, 'gdn_cli_not-a-key', context);
  await send('wrong key', stranger.failure ?? (await evaluate(stranger.client, 'client-string', 'mine')));

  let refused;
  for (let i = 0; i < 200 && refused === undefined; i++) {
    const limited = await clientFor('limited' + i, config.limitedUrl, config.limitedKey, context);
    if (limited.failure) refused = { ...limited.failure, afterCalls: i };
  }
  await send('rate limit', refused ?? { never: true });

  const changed = [];
  client.addHandler(ProviderEvents.ConfigurationChanged, (event) => changed.push(...(event?.flagsChanged ?? [])));
  // The stream is opened after start; the harness changes the flag only when the page says so.
  await send('live before', outcome(client.getStringDetails('client-live', 'mine')));
  window.change();
  const after = await until(
    async () => outcome(client.getStringDetails('client-live', 'mine')),
    (o) => o.value === 'after',
  );
  await send('live change', { ...after, flagsChanged: changed });
  await OpenFeature.clearProviders();
  window.done();
};
