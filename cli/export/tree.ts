import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Whether two folders are the same in names, kinds, modes, owners and contents, all the way down. */
export function isSameTree(left: string, right: string): boolean {
  const a = lstatSync(left);
  const b = lstatSync(right);
  if (a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid) return false;
  if (a.isSymbolicLink()) return readlinkSync(left) === readlinkSync(right);
  if (a.isFile()) return a.size === b.size && readFileSync(left).equals(readFileSync(right));
  const names = readdirSync(left).sort();
  const others = readdirSync(right).sort();
  return (
    names.length === others.length &&
    names.every((name, at) => name === others[at] && isSameTree(join(left, name), join(right, name)))
  );
}
