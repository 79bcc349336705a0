import { z } from 'zod';

const number = z.int().min(1).max(65_535);

/** Inputs of the ports that a stack has on a host. */
export const PortsInputs = z.strictObject({
  stack: z.string().min(1).meta({ description: "Prefix of the stack's names on the host" }),
  wanted: z
    .record(z.string(), z.strictObject({ address: z.string(), protocol: z.enum(['tcp', 'udp']) }))
    .meta({ description: 'What wants a port → where it will listen' }),
  reserved: z.array(number).meta({ description: 'Ports that the stack publishes by numbers of its own' }),
  labels: z
    .record(z.string(), z.string())
    .meta({ description: "Labels by which the stack's own containers are known" }),
});
export type PortsInputs = z.infer<typeof PortsInputs>;

/** What is kept of a choice. */
export const PortsState = z.object({
  /** What wanted a port → its number. */
  ports: z.record(z.string(), number),
});
export type PortsState = z.infer<typeof PortsState>;
