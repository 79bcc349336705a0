import { Document, isCollection, isMap, isPair, isScalar, visit, type Pair } from 'yaml';
import type { Plan } from '../plan/types.ts';
import { composeDocument, type ComposeArgs } from './document.ts';
import { composeNotes, composeTasks } from './notes.ts';

/** Keys of a service that get a line for each entry, however short. */
const TALL = new Set(['environment', 'depends_on', 'volumes', 'deploy']);
/** Longest collection, in characters of JSON, that stands on one line. */
const LINE = 110;

/** What the first line of a compose.yaml begins with that an export of ours has written. */
export const MARKER = '# Written by `slipway export compose`';

/** The first line of the compose.yaml of a stack. */
export function markerOf({ system, stack }: Pick<Plan, 'system' | 'stack'>): string {
  return `${MARKER} from stack ${stack} of ${system}.`;
}

/** A plan as the text of a compose.yaml: the same for the same plan. */
export function composeText(plan: Plan, args: ComposeArgs): string {
  const document = new Document(asMeant(composeDocument(plan, args)), {
    // Compose reads YAML with a parser that knows both versions: a text that either takes for something else is quoted.
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
  });
  layOut(document, new Map(plan.services.map(({ name, description }) => [name, description])));
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: true });
  return `${header(plan, args).join('\n')}\n\n${text}`;
}

function header(plan: Plan, { adopted, isOpen = false }: ComposeArgs): string[] {
  const { environment, profiles, host, volumes } = plan;
  const notes = composeNotes(plan, { adopts: adopted !== undefined, isOpen });
  const tasks = composeTasks(plan);
  const lines = [
    `Environment ${environment}${profiles.length > 0 ? `, with profiles ${profiles.join(', ')}` : ''}. The next export replaces all that stands in this folder.`,
    '',
    'Run it:     docker compose up --wait',
    `Remove it:  docker compose down${volumes.length > 0 && !adopted ? '   (with -v: its data too)' : ''}`,
    ...(host === undefined
      ? []
      : [`The stack is on ${host}: run it there, in a copy of this folder that keeps owners and modes.`]),
    '',
    'What slipway does for this system, and Compose does not:',
    ...notes.map((note) => `- ${note}`),
    ...(tasks.length === 0 ? [] : ['', 'Tasks:', ...tasks.map((task) => `- ${task}`)]),
  ];
  return [markerOf(plan), ...lines.flatMap((line) => line.split('\n')).map((line) => `# ${line}`.trimEnd())];
}

/** The value with `$` written twice in every text: Compose would put a variable of the shell in its place. */
function asMeant(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(asMeant);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asMeant(inner)]));
}

/** Puts a line of its own between services, each under what it is for, and what is short on one line. */
function layOut(document: Document, descriptions: ReadonlyMap<string, string>): void {
  visit(document, {
    Pair(index, pair, path) {
      // The path is [document, map, pair, map, …]: a pair for each key on the way.
      const keys = path.filter(isPair).map(keyOf);
      const isService = keys.length === 1 && keys[0] === 'services';
      if (isScalar(pair.key)) {
        pair.key.spaceBefore = index !== 0 && (isService || keys.length === 0);
        if (isService) pair.key.commentBefore = ` ${descriptions.get(keyOf(pair)) ?? ''}`;
      }
      if (keys.length === 2 && keys[0] === 'services') lay(pair.value, TALL.has(keyOf(pair)));
      if (keys.length === 1 && keys[0] !== 'services') lay(pair.value, false);
    },
  });
}

function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}

/** Lays a collection on one line where it fits, and else what is in it. */
function lay(node: unknown, isTall: boolean): void {
  if (!isCollection(node)) return;
  const isMount = isMap(node) && node.has('target');
  if (!isTall && (isMount || JSON.stringify(node.toJSON()).length <= LINE)) {
    node.flow = true;
    return;
  }
  for (const item of node.items) lay(isPair(item) ? item.value : item, false);
}
