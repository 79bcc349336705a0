import {
  block,
  grpcSettings,
  health,
  httpSettings,
  mainSettings,
  ownServer,
  pass,
  text,
  upstreamLists,
  type Proxy,
  type Upstream,
} from './directives.ts';

/** Requests that go to one service. */
export interface Route {
  /** What their paths begin with: slashes at both ends; of gRPC, a package or a service: `/shop.v1.`. */
  readonly prefix: string;
  readonly to: Upstream;
  /** True: the service gets the path without the prefix, `/engine/health` as `/health`; not of gRPC, whose paths are methods. */
  readonly strip?: boolean;
}

/** What a proxy over plain HTTP is made of. */
export interface PlainProxy {
  /** Port that it listens on. */
  readonly port: number;
  readonly routes: readonly Route[];
  readonly workers: number;
  /** Connections of a worker, those to services included. */
  readonly connections: number;
}

/** A proxy over plain HTTP: routes by path, answers /health itself, and 404 to whatever is nobody's. */
export function plainProxy({ port, routes, workers, connections }: PlainProxy): Proxy {
  const places = ['/health', ...routes.map(({ prefix }) => prefix)];
  const config = text([
    ...mainSettings(workers, connections),
    ...block('http', [
      ...httpSettings(),
      ...grpcSettings(routes.map(({ to }) => to)),
      // HTTP/1.1 goes on beside it.
      ...(routes.some(({ to }) => to.grpc === true) ? ['http2 on;'] : []),
      ...upstreamLists(),
      ...block('server', [
        `listen ${port};`,
        ...health(),
        ...routes.flatMap(location),
        ...block('location /', [`return 404 "Nothing here. There is: ${places.join(', ')}\\n";`]),
      ]),
      ...ownServer(),
    ]),
  ]);
  return { config, upstreams: routes.map(({ to }) => to) };
}

function location({ prefix, to, strip = false }: Route): string[] {
  return block(`location ${prefix}`, [pass(to, strip ? '/' : '')]);
}
