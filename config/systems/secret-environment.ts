/**
 * Reads every file of /run/secrets into a variable of its name, to the last byte, and becomes the command that follows.
 * What `$(…)` would cut off the end, a mark keeps; a file that can't be read ends it before the command runs.
 */
const SCRIPT = [
  'for slipway_file in /run/secrets/*; do',
  '[ -f "$slipway_file" ] || continue;',
  'slipway_value=$(cat "$slipway_file" && printf .) || exit 1;',
  'export "${slipway_file##*/}=${slipway_value%.}";',
  'done;',
  'unset slipway_file slipway_value;',
  'exec "$@"',
].join(' ');

/**
 * A command for a container whose program reads its secrets from its environment and from nowhere else: they stay files
 * (mode 0400), and stand in the environment of that one process and of those it starts, so that `docker inspect`, and
 * a command that somebody runs beside it, show nothing. The image needs /bin/sh and cat.
 *
 * For an entrypoint, a health check or a task: `entrypoint: withSecrets(), command: ['/app/serve']`.
 *
 * @param command what is run; may be empty where an engine appends it
 */
export function withSecrets(command: readonly string[] = []): [string, ...string[]] {
  return ['/bin/sh', '-c', SCRIPT, 'withSecrets', ...command];
}
