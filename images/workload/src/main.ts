/**
 * The kernel gives a container's first process no signal that it has no handler for. So the handlers are there before
 * anything else is loaded; until a role runs, nothing is in flight and ending at once is right.
 */
let stop: (signal: string) => void = () => {
  process.exit(0);
};
const onSignal = (signal: string): void => {
  stop(signal);
};
process.on('SIGTERM', onSignal).on('SIGINT', onSignal);

const { run } = await import('./run.ts');
await run(process.argv[2] ?? process.env['SERVICE_NAME'] ?? '', (stopRole) => {
  stop = stopRole;
});
