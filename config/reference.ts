import { z } from 'zod';
import './schema/meta.ts';
import { Settings } from './schema/settings.ts';
import { alternatives, childSchema, defaultOf, knownKeys, metaOf } from './schema/walk.ts';

/** A key of the configuration, as the reference lists it. */
interface Row {
  readonly key: string;
  readonly description: string;
  readonly accepted: string;
  readonly fallback: string;
  readonly example?: string;
}

/** What a placeholder in a key stands for: keys that the user chooses. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  services: '<service>',
  images: '<image>',
  ports: '<service>',
  env: '<NAME>',
};

/** The reference of a stack's configuration, in Markdown, made from the schema. */
export function renderReference(): string {
  const rows = rowsOf(Settings, []);
  return [
    '# Configuration of a stack',
    '',
    '<!-- Made from config/schema/settings.ts: `UPDATE_GOLDEN=1 npx jest test/unit/config/reference.test.ts` -->',
    '',
    "A stack is configured in `Pulumi.<stack>.yaml`, in the namespace `slipway`. Write it by hand or with Pulumi's own",
    'command; keys within a key are reached with `--path`:',
    '',
    '```sh',
    'pulumi config set slipway:system linkflow',
    'pulumi config set --path slipway:services.worker.replicas 4',
    '```',
    '',
    '```yaml',
    'config:',
    ...rows.flatMap(({ key, example }) =>
      example !== undefined && !/[.<]/.test(key) ? [`  slipway:${key}: ${example}`] : [],
    ),
    '  slipway:services:',
    '    worker: { replicas: 4, memory: 512m, cpus: 0.5, env: { LOG_LEVEL: debug } }',
    '```',
    '',
    'An unknown key, or a value that does not fit, is reported with what would be accepted, and nothing is touched.',
    '',
    ...rows.flatMap(renderRow),
    '## Secrets',
    '',
    'Secrets have a namespace of their own. One that is set wins over what would be generated or derived:',
    '',
    '```sh',
    'slipway secrets set POSTGRES_PASSWORD',
    '```',
    '',
    'It asks for the value, or reads it from a pipe, checks it against the format that the system wants, and keeps it',
    'encrypted in `Pulumi.<stack>.yaml`, as `pulumi config set --secret secrets:POSTGRES_PASSWORD` does. The next `up`',
    'delivers it; a database password is changed inside the database before those who log in with it get it.',
    '',
    "A third party's secret that the system declares as provided is never generated: `up` refuses to begin without it.",
    '',
    '`slipway secrets list` shows where each comes from, how old it is and which services get it; never a value.',
    '',
  ].join('\n');
}

function rowsOf(schema: z.core.$ZodType, path: readonly string[]): Row[] {
  return knownKeys(schema).flatMap((key) => {
    const child = childSchema(schema, key);
    if (!child) return [];
    const own = [...path, key];
    const meta = metaOf(child);
    const row: Row = {
      key: own.join('.'),
      description: meta.description ?? '',
      accepted: meta.accepted ?? '',
      fallback: meta.fallback ?? written(defaultOf(child)),
      ...(meta.example !== undefined && { example: meta.example }),
    };
    return [row, ...nestedRows(child, own, key)];
  });
}

/** Rows of what stands within a key: fixed keys, and those of entries under names that the user chooses. */
function nestedRows(schema: z.core.$ZodType, path: readonly string[], key: string): Row[] {
  return alternatives(schema).flatMap((option) => {
    if (option instanceof z.ZodObject) return rowsOf(option, path);
    return option instanceof z.ZodRecord ? rowsOf(option.valueType, [...path, PLACEHOLDERS[key] ?? '<name>']) : [];
  });
}

/** A default as the user would write it. */
function written(value: unknown): string {
  if (value === undefined) return 'not set';
  return typeof value === 'string' ? `\`${value}\`` : isEmpty(value) ? 'none' : 'see below';
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function renderRow({ key, description, accepted, fallback, example }: Row): string[] {
  return [
    `### \`slipway:${key}\``,
    '',
    ...(description === '' ? [] : [description, '']),
    `- Accepted: ${accepted}`,
    `- Default: ${fallback}`,
    ...(example === undefined ? [] : [`- Example: \`${example}\``]),
    '',
  ];
}
