import { join } from 'node:path';
import { readStackFile } from '../../config/stack-file.ts';
import type { RawSettings } from '../../config/settings.ts';
import { resolvePlan } from '../../config/resolve.ts';
import { systems } from '../../config/systems/index.ts';
import type { Plan } from '../../config/plan/types.ts';
import { planOf } from '../unit/config/fixture.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ENVIRONMENTS = ['dev', 'test', 'prod'] as const;

/** A stack whose plan is kept for review. */
export interface KeptStack {
  readonly system: string;
  readonly environment: (typeof ENVIRONMENTS)[number];
  readonly plan: Plan;
}

/** LinkFlow's: dev shows all of its services; prod has nginx and scheduler without a profile. */
const LINKFLOW = {
  dev: ['control', 'edge', 'migrate', 'production', 'scheduler'],
  test: ['migrate'],
  prod: ['control', 'edge', 'migrate'],
} as const;

/** Those of LinkFlow with what can be turned on, and those of every other system as its stacks are committed. */
export const keptStacks: readonly KeptStack[] = Object.keys(systems).flatMap((system) =>
  ENVIRONMENTS.map((environment) => ({
    ...{ system, environment },
    // When asked for, so that what is wrong with one system is no other's failure.
    get plan() {
      return planOf(resolvePlan(settings(system, environment)));
    },
  })),
);

function settings(system: string, environment: KeptStack['environment']): RawSettings {
  // What is a third party's is set on no stack that is committed.
  if (system !== 'linkflow') return { ...readStackFile(ROOT, `${system}-${environment}`), acceptsMissingSecrets: true };
  const values = { system, environment, profiles: LINKFLOW[environment] };
  return { stack: environment, values, providedSecrets: [], encrypted: [], clearSecrets: [] };
}
