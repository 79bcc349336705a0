import { createHash } from 'node:crypto';

/** Which of `partitions` an id belongs to: the same everywhere, evenly spread. */
export function partitionOf(id: string, partitions: number): number {
  return createHash('sha1').update(id).digest().readUInt32BE(0) % partitions;
}
