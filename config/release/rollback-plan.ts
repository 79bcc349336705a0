import { byCodeUnit } from '../plan/sort.ts';
import type { Plan, PlannedSecret } from '../plan/types.ts';

/**
 * The plan of an earlier release as it is carried out now: what outlives releases stays although that one had not got it
 * yet, which is data volumes, generated secrets and the stack's authority. Pure.
 * @param then the plan to go back to
 * @param now that of the newest release
 */
export function rollbackPlan(then: Plan, now: Plan): Plan {
  const certificates = rollbackCertificates(then, now);
  return {
    ...then,
    volumes: union(
      then.volumes,
      now.volumes.filter(({ keep }) => keep !== false),
    ),
    secrets: union(
      then.secrets.map((secret) => ({ ...secret, format: lastingFormat(secret, now) })),
      now.secrets.map((secret) => ({ ...secret, services: [] })),
    ),
    ...(certificates && { certificates }),
  };
}

/** What is generated stays as it is now, or its protected resource would be replaced: the release has the value anyway. */
function lastingFormat(secret: PlannedSecret, now: Plan): PlannedSecret['format'] {
  const format = now.secrets.find(({ name }) => name === secret.name)?.format;
  const isGenerated = format?.kind === 'password' || (format && 'bytes' in format);
  return isGenerated === true && format.kind === secret.format.kind ? format : secret.format;
}

/** An authority that was made since stays; nothing is issued that the release does not know. */
function rollbackCertificates({ certificates: then }: Plan, { certificates: now }: Plan): Plan['certificates'] {
  if (!now) return then;
  return then ? { ...then, authority: now.authority } : { authority: now.authority, issued: [], provided: [] };
}

function union<T extends { readonly name: string }>(first: readonly T[], second: readonly T[]): T[] {
  const names = new Set(first.map(({ name }) => name));
  return [...first, ...second.filter(({ name }) => !names.has(name))].sort((a, b) => byCodeUnit(a.name, b.name));
}
