import type { Plan } from '../../config/plan/types.ts';
import type { Paint } from '../context.ts';
import { count, stackOption } from '../output/format.ts';
import type { Drift, Finding, Remedy } from './types.ts';

type About = Pick<Plan, 'system' | 'environment' | 'stack'>;

/** What `up` does about each, as people read it. */
const REMEDIES: Readonly<Record<Remedy, string>> = {
  'bring back': 'is brought back',
  replace: 'the container is replaced',
  update: 'is set right in place',
  rewrite: 'is written anew',
  'make anew': 'is made anew',
  remove: 'is removed',
  ask: 'asks first: its data is gone',
  'by hand': 'leaves it to you',
};

/** A comparison for people: service by service what differs, and what `up` would do about it. */
export function driftText(about: About, { findings, left }: Drift, paint: Paint): string {
  const { system, environment, stack } = about;
  const groups = groupedBy(findings, ({ service }) => service ?? 'shared');
  const sections = [...groups].map(([service, own]) =>
    [
      paint('bold', service),
      ...[...groupedBy(own, place)].flatMap(([title, same]) => objectLines(title, same, paint)),
    ].join('\n'),
  );
  const notes = left.map(({ object, why }) => `  ${object.kind} ${object.name}: ${why}`);
  return [
    `${system} · ${environment} · stack ${stack}\n`,
    ...sections.map((section) => `${section}\n`),
    ...(notes.length > 0 ? [[paint('bold', 'left, and no drift'), ...notes].join('\n') + '\n'] : []),
    verdict(findings, stack, paint),
  ].join('\n');
}

function objectLines(title: string, findings: readonly Finding[], paint: Paint): string[] {
  return [
    `  ${title}`,
    ...findings.map(
      ({ field, expected, found, remedy }) =>
        `    ${paint('yellow', field)}: ${short(expected)} → ${short(found)} (${REMEDIES[remedy]})`,
    ),
  ];
}

function verdict(findings: readonly Finding[], stack: string, paint: Paint): string {
  if (findings.length === 0) return paint('green', 'no drift: the host has what the stack has made');
  const option = stackOption(stack);
  const objects = new Set(findings.map(place)).size;
  return [
    paint('red', `${count(findings.length, 'difference')} in ${count(objects, 'object')}`),
    ...dataAdvice(findings, stack),
    `\`slipway up${option}\` puts right what it can; \`slipway preview${option}\` shows how`,
  ].join('\n');
}

/** What to do about data that is not there, in so many words. */
export function dataAdvice(findings: readonly Finding[], stack: string): string[] {
  const option = stackOption(stack);
  return findings.flatMap(({ object: { name }, service, remedy, advice = '' }) => {
    if (remedy === 'ask') {
      return [
        `DATA IS GONE: the volume ${name}${service === undefined ? '' : ` of ${service}`} is no more on the host, nor what stood in it.`,
        '  If there is a copy, make the volume again and put the copy into it, before anything else:',
        `    ${advice}`,
        `  If it may start empty: \`slipway up${option} --new-volumes ${name}\`, which has the jobs run again too.`,
      ];
    }
    if (remedy === 'by hand') {
      return [
        `The volume ${name} is not the one that the stack has made: somebody has made it anew, without the stack's labels.`,
        '  Labels of a volume never change: stop what uses it, copy what it holds aside, remove it, and make it again with them:',
        `    ${advice}`,
      ];
    }
    return [];
  });
}

/** For programs: the same shape whatever is found. */
export function driftData({ system, environment, stack }: About, { findings, left }: Drift): object {
  return {
    ...{ system, environment, stack },
    drift: findings.map(({ service = null, object, field, expected, found, remedy }) => {
      return { service, ...object, field, expected, found, remedy };
    }),
    left: left.map(({ object, why }) => ({ ...object, why })),
  };
}

function place({ object: { kind, name } }: Finding): string {
  return `${kind} ${name}`;
}

function groupedBy(findings: readonly Finding[], key: (finding: Finding) => string): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) groups.set(key(finding), [...(groups.get(key(finding)) ?? []), finding]);
  return groups;
}

function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
