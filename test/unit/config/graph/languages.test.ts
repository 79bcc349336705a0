import { describe, expect, test } from '@jest/globals';
import { toDot } from '../../../../config/graph/dot.ts';
import { toMermaid } from '../../../../config/graph/mermaid.ts';
import type { Picture, PicturedService } from '../../../../config/graph/picture.ts';

function box(name: string, changes: Partial<PicturedService> = {}): PicturedService {
  return { name, kind: 'service', mark: '', description: 'Works.', uses: [], hasWayOut: false, ...changes };
}

/** One of everything. */
const picture: Picture = {
  title: 'shop, dev (stack dev)',
  services: [
    box('web-app', { mark: '×2', hasWayOut: true, door: 'door-web-app', uses: ['store', 'cache'] }),
    box('store', { description: 'Keeps what is dear to a shop, and keeps it well.' }),
    box('seed', { kind: 'job', mark: 'job' }),
  ],
  arrows: [
    { from: 'web-app', to: 'seed', waits: 'completed', calls: false },
    { from: 'web-app', to: 'store', waits: 'healthy', calls: true },
    { from: 'seed', to: 'store', waits: 'healthy', calls: false },
    { from: 'store', to: 'web-app', calls: true },
  ],
  entries: [{ service: 'web-app', lines: ['127.0.0.1:80 http', 'smoke test: POST /buy'] }],
  volumes: [{ name: 'store-data', services: ['store'] }],
  legend: ['dashed arrow: calls it'],
};

test('Mermaid gets a node for everything and a line for every arrow', () => {
  const lines = toMermaid(picture).split('\n');
  expect(
    lines.slice(
      0,
      lines.findIndex((line) => line.includes('classDef')),
    ),
  ).toEqual([
    '---',
    'title: "shop, dev (stack dev)"',
    'config:',
    '  flowchart:',
    '    wrappingWidth: 600',
    '    nodeSpacing: 24',
    '    rankSpacing: 40',
    '---',
    'flowchart TB',
    '  entry_web_app(["127.0.0.1:80 http<br/>smoke test: POST /buy"]):::entry',
    '  service_web_app["<b>web-app</b> ×2<br/>Works<br/>calls store, cache<br/>network door-web-app"]:::wayOut',
    '  service_store["<b>store</b><br/>Keeps what is dear to<br/>a shop, and keeps it<br/>well"]:::service',
    '  service_seed[["<b>seed</b> job<br/>Works"]]:::job',
    '  volume_store_data[("store-data")]:::volume',
    '  entry_web_app --> service_web_app',
    '  service_web_app -->|completed| service_seed',
    '  service_web_app ==> service_store',
    '  service_seed --> service_store',
    '  service_store -.-> service_web_app',
    '  service_store --- volume_store_data',
    '  legend["• dashed arrow: calls it"]:::legend',
    '  volume_store_data ~~~ legend',
    '  linkStyle 4 stroke-width:1.5px,stroke-dasharray:6 4',
  ]);
});

test('Graphviz gets a node for everything and a line for every arrow', () => {
  const lines = toDot(picture).split('\n');
  expect(lines[0]).toBe('digraph "shop, dev (stack dev)" {');
  expect(lines.slice(4)).toEqual([
    '  label=<<b>shop, dev (stack dev)</b><br align="left"/>• dashed arrow: calls it<br align="left"/>>',
    '  "entry web-app" [label="127.0.0.1:80 http\\nsmoke test: POST /buy", style="rounded,filled", fillcolor="#ddf4ff", color="#0969da"]',
    '  "service web-app" [label=<<b>web-app</b> ×2<br/>Works<br/>calls store, cache<br/>network door-web-app>, color="#0969da", penwidth=2.5]',
    '  "service store" [label=<<b>store</b><br/>Keeps what is dear to<br/>a shop, and keeps it<br/>well>]',
    '  "service seed" [label=<<b>seed</b> job<br/>Works>, style="filled,dashed", fillcolor="#fff8c5", color="#9a6700"]',
    '  "volume store-data" [label="store-data", shape=cylinder, fillcolor="#fbefff", color="#8250df"]',
    '  "entry web-app" -> "service web-app" [color="#0969da"]',
    '  "service web-app" -> "service seed" [label="completed"]',
    '  "service web-app" -> "service store" [penwidth=2.5]',
    '  "service seed" -> "service store"',
    '  "service store" -> "service web-app" [style=dashed]',
    '  "service store" -> "volume store-data" [dir=none, color="#8250df"]',
    '}',
    '',
  ]);
});

test('what somebody else runs has its own looks', () => {
  const elsewhere = box('db', { kind: 'external', mark: 'external', address: 'db.example:5432' });
  const drawn = { ...picture, services: [...picture.services, elsewhere] };
  expect(toMermaid(drawn)).toContain('service_db["<b>db</b> external<br/>Works<br/>db.example:5432"]:::external');
  expect(toMermaid(drawn)).toContain('classDef external ');
  expect(toDot(drawn)).toContain('<b>db</b> external<br/>Works<br/>db.example:5432>, style="filled,dotted"');
});

describe('a text that means something to the language stays a text', () => {
  const described = (description: string): Picture => ({ ...picture, services: [box('a', { description })] });
  const label = (text: string): string | undefined => /<\/b><br\/>(.*?)(?:"\]:::|>\])/.exec(text)?.[1];

  test.each([
    ['"]; click', '#34;]; click'],
    ['<img src=x>', '#60;img src=x#62;'],
    ['a & b', 'a #38; b'],
    ['100 % #1;', '100 % #35;1;'],
    ['`bold`', '#96;bold#96;'],
    ['a\\nb', 'a#92;nb'],
  ])('Mermaid: %s', (description, expected) => {
    expect(label(toMermaid(described(description)))).toBe(expected);
  });

  test.each([
    ['"]; node', '&#34;&#93;; node'],
    ['<img src=x>', '&#60;img src=x&#62;'],
    ['a & b', 'a &#38; b'],
    ['a\\Nb', 'a\\\\Nb'],
    [']]>', '&#93;&#93;&#62;'],
  ])('Graphviz: %s', (description, expected) => {
    expect(label(toDot(described(description)))).toBe(expected);
  });

  test('in the name of a stack too', () => {
    const named = { ...picture, title: 'a "b" \\' };
    expect(toMermaid(named)).toContain('\ntitle: "a \\"b\\" \\\\"\n');
    expect(toDot(named)).toContain('digraph "a \\"b\\" \\\\" {');
  });
});

test.each(['end', 'graph', 'subgraph', 'style', 'class', 'click', 'default', 'o', 'x'])(
  'a service may be called %s, which is a word of the languages',
  (name) => {
    const named = { ...picture, services: [box(name)], arrows: [{ from: name, to: name, calls: true }] };
    expect(toMermaid(named)).toContain(`\n  service_${name} -.-> service_${name}\n`);
    expect(toDot(named)).toContain(`\n  "service ${name}" -> "service ${name}" [style=dashed]\n`);
  },
);
