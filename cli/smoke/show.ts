import type { Paint } from '../context.ts';
import { seconds } from '../progress/timeline.ts';
import type { Proof } from './prove.ts';
import { trailLines } from './trail.ts';

/** A proof for people: verdict, trail and, if it failed, the cause. */
export function proofText(proof: Proof, paint: Paint): string {
  const visit = proof.trail.length > 0 ? ' a visitor’s requests' : '';
  const work = proof.id === undefined ? visit : ` execution ${proof.id}`;
  const verdict = proof.ok
    ? paint('green', `smoke:${work} went through in ${seconds(proof.tookMs)}`)
    : paint('red', `smoke:${work} failed: ${proof.cause ?? 'unknown cause'}`);
  const trail = trailLines(proof.trail, paint).map((line) => `  ${line}`);
  if (proof.ok || proof.id === undefined) return [verdict, ...trail].join('\n');
  const seen =
    trail.length === 0
      ? ['  it left no trail: no service has taken it up']
      : [
          ...trail,
          `  last state: ${proof.state ?? 'unknown'}; look at \`slipway logs\` of the services after this step`,
        ];
  return [verdict, ...seen].join('\n');
}
