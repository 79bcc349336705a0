#!/bin/bash
# Health check without starting a process.
#   healthcheck http PORT PATH       exit 0 when http://127.0.0.1:PORT/PATH answers 200 within 3 s
set -u

if [[ ${1-} != http || $# != 3 ]]; then
  echo 'usage: healthcheck http PORT PATH' >&2
  exit 64
fi
exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$2" || { echo 'no connection'; exit 1; }
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$3" >&3
status=
read -r -t 3 _ status _ <&3
[[ $status == 200 ]] && exit 0
echo "${status:-no answer within 3 s}"
exit 1
