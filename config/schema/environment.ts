import { z } from 'zod';
import { VariableName } from './name.ts';

/** The environments that a system describes. */
export const EnvironmentName = z.enum(['dev', 'test', 'prod']).meta({ accepted: 'dev, test or prod' });
export type EnvironmentName = z.output<typeof EnvironmentName>;

/** Environment variables of a container; never a secret. */
export const Environment = z
  .record(
    VariableName,
    z
      .union([z.string(), z.number(), z.boolean()])
      .transform(String)
      .meta({ accepted: 'text, a number, true or false' }),
  )
  .meta({ accepted: 'a map of variables', example: '{ LOG_LEVEL: debug }' });
export type Environment = z.output<typeof Environment>;
