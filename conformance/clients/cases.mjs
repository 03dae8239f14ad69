// The cases of every client, and how an outcome is written down: value, reason, variant, error code.

/** Flags that the harness creates before a client runs. */
export const CASES = [
  ['boolean', 'client-bool', false],
  ['string', 'client-string', 'fallback'],
  ['whole number', 'client-int', -1],
  ['fraction', 'client-float', -1],
  ['object', 'client-object', { fallback: true }],
  ['rule', 'client-rule', 'fallback'],
  ['off', 'client-off', true],
  ['code default', 'client-code-default', 'mine'],
  ['not found', 'client-no-such-flag', 'mine'],
  ['type mismatch', 'client-string', 7],
  ['key with / and space', 'client/a b ü', 'fallback'],
];

export async function evaluate(client, key, fallback, context) {
  const args = context === undefined ? [key, fallback] : [key, fallback, context];
  const details =
    typeof fallback === 'boolean'
      ? await client.getBooleanDetails(...args)
      : typeof fallback === 'number'
        ? await client.getNumberDetails(...args)
        : typeof fallback === 'string'
          ? await client.getStringDetails(...args)
          : await client.getObjectDetails(...args);
  return outcome(details);
}

export function outcome(details) {
  const o = { value: details.value };
  for (const name of ['variant', 'reason', 'errorCode']) {
    if (details[name] !== undefined) o[name] = details[name];
  }
  return o;
}

/** One line of JSON a result: what the harness reads. */
export function report(client, name, result) {
  console.log(JSON.stringify({ client, case: name, outcome: result }));
}

/** Asks until the predicate holds; the harness bounds the whole run. */
export async function until(ask, holds, millis = 20_000) {
  const end = Date.now() + millis;
  for (;;) {
    const value = await ask();
    if (holds(value) || Date.now() > end) return value;
    await new Promise((r) => setTimeout(r, 25));
  }
}
