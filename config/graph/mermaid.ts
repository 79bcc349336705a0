import { boxOf, WIDTH } from './box.ts';
import type { Arrow, Picture, PicturedService } from './picture.ts';
import { wrap } from '../wrap.ts';

/** A picture as a Mermaid flowchart, the same for the same picture. */
export function toMermaid(picture: Picture): string {
  const { services, arrows, entries, volumes, legend, title } = picture;
  return [
    '---',
    `title: ${JSON.stringify(title)}`,
    ...CONFIG,
    '---',
    'flowchart TB',
    ...entries.map(({ service, lines }) => `  ${id('entry', service)}(["${lines.map(text).join('<br/>')}"]):::entry`),
    ...services.map(serviceNode),
    ...volumes.map(({ name }) => `  ${id('volume', name)}[("${text(name)}")]:::volume`),
    ...entries.map(({ service }) => `  ${id('entry', service)} --> ${id('service', service)}`),
    ...arrows.map(arrowLine),
    ...volumes.flatMap(({ name, services: users }) =>
      users.map((user) => `  ${id('service', user)} --- ${id('volume', name)}`),
    ),
    ...legendNode(legend, lowest(picture)),
    ...callStyle(entries.length, arrows),
    ...STYLES.map((style) => `  ${style}`),
    ...(services.some(({ kind }) => kind === 'external') ? [`  ${EXTERNAL_STYLE}`] : []),
    '',
  ].join('\n');
}

/** Lines are broken here, so that Mermaid need not; its own spacing is made for smaller pictures. */
const CONFIG = [
  'config:',
  '  flowchart:',
  '    wrappingWidth: 600',
  '    nodeSpacing: 24',
  '    rankSpacing: 40',
] as const;

/** Colours that read on a light page and on a dark one. */
const STYLES = [
  'classDef service fill:#f6f8fa,stroke:#57606a,color:#1f2328',
  'classDef wayOut fill:#f6f8fa,stroke:#0969da,stroke-width:3px,color:#1f2328',
  'classDef job fill:#fff8c5,stroke:#9a6700,stroke-dasharray:5 3,color:#1f2328',
  'classDef entry fill:#ddf4ff,stroke:#0969da,color:#1f2328',
  'classDef volume fill:#fbefff,stroke:#8250df,color:#1f2328',
  'classDef legend fill:#ffffff,stroke:#d0d7de,color:#57606a,text-align:left',
] as const;

const EXTERNAL_STYLE = 'classDef external fill:#ffffff,stroke:#57606a,stroke-dasharray:2 3,color:#1f2328';

function serviceNode(service: PicturedService): string {
  const { title, mark, lines } = boxOf(service);
  const head = `<b>${text(title)}</b>${mark === '' ? '' : ` ${text(mark)}`}`;
  const label = `"${[head, ...lines.map(text)].join('<br/>')}"`;
  const name = id('service', service.name);
  if (service.kind === 'job') return `  ${name}[[${label}]]:::job`;
  if (service.kind === 'external') return `  ${name}[${label}]:::external`;
  return `  ${name}[${label}]:::${service.hasWayOut ? 'wayOut' : 'service'}`;
}

function arrowLine({ from, to, waits, calls }: Arrow): string {
  const line = waits === undefined ? '-.->' : calls ? '==>' : '-->';
  const label = waits === 'completed' ? '|completed|' : '';
  return `  ${id('service', from)} ${line}${label} ${id('service', to)}`;
}

/** Mermaid's own dots are faint. Arrows are numbered in the order in which they stand; `before` are others. */
function callStyle(before: number, arrows: readonly Arrow[]): string[] {
  const dashed = arrows.flatMap(({ waits }, index) => (waits === undefined ? [before + index] : []));
  return dashed.length === 0 ? [] : [`  linkStyle ${dashed.join(',')} stroke-width:1.5px,stroke-dasharray:6 4`];
}

/** What stands at the bottom: the legend goes below it. */
function lowest({ services, volumes }: Picture): string | undefined {
  const volume = volumes.at(-1);
  if (volume !== undefined) return id('volume', volume.name);
  const service = services.at(-1);
  return service && id('service', service.name);
}

function legendNode(legend: readonly string[], above: string | undefined): string[] {
  if (legend.length === 0) return [];
  const lines = legend.flatMap((sentence) => wrap(`• ${sentence}`, 3 * WIDTH));
  return [
    `  legend["${lines.map(text).join('<br/>')}"]:::legend`,
    ...(above === undefined ? [] : [`  ${above} ~~~ legend`]),
  ];
}

/** An id that is no word of Mermaid's. Names have no underscore, so that no two become one. */
function id(kind: 'service' | 'entry' | 'volume', name: string): string {
  return `${kind}_${name.replaceAll('-', '_')}`;
}

/** A text that means nothing to Mermaid or HTML: entities in Mermaid's own notation. */
function text(raw: string): string {
  return raw.replace(/[#&"<>`\\]/g, (character) => `#${character.charCodeAt(0)};`);
}
