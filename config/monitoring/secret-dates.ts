import { stringify } from 'yaml';

/** When a secret's value came, in seconds since 1970, by the label `secret`. */
export const SECRET_SET = 'slipway_secret_set_timestamp_seconds';

/** The days after which a secret is old, unless a stack says otherwise. */
export const SECRET_DAYS = { name: 'secretDays', value: '90' } as const;

/** Where Prometheus finds the dates: a pattern, as nothing but a deployment knows them. */
export const SECRET_DATES = { path: '/etc/prometheus/secret-dates.yml', pattern: '/etc/prometheus/secret-dates*.yml' };

/**
 * Dates of secrets, RFC 3339 by name, as rules that Prometheus records: YAML, sorted. Names and dates alone stand in it. Pure.
 */
export function secretDateRules(since: Readonly<Record<string, string>>): string {
  const rules = Object.entries(since)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([secret, date]) => ({
      record: SECRET_SET,
      expr: `vector(${Math.floor(Date.parse(date) / 1000)})`,
      labels: { secret },
    }));
  return stringify({ groups: rules.length === 0 ? [] : [{ name: 'secret-dates', rules }] }, { lineWidth: 0 });
}
