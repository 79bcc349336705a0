import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import languageGrpc from '@pulumi/pulumi/proto/language_grpc_pb.js';
import type { RunRequest } from '@pulumi/pulumi/proto/language_pb.js';

/*
 * Runs the program for a Pulumi engine that is told to find it at this process (`--client`), as Pulumi's Automation API
 * does: all that the program is made of is loaded while the engine itself is still starting. Writes its port on its first
 * line; ends once its input has ended and no run is under way. Usage: node program.ts <project folder>
 */

/** How long an answer may take once nobody is there to hear it, in milliseconds. */
const FAREWELL_MS = 5000;

const [project = ''] = process.argv.slice(2);

// Before all else is loaded, so that the engine can be started meanwhile.
const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
server.addService(languageGrpc.LanguageRuntimeService, handlers());
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});

const language = load();
let isAwaited = true;
let isRunning = false;
process.stdin.resume().on('end', () => {
  isAwaited = false;
  endIfDone();
});
// A terminal's Ctrl-C is for whoever has started this, who tells the engine, which ends the run.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

function endIfDone(): void {
  if (isAwaited || isRunning) return;
  // Whatever is still to be answered is; a program that was left in the middle may never end by itself.
  server.tryShutdown(() => process.exit(0));
  setTimeout(() => process.exit(0), FAREWELL_MS);
}

type Method = (call: Call, callback: sendUnaryData<unknown>) => unknown;
type Call = ServerUnaryCall<unknown, unknown>;

type Methods = Readonly<Record<string, Method | undefined>>;

/** Of Pulumi's Automation API: what serves a program that runs inside another one. It is there, and not in the types. */
interface Automation {
  readonly LanguageServer: new (program: () => Promise<unknown>) => Methods;
}

async function load(): Promise<Methods> {
  const [automation, { RunError }, { deployStack }] = await Promise.all([
    import('@pulumi/pulumi/automation/server.js') as Promise<unknown>,
    import('@pulumi/pulumi'),
    import('../components/program.ts'),
  ]);
  const { LanguageServer } = automation as Automation;
  // A defect of ours is told once, with its stack: what is no RunError would be told twice.
  return new LanguageServer(() =>
    deployStack(project).catch((error: unknown) => {
      if (RunError.isInstance(error) || !(error instanceof Error)) throw error;
      throw new RunError(error.stack ?? error.message);
    }),
  );
}

/** Every method of the service waits for the server to be loaded. */
function handlers(): UntypedServiceImplementation {
  const names = Object.keys(languageGrpc.LanguageRuntimeService);
  return Object.fromEntries(
    names.map((name): [string, Method] => [
      name,
      (call, callback) => {
        const answer = name === 'run' ? begin(call, callback) : callback;
        language.then(
          (methods) => {
            const method = methods[name];
            if (method) method.call(methods, call, answer);
            else answer({ code: status.UNIMPLEMENTED, details: `there is no ${name}` });
          },
          (error: unknown) => {
            answer({ code: status.INTERNAL, details: error instanceof Error ? error.message : String(error) });
          },
        );
      },
    ]),
  );
}

/** Takes note of a run, and of its end: gives what to answer it with. */
function begin(call: Call, callback: sendUnaryData<unknown>): sendUnaryData<unknown> {
  isRunning = true;
  // Which of the settings were secret: where the program runs in a process of its own, a variable tells.
  const secretKeys = (call.request as RunRequest).getConfigsecretkeysList();
  process.env['PULUMI_CONFIG_SECRET_KEYS'] = JSON.stringify(secretKeys);
  const end = (): void => {
    isRunning = false;
    endIfDone();
  };
  // An engine that has ended, or was told to, wants no answer.
  call.on('cancelled', end);
  return (...answer) => {
    callback(...answer);
    end();
  };
}
