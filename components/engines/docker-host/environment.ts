import * as pulumi from '@pulumi/pulumi';
import type { PlannedService } from '../../../config/plan/types.ts';
import { secretOf } from './mounts.ts';

/** The variables of a service that hold secrets, with their values. */
export function secretEnvironment(
  { environmentSecrets }: PlannedService,
  secrets: ReadonlyMap<string, pulumi.Output<string>>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    environmentSecrets.map(({ name, secret }) => [name, pulumi.secret(secretOf(secrets, secret))]),
  );
}

/** Variables as a container takes them: `NAME=value`. */
export function assignments(variables: Readonly<Record<string, pulumi.Output<string>>>): pulumi.Output<string>[] {
  return Object.entries(variables).map(([name, value]) => pulumi.interpolate`${name}=${value}`);
}
