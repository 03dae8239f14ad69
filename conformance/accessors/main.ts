// The generated accessors of a running server, evaluated through OFREP. The test writes flags.ts beside this file.
import { OpenFeature } from '@openfeature/server-sdk';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { FlagKeys, Flags } from './flags.js';

declare const process: { env: Record<string, string | undefined> };

await OpenFeature.setProviderAndWait(
  new OFREPProvider({
    baseUrl: process.env.OFREP_URL ?? '',
    headers: [['Authorization', `Bearer ${process.env.OFREP_KEY}`]],
  }),
);
const flags = new Flags(OpenFeature.getClient());
const context = { targetingKey: 'user-1', country: 'DE' };

const shown: boolean = await flags.newCheckout(context);
const greeting: string = await flags.greeting(context);
const retries: number = await flags.maxRetries(context);
const discount: number = await flags.discount(context);
const theme = await flags.theme(context);
const details = await flags.greetingDetails(context);
console.log(
  JSON.stringify({
    shown,
    greeting,
    retries,
    discount,
    theme,
    variant: details.variant,
    key: FlagKeys.NEW_CHECKOUT,
    default: await flags.notThere(context),
  }),
);
await OpenFeature.close();
