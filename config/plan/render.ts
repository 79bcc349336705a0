import { formatBytes } from '../schema/bytes.ts';
import { formatDuration } from '../schema/duration.ts';
import { authorityFile } from './externals.ts';
import { waves } from './order.ts';
import type {
  Attachment,
  Issue,
  Plan,
  PlannedDatabase,
  PlannedImage,
  PlannedExternal,
  PlannedPort,
  PlannedSecret,
  PlannedService,
  PlannedSmoke,
  PlannedStep,
  PlannedTask,
  Reload,
  Resources,
} from './types.ts';

/** A plan as text, one fact a line, the same for the same plan. */
export function renderPlan(plan: Plan): string {
  const { services, smoke } = plan;
  return [
    `${plan.system}, ${plan.environment}: stack ${plan.stack}`,
    `  names begin with ${plan.prefix}`,
    `  host: ${plan.host ?? 'the local engine'}`,
    `  profiles: ${list(plan.profiles)}`,
    ...(plan.variants ? [`  variants: ${list(plan.variants)}`] : []),
    `  network pool: ${plan.pool}`,
    ...limitsOfAll(services),
    ...(plan.allowsSmallHost ? ['  limits are brought down to what the host has, where that is less'] : []),
    '',
    ...section('starts in this order', startOrder(services)),
    ...services.flatMap((service) => section(`${service.kind} ${service.name}`, serviceFacts(service))),
    ...(plan.externals ?? []).flatMap((external) => section(`external ${external.name}`, externalFacts(external))),
    ...section('images', plan.images.map(imageFact)),
    ...section(
      'networks',
      plan.networks.map(
        ({ name, internal, addresses }) =>
          `${name}: ${internal ? 'internal' : 'with a way out'}, ${addresses} addresses`,
      ),
    ),
    ...section(
      'volumes',
      plan.volumes.map(
        ({ name, service, description, keep }) =>
          `${name}: of ${service}. ${description}${keep === false ? ' Goes with the stack.' : ''}`,
      ),
    ),
    ...section('secrets', plan.secrets.map(secretFact)),
    ...section('databases', (plan.databases ?? []).map(databaseFact)),
    ...section('certificates', certificateFacts(plan.certificates)),
    ...section('tasks', plan.tasks.flatMap(taskFacts)),
    ...section('smoke test', smoke ? smokeFacts(smoke) : []),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

/** All issues in one report: errors first, each with its path, what is wrong and what would be accepted. */
export function renderIssues(issues: readonly Issue[]): string {
  return [...issues]
    .sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
    .map(({ severity, path, message, accepted }) => {
      const remedy = accepted === undefined ? '' : `\n  accepted: ${accepted}`;
      return `${severity}: ${path}: ${message}${remedy}\n`;
    })
    .join('');
}

/** What all replicas may use together, as far as they are limited; jobs have ended when the services run. */
function limitsOfAll(services: readonly PlannedService[]): string[] {
  const running = services.filter(({ kind }) => kind === 'service');
  const sum = (what: 'cpus' | 'memory'): number =>
    running.reduce((total, { limits, replicas }) => total + (limits[what] ?? 0) * replicas, 0);
  const [cpus, memory] = [sum('cpus'), sum('memory')];
  if (cpus === 0 && memory === 0) return [];
  const unlimited = running.filter(({ limits }) => limits.cpus === undefined || limits.memory === undefined).length;
  const besides = unlimited === 0 ? '' : `, and ${unlimited} services without a limit`;
  return [
    `  limits of all replicas: ${Number(cpus.toFixed(2))} CPUs, ${Number((memory / 2 ** 30).toFixed(2))} GiB${besides}`,
  ];
}

/** A heading and its facts, or nothing. */
function section(title: string, facts: readonly string[]): string[] {
  return facts.length === 0 ? [] : [title, ...facts.map((fact) => `  ${fact}`), ''];
}

function startOrder(services: readonly PlannedService[]): string[] {
  const graph = Object.fromEntries(
    services.map(({ name, dependsOn }) => [name, dependsOn.map(({ service }) => service)]),
  );
  return waves(graph).map((wave, index) => `${index + 1}. ${wave.join(', ')}`);
}

function serviceFacts(service: PlannedService): string[] {
  const { bounds, rollout, healthcheck, logging } = service;
  const alone = service.singleton ? ', singleton' : '';
  return [
    service.description,
    ...(service.irreversible === true ? ['no rollback goes behind a release in which it ran'] : []),
    `replicas: ${service.replicas} (${bounds.min === bounds.max ? bounds.min : `${bounds.min} to ${bounds.max}`} allowed${alone})`,
    `image: ${service.image}`,
    ...fact('entrypoint', service.entrypoint.map(quoted)),
    ...fact('command', service.command.map(quoted), ' '),
    ...fact('user', service.user === undefined ? [] : [service.user]),
    ...fact('profiles', service.profiles),
    `limits: ${resources(service.limits)}`,
    `reserved: ${resources(service.reservations)}`,
    ...service.ports.map(portFact),
    ...service.networks.map(networkFact),
    ...service.dependsOn.map((dependency) => `waits for ${dependency.service} ${dependency.condition}`),
    ...fact('calls', service.calls),
    ...(healthcheck
      ? [
          `health: ${healthcheck.test.map(quoted).join(' ')}`,
          `health: every ${healthcheck.interval}, timeout ${healthcheck.timeout}, ${healthcheck.retries} retries`,
          `health: ${healthcheck.startPeriod} to start, every ${healthcheck.startInterval} then`,
        ]
      : ['health: not checked']),
    ...Object.entries(service.environment).map(([name, value]) => `env ${name}=${value}`),
    ...service.environmentSecrets.map(({ name, secret }) => `env ${name}: secret ${secret}`),
    ...service.secrets.map(({ path, secret, mode, uid, gid }) => `secret ${path}: ${secret}, ${mode} of ${uid}:${gid}`),
    ...fact('secrets are read again at', service.reload === undefined ? [] : [reloadFact(service.reload)]),
    ...service.volumes.map(({ path, volume, readOnly }) => `volume ${path}: ${volume}${readOnly ? ', read-only' : ''}`),
    ...service.binds.map(({ path, source, readOnly }) => `folder ${path}: ${source}${readOnly ? ', read-only' : ''}`),
    ...service.tmpfs.map(
      ({ path, size }) => `tmpfs ${path}: ${size === 0 ? 'size as the engine has it' : formatBytes(size)}`,
    ),
    ...service.files.flatMap(({ path, mode, uid, gid, content }) => [
      `file ${path}: ${mode} of ${uid}:${gid}`,
      ...content
        .trimEnd()
        .split('\n')
        .map((line) => `  | ${line}`),
    ]),
    ...(service.secretDates ? [`file ${service.secretDates.path}: since when secrets have their values`] : []),
    `root file system: ${service.readOnly ? 'read-only' : 'writable'}`,
    ...fact('capabilities dropped', service.capDrop),
    ...fact('capabilities added', service.capAdd),
    ...fact('shared memory', service.shmSize === undefined ? [] : [formatBytes(service.shmSize)]),
    ...(service.noNewPrivileges ? [] : ['processes may gain privileges']),
    `processes: ${service.pidsLimit === -1 ? 'no limit' : `at most ${service.pidsLimit}`}`,
    ...fact('swap', service.swap === undefined ? [] : [formatBytes(service.swap)]),
    ...fact(
      'ulimits',
      Object.entries(service.ulimits).map(([name, limit]) => `${name} ${limit}`),
    ),
    ...service.departures.map(({ name, what, reason }) => `hardening, ${name}: it ${what}. ${reason}`),
    `restart: ${service.restart}`,
    `logging: ${[logging.driver, ...Object.entries(logging.options).map(([key, value]) => `${key}=${value}`)].join(' ')}`,
    ...(logging.socket
      ? [`logging: ${logging.socket.option} is ${logging.socket.file} in volume ${logging.socket.volume}`]
      : []),
    `rollout: ${rollout.order === 'createFirst' ? 'create first' : 'delete first'}`,
    `rollout: ${formatDuration(rollout.healthTimeoutMs)} to become ${service.kind === 'job' ? 'complete' : 'healthy'}, ` +
      `drains ${formatDuration(rollout.drainMs)}, ${formatDuration(rollout.stopGraceMs)} to stop`,
  ];
}

function externalFacts({ name, description, host, port, sslmode, ca, logins, callers }: PlannedExternal): string[] {
  return [
    description,
    `somebody else runs it: ${host}:${port}, sslmode ${sslmode}`,
    ...fact('verified with', ca === undefined ? [] : [authorityFile(name)]),
    ...logins.map(
      ({ protocol, user, database, secret }) =>
        `login over ${protocol}${user === undefined ? '' : ` as ${user}`}` +
        `${database === undefined ? '' : ` to ${database}`}, password ${secret}`,
    ),
    ...fact('called by', callers),
  ];
}

function fact(name: string, values: readonly string[], separator = ', '): string[] {
  return values.length === 0 ? [] : [`${name}: ${values.join(separator)}`];
}

function reloadFact(reload: Reload): string {
  if (typeof reload === 'string') return reload;
  const input = reload.input === undefined ? '' : `, told what ${reload.input} was`;
  return `${reload.command.map(quoted).join(' ')}${input}`;
}

function list(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.join(', ');
}

/** An argument as a shell would need it to be written. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

function resources({ memory, cpus }: Resources): string {
  const parts = [
    ...(memory === undefined ? [] : [`memory ${formatBytes(memory)}`]),
    ...(cpus === undefined ? [] : [`cpus ${cpus}`]),
  ];
  return list(parts);
}

function portFact({ name, container, published, address, protocol }: PlannedPort): string {
  const where =
    published === undefined
      ? 'not published'
      : published === 'free'
        ? `published on ${address ?? ''}, on a port that is free there`
        : `published on ${address ?? ''}:${published}`;
  return `port ${name}: ${container}/${protocol}, ${where}`;
}

function networkFact({ network, aliases, join }: Attachment): string {
  const names = aliases.length === 0 ? '' : ` as ${aliases.join(', ')}`;
  return `network ${network}${names}${join === 'healthy' ? ', once healthy' : ''}`;
}

function imageFact({ name, source: sources, build, reference, uid, gid }: PlannedImage): string {
  const source = build
    ? [
        `built from ${sources ? `sources ${sources.name}, ` : ''}${build.context}/${build.dockerfile}`,
        ...(build.target === undefined ? [] : [`target ${build.target}`]),
        ...Object.entries(build.args).map(([key, value]) => `${key}=${value}`),
        ...(build.bundle ? [`${build.bundle.entry} bundled as ${build.bundle.output}`] : []),
        ...(sources?.rebuildOn ? [`again only when one of ${sources.rebuildOn.join(' ')} changes`] : []),
      ].join(', ')
    : (reference ?? '');
  return `${name}: ${source}, runs as ${uid}:${gid}`;
}

function secretFact({ name, source, format, services, description, postgresRole, revokes }: PlannedSecret): string {
  const readers = services.length === 0 ? 'no service' : services.join(', ');
  const rotation = postgresRole ? `; a new one is applied in ${postgresRole.service} to role ${postgresRole.role}` : '';
  const revoking = revokes === true ? '; a new one revokes the one before' : '';
  return `${name}: ${source}, ${formatText(format)}, for ${readers}${rotation}${revoking}. ${description}`;
}

function databaseFact(database: PlannedDatabase): string {
  const { name, service } = database;
  if (database.kind === 'redis') return `${name}: logical database ${database.index} of ${service}`;
  const { owner, password, admin, extensions } = database;
  const made = extensions.length === 0 ? 'no extensions' : `extensions ${extensions.join(', ')}`;
  return `${name}: in ${service}, of role ${owner} (password ${password}), made by ${admin}, ${made}`;
}

function certificateFacts(certificates: Plan['certificates']): string[] {
  if (!certificates) return [];
  const { authority, issued, provided } = certificates;
  return [
    `authority: ${authority.commonName}, for ${authority.validityDays} days`,
    ...issued.map(
      ({ name, description, names, commonName, usage, validityDays, renewalDays }) =>
        `${name}: of a ${usage} called ${commonName}, good for ${names.join(' ')}, ${validityDays} days, ` +
        `renewed ${renewalDays} days before their end. ${description}`,
    ),
    ...provided.map(({ name, names }) => `${name}: somebody's own, which has to be good for ${names.join(' ')}`),
  ];
}

function taskFacts({
  name,
  description,
  service,
  command,
  then = [],
  destructive,
  interactive,
}: PlannedTask): string[] {
  const kind = [...(destructive ? ['destroys data'] : []), ...(interactive ? ['interactive'] : [])];
  return [
    `${name}: in ${[service, ...kind].join(', ')}. ${description}`,
    `${name}: ${command.map(quoted).join(' ')}`,
    ...then.map((other) => `${name}: then ${other}`),
  ];
}

/** A secret's format in words. */
export function formatText(format: PlannedSecret['format']): string {
  switch (format.kind) {
    case 'password':
      return `a password of ${format.length} characters`;
    case 'base64':
    case 'hex':
      return `${format.bytes} bytes in ${format.kind}`;
    case 'laravel-key':
      return `a Laravel key of ${format.bytes} bytes`;
    case 'template':
      return JSON.stringify(format.template);
    case 'certificate':
      return `certificate ${format.certificate} with its chain`;
    case 'private-key':
      return `the private key of certificate ${format.certificate}`;
    case 'ca-certificate':
      return "the certificate of the stack's authority";
    default:
      return format satisfies never;
  }
}

function smokeFacts({ service, port, host, steps = [], start, poll, timeoutMs }: PlannedSmoke): string[] {
  const within = `within ${formatDuration(timeoutMs)}`;
  return [
    ...(steps.length === 0
      ? []
      : [
          `a visitor of ${service} (${port})${host === undefined ? '' : ` as ${host}`}, ${within}:`,
          ...steps.map(stepFact),
        ]),
    ...(start && poll
      ? [
          `${start.method} ${start.path} of ${service} (${port}): ${JSON.stringify(start.body)}`,
          `then ${poll.path} until ${poll.done}, ${within}`,
          ...(poll.failed.length > 0 ? [`fails if ${poll.failed.join(' or ')}`] : []),
        ]
      : []),
  ];
}

function stepFact({ does, method, path, status, shows }: PlannedStep): string {
  const expected = [...(status === undefined ? [] : [`${status}`]), ...shows.map((text) => JSON.stringify(text))];
  return `${does}: ${method} ${path}${expected.length === 0 ? '' : `, expects ${expected.join(', ')}`}`;
}
