import { monitoredSystem, withMonitoringFiles } from './monitoring/files.ts';
import { withCollectedLogs } from './monitoring/logs.ts';
import { plannedCertificates } from './plan/certificates.ts';
import { plannedImages } from './plan/images.ts';
import { plannedDatabases } from './plan/databases.ts';
import { stackPrefix } from './plan/names.ts';
import { plannedNetworks } from './plan/networks.ts';
import {
  externalPasswords,
  externalServices,
  plannedExternals,
  withGenerated,
  withoutExternals,
} from './plan/externals.ts';
import { mergeOverlay } from './plan/overlay.ts';
import { fillParameters } from './plan/parameters.ts';
import { activeServices, onlyServices } from './plan/profiles.ts';
import type { Resolution } from './plan/resolution.ts';
import { plannedSecrets } from './plan/secrets.ts';
import { plannedServices } from './plan/services.ts';
import { plannedSmoke } from './plan/smoke.ts';
import { sortedSet } from './plan/sort.ts';
import { sourcesOverlay } from './plan/sources.ts';
import { stackOverlay } from './plan/stack-overlay.ts';
import { fitToHost } from './plan/small-host.ts';
import type { EnvironmentName, HostSize, Issue, Plan } from './plan/types.ts';
import { plannedTasks } from './plan/tasks.ts';
import { plannedVolumes } from './plan/volumes.ts';
import { checkChoices } from './rules/choices.ts';
import { checkExternals } from './rules/external.ts';
import { checkSystem } from './rules/index.ts';
import { checkOnly, checkProfiles } from './rules/profiles.ts';
import { schemaProblems } from './rules/schema-issues.ts';
import { checkEnvironment, chooseEnvironment, chooseSystem, chooseVariants } from './rules/selection.ts';
import { parseSettings } from './rules/settings.ts';
import { checkSourceSettings } from './rules/sources.ts';
import type { Settings } from './schema/settings.ts';
import { System, type SystemDescription, type SystemInput } from './schema/system.ts';
import type { RawSettings } from './settings.ts';
import { systems as knownSystems } from './systems/index.ts';

/** A plan, or what keeps it from being one. */
export interface Resolved {
  /** Absent if and only if one of the issues is an error. */
  readonly plan?: Plan;
  readonly issues: readonly Issue[];
  /** With errors: the plan as it would be, for whoever wants to know what else is wrong; undefined: there can be none. */
  readonly draft?: () => Plan | undefined;
}

/** Systems by name. */
export type Systems = Readonly<Record<string, SystemDescription>>;

/**
 * Decides everything about one stack, and reports all problems together. With the size of the `host`, limits are brought
 * down to it where the stack allows that. Pure.
 */
export function resolvePlan(raw: RawSettings, systems: Systems = knownSystems, host?: HostSize): Resolved {
  const { settings, issues } = parseSettings(raw);
  const selected = chooseSystem(raw, settings, systems);
  const environment = chooseEnvironment(raw, settings);
  issues.push(...selected.issues, ...environment.issues);
  if (!selected.description || !environment.name) return { issues };
  const undescribed = checkEnvironment(selected.description, environment.name);
  if (undescribed.length > 0) return { issues: [...issues, ...undescribed] };
  const chosen = { description: selected.description, environment: environment.name, host };
  const resolution = resolveSystem(raw, settings, chosen, issues);
  if (resolution) issues.push(...checkSystem(resolution));
  if (!resolution) return { issues };
  const failed = issues.some(({ severity }) => severity === 'error');
  return failed ? { issues, draft: () => draftOf(resolution) } : { plan: planOf(resolution), issues };
}

/** The parts of a plan may rely on what the rules have refused. */
function draftOf(resolution: Resolution): Plan | undefined {
  try {
    return planOf(resolution);
  } catch {
    return undefined;
  }
}

/** What a stack is resolved from beside its settings. */
interface Chosen {
  readonly description: SystemDescription;
  readonly environment: EnvironmentName;
  readonly host: HostSize | undefined;
}

/**
 * Lays the overlays over each other (environment, variants, then sources, then what the stack says itself), chooses the services
 * that run, fits them to the host, fills in the parameters.
 */
function resolveSystem(
  raw: RawSettings,
  wanted: Settings,
  { description, environment, host }: Chosen,
  issues: Issue[],
): Resolution | undefined {
  const { environments, variants: _variants, ...base } = description;
  const variants = chooseVariants(wanted, description, environment);
  const overlays = [environments[environment], ...variants.chosen.map((variant) => variant.overlay)];
  const described = overlays.reduce<unknown>(mergeOverlay, base) as SystemInput;
  const known = checkSourceSettings(wanted, described);
  const { built, overlay } = sourcesOverlay(known.settings.sources, described);
  const sourced = mergeOverlay(described, overlay) as SystemInput;
  // A stack names images of the description, none of those that its sources are built as.
  const nameable = { ...sourced, images: described.images };
  const { settings, issues: unknown } = checkChoices(known.settings, nameable);
  const merged = mergeOverlay(sourced, stackOverlay(settings, nameable));
  const parsed = System.safeParse(merged);
  issues.push(
    ...variants.issues,
    ...known.issues,
    ...unknown,
    ...checkProfiles(raw, settings, sortedSet([...profilesOf(base), ...profilesOf(described)])),
  );
  if (!parsed.success) {
    issues.push(...schemaProblems(System, base.name, merged, parsed.error.issues).map(({ issue }) => issue));
    return undefined;
  }
  const watched = monitoredSystem(parsed.data, settings.profiles);
  const on = activeServices(watched.services, settings.profiles);
  const isOn = (name: string): boolean => Object.hasOwn(on, name);
  const refused = new Set(issues.map(({ path }) => path)); // What was wrong and left out is not missing too.
  issues.push(
    ...checkExternals({ system: watched, settings, environment, isOn }).filter(({ path }) => !refused.has(path)),
  );
  const external = externalServices(watched);
  const all = Object.fromEntries(Object.entries(on).filter(([name]) => !Object.hasOwn(external, name)));
  issues.push(...checkOnly(raw, all));
  const running = Object.keys(raw.only === undefined ? all : onlyServices(all, raw.only));
  const fitted = settings.allowSmallHost && host ? fitToHost(watched.services, running, host) : watched.services;
  const files = withMonitoringFiles(watched, fitted, settings.profiles, running);
  const services = withCollectedLogs(files, settings.profiles, running);
  const { system: complete, issues: unfilled } = fillParameters({ ...watched, services });
  issues.push(...unfilled);
  const system = withoutExternals(complete);
  const active = Object.fromEntries(Object.entries(system.services).filter(([name]) => running.includes(name)));
  const externals = plannedExternals(complete, isOn, active);
  return {
    stack: raw.stack,
    environment,
    settings,
    providedSecrets: raw.providedSecrets,
    ...(raw.clearSecrets && { clearSecrets: raw.clearSecrets }),
    ...(raw.acceptsMissingSecrets === true && { acceptsMissingSecrets: true }),
    system,
    built,
    active,
    // Of some services alone what they call is of interest.
    externals: raw.only === undefined ? externals : externals.filter(({ callers }) => callers.length > 0),
    externalPasswords: externalPasswords(complete),
    prefix: stackPrefix(system.name, raw.stack),
  };
}

function profilesOf({ services }: SystemInput): string[] {
  return Object.values(services).flatMap(({ profiles = [] }) => profiles);
}

function planOf(resolution: Resolution): Plan {
  const { system, active, settings, environment, stack, prefix } = resolution;
  const services = plannedServices(resolution);
  const smoke = plannedSmoke(system, active);
  const secrets = plannedSecrets(system, active, resolution.providedSecrets);
  const databases = plannedDatabases(system, active);
  const certificates = plannedCertificates(system, secrets, prefix);
  return {
    system: system.name,
    environment,
    stack,
    prefix,
    ...(settings.host !== undefined && { host: settings.host }),
    ...(settings.allowSmallHost && { allowsSmallHost: true as const }),
    profiles: sortedSet(settings.profiles),
    ...(settings.variants.length > 0 && { variants: settings.variants }),
    pool: settings.network.pool,
    services,
    ...(resolution.externals.length > 0 && { externals: resolution.externals }),
    images: plannedImages(system.images, new Set(services.map(({ imageName }) => imageName)), resolution.built),
    networks: plannedNetworks(system.services, active),
    volumes: plannedVolumes(system, active),
    secrets: withGenerated(secrets, resolution.externalPasswords),
    ...(databases.length > 0 && { databases }),
    ...(certificates && { certificates }),
    tasks: plannedTasks(system, active),
    ...(smoke && { smoke }),
  };
}
