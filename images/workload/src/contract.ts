/** What the engine's services say to each other: engine.proto as types. */

/** One step of an execution. */
export interface Hop {
  readonly service: string;
  readonly event: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly replica: string;
}

/** One execution on its way through the engine. */
export interface Job {
  readonly id: string;
  /** JSON text, never parsed on its way: its SHA-256 is the result. */
  readonly input: string;
  readonly delayMs: number;
  readonly workMs: number;
  readonly trail: readonly Hop[];
}

export interface Trail {
  readonly trail: readonly Hop[];
}

export interface Lease {
  readonly found: boolean;
  readonly token: string;
  readonly leaseMs: number;
  readonly job: Job | null;
}

export interface LeaseReference {
  readonly id: string;
  readonly token: string;
}

export interface Execution {
  readonly id: string;
  readonly state: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Counts {
  readonly byState: Readonly<Record<string, number>>;
}

export interface Cell {
  readonly id: string;
  readonly region: string;
  readonly seenAt: number;
}

export type Empty = Readonly<Record<string, never>>;

interface Rpc<Request, Reply> {
  readonly request: Request;
  readonly reply: Reply;
}

/** Service → method → request and reply. */
export interface Contract {
  Frontend: { StartExecution: Rpc<Job, Empty>; CountExecutions: Rpc<Empty, Counts> };
  History: {
    StartExecution: Rpc<Job, Empty>;
    TimerFired: Rpc<{ readonly job: Job }, Empty>;
    CompleteTask: Rpc<Trail & { readonly id: string; readonly result: string }, { readonly result: string }>;
  };
  Timer: { StartTimer: Rpc<Job, Trail> };
  Matching: {
    AddTask: Rpc<{ readonly queue: string; readonly job: Job }, Trail>;
    PollTask: Rpc<{ readonly queue: string; readonly worker: string }, Lease>;
    ExtendLease: Rpc<LeaseReference, Empty>;
    FinishTask: Rpc<LeaseReference, Empty>;
  };
  Visibility: {
    ListExecutions: Rpc<
      { readonly state: string; readonly limit: number },
      { readonly executions: readonly Execution[] }
    >;
    CountExecutions: Rpc<Empty, Counts>;
  };
  ControlPlane: { ListCells: Rpc<Empty, { readonly cells: readonly Cell[] }> };
}

export type Service = keyof Contract;
export type Method<S extends Service> = keyof Contract[S] & string;
export type Request<S extends Service, M extends Method<S>> = Contract[S][M] extends Rpc<infer R, unknown> ? R : never;
export type Reply<S extends Service, M extends Method<S>> = Contract[S][M] extends Rpc<unknown, infer R> ? R : never;
