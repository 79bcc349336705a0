import { resolvePlan, type Resolved } from '../../../config/resolve.ts';
import type { Issue, Plan } from '../../../config/plan/types.ts';
import type { SystemDescription, SystemInput } from '../../../config/schema/system.ts';

type ServiceInput = SystemInput['services'][string];

/** A service that runs, with what the test is about on top. */
export function service(changes: Partial<ServiceInput> = {}): ServiceInput {
  return { description: 'A service.', image: 'app', ...changes };
}

/** A small system, with what the test is about on top. */
export function system(services: SystemInput['services'], changes: Partial<SystemDescription> = {}): SystemDescription {
  return {
    name: 'shop',
    images: { app: { build: { context: 'images/app' }, uid: 1000, gid: 1000 } },
    services,
    environments: { dev: {}, test: {}, prod: {} },
    ...changes,
  };
}

/** What a stack is resolved from; stack `dev` in environment dev unless told otherwise. */
export interface Stack {
  readonly stack?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly providedSecrets?: readonly string[];
  readonly encrypted?: readonly string[];
  readonly clearSecrets?: readonly string[];
}

/** Resolves a stack of a system made for the test. */
export function resolveShop(description: SystemDescription, { stack = 'dev', ...rest }: Stack = {}): Resolved {
  const { values = {}, providedSecrets = [], encrypted = [], clearSecrets = [] } = rest;
  return resolvePlan(
    { stack, values: { system: 'shop', environment: 'dev', ...values }, providedSecrets, encrypted, clearSecrets },
    { shop: description },
  );
}

/** Resolves a stack of LinkFlow. */
export function resolveLinkflow({ stack = 'dev', ...rest }: Stack = {}): Resolved {
  const { values = {}, providedSecrets = [], encrypted = [], clearSecrets = [] } = rest;
  return resolvePlan({ stack, values: { system: 'linkflow', ...values }, providedSecrets, encrypted, clearSecrets });
}

/** The plan, or what keeps it from being one; without the draft that a refused one leaves. */
export function outcome({ plan, issues }: Resolved): Pick<Resolved, 'plan' | 'issues'> {
  return { ...(plan && { plan }), issues };
}

/** The plan; fails the test with the issues if there is none. */
export function planOf({ plan, issues }: Resolved): Plan {
  if (!plan) throw new Error(JSON.stringify(issues, undefined, 2));
  return plan;
}

/** An issue that keeps a stack from being deployed. */
export function error(path: string, message: string, accepted?: string): Issue {
  return { path, message, ...(accepted !== undefined && { accepted }), severity: 'error' };
}
