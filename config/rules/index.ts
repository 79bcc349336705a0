import type { Resolution } from '../plan/resolution.ts';
import type { Issue } from '../plan/types.ts';
import { checkCertificates } from './certificates.ts';
import { checkDatabases } from './databases.ts';
import { checkCycles, checkProfilesOfDependencies } from './dependencies.ts';
import { checkEviction } from './eviction.ts';
import { checkFolders, checkHardening } from './hardening.ts';
import { checkMonitoring } from './monitoring.ts';
import { checkMounts } from './mounts.ts';
import { checkNames } from './names.ts';
import { checkPool } from './pool.ts';
import { checkPorts } from './ports.ts';
import { checkProduction } from './production.ts';
import { checkConditions, checkReferences } from './references.ts';
import { checkReleases } from './releases.ts';
import { checkReplicas } from './replicas.ts';
import { checkReservations } from './resources.ts';
import type { Rule } from './rule.ts';
import { checkDelivery } from './secret-delivery.ts';
import {
  checkClearSecrets,
  checkClearText,
  checkMissing,
  checkProvided,
  checkRotation,
  checkTemplates,
} from './secrets.ts';
import { checkSilence } from './silent.ts';
import { checkSources } from './sources.ts';

const RULES: readonly Rule[] = [
  checkReferences,
  checkConditions,
  checkSilence,
  checkEviction,
  checkCycles,
  checkProfilesOfDependencies,
  checkReplicas,
  checkReleases,
  checkReservations,
  checkPorts,
  checkMounts,
  checkFolders,
  checkHardening,
  checkSources,
  checkNames,
  checkProvided,
  checkClearSecrets,
  checkMissing,
  checkRotation,
  checkDatabases,
  checkTemplates,
  checkClearText,
  checkDelivery,
  checkCertificates,
  checkMonitoring,
  checkProduction,
  checkPool,
];

/** Everything that is wrong with a resolved system, or worth knowing about it. */
export function checkSystem(resolution: Resolution): Issue[] {
  return RULES.flatMap((rule) => rule(resolution));
}
