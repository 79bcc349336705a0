/** A resource that the program of the conformance tests makes. */
export interface Described {
  readonly type:
    | 'Container'
    | 'Network'
    | 'Volume'
    | 'RemoteImage'
    | 'RandomPassword'
    | 'RandomBytes'
    | 'RandomId'
    | 'PrivateKey'
    | 'SelfSignedCert'
    | 'CertRequest'
    | 'LocallySignedCert';
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly options?: {
    readonly deleteBeforeReplace?: boolean;
    readonly replaceOnChanges?: string[];
  };
}

/** An output of another resource, which has to stand before. */
export function ref(name: string, property: string): unknown {
  return { ref: [name, property] };
}

/** A value that is secret. */
export function secret(value: unknown): unknown {
  return { secret: value };
}
