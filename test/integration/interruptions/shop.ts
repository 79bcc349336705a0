import { plainProxy } from '../../../config/nginx/plain.ts';
import { proxyService } from '../../../config/nginx/directives.ts';
import type { SystemDescription } from '../../../config/schema/system.ts';

/*
 * A small system with one of everything that a release treats in a way of its own: an edge, a service that rolls behind
 * it, a store that there can only be one of, a job. Each says by VERSION which release it is of.
 */

/**
 * Answers a request with its own body, which replica it is and of which version; `delayMs=` in the path makes it wait.
 * At SIGTERM it takes no more, and ends once all have their answers.
 */
const SERVER = `use strict;
use warnings;
use IO::Socket::INET;
use POSIX ':sys_wait_h';

if (@ARGV) {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => 8000, Timeout => 2) or die "refused\\n";
    print $socket "GET /health HTTP/1.0\\r\\n\\r\\n";
    exit((<$socket> // '') =~ m{ 200 } ? 0 : 1);
}
my $replica = \`cat /etc/hostname\`;
chomp $replica;
my $isStopping = 0;
$SIG{TERM} = sub { $isStopping = 1 };
my $server = IO::Socket::INET->new(LocalPort => 8000, Listen => 64, ReuseAddr => 1) or die "can't listen: $!\\n";
until ($isStopping) {
    1 while waitpid(-1, WNOHANG) > 0;
    vec(my $ready = '', fileno($server), 1) = 1;
    next unless select($ready, undef, undef, 0.1) > 0;
    my $client = $server->accept or next;
    my $child = fork;
    if (!$child) {
        $SIG{TERM} = 'IGNORE';
        answer($client);
        exit 0;
    }
    close $client;
}
close $server;
1 while wait > 0;

sub answer {
    my ($client) = @_;
    my $request = <$client> // return;
    my $length = 0;
    while (my $line = <$client>) {
        $length = $1 if $line =~ /^content-length: *(\\d+)/i;
        last if $line =~ /^\\r?\\n$/;
    }
    read($client, my $body, $length) if $length;
    select(undef, undef, undef, $1 / 1000) if $request =~ /delayMs=(\\d+)/;
    my $answer = ($body // '') . " from $replica version $ENV{VERSION}";
    printf $client "HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n%s", length $answer, $answer;
}
`;

const STORE = `test -s /data/id || od -An -N8 -tx8 /dev/urandom > /data/id
trap 'exit 0' TERM
sleep infinity & wait`;

/** The image that setup provides on every machine. */
export const BASE_IMAGE = 'debian:trixie-slim';

// A check costs the engine nearly a tenth of a second of a CPU: often only for as long as somebody waits for it.
const quickly = { interval: '10s', timeout: '5s', retries: 3, startPeriod: '10s', startInterval: '200ms' };

export const shop: SystemDescription = {
  name: 'shop',
  images: {
    nginx: { build: { context: 'images/nginx' }, uid: 101, gid: 101 },
    app: { reference: BASE_IMAGE, uid: 1000, gid: 1000 },
  },
  volumes: { data: { description: 'What was there before every release.' } },
  services: {
    store: {
      description: 'Keeps data; there can only be one.',
      image: 'app',
      entrypoint: ['sh', '-c', STORE],
      user: '0:0',
      reasons: { user: 'A new volume belongs to root, and this image has nobody who would hand it on.' },
      singleton: true,
      volumes: { data: { path: '/data' } },
      environment: { VERSION: '0' },
      healthcheck: { test: ['CMD', 'test', '-s', '/data/id'], ...quickly },
      rollout: { stopGrace: '5s' },
    },
    init: {
      description: 'Runs before every release.',
      kind: 'job',
      image: 'app',
      entrypoint: ['sh', '-c', 'sleep 0.5'],
      environment: { VERSION: '0' },
      dependsOn: { store: 'healthy' },
    },
    api: {
      description: 'Answers.',
      image: 'app',
      entrypoint: ['perl', '/app/server.pl'],
      files: { '/app/server.pl': { content: SERVER } },
      replicas: 2,
      environment: { VERSION: '0' },
      ports: { http: { container: 8000 } },
      dependsOn: { init: 'completed', store: 'healthy' },
      calls: ['store'],
      healthcheck: { test: ['CMD', 'perl', '/app/server.pl', 'check'], ...quickly },
      rollout: { minReady: '500ms', drain: '3s', stopGrace: '10s' },
    },
    nginx: {
      description: 'The way in.',
      image: 'nginx',
      ...proxyService(
        plainProxy({
          port: 80,
          routes: [{ prefix: '/api/', to: { service: 'api', port: 8000 } }],
          workers: 1,
          connections: 256,
        }),
      ),
      bounds: { max: 1 },
      ports: { http: { container: 80 } },
      dependsOn: { api: 'healthy' },
      calls: ['api'],
      healthcheck: { test: ['CMD', '/usr/local/bin/healthcheck', 'http', '80', '/health'], ...quickly },
      tmpfs: { '/tmp': {} },
      rollout: { stopGrace: '10s' },
    },
  },
  environments: { dev: {}, test: {}, prod: {} },
};
