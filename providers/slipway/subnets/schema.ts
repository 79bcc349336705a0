import { z } from 'zod';

/** Inputs of the subnets of a stack. */
export const SubnetsInputs = z.strictObject({
  stack: z.string().min(1).meta({ description: "Prefix of the stack's names on the host" }),
  pool: z.string().min(1).meta({ description: 'Where subnets are taken from, e.g. 10.213.0.0/16' }),
  networks: z.record(z.string(), z.int().positive()).meta({ description: 'Network → addresses wanted' }),
  labels: z.record(z.string(), z.string()).meta({ description: 'Labels of the record that reserves the subnets' }),
});
export type SubnetsInputs = z.infer<typeof SubnetsInputs>;

/** What is kept of an allocation. */
export const SubnetsState = z.object({
  /** Network → subnet. */
  subnets: z.record(z.string(), z.string()),
  /** Network → gateway, where the engine tells of one; none in states that an earlier version has left. */
  gateways: z.record(z.string(), z.string()).default({}),
  /** Name of the volume whose labels reserve the subnets; empty when it has got lost. */
  record: z.string(),
});
export type SubnetsState = z.infer<typeof SubnetsState>;
