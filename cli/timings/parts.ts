import type { Plan } from '../../config/plan/types.ts';
import { isRemoval } from '../progress/progress.ts';
import { TYPES } from '../pulumi/resource-types.ts';
import type { Operation } from './trace.ts';

/** What is done in a part of a step, in a word that reads well after its seconds. */
export type Doing =
  | 'took'
  | 'loading'
  | 'planning'
  | 'compared'
  | 'created'
  | 'started'
  | 'healthy'
  | 'ran'
  | 'built'
  | 'pulled'
  | 'updated'
  | 'drained'
  | 'stopped'
  | 'removed';

/** A stretch of a step. Times in ms since the command began. */
export interface Part {
  readonly what: Doing;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What an operation consisted of, from `fromMs` to `toMs` without a gap: as its type does, and its provider has said. */
export function partsOf(operation: Operation, fromMs: number, toMs: number, plan: Plan): Part[] {
  const { type, op, beganMs } = operation;
  // Pulumi starts a provider before it compares its configuration.
  if (type.startsWith('pulumi:providers:')) return tiles([['started', fromMs]], toMs);
  if (op === 'same') return tiles([['compared', fromMs]], toMs);
  return tiles([['compared', fromMs], ...turns(operation, plan, beganMs)], toMs);
}

/** What was done, and from when on. */
type Turn = readonly [what: Doing, fromMs: number];

function turns(operation: Operation, plan: Plan, beganMs: number): Turn[] {
  const { type, op, name } = operation;
  if (isRemoval(op)) return [[type === TYPES.replica ? 'stopped' : 'removed', beganMs]];
  if (type === TYPES.replica) return gateTurns(operation, beganMs);
  if (type === TYPES.job) return [['created', beganMs], ...turnsAt(operation, [[/^running/, 'ran']])];
  if (type === TYPES.image) {
    const isBuilt = plan.images.find((image) => image.name === name)?.build !== undefined;
    return [[isBuilt ? 'built' : 'pulled', beganMs]];
  }
  return [[isUpdate(op) ? 'updated' : 'created', beganMs]];
}

function isUpdate(op: string): boolean {
  return op === 'update';
}

/** How a gate tells what it does: see providers/slipway/replica. */
const GATE_TURNS: readonly (readonly [RegExp, Doing])[] = [
  [/^waiting for/, 'healthy'],
  [/^draining/, 'drained'],
  [/^stopping/, 'stopped'],
];

/** A gate that says nothing lets no container in: it was only updated. */
function gateTurns(operation: Operation, beganMs: number): Turn[] {
  const said = turnsAt(operation, GATE_TURNS);
  return [[said.length === 0 && isUpdate(operation.op) ? 'updated' : 'started', beganMs], ...said];
}

/** Each doing from the first message on that announces it. */
function turnsAt({ said }: Operation, announced: readonly (readonly [RegExp, Doing])[]): Turn[] {
  return announced
    .flatMap(([pattern, what]): Turn[] => {
      const first = said.find(({ text }) => pattern.test(text));
      return first === undefined ? [] : [[what, first.atMs]];
    })
    .sort(([, a], [, b]) => a - b);
}

/** Each turn lasts until the next one, the last until `toMs`; what lasted no time is left out. */
function tiles(all: readonly Turn[], toMs: number): Part[] {
  return all
    .map(([what, fromMs], index) => ({ what, fromMs, toMs: all[index + 1]?.[1] ?? toMs }))
    .filter((part) => part.toMs > part.fromMs);
}
