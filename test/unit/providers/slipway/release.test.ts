import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { slipwayProvider } from '../../../../providers/slipway/provider.ts';
import { ProviderClient, secret, UNKNOWN_ON_THE_WIRE, type Wire } from '../provider-client.ts';

/* It touches no host: spoken to as the Pulumi engine does, without one. */

const TYPE = 'slipway:index:Release';

let client: ProviderClient;

beforeEach(async () => {
  client = await ProviderClient.start(slipwayProvider);
  await client.configure();
});

afterEach(() => {
  client.close();
});

function inputs(changes: Wire = {}): Wire {
  return {
    plan: '{"services":[],"images":[]}',
    images: { app: { id: 'sha256:a', name: 'slipway/app:a' } },
    secrets: secret({ KEY: 'of the first' }),
    version: '1.0.0',
    note: { by: 'ann@desk' },
    ...changes,
  };
}

test('a release is one record more, with who and when; values of secrets leave only as secrets', async () => {
  const { id, state } = await client.create(TYPE, inputs());
  expect(id).toBe('release');
  expect(state).toMatchObject({ records: [{ number: 1, by: 'ann@desk', version: '1.0.0', changes: [], secrets: [] }] });
  expect(state['values']).toEqual(secret({ '1': { KEY: 'of the first' } }));
  const { values: _, ...readable } = state;
  expect(JSON.stringify(readable)).not.toContain('of the first');

  const news = inputs({
    plan: '{"services":[],"images":[],"pool":"10.0.0.0/8"}',
    secrets: secret({ KEY: 'of the second' }),
    note: { by: 'bob@lap', message: 'wider', rollbackTo: 1 },
  });
  const updated = await client.update(TYPE, id, { olds: inputs(), state, news });
  expect(updated).toMatchObject({
    records: [
      { number: 2, by: 'bob@lap', message: 'wider', rollbackTo: 1, changes: [{ path: 'pool' }], secrets: ['KEY'] },
      { number: 1 },
    ],
    values: secret({ '1': { KEY: 'of the first' }, '2': { KEY: 'of the second' } }),
  });
});

test('who says what about it is no change; plan, images, secrets and version are', async () => {
  const { state } = await client.create(TYPE, inputs());
  const differs = async (changes: Wire): Promise<boolean> =>
    (await client.diff(TYPE, inputs(), inputs(changes), state)).changes;
  expect(await differs({})).toBe(false);
  expect(await differs({ note: { by: 'bob@lap', message: 'again' } })).toBe(false);
  expect(await differs({ secrets: secret({ KEY: 'other' }) })).toBe(true);
  expect(await differs({ images: {} })).toBe(true);
  expect(await differs({ plan: '{}' })).toBe(true);
  expect(await differs({ version: '1.1.0' })).toBe(true);
});

test('a preview records nothing, whatever is not known yet', async () => {
  const { state } = await client.create(TYPE, inputs());
  const news = inputs({ images: { app: { id: UNKNOWN_ON_THE_WIRE, name: 'slipway/app:b' } } });
  const previewed = await client.update(TYPE, 'release', { olds: inputs(), state, news, preview: true });
  expect(previewed['records']).toBe(UNKNOWN_ON_THE_WIRE);
});

test('a record that can’t be read keeps no release from standing', async () => {
  const { state } = await client.create(TYPE, inputs());
  const broken = { ...state, records: [{ number: 'three' }] };
  const updated = await client.update(TYPE, 'release', { olds: inputs(), state: broken, news: inputs({ plan: '{}' }) });
  expect(updated).toMatchObject({ records: [{ number: 1 }] });
});

test('a read finds what was recorded, and a delete is content', async () => {
  const { id, state } = await client.create(TYPE, inputs());
  expect((await client.read(TYPE, id, state, inputs()))?.state).toEqual(state);
  await client.delete(TYPE, id, state, inputs());
});
