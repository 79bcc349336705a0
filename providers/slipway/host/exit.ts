import type { ContainerInspectInfo } from 'dockerode';

const MEBIBYTE = 2 ** 20;
/** What a shell and the engine say of a process that SIGKILL ended: 128 + 9. */
const KILLED = 137;

/**
 * Why a container has exited, from "with code" on. The engine does not hear of every kill by the kernel before the
 * container's end, so one by SIGKILL under a memory limit is told as what it most likely was.
 * @param code exit code, where an event told it; absent: the container's own
 * @param ranOutOfMemory whether the engine has told of that
 */
export function exitCause(
  { State, HostConfig }: Pick<ContainerInspectInfo, 'State' | 'HostConfig'>,
  code = State.ExitCode,
  ranOutOfMemory = State.OOMKilled,
): string {
  const limit = HostConfig.Memory ?? 0;
  const error = State.Error === '' ? '' : ` (${State.Error})`;
  if (ranOutOfMemory) return `with code ${code}, killed for lack of memory (OOM): raise its memory limit${error}`;
  if (code !== KILLED || limit === 0) return `with code ${code}${error}`;
  const mebibytes = Math.round(limit / MEBIBYTE);
  return `with code ${code}, killed by SIGKILL, most likely for lack of memory: its limit is ${mebibytes} MiB${error}`;
}
