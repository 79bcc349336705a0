import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contextFolders } from '../../config/compose/contexts.ts';
import { deliveredFiles, type DeliveredFile } from '../../config/compose/files.ts';
import type { Plan } from '../../config/plan/types.ts';
import { copyContext } from './context.ts';
import { accessFor, type Access, type User } from './ownership.ts';

/** What an export is written from. */
export interface Content {
  readonly plan: Plan;
  /** Text of the compose.yaml. */
  readonly text: string;
  /** Values of the plan's secrets, by name. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Absolute folders of the build contexts, by image. */
  readonly contexts: ReadonlyMap<string, string>;
  readonly self: User;
}

/** Fills an empty folder with an export. */
export function writeExport(folder: string, content: Content): void {
  const { plan, self } = content;
  write(join(folder, 'compose.yaml'), content.text, { mode: 0o644, ...self }, self);
  write(join(folder, '.gitignore'), '/secrets/\n', { mode: 0o644, ...self }, self);
  for (const file of plan.services.flatMap(deliveredFiles)) {
    write(join(folder, file.source), textOf(file, content.secrets), accessFor(accessOf(file), self), self);
  }
  const written = new Set<string>();
  const contexts = contextFolders(plan.images);
  for (const { name, build } of plan.images) {
    const [from, to] = [content.contexts.get(name), contexts.get(name)];
    if (!build || from === undefined || to === undefined || written.has(to)) continue;
    copyContext(from, build.dockerfile, join(folder, to));
    written.add(to);
  }
}

/** Access to a file as its plan has it. */
export function accessOf({ mode, uid, gid }: DeliveredFile): Access {
  return { mode: Number.parseInt(mode, 8), uid, gid };
}

function textOf({ content, source }: DeliveredFile, secrets: ReadonlyMap<string, string>): string {
  if ('text' in content) return content.text;
  const value = secrets.get(content.secret);
  if (value === undefined) throw new Error(`${source} needs secret "${content.secret}", which has no value`);
  return value;
}

/** Nobody else may look into a file before it has its owner and mode. */
function write(path: string, text: string, { mode, uid, gid }: Access, self: User): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  if (uid !== self.uid || gid !== self.gid) chownSync(path, uid, gid);
  chmodSync(path, mode);
}
