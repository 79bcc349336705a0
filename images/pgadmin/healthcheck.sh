#!/bin/bash
# Health check: `healthcheck http PORT PATH` exits 0 when http://127.0.0.1:PORT/PATH answers 200 within 3 s.
# It starts no process.
set -u

if [[ $# != 3 || $1 != http ]]; then
  echo 'usage: healthcheck http PORT PATH' >&2
  exit 64
fi
{ exec {connection}<> "/dev/tcp/127.0.0.1/$2"; } 2> /dev/null || { echo "no connection to port $2"; exit 1; }
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$3" >&"$connection"
read -r -t 3 _ status _ <&"$connection"
[[ ${status-} == 200 ]] && exit 0
echo "port $2: ${status:-no answer within 3 s}"
exit 1
