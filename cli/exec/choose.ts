import { CommandFailure, EXIT } from '../exit-codes.ts';
import type { StackContainer } from '../hosts/containers.ts';
import { stackOption } from '../output/format.ts';

/** A container to enter. */
export interface Wanted {
  /** Pulumi's name of the stack, for messages. */
  readonly stack: string;
  readonly service: string;
  /** Number of the replica; absent: the first that runs. */
  readonly replica?: number | undefined;
}

/**
 * The running container to enter; the newest of its replica while two run side by side.
 * @throws CommandFailure that says what runs, or what to do if nothing does
 */
export function chooseContainer(containers: readonly StackContainer[], wanted: Wanted): StackContainer {
  const { stack, service, replica } = wanted;
  const running = containers.filter((container) => container.service === service && container.running);
  const chosen = running.find((container) => replica === undefined || container.replica === replica);
  if (chosen !== undefined) return chosen;
  const known = [...new Set(running.flatMap((container) => container.replica ?? []))];
  const option = stackOption(stack);
  throw new CommandFailure(
    EXIT.failed,
    replica === undefined || known.length === 0
      ? `no container of ${service} runs: \`slipway status${option}\` tells why, \`slipway up${option}\` brings it back`
      : `replica ${replica} of ${service} does not run; running: ${known.join(', ')}`,
  );
}
