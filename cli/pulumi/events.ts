/** Pulumi's engine events, as `--event-log` writes them: only what we look at. */
export interface EngineEvent {
  readonly sequence?: number;
  readonly preludeEvent?: unknown;
  readonly diagnosticEvent?: DiagnosticEvent;
  readonly resourcePreEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  readonly resOpFailedEvent?: { readonly metadata: StepMetadata };
  readonly cancelEvent?: unknown;
}

/** Something that Pulumi, a provider or the program said. */
export interface DiagnosticEvent {
  readonly urn?: string;
  readonly prefix?: string;
  readonly message: string;
  readonly severity: string;
  /** True: a status that the next one replaces. */
  readonly ephemeral?: boolean;
}

/** What a step does to a resource. */
export interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly old?: StepState | null;
  readonly new?: StepState | null;
  /** Properties that force a replacement. */
  readonly keys?: readonly string[] | null;
  /** Properties that differ. */
  readonly diffs?: readonly string[] | null;
  readonly detailedDiff?: Readonly<Record<string, { readonly diffKind: string; readonly inputDiff?: boolean }>> | null;
}

/** A resource before or after a step. */
export interface StepState {
  readonly id?: string;
  /** URN of the resource it stands under. */
  readonly parent?: string;
  readonly inputs?: Readonly<Record<string, unknown>> | null;
  readonly outputs?: Readonly<Record<string, unknown>> | null;
}

/** One line of an event log; undefined: not an event. */
export function parseEvent(line: string): EngineEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    return undefined;
  }
}

/** Cuts a growing text into complete lines; what follows the last line break waits for more. */
export function lineSplitter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}
