/*
 * Commands that a shell runs inside a container of nginx. They need /proc, cat and tr, which every image of nginx has.
 */

/** Prints the ids of nginx's worker processes of one kind: those that take requests, or those that only finish them. */
const WORKERS = `workers() {
  for process in /proc/[0-9]*; do
    title=$(tr -d '\\000' < "$process/cmdline" 2> /dev/null) || continue
    [ "$title" = "nginx: worker process$1" ] && echo "\${process#/proc/}"
  done
}`;

/**
 * Tests the configuration and has nginx read it again. A test passes what a running nginx may still refuse (a zone of
 * another size), and it says so to its log only: by its workers one sees whether it has taken it.
 */
export function reloadCommand(configFile: string): string[] {
  return shell(`${WORKERS}
nginx -t -q -c ${configFile} || exit 1
tries=50
until [ -s /tmp/nginx.pid ]; do
  tries=$((tries - 1)); [ $tries -gt 0 ] || { echo 'nginx has not started' >&2; exit 1; }
  sleep 0.1
done
before=" $(workers '' | tr '\\n' ' ')"
kill -s HUP "$(cat /tmp/nginx.pid)"
tries=100
while [ $tries -gt 0 ]; do
  for worker in $(workers ''); do
    case $before in *" $worker "*) ;; *) exit 0 ;; esac
  done
  # On its way out it takes no requests any more, and reads nothing.
  [ -n "$(workers '')" ] || [ -z "$(workers ' is shutting down')" ] || exit 0
  tries=$((tries - 1))
  sleep 0.05
done
echo 'nginx goes on with the configuration that it had; its log says why' >&2
exit 1`);
}

/** Waits until no worker is left of before the last reload, for at most the seconds of the last argument. */
export function drainedCommand(): string[] {
  return [
    ...shell(`${WORKERS}
end=$(($(cut -d. -f1 /proc/uptime) + $1))
while [ -n "$(workers ' is shutting down')" ] && [ "$(cut -d. -f1 /proc/uptime)" -lt "$end" ]; do
  sleep 0.1
done`),
    'drained',
  ];
}

function shell(script: string): string[] {
  return ['sh', '-c', script];
}
