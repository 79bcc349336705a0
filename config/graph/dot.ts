import { boxOf, WIDTH } from './box.ts';
import type { Arrow, Picture, PicturedService } from './picture.ts';
import { wrap } from '../wrap.ts';

/** A picture in the language of Graphviz, the same for the same picture. */
export function toDot(picture: Picture): string {
  const { services, arrows, entries, volumes, legend, title } = picture;
  return [
    `digraph ${quoted(title)} {`,
    '  graph [rankdir=TB, fontname="Helvetica", fontsize=11, nodesep=0.35, ranksep=0.55, labeljust=l, labelloc=b]',
    '  node [fontname="Helvetica", fontsize=11, shape=box, style=filled, fillcolor="#f6f8fa", color="#57606a"]',
    '  edge [fontname="Helvetica", fontsize=9, color="#57606a", arrowsize=0.8]',
    `  label=${legendLabel(title, legend)}`,
    ...entries.map(
      ({ service, lines }) =>
        `  ${id('entry', service)} [label=${quoted(lines.join('\n'))}, style="rounded,filled", fillcolor="#ddf4ff", color="#0969da"]`,
    ),
    ...services.map(serviceNode),
    ...volumes.map(
      ({ name }) =>
        `  ${id('volume', name)} [label=${quoted(name)}, shape=cylinder, fillcolor="#fbefff", color="#8250df"]`,
    ),
    ...entries.map(({ service }) => `  ${id('entry', service)} -> ${id('service', service)} [color="#0969da"]`),
    ...arrows.map(arrowLine),
    ...volumes.flatMap(({ name, services: users }) =>
      users.map((user) => `  ${id('service', user)} -> ${id('volume', name)} [dir=none, color="#8250df"]`),
    ),
    '}',
    '',
  ].join('\n');
}

function serviceNode(service: PicturedService): string {
  const { title, mark, lines } = boxOf(service);
  const head = `<b>${escaped(title)}</b>${mark === '' ? '' : ` ${escaped(mark)}`}`;
  const label = `<${[head, ...lines.map(escaped)].join('<br/>')}>`;
  const looks = {
    job: ', style="filled,dashed", fillcolor="#fff8c5", color="#9a6700"',
    external: ', style="filled,dotted", fillcolor="#ffffff"',
    service: service.hasWayOut ? ', color="#0969da", penwidth=2.5' : '',
  }[service.kind];
  return `  ${id('service', service.name)} [label=${label}${looks}]`;
}

function arrowLine({ from, to, waits, calls }: Arrow): string {
  const looks = [
    ...(waits === undefined ? ['style=dashed'] : calls ? ['penwidth=2.5'] : []),
    ...(waits === 'completed' ? ['label="completed"'] : []),
  ];
  const suffix = looks.length === 0 ? '' : ` [${looks.join(', ')}]`;
  return `  ${id('service', from)} -> ${id('service', to)}${suffix}`;
}

function legendLabel(title: string, legend: readonly string[]): string {
  const lines = [
    `<b>${escaped(title)}</b>`,
    ...legend.flatMap((sentence) => wrap(`• ${sentence}`, 4 * WIDTH)).map(escaped),
  ];
  return `<${lines.map((line) => `${line}<br align="left"/>`).join('')}>`;
}

function id(kind: 'service' | 'entry' | 'volume', name: string): string {
  return quoted(`${kind} ${name}`);
}

/** A text between quotes: a line break becomes one in the picture. */
function quoted(raw: string): string {
  return `"${raw.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A text within a label of Graphviz's HTML kind, where a backslash still begins an escape. */
function escaped(raw: string): string {
  return raw.replaceAll('\\', '\\\\').replace(/[&<>"\]]/g, (character) => `&#${character.charCodeAt(0)};`);
}
