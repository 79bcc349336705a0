#!/bin/bash
# Binds TCP ports, and hands their listening sockets to whoever asks at a Unix socket, for as long as it lives.
#   listener SOCKET PORT...
set -u

if (( $# < 2 )); then
  echo 'usage: listener SOCKET PORT...' >&2
  exit 64
fi
socket=$1
shift
trap 'exit 0' TERM INT

# Left by one that was killed.
rm -f "$socket"
exec {ready}< <(exec s6-fdholder-daemon -1 -i /etc/listener "$socket")
daemon=$!
if ! read -r -t 60 -u "$ready"; then
  echo 'listener: the daemon that holds the sockets has not started' >&2
  exit 1
fi

# Not blocking: of several that wait for a connection only one gets it. As long a queue as the kernel allows: connections
# wait there while nobody takes them.
bind='
  my ($port, @store) = @ARGV;
  my $bound = IO::Socket::INET->new(LocalPort => $port, Listen => 4096, ReuseAddr => 1, Blocking => 0)
    or die "listener: port $port: $@\n";
  open STDIN, "<&", $bound or die "listener: port $port: $!\n";
  exec @store;
'
for port in "$@"; do
  perl -MIO::Socket::INET -e "$bind" "$port" s6-fdholder-store "$socket" "tcp:$port" || exit 1
  echo "listener: port $port"
done

# Last, a pipe that nobody writes to: who holds its other end reads the end of file once this container is no more.
exec {held}> >(exec s6-fdholder-store "$socket" alive)
wait $! || exit 1

wait "$daemon"
echo 'listener: the daemon that holds the sockets has ended' >&2
exit 1
