import { isGone } from '../../engine/answers.ts';
import { Host as ProviderHost, reasonOf } from '../../providers/slipway/host/host.ts';
import { lastLines } from '../../providers/slipway/host/logs.ts';
import { passGate } from '../../providers/slipway/replica/gate.ts';
import type { Host } from '../hosts/host.ts';
import type { Hands } from './steps.ts';

/**
 * Restarts real containers, and waits for them as an `up` does.
 * @param leave aborted: no longer wait for what the engine has begun; it ends it by itself
 */
export function handsOn({ address, docker }: Host, leave: AbortSignal): Hands {
  const host = new ProviderHost(address);
  return {
    restart: async ({ container, graceMs }) => {
      try {
        await docker.getContainer(container).restart({ t: Math.ceil(graceMs / 1000), abortSignal: leave });
        return true;
      } catch (error) {
        if (leave.aborted) return false;
        const reason = isGone(error) ? 'its container is gone: `slipway up` makes another' : reasonOf(error);
        throw new Error(`it could not be restarted: ${reason}`, { cause: error });
      }
    },
    wait: async ({ container, timeoutMs, hasHealthcheck }, signal) => {
      const onFailedProbe = (): void => undefined; // The engine tells those before the restart too.
      const verdict = await passGate({
        ...{ host, container, timeoutMs, minReadyMs: 0, hasHealthcheck, signal, onFailedProbe },
      });
      if (verdict.healthy) return verdict;
      const log = await lastLines(host, container);
      return { healthy: false, cause: `${verdict.cause}\ncontainer ${container.slice(0, 12)}; ${log}` };
    },
  };
}
