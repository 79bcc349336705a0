import type { Issue, Plan, PlannedService } from '../plan/types.ts';
import { error, warning } from '../rules/rule.ts';
import type { Released } from './changes.ts';
import { PLAN_FORMAT } from './types.ts';

/** A release that is kept whole. */
export interface KeptRelease extends Released {
  readonly number: number;
  /** See {@link PLAN_FORMAT}. */
  readonly format: number;
  /** Values of secrets by name. */
  readonly values: Readonly<Record<string, string>>;
}

/** What decides whether a stack can go back. */
export interface RollbackFacts {
  /** From the release to go back to up to the newest, in order. */
  readonly releases: readonly [KeptRelease, ...KeptRelease[]];
  /** Values that somebody has set since, released or not. */
  readonly set: ReadonlyMap<string, string>;
  /** Plan of the description as it is now, where that has one. */
  readonly described: Plan | undefined;
  /** Jobs that an attempt has run since the newest release with another image or command. */
  readonly attempted: readonly string[];
  /** Image → why the one of the release can't be had. */
  readonly missingImages: Readonly<Record<string, string>>;
  /** Service → major version of the database whose format its data has, now and in the release, where both are known. */
  readonly formats: Readonly<Record<string, { readonly now: string; readonly then: string }>>;
}

/** What can't go back, all of it, and what only stays as it is. Pure. */
export function checkRollback(facts: RollbackFacts): Issue[] {
  return [
    ...checkFormat(facts),
    ...checkPlace(facts),
    ...checkJobs(facts),
    ...checkRevoked(facts),
    ...checkData(facts),
    ...checkImages(facts),
    ...checkFolders(facts),
  ];
}

/**
 * What keeps the newest release from being carried out once more, as `restart` does: all of it. What an `up` since has
 * changed and not released is taken back by that too. Pure.
 */
export function checkRepeat(facts: RollbackFacts): Issue[] {
  return checkRollback(facts)
    .filter(({ severity }) => severity === 'error')
    .map((issue) => ({ ...issue, accepted: again(issue.path) }));
}

function again(path: string): string {
  if (!path.startsWith('images.')) return '`slipway up` first, which releases what the description says now';
  return `it back on the host (docker load, docker pull or docker tag), or \`slipway up\` with one that can be had`;
}

function checkFormat({ releases: [target] }: RollbackFacts): Issue[] {
  if (target.format === PLAN_FORMAT) return [];
  const message = `was made by a slipway whose plans this one can't carry out (form ${target.format}, not ${PLAN_FORMAT})`;
  return [error(`release ${target.number}`, message, 'a later release')];
}

/** Another host has neither the data nor the images: that is a move, and no way back. */
function checkPlace({ releases }: RollbackFacts): Issue[] {
  const [target] = releases;
  const [then, now] = [target, releases.at(-1) ?? target].map(({ plan }) => plan.host ?? "the operator's own engine");
  if (then === now) return [];
  return [
    error(`release ${target.number}`, `it ran on ${then}, and the stack is on ${now} now`, 'a release on this host'),
  ];
}

/** A job whose effect nothing takes back, and that has run since as another one than in the release. */
function checkJobs({ releases, described, attempted }: RollbackFacts): Issue[] {
  const newest = releases.at(-1) ?? releases[0];
  const ran = releases.slice(1).flatMap((release, index) => {
    const before = releases[index];
    return release.plan.services
      .filter(
        (job) => job.irreversible === true && before && inputsOf(before, job.name) !== inputsOf(release, job.name),
      )
      .map((job) => irreversible(job.name, `in release ${release.number}`, `release ${release.number} or later`));
  });
  const marked = [newest.plan, ...(described ? [described] : [])].flatMap(({ services }) =>
    services.flatMap(({ name, irreversible: isMarked }) => (isMarked === true ? [name] : [])),
  );
  const tried = attempted
    .filter((name) => marked.includes(name))
    .map((name) => irreversible(name, `after release ${newest.number}, in an attempt that failed`, '`slipway up`'));
  return [...ran, ...tried];
}

function irreversible(job: string, when: string, accepted: string): Issue {
  return error(`services.${job}`, `it ran ${when}, and is marked irreversible: what it did stays done`, accepted);
}

/** What makes a run of a job another one. */
function inputsOf({ plan, images }: Released, name: string): string | undefined {
  const job = plan.services.find((service) => service.name === name);
  return job && JSON.stringify([images[job.imageName]?.id, ...runs(job)]);
}

function runs({ command, entrypoint, environment, files }: PlannedService): unknown[] {
  return [command, entrypoint, environment, files];
}

function checkRevoked({ releases, set, described }: RollbackFacts): Issue[] {
  const [target] = releases;
  const newest = releases.at(-1) ?? target;
  const marked = [newest.plan, ...(described ? [described] : [])].flatMap(({ secrets }) =>
    secrets.flatMap(({ name, revokes }) => (revokes === true ? [name] : [])),
  );
  return [...new Set(marked)].flatMap((name) => {
    const [then, now] = [target.values[name], set.get(name) ?? newest.values[name]];
    if (then === undefined || then === now) return [];
    const message = `it has another value since release ${target.number}, and the old one is revoked`;
    return [error(`secrets.${name}`, message, 'a release with the value that it has now')];
  });
}

function checkData({ releases: [target], formats }: RollbackFacts): Issue[] {
  return Object.entries(formats).flatMap(([service, { now, then }]) => {
    if (now === then) return [];
    const message = `its data has the format of version ${now}, and release ${target.number} runs version ${then}`;
    return [error(`services.${service}`, message, `a release with version ${now}`)];
  });
}

function checkImages({ releases: [target], missingImages }: RollbackFacts): Issue[] {
  return Object.entries(missingImages).map(([name, cause]) => {
    const users = target.plan.services.flatMap(({ name: service, imageName }) => (imageName === name ? [service] : []));
    const message = `image ${target.images[name]?.name ?? name} of ${users.join(', ')} can't be had: ${cause}`;
    return error(`images.${name}`, message, 'a release whose images are still there');
  });
}

/** What stands in a mounted folder is in no release. */
function checkFolders({ releases: [target] }: RollbackFacts): Issue[] {
  return target.plan.services.flatMap(({ name, binds }) =>
    binds.map(({ source }) =>
      warning(`services.${name}`, `what it runs stands in the folder ${source}, which no rollback changes`),
    ),
  );
}
