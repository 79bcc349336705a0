import { Metadata, status } from '@grpc/grpc-js';
import providerPb from '@pulumi/pulumi/proto/provider_pb.js';
import statusPb from '@pulumi/pulumi/proto/status_pb.js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import structPb from 'google-protobuf/google/protobuf/struct_pb.js';
import type { Failure } from './check.ts';
import type { DiffResult } from './diff.ts';
import type { InitError } from './provider.ts';
import type { Decoded, Path, Values } from './values.ts';
import { decode, encode, renderPath } from './values.ts';

/** Inputs or a state from a message. */
export function read(wire: structPb.Struct | undefined): Decoded {
  return decode(wire?.toJavaScript() ?? {});
}

/** Inputs or a state for a message; what stands at `secrets` is marked. */
export function struct(values: Values, secrets: readonly Path[]): structPb.Struct {
  return structPb.Struct.fromJavaScript(encode(values, secrets) as Record<string, structPb.JavaScriptValue>);
}

/** The answer to a check. */
export function checkResponse(
  inputs: Values,
  secrets: readonly Path[],
  failures: readonly Failure[],
): providerPb.CheckResponse {
  return new providerPb.CheckResponse()
    .setInputs(struct(inputs, secrets))
    .setFailuresList(
      failures.map(({ property, reason }) => new providerPb.CheckFailure().setProperty(property).setReason(reason)),
    );
}

/** The answer to a diff, down to single properties. */
export function diffResponse({ changes, deleteBeforeReplace = false }: DiffResult): providerPb.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = providerPb.DiffResponse.DiffChanges;
  const { Kind } = providerPb.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const properties = (some: readonly { path: Path }[]) => [
    ...new Set(some.map(({ path }) => renderPath(path.slice(0, 1)))),
  ];
  const response = new providerPb.DiffResponse()
    .setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setDiffsList(properties(changes))
    .setReplacesList(properties(changes.filter(({ replace }) => replace)))
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const { path, kind, replace = false, inputDiff = true } of changes) {
    const detail = new providerPb.PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]).setInputdiff(inputDiff);
    response.getDetaileddiffMap().set(renderPath(path), detail);
  }
  return response;
}

/** An {@link InitError} on its way to the engine, which reads the state from the details of the gRPC status. */
export class HalfMadeError extends Error {
  readonly metadata = new Metadata();

  constructor(reason: string, { id, state }: InitError, secrets: readonly Path[]) {
    super(reason);
    const failed = new providerPb.ErrorResourceInitFailed()
      .setId(id)
      .setProperties(struct(state, secrets))
      .setReasonsList([reason]);
    const details = new anyPb.Any();
    details.pack(failed.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
    const packed = new statusPb.Status().setCode(status.UNKNOWN).setMessage(reason);
    packed.setDetailsList([details]);
    this.metadata.add('grpc-status-details-bin', Buffer.from(packed.serializeBinary()));
  }
}
