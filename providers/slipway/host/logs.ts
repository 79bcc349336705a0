import { type Host, reasonOf } from './host.ts';

/** Lines of a container's log that go into an error. */
const LINES = 20;
/** Each frame of a log without a terminal begins with its stream and its length. */
const HEADER = 8;

/** The end of a container's log, set off for an error message, or why it can't be had. */
export async function lastLines(host: Host, id: string): Promise<string> {
  try {
    const container = host.docker.getContainer(id);
    const { Config } = await container.inspect();
    const log = await container.logs({ follow: false, stdout: true, stderr: true, tail: LINES });
    const lines = (Config.Tty ? log.toString() : plainText(log)).split(/\r?\n/).filter((line) => line !== '');
    if (lines.length === 0) return 'its log is empty';
    return ['the end of its log:', ...lines.slice(-LINES).map((line) => `  | ${line}`)].join('\n');
  } catch (error) {
    return `its log can't be read: ${reasonOf(error)}`;
  }
}

/** The text of a log whose frames tell stdout from stderr. */
export function plainText(log: Buffer): string {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + HEADER <= log.length) {
    const length = log.readUInt32BE(at + 4);
    parts.push(log.subarray(at + HEADER, at + HEADER + length));
    at += HEADER + length;
  }
  return Buffer.concat(parts).toString();
}
