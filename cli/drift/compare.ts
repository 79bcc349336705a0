import { containerFindings } from './containers.ts';
import { fileFindings, listFindings } from './files.ts';
import type { Drift, Finding, FoundContainer, Left, Made, MadeContainer, MadeObject, Stray, There } from './types.ts';

/**
 * Where what a host has of a stack differs from what the stack's state says was made: pure. What slipway itself has left
 * on purpose, and what is nobody's to remove, is told apart.
 */
export function compare(made: Made, there: There): Drift {
  const left: Left[] = [];
  const standIns = new Set<string>();
  const findings: Finding[] = [];
  for (const container of made.containers) {
    const found = there.containers.find(({ id }) => id === container.id);
    if (found) {
      const isPutAside = !container.isLetIn && found.status !== 'running';
      if (!container.isLetIn) left.push({ object: objectOf(found), why: whyNotLetIn(isPutAside) });
      else findings.push(...containerFindings(container, found, there));
      continue;
    }
    const other = standInFor(container, made, there);
    if (other) standIns.add(other.id);
    findings.push(goneFinding(container, other));
    if (other) findings.push(...containerFindings(container, other, there, true));
    if (other && !there.strays.some(({ id }) => id === other.id)) {
      left.push({ object: objectOf(other), why: "it has the name of one of the stack's, and not its labels" });
    }
  }
  findings.push(...objectFindings('network', made.networks, there), ...objectFindings('volume', made.volumes, there));
  findings.push(...fileFindings(made, there), ...listFindings(made, there));
  for (const stray of there.strays.filter(({ id }) => !standIns.has(id))) {
    const why = whyLeft(stray, there.containers);
    const object = { kind: stray.type, name: stray.name } as const;
    if (why === undefined) findings.push(strayFinding(stray, there.containers));
    else left.push({ object, why });
  }
  return { findings: findings.sort(byPlace), left };
}

/** By service, what serves several first; then by object. */
function byPlace(a: Finding, b: Finding): number {
  const service = (a.service ?? '').localeCompare(b.service ?? '');
  return service || a.object.kind.localeCompare(b.object.kind) || a.object.name.localeCompare(b.object.name);
}

function objectOf({ name }: FoundContainer): Finding['object'] {
  return { kind: 'container', name };
}

function whyNotLetIn(isPutAside: boolean): string {
  return isPutAside
    ? 'it failed, and was left to be looked at: the next `up` takes it up, `slipway prune --candidates` removes it'
    : 'it waits for its gate: the next `up` goes on from there';
}

/** Whoever has taken the place of a container that is gone: its name, or all that its labels say of it. */
function standInFor(container: MadeContainer, made: Made, there: There): FoundContainer | undefined {
  const others = there.containers.filter(({ id }) => !made.known.has(id));
  return (
    others.find(({ name }) => name === container.name) ??
    others.find(({ labels }) => Object.entries(container.labels).every(([name, value]) => labels[name] === value))
  );
}

function goneFinding({ urn, service, name, id }: MadeContainer, other: FoundContainer | undefined): Finding {
  return {
    ...{ urn, service, object: { kind: 'container', name }, remedy: 'bring back' },
    field: 'container',
    expected: id.slice(0, 12),
    found: other === undefined ? 'gone' : `gone; ${other.id.slice(0, 12)} stands in its place`,
  };
}

function objectFindings(kind: 'network' | 'volume', made: readonly MadeObject[], there: There): Finding[] {
  return made.flatMap(({ urn, id, name, service, labels, isData }): Finding[] => {
    const place = { urn, ...(service !== undefined && { service }), object: { kind, name } };
    if (kind === 'network') {
      if (there.networks.some((network) => network.id === id)) return [];
      const isOther = there.networks.some((network) => network.name === name);
      const found = isOther ? 'gone; another one has its name' : 'gone';
      return [{ ...place, field: 'network', expected: id.slice(0, 12), found, remedy: 'make anew' }];
    }
    const volume = there.volumes.find((each) => each.name === name);
    const what = isData ? 'volume with data' : 'volume';
    const flags = Object.entries(labels).map(([label, value]) => `--label ${label}=${value}`);
    const advice = `docker volume create ${flags.join(' ')} ${name}`;
    if (!volume) {
      const remedy = isData ? 'ask' : 'make anew';
      return [{ ...place, field: what, expected: 'there', found: 'gone', remedy, advice }];
    }
    const isOwn = Object.entries(labels).every(([label, value]) => volume.labels[label] === value);
    if (isOwn) return [];
    const found = 'another volume of the same name, without them';
    const remedy = isData ? 'by hand' : 'make anew';
    return [{ ...place, field: 'labels', expected: "the stack's", found, remedy, advice }];
  });
}

/** Why something that no state knows is no drift; undefined: it is. */
function whyLeft({ id, type, kind }: Stray, containers: readonly FoundContainer[]): string | undefined {
  if (kind === 'data') return 'it holds data and no state knows it: nobody removes it but you';
  if (type !== 'container') return undefined;
  if (kind === 'helper') return 'it carries files to or from volumes; a run that was killed has left it';
  const isStopped = containers.find((container) => container.id === id)?.status !== 'running';
  if (kind === 'job' && isStopped) return 'a run of a job that failed, left to be looked at; the next `up` removes it';
  return undefined;
}

function strayFinding({ id, type, name }: Stray, containers: readonly FoundContainer[]): Finding {
  const container = containers.find((each) => each.id === id);
  const service = container?.labels['slipway.service'];
  return {
    ...(service !== undefined && { service }),
    object: { kind: type, name },
    field: 'stray',
    expected: "nothing: the stack's labels, and in no state",
    found: container?.status ?? 'there',
    remedy: 'remove',
  };
}
