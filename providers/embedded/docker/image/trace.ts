import { BinaryReader } from 'google-protobuf';

/** A step of a build as BuildKit reports it. */
export interface Step {
  readonly id: string;
  /** E.g. `[2/5] RUN apt-get update`. */
  readonly name: string;
  readonly isRunning: boolean;
  readonly error: string;
}

/** What a step has printed. */
export interface StepOutput {
  readonly step: string;
  readonly text: string;
}

/** One report of BuildKit on the state of a build. */
export interface Trace {
  readonly steps: readonly Step[];
  readonly output: readonly StepOutput[];
}

/** Reads a `moby.buildkit.trace` message: a base64 protobuf of BuildKit's StatusResponse (its numbers are below). */
export function decodeTrace(base64: string): Trace {
  const steps: Step[] = [];
  const output: StepOutput[] = [];
  eachField(new BinaryReader(Buffer.from(base64, 'base64')), {
    1: (reader) => steps.push(readStep(new BinaryReader(reader.readBytes()))),
    3: (reader) => output.push(readOutput(new BinaryReader(reader.readBytes()))),
  });
  return { steps, output };
}

function readStep(vertex: BinaryReader): Step {
  const step = { id: '', name: '', isStarted: false, isCompleted: false, error: '' };
  eachField(vertex, {
    1: (reader) => (step.id = reader.readString()),
    3: (reader) => (step.name = reader.readString()),
    5: (reader) => {
      reader.skipField();
      step.isStarted = true;
    },
    6: (reader) => {
      reader.skipField();
      step.isCompleted = true;
    },
    7: (reader) => (step.error = reader.readString()),
  });
  const { id, name, error } = step;
  return { id, name, error, isRunning: step.isStarted && !step.isCompleted };
}

function readOutput(log: BinaryReader): StepOutput {
  const output = { step: '', text: '' };
  eachField(log, {
    1: (reader) => (output.step = reader.readString()),
    4: (reader) => (output.text = Buffer.from(reader.readBytes()).toString()),
  });
  return output;
}

function eachField(reader: BinaryReader, fields: Readonly<Record<number, (reader: BinaryReader) => unknown>>): void {
  while (reader.nextField()) {
    const read = fields[reader.getFieldNumber()];
    if (read) read(reader);
    else reader.skipField();
  }
}
