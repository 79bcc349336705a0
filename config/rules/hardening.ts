import { posix } from 'node:path';
import { judgeHardening } from '../plan/hardening.ts';
import { issuePath, type Resolution } from '../plan/resolution.ts';
import { userOf } from '../plan/services.ts';
import { binds } from '../plan/sources.ts';
import type { Service } from '../schema/service.ts';
import type { Issue } from '../plan/types.ts';
import { error, type Rule } from './rule.ts';

/** Each departure from the hardening has a reason, and each reason a departure; swap has a limit to come on top of. */
export const checkHardening: Rule = (resolution) =>
  Object.entries(resolution.system.services).flatMap(([name, service]) => [
    ...checkReasons(resolution, name, service),
    ...checkSwap(resolution, name, service),
  ]);

function checkReasons({ system, settings }: Resolution, name: string, service: Service): Issue[] {
  const image = system.images[service.image];
  if (!image) return []; // Another rule tells.
  return judgeHardening(service, userOf(service, image).uid).flatMap(({ keys, isOff, reason, off, on, ...words }) => {
    const path = issuePath(system.name, ['services', name, 'reasons', ...keys]);
    if (isOff === (reason !== undefined)) return [];
    if (!isOff) return [error(path, `"${name}" ${on}: there is nothing to give a reason for`, 'no reason (null)')];
    // What a stack chooses is not described: nobody has said there why it has to be so.
    const chosen = settings.images[service.image];
    const isChosen = keys[0] === 'user' && service.user === undefined && chosen && 'uid' in chosen && chosen.uid === 0;
    return [
      isChosen
        ? error(issuePath('slipway', ['images', service.image, 'uid']), `"${name}" would run as root`, words.default)
        : error(path, `"${name}" ${off}, and no reason is given`, `a reason in a sentence, or ${words.default}`),
    ];
  });
}

function checkSwap({ system }: Resolution, name: string, { swap, limits }: Service): Issue[] {
  if (swap === undefined || limits.memory !== undefined) return [];
  const path = issuePath(system.name, ['services', name, 'swap']);
  return [error(path, `"${name}" has no limit of memory that swap could come on top of`, 'limits.memory, or no swap')];
}

/** What nobody in a container has any business with: the host itself, or its engine. */
const SENSITIVE = ['/bin', '/boot', '/dev', '/etc', '/lib', '/lib64', '/proc', '/run', '/sbin', '/sys', '/usr'];
/** Folders in which the host's processes keep what makes them obey: sockets, images, volumes. */
const WITH_ALL_BELOW = ['/boot', '/dev', '/etc', '/proc', '/run', '/sys', '/var/run', '/var/lib/docker'];

/** No folder is mounted that gives a container the host, or the socket of its engine. */
export const checkFolders: Rule = ({ built, active }) =>
  Object.keys(active).flatMap((name) =>
    binds(built[name]).flatMap(({ source }) => {
      if (!isSensitive(source)) return [];
      return [
        error(
          issuePath('slipway', ['sources', built[name]?.source ?? '']),
          `${source} would be mounted into "${name}": whoever is in the container would have the host`,
          'a folder with nothing but sources',
        ),
      ];
    }),
  );

function isSensitive(folder: string): boolean {
  const path = posix.normalize(folder).replace(/(?<=.)\/$/, '');
  return (
    path === '/' ||
    SENSITIVE.includes(path) ||
    WITH_ALL_BELOW.some((one) => path === one || path.startsWith(`${one}/`)) ||
    posix.basename(path) === 'docker.sock'
  );
}
