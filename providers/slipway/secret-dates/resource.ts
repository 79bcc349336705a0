import { diffValues, failures, type Resource, UNKNOWN, type Value, type Values } from '../../rpc/index.ts';
import { SecretDatesInputs, SecretDatesOutputs } from './schema.ts';

/**
 * Since when each secret has the value that it has: a date is set when this resource first sees a value, and kept for as
 * long as that stays. Touches no host.
 */
export function secretDatesResource(now: () => Date = () => new Date()): Resource {
  return {
    token: 'slipway:index:SecretDates',
    check: ({ inputs }) => ({ inputs, failures: failures(SecretDatesInputs, inputs) }),
    diff: ({ olds, news }) => ({ changes: diffValues(olds, news) }),
    create: ({ preview }, inputs) =>
      Promise.resolve({
        id: preview ? '' : 'secret-dates',
        state: dated(inputs, {}, {}, preview ? UNKNOWN : now().toISOString()),
      }),
    update: ({ preview }, { olds, news, state }) =>
      Promise.resolve(dated(news, olds, state, preview ? UNKNOWN : now().toISOString())),
    read: (_, { state, inputs }) => Promise.resolve({ state, inputs }),
    delete: () => Promise.resolve(),
  };
}

/** The date of each secret: what it was, where the value is what it was; else the date that is given. */
function dated(news: Values, olds: Values, state: Values, date: Value): Values {
  const secrets = news['secrets'];
  if (!isMap(secrets)) return { since: UNKNOWN };
  const had = isMap(olds['secrets']) ? olds['secrets'] : {};
  const known = SecretDatesOutputs.safeParse(state);
  const since = known.success ? known.data.since : {};
  return {
    since: Object.fromEntries(
      Object.entries(secrets).map(([name, value]) => [name, had[name] === value ? (since[name] ?? date) : date]),
    ),
  };
}

function isMap(value: Value | undefined): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
