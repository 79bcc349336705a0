import { templateSecrets } from '../plan/template.ts';
import type { PlannedSecret } from '../plan/types.ts';

/**
 * The secrets whose values belong to a release, sorted as the plan has them: all but those that the stack's own authority
 * issues, and what is built from these. An old certificate is no better than the one of now, and ends sooner. Pure.
 */
export function keptSecrets(planned: readonly PlannedSecret[]): string[] {
  const byName = new Map(planned.map((secret) => [secret.name, secret]));
  const isKept = (name: string): boolean => {
    const secret = byName.get(name);
    if (!secret) return false;
    const { source, format } = secret;
    if (source === 'missing' || source === 'issued') return false;
    return source !== 'derived' || format.kind !== 'template' || templateSecrets(format.template).every(isKept);
  };
  return planned.map(({ name }) => name).filter(isKept);
}
