#!/bin/bash
# Health check.
#   healthcheck http PORT PATH                      exit 0 when http://127.0.0.1:PORT/PATH answers 200 within 3 s
#   healthcheck inherited PORT PATH SOCKET LISTENER the same, and: before nginx has the sockets of the listener at SOCKET, it
#                                                   listens on all ports that are to come; once it has, it listens on those
#                                                   sockets, and http://LISTENER/PATH answers 200 too
set -u

# Without starting a process.
ask() { # HOST PORT PATH
  local connection status=
  { exec {connection}<> "/dev/tcp/$1/$2"; } 2> /dev/null || { echo "no connection to $1:$2"; return 1; }
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$3" >&"$connection"
  read -r -t 3 _ status _ <&"$connection"
  exec {connection}<&-
  [[ $status == 200 ]] && return 0
  echo "$1:$2: ${status:-no answer within 3 s}"
  return 1
}

# nginx takes a socket for a `listen` of the very same address.
could_take() { # SOCKET
  local id held listening hex
  held=$(s6-fdholder-list -t 3000 "$1") || { echo "no listener at $1"; return 1; }
  listening=$(< /proc/net/tcp)
  for id in $held; do
    [[ $id == tcp:* ]] || continue
    printf -v hex '%04X' "${id#tcp:}"
    [[ $listening == *" 00000000:$hex 00000000:0000 0A "* ]] && continue
    echo "the listener has port ${id#tcp:}, and nginx does not listen on it"
    return 1
  done
}

has_taken() {
  local fd socket
  while read -r fd socket; do
    [[ $(readlink "/proc/1/fd/$fd") == "$socket" ]] && continue
    echo "nginx does not listen on $socket, which it has from the listener"
    return 1
  done < /tmp/inherited
}

case "${1-} $#" in
  'http 3') ask 127.0.0.1 "$2" "$3" ;;
  'inherited 5')
    # Another nginx on the same sockets may answer for this one: so it is asked by itself too.
    ask 127.0.0.1 "$2" "$3" || exit
    if [[ -e /tmp/inherited ]]; then
      has_taken && ask "${5%:*}" "${5##*:}" "$3"
    else
      could_take "$4"
    fi
    ;;
  *)
    echo 'usage: healthcheck http PORT PATH | healthcheck inherited PORT PATH SOCKET LISTENER' >&2
    exit 64
    ;;
esac
