import { posix } from 'node:path';
import type * as pulumi from '@pulumi/pulumi';
import { secretDateRules } from '../../../config/monitoring/secret-dates.ts';
import type { PlannedService, Reload } from '../../../config/plan/types.ts';
import { LABELS, ownerLabels } from '../../../engine/labels.ts';
import * as slipway from '../../../providers/slipway/sdk.ts';
import type { ServiceArgs } from '../../engine.ts';
import { hostName, type Foundation } from './foundation.ts';

/** A volume, by its name on the host, and where a container mounts it. */
export interface HostMount {
  readonly volume: pulumi.Output<string>;
  readonly path: string;
  readonly readOnly: boolean;
}

/** What is known of secrets when a service is made. */
type Known = Pick<ServiceArgs, 'secrets' | 'dated'>;

/** A file before its content is known. */
interface FileSource {
  readonly path: string;
  readonly content: pulumi.Input<string>;
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

/** Everything that the containers of a service mount: its data, and the volumes made of its files. */
export function serviceMounts(
  service: PlannedService,
  foundation: Foundation,
  known: Known,
  opts: pulumi.CustomResourceOptions,
): HostMount[] {
  const data = service.volumes.map(({ volume, path, readOnly }) => ({
    volume: hostName(foundation.volumes, volume),
    path,
    readOnly,
  }));
  return [...data, ...fileVolumes(service, foundation, known, opts), ...lists(service, foundation)];
}

/** The lists of the services behind an edge: releases of those keep them. */
function lists({ name, edge }: PlannedService, { lists: volumes }: Foundation): HostMount[] {
  return edge ? [{ volume: hostName(volumes, name), path: edge.folder, readOnly: true }] : [];
}

/** The files of a service, secret ones and others, one volume a folder, each filled before a container starts. */
function fileVolumes(
  service: PlannedService,
  foundation: Foundation,
  known: Known,
  opts: pulumi.CustomResourceOptions,
): HostMount[] {
  const { secrets } = known;
  const sources: FileSource[] = [
    ...service.files,
    ...service.secrets.map((file) => ({ ...file, content: secretOf(secrets, file.secret) })),
    ...secretDates(service, known, opts),
  ];
  const folders = foldersOf(sources);
  return folders.map(([folder, files]) => {
    const name = `${service.name}-${folderName(folder, folders)}`;
    const { volume } = new slipway.Files(
      name,
      {
        name: `${foundation.prefix}-${name}`,
        image: foundation.images.get(service.imageName) ?? service.image,
        labels: foundation.owner.apply((owner) => ({ ...ownerLabels(owner, 'files'), [LABELS.service]: service.name })),
        ...(isReadAgain(service, files) && { reload: wireReload(service.reload) }),
        files: Object.fromEntries(
          files.map(({ path, content, mode, uid, gid }) => [posix.basename(path), { content, mode, uid, gid }]),
        ),
      },
      opts,
    );
    return { volume, path: folder, readOnly: true };
  });
}

/** The date of a value is kept in the state, and never made up anew: the same secrets are the same file. */
function secretDates(
  { name, secretDates: file }: PlannedService,
  { secrets, dated }: Known,
  opts: pulumi.CustomResourceOptions,
): FileSource[] {
  if (!file) return [];
  const values = Object.fromEntries(dated.map((secret) => [secret, secretOf(secrets, secret)]));
  const { since } = new slipway.SecretDates(`${name}-secret-dates`, { secrets: values }, opts);
  return [{ ...file, content: since.apply(secretDateRules) }];
}

/** At a signal only secrets: what else stands in files may be wrong, and a process that goes on with the old says nothing. */
function isReadAgain(
  service: PlannedService,
  files: readonly FileSource[],
): service is PlannedService & { readonly reload: Reload } {
  const { reload } = service;
  if (reload === undefined) return false;
  return isSecrets(service, files) || (typeof reload === 'object' && reload.scope === 'all');
}

function wireReload(reload: Reload): slipway.FilesReload {
  if (typeof reload === 'string') return reload;
  return { command: reload.command, ...(reload.input !== undefined && { input: reload.input }) };
}

function isSecrets(service: PlannedService, files: readonly FileSource[]): boolean {
  const secret = new Set(service.secrets.map(({ path }) => path));
  return files.every(({ path }) => secret.has(path));
}

/** What a folder is called last, or by its whole path where another is called the same. */
function folderName(folder: string, all: readonly [string, unknown][]): string {
  const name = posix.basename(folder);
  const isAlone = all.filter(([other]) => posix.basename(other) === name).length === 1;
  return (isAlone ? name : folder.slice(1).replaceAll('/', '-')) || 'files';
}

/** Files by the folder that they stand in, folders sorted. */
function foldersOf(files: readonly FileSource[]): [string, FileSource[]][] {
  const folders = new Map<string, FileSource[]>();
  for (const file of files) {
    const folder = posix.dirname(file.path);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return [...folders].sort(([a], [b]) => a.localeCompare(b));
}

/** The value of a secret that the plan names. */
export function secretOf(secrets: ReadonlyMap<string, pulumi.Output<string>>, name: string): pulumi.Output<string> {
  const value = secrets.get(name);
  if (!value) throw new Error(`the plan refers to secret "${name}" and does not list it`);
  return value;
}
