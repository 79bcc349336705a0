import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { slipwayProvider } from '../../../../providers/slipway/provider.ts';
import { ProviderClient, secret, UNKNOWN_ON_THE_WIRE, type Wire } from '../provider-client.ts';

/* It touches no host: spoken to as the Pulumi engine does, without one. */

const TYPE = 'slipway:index:SecretDates';

let client: ProviderClient;

beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setInterval', 'setTimeout'], now: FIRST });
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
});

afterEach(() => {
  client.close();
  jest.useRealTimers();
});

const FIRST = new Date('2026-01-01T00:00:00.000Z');
const LATER = new Date('2026-04-01T00:00:00.000Z');

function inputs(values: Wire): Wire {
  return { secrets: secret(values) };
}

test('a secret is as old as its value: another value, another date, and nobody else’s changes', async () => {
  const olds = inputs({ KEY: 'of the first', PASSWORD: 'kept' });
  const { id, state } = await client.create(TYPE, olds);
  expect(state).toEqual({ since: { KEY: FIRST.toISOString(), PASSWORD: FIRST.toISOString() } });

  jest.setSystemTime(LATER);
  const news = inputs({ KEY: 'of the second', PASSWORD: 'kept', TOKEN: 'new' });
  const updated = await client.update(TYPE, id, { olds, state, news });
  expect(updated).toEqual({
    since: { KEY: LATER.toISOString(), PASSWORD: FIRST.toISOString(), TOKEN: LATER.toISOString() },
  });
});

test('no value, and nothing that is made of one, is in what it puts out', async () => {
  const { state } = await client.create(TYPE, inputs({ KEY: 'of the first' }));
  expect(Object.keys(state)).toEqual(['since']);
  expect(JSON.stringify(state)).not.toContain('of the first');
});

test('time alone changes nothing: a preview after an up shows none', async () => {
  const { state } = await client.create(TYPE, inputs({ KEY: 'of the first' }));
  jest.setSystemTime(LATER);
  const differs = async (values: Wire): Promise<boolean> =>
    (await client.diff(TYPE, inputs({ KEY: 'of the first' }), inputs(values), state)).changes;
  expect(await differs({ KEY: 'of the first' })).toBe(false);
  expect(await differs({ KEY: 'of the second' })).toBe(true);
});

test('a preview says which dates stay', async () => {
  const olds = inputs({ KEY: 'of the first', PASSWORD: 'kept' });
  const { id, state } = await client.create(TYPE, olds);
  const news = inputs({ KEY: 'of the second', PASSWORD: 'kept' });
  expect(await client.update(TYPE, id, { olds, state, news, preview: true })).toEqual({
    since: { KEY: UNKNOWN_ON_THE_WIRE, PASSWORD: FIRST.toISOString() },
  });
});
