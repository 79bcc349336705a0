import { credentials } from '@grpc/grpc-js';
import { EngineClient } from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import enginePb from '@pulumi/pulumi/proto/engine_pb.js';
import type { Severity } from './provider.ts';

const SEVERITIES = {
  debug: enginePb.LogSeverity.DEBUG,
  info: enginePb.LogSeverity.INFO,
  warning: enginePb.LogSeverity.WARNING,
  error: enginePb.LogSeverity.ERROR,
} as const satisfies Record<Severity, number>;

/** A line about one resource. */
export interface LogLine {
  readonly urn: string;
  readonly severity: Severity;
  readonly message: string;
  readonly ephemeral: boolean;
}

/** Sends lines to the Pulumi engine that started this provider, in the order they were written. */
export class EngineLog {
  #client: EngineClient | undefined;
  #sent: Promise<void> = Promise.resolve();

  /** Lines go to the engine at `address` (`host:port`) from here on; before, they are dropped. */
  connect(address: string): void {
    this.#client?.close();
    this.#client = new EngineClient(address, credentials.createInsecure());
  }

  write(line: LogLine): void {
    const client = this.#client;
    if (client === undefined) return;
    const request = new enginePb.LogRequest()
      .setUrn(line.urn)
      .setSeverity(SEVERITIES[line.severity])
      .setMessage(line.message)
      .setEphemeral(line.ephemeral);
    // A line that can't be delivered is no reason to fail the operation it is about.
    const send = () =>
      new Promise<void>((resolve) => {
        client.log(request, () => {
          resolve();
        });
      });
    this.#sent = this.#sent.then(send);
  }

  /** Resolves when everything written so far has arrived. */
  flushed(): Promise<void> {
    return this.#sent;
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}
