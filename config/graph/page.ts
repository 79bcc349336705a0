import { sortedSet } from '../plan/sort.ts';
import type { Attachment, Plan, PlannedPort, PlannedService } from '../plan/types.ts';
import { toMermaid } from './mermaid.ts';
import { pictureOf, publishedAt } from './picture.ts';
import { markdownTable } from './table.ts';

/** What a page about a system is made from. */
export interface Page {
  readonly title: string;
  /** What the system is, in a paragraph or two of Markdown, broken into lines. */
  readonly about: readonly string[];
  /** Says where the page comes from, for whoever wants to edit it. */
  readonly origin: string;
  /** Every service is to be part of it: it is the one that is drawn. */
  readonly dev: Plan;
  readonly prod: Plan;
}

/** What comes after the words that a person has written. */
const PICTURE = 'The dev stack with every profile on, as `slipway graph` draws it:';

/** The title, and what a person has written below it, of a page as it stands. Pure. */
export function pageIntroduction(text: string): Pick<Page, 'title' | 'about'> {
  const lines = text.split('\n');
  const until = lines.indexOf(PICTURE);
  const about = lines.slice(1, until < 0 ? undefined : until).filter((line) => !line.startsWith('<!--'));
  return { title: lines[0]?.replace(/^# */, '') ?? '', about: about.join('\n').trim().split('\n') };
}

/** A page about a system: its picture, and tables of what it consists of. Pure. */
export function renderPage(page: Page): string {
  const { dev, prod } = page;
  const picture = pictureOf(dev);
  return [
    `# ${page.title}`,
    '',
    `<!-- ${page.origin} -->`,
    '',
    ...page.about,
    '',
    PICTURE,
    '',
    '```mermaid',
    toMermaid({ ...picture, legend: [] }).trimEnd(),
    '```',
    '',
    ...picture.legend.map((line) => `- ${line}`),
    '',
    '## Services',
    '',
    ...servicesTable(dev, prod),
    '',
    'Replicas are those of the description, with the bounds that it allows; a stack changes them with `slipway:services`',
    'or `slipway scale`. Ports that are published say where; the others are reached by services alone.',
    '',
    '## Networks',
    '',
    ...networksTable(dev, prod),
    '',
    ...section('Volumes', ['volume', 'of', 'what'], volumeRows(dev)),
    ...section('Databases', ['database', 'in', 'owner, or index', 'extensions'], databaseRows(dev)),
    ...section('Secrets', ['secret', 'source', 'for', 'what'], secretRows(dev)),
    ...section('Tasks', ['`slipway run …`', 'in', 'what'], taskRows(dev)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function servicesTable(dev: Plan, prod: Plan): string[] {
  return markdownTable(
    ['service', 'what', 'image', 'ports', 'published in dev', 'in prod', 'replicas in dev', 'in prod', 'profile'],
    namesOf(dev, prod).map((name) => {
      const inDev = serviceOf(dev, name);
      const inProd = serviceOf(prod, name);
      const either = inDev ?? inProd;
      return [
        code(name),
        either?.description ?? '',
        code(either?.image ?? ''),
        either?.ports.map(portText).join(', ') ?? '',
        publishedText(inDev),
        publishedText(inProd),
        replicasText(inDev),
        replicasText(inProd),
        profileText(inDev, inProd),
      ];
    }),
  );
}

function namesOf(...plans: readonly Plan[]): string[] {
  return sortedSet(plans.flatMap(({ services }) => services.map(({ name }) => name)));
}

function serviceOf({ services }: Plan, name: string): PlannedService | undefined {
  return services.find((service) => service.name === name);
}

function portText({ name, container, protocol }: PlannedPort): string {
  return `${container} ${name}${protocol === 'udp' ? ' (udp)' : ''}`;
}

function publishedText(service: PlannedService | undefined): string {
  return service?.ports.flatMap((port) => publishedAt(port) ?? []).join(', ') ?? '';
}

function replicasText(service: PlannedService | undefined): string {
  if (service === undefined) return '';
  const { replicas, bounds, kind, singleton } = service;
  if (kind === 'job') return 'job';
  if (singleton) return 'singleton';
  return bounds.min === bounds.max ? `${replicas}` : `${replicas} (${bounds.min} to ${bounds.max})`;
}

/** The profiles in dev, and how prod differs. */
function profileText(inDev: PlannedService | undefined, inProd: PlannedService | undefined): string {
  const dev = inDev?.profiles.map(code).join(', ') ?? '';
  const prod = inProd?.profiles.map(code).join(', ') ?? '';
  if (inProd === undefined || dev === prod) return dev;
  return [dev, prod === '' ? 'always on in prod' : `${prod} in prod`].filter((part) => part !== '').join('; ');
}

function networksTable(dev: Plan, prod: Plan): string[] {
  const networks = [...new Map([...prod.networks, ...dev.networks].map((network) => [network.name, network])).values()];
  return markdownTable(
    ['network', 'way out', 'who is on it in dev', 'in prod'],
    networks
      .sort((a, b) => Number(a.internal) - Number(b.internal) || (a.name < b.name ? -1 : 1))
      .map(({ name, internal }) => [code(name), internal ? 'no' : 'yes', members(dev, name), members(prod, name)]),
  );
}

function members(plan: Plan, network: string): string {
  const on = plan.services.flatMap((service) => {
    const attachment = service.networks.find((candidate) => candidate.network === network);
    return attachment === undefined ? [] : [memberText(service.name, attachment)];
  });
  const named = on.filter(({ isNamed }) => isNamed).map(({ text }) => text);
  if (on.length < plan.services.length) return on.map(({ text }) => text).join(', ');
  return named.length === 0 ? 'all' : `all; under their names: ${named.join(', ')}`;
}

function memberText(service: string, { aliases, join }: Attachment): { text: string; isNamed: boolean } {
  return { text: join === 'healthy' ? `${service} (once healthy)` : service, isNamed: aliases.length > 0 };
}

function section(title: string, headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [`## ${title}`, '', ...markdownTable(headings, rows), ''];
}

function volumeRows({ volumes }: Plan): string[][] {
  return volumes.map(({ name, service, description }) => [code(name), service, description]);
}

function databaseRows({ databases = [] }: Plan): string[][] {
  return databases.map((database) =>
    database.kind === 'redis'
      ? [code(database.name), database.service, `index ${database.index}`, '']
      : [code(database.name), database.service, code(database.owner), database.extensions.join(', ')],
  );
}

function secretRows({ secrets }: Plan): string[][] {
  return secrets.map(({ name, source, services, description }) => [
    code(name),
    source,
    services.join(', '),
    description,
  ]);
}

function taskRows({ tasks }: Plan): string[][] {
  return tasks.map(({ name, service, description, destructive }) => [
    code(name),
    service,
    destructive ? `${description} Destroys data, and asks first.` : description,
  ]);
}

function code(text: string): string {
  return `\`${text}\``;
}
