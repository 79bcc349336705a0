import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contextFolders } from '../../config/compose/contexts.ts';
import { environmentFile, environmentText, unwritable } from '../../config/compose/environment-file.ts';
import { deliveredFiles, type DeliveredFile } from '../../config/compose/files.ts';
import type { Plan, PlannedService } from '../../config/plan/types.ts';
import { CommandFailure, EXIT } from '../exit-codes.ts';
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
  for (const service of plan.services) {
    const file = environmentFile(service);
    // Whoever runs Compose reads it, and nobody in a container does.
    const access = { mode: 0o400, ...self };
    if (file !== undefined)
      write(join(folder, file), environmentText(variablesOf(service, content.secrets)), access, self);
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

/**
 * Refuses values that would not arrive whole as variables: all of them, none shown.
 * @throws CommandFailure
 */
export function refuseBrokenVariables({ services }: Plan, secrets: ReadonlyMap<string, string>): void {
  const problems = services.flatMap((service) =>
    Object.entries(variablesOf(service, secrets)).flatMap(([name, value]) => {
      const problem = unwritable(value);
      return problem === undefined ? [] : [`${name} of ${service.name} ${problem}`];
    }),
  );
  if (problems.length === 0) return;
  throw new CommandFailure(
    EXIT.failed,
    `secrets that are variables have to stand in an env file, and these can't:\n  ${problems.join('\n  ')}\n` +
      "accepted: another value, or deliver: 'file'. Nothing was written.",
  );
}

function variablesOf(service: PlannedService, secrets: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    service.environmentSecrets.map(({ name, secret }) => [
      name,
      valueOf(secret, `${name} of ${service.name}`, secrets),
    ]),
  );
}

function textOf({ content, source }: DeliveredFile, secrets: ReadonlyMap<string, string>): string {
  return 'text' in content ? content.text : valueOf(content.secret, source, secrets);
}

function valueOf(secret: string, user: string, secrets: ReadonlyMap<string, string>): string {
  const value = secrets.get(secret);
  if (value === undefined) throw new Error(`${user} needs secret "${secret}", which has no value`);
  return value;
}

/** Nobody else may look into a file before it has its owner and mode. */
function write(path: string, text: string, { mode, uid, gid }: Access, self: User): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  if (uid !== self.uid || gid !== self.gid) chownSync(path, uid, gid);
  chmodSync(path, mode);
}
