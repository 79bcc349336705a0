import type { Finding } from './types.ts';

/** How Pulumi is told to put findings right, beside what it would do anyway: pure. */
export function repairArguments(findings: readonly Finding[]): string[] {
  const isLookedFor = findings.some(({ remedy }) => LOOKED_FOR.includes(remedy));
  const replaced = new Set(findings.flatMap(({ remedy, urn }) => (remedy === 'replace' && urn ? [urn] : [])));
  return [...(isLookedFor ? ['--refresh'] : []), ...[...replaced].sort().flatMap((urn) => ['--replace', urn])];
}

/** What the providers find by themselves when they are asked to look at the host. */
const LOOKED_FOR: readonly Finding['remedy'][] = ['bring back', 'update', 'rewrite', 'make anew', 'ask'];
