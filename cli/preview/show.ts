import type { Paint, Style } from '../context.ts';
import { count } from '../output/format.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { Change, FieldChange } from './changes.ts';

const LOOKS: Readonly<
  Record<Change['action'], { readonly mark: string; readonly past: string; readonly style: Style }>
> = {
  create: { mark: '+', past: 'created', style: 'green' },
  update: { mark: '~', past: 'updated', style: 'yellow' },
  replace: { mark: '±', past: 'replaced', style: 'magenta' },
  delete: { mark: '-', past: 'deleted', style: 'red' },
};

const NOUNS: Readonly<Record<string, string>> = {
  [TYPES.container]: 'container',
  [TYPES.image]: 'image',
  [TYPES.network]: 'network',
  [TYPES.volume]: 'volume',
  [TYPES.replica]: 'health gate',
  [TYPES.job]: 'job',
  [TYPES.preflight]: 'check',
  [TYPES.files]: 'files',
  [TYPES.postgresDatabase]: 'database',
  [TYPES.postgresRole]: 'password of role',
  [TYPES.secretDates]: 'dates of',
  [TYPES.subnets]: 'subnets',
  [TYPES.ports]: 'chosen ports',
  [TYPES.release]: 'record of the',
  [TYPES.privateKey]: 'private key',
  [TYPES.certificateRequest]: 'certificate request',
  [TYPES.certificate]: 'certificate',
  [TYPES.authority]: 'certificate',
  'pulumi:providers:docker': 'provider',
  'pulumi:providers:slipway': 'provider',
};

/** Changes for people, service by service; what belongs to no service comes first. */
export function changesText(stack: string, changes: readonly Change[], withValues: boolean, paint: Paint): string {
  if (changes.length === 0) return `stack ${stack}: no changes`;
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = change.service ?? '';
    groups.set(group, [...(groups.get(group) ?? []), change]);
  }
  const sections = [...groups]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([service, own]) =>
      [
        paint('bold', service === '' ? 'shared' : service),
        ...own.flatMap((change) => [changeLine(change, paint), ...(withValues ? valueLines(change) : [])]),
      ].join('\n'),
    );
  return [...sections, `\nstack ${stack}: ${totals(changes)}`].join('\n');
}

function changeLine({ action, type, name, fields, causes }: Change, paint: Paint): string {
  const { mark, past, style } = LOOKS[action];
  const noun = NOUNS[type] ?? (type.startsWith('random:') ? 'secret' : type);
  const why = causes.length > 0 ? causes : fields;
  return `  ${paint(style, `${mark} ${noun} ${name} ${past}`)}${why.length === 0 ? '' : `: ${why.join(', ')}`}`;
}

function valueLines({ values }: Change): string[] {
  return values.flatMap((value) => {
    const lists = listChange(value);
    if (lists !== undefined) {
      return [`      ${value.field}:`, ...lists.map((line) => `        ${line}`)];
    }
    return [`      ${value.field}: ${short(value.before)} → ${short(value.after)}`];
  });
}

/** What Pulumi writes for a value that only the `up` itself will tell. */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Of lists, only what comes and goes: the rest of a long list would hide it. */
function listChange({ before, after, secretsChanged = [] }: FieldChange): string[] | undefined {
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  const old = new Set(before.map(short));
  const fresh = new Set(after.map(short));
  return [
    ...[...old].filter((item) => !fresh.has(item)).map((item) => `- ${item}`),
    ...[...fresh].filter((item) => !old.has(item)).map((item) => `+ ${item}`),
    ...secretsChanged.map((name) => `~ ${name}=[secret]`),
  ];
}

function short(value: unknown): string {
  if (value === undefined) return '(none)';
  if (value === UNKNOWN) return '(known after up)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

function totals(changes: readonly Change[]): string {
  return (['create', 'update', 'replace', 'delete'] as const)
    .flatMap((action) => {
      const number = changes.filter((change) => change.action === action).length;
      return number === 0 ? [] : [`${count(number, 'resource')} ${LOOKS[action].past}`];
    })
    .join(', ');
}
