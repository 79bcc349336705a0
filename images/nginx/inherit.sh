#!/bin/bash
# Runs nginx beside others of its kind, on listening sockets that a listener holds: see images/README.md.
#   inherit NAME SOCKET LISTS COMMAND...
# Until the container is found by others under NAME, which is once its gate has opened, nginx listens where nobody comes by:
# what is not known to be good serves nobody. From then on it listens on the sockets of the listener at SOCKET, and is stopped
# when that is gone. The files *.conf in LISTS say whom it hands requests on to.
set -u

# Starts nginx on what it is handed, in the place of this process.
take() {
  local index fd id alive= sockets=()
  for (( index = 0; ; index++ )); do
    fd=S6_FD_$index id=S6_FDID_$index
    [[ -n ${!fd-} ]] || break
    if [[ ${!id} == alive ]]; then alive=${!fd}; else sockets+=("${!fd}"); fi
    unset "$fd" "$id"
  done
  if [[ -z $alive || ${#sockets[@]} == 0 ]]; then
    echo 'inherit: the listener has handed over nothing' >&2
    exit 1
  fi
  # For the health check: which sockets nginx has to listen on.
  for fd in "${sockets[@]}"; do echo "$fd $(readlink "/proc/self/fd/$fd")"; done > /tmp/inherited
  # Sockets of a listener that is gone are those of a network that is gone, and so is what was open on them. The engine
  # starts this container again, and it takes those of the next listener.
  (
    for fd in "${sockets[@]}"; do exec {fd}<&-; done
    read -r -u "$alive"
    echo 'inherit: the listener is gone' >&2
    while kill -s TERM 1 2> /dev/null; do sleep 0.2; done
  ) &
  exec {alive}<&-
  # By now it has looked the names up by itself.
  ( sleep 2; rm -rf /tmp/known; kill -s HUP 1 ) &
  NGINX=$(printf '%s;' "${sockets[@]}")
  export NGINX
  exec "$@"
}

# An address of this container is among those of the name: others may have it too, and a name server elsewhere may know one.
is_found() { # NAME
  local address own
  own=" $(hostname -I) "
  while read -r address _; do
    [[ $own == *" $address "* ]] && return 0
  done < <(RES_OPTIONS='timeout:1 attempts:1' getent ahostsv4 "$1")
  return 1
}

# nginx looks up the names of upstreams once it runs, and until then has nobody to ask. So it begins with what is known here.
look_up() { # LISTS
  local list word server rest address upstream
  shopt -s nullglob
  mkdir -p /tmp/known
  for list in "$1"/*.conf; do
    while read -r word server rest; do
      [[ $word == upstream ]] && upstream=$server
      [[ $word == server && $rest == *resolve* ]] || continue
      read -r address _ < <(RES_OPTIONS='timeout:1 attempts:1' getent ahostsv4 "${server%:*}") &&
        echo "server $address:${server##*:} fail_timeout=2s;" >> "/tmp/known/$upstream.conf"
    done < "$list"
  done
  return 0 # Who has no address yet is found later.
}

if [[ ${1-} == --taken ]]; then
  shift
  take "$@"
fi
if (( $# < 4 )); then
  echo 'usage: inherit NAME SOCKET LISTS COMMAND...' >&2
  exit 64
fi
name=$1 socket=$2 lists=$3
shift 3

nginx=
trap 'if [[ -n $nginx ]]; then kill -s TERM "$nginx"; wait "$nginx"; fi; exit 0' QUIT TERM INT
until is_found "$name"; do
  if [[ -z $nginx ]]; then
    "$@" &
    nginx=$!
  fi
  kill -0 "$nginx" 2> /dev/null || { wait "$nginx"; exit; }
  sleep 0.1
done
if [[ -n $nginx ]]; then
  kill -s TERM "$nginx"
  wait "$nginx"
  nginx=
fi

for (( tries = 300; tries > 0; tries-- )); do
  # It is stored last.
  [[ $(s6-fdholder-list -t 1000 "$socket" 2> /dev/null) == *alive* ]] && look_up "$lists" &&
    exec s6-fdholder-getdump -t 5000 "$socket" "$0" --taken "$@"
  sleep 0.1
done
echo "inherit: there is no listener at $socket" >&2
exit 1
