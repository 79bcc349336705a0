import { posix } from 'node:path';
import { issuePath } from '../plan/resolution.ts';
import { binds } from '../plan/sources.ts';
import { error, type Rule } from './rule.ts';

/** No two things are mounted at the same path of a service: volumes, folders in memory, of files, with sources. */
export const checkMounts: Rule = ({ system, built }) =>
  Object.entries(system.services).flatMap(([name, service]) => {
    const folders = new Set(Object.keys(service.files).map((path) => posix.dirname(path)));
    const mounts = [
      ...Object.values(service.volumes).map((use) => use.path),
      ...Object.keys(service.tmpfs),
      ...folders,
      ...binds(built[name]).map(({ path }) => path),
      ...(Object.values(service.secrets).some(({ deliver }) => deliver === 'file') ? ['/run/secrets'] : []),
    ].map((path) => posix.normalize(path));
    const twice = new Set(mounts.filter((path, index) => mounts.indexOf(path) < index));
    return [...twice].map((path) =>
      error(
        issuePath(system.name, ['services', name]),
        `mounts two things at ${path}`,
        'one volume, tmpfs, folder of files or of sources a path',
      ),
    );
  });
