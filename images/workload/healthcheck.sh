#!/bin/bash
# Health check without starting a process: a Node for each check would cost more than the service checked.
#   healthcheck http PORT PATH       exit 0 when http://127.0.0.1:PORT/PATH answers 200 within 3 s
#   healthcheck heartbeat [SECONDS]  exit 0 when the role's last sign of life is at most SECONDS (10) old
set -u

case ${1-} in
  http)
    exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$2" || { echo 'no connection'; exit 1; }
    printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$3" >&3
    status=
    read -r -t 3 _ status _ <&3
    [[ $status == 200 ]] && exit 0
    echo "${status:-no answer within 3 s}"
    while IFS= read -r -t 1 line <&3 || [[ -n $line ]]; do body=$line line=; done
    echo "${body-}"
    exit 1
    ;;
  heartbeat)
    read -r then <"${HEARTBEAT_FILE:-/tmp/heartbeat}" || { echo 'no sign of life yet'; exit 1; }
    printf -v now '%(%s)T' -1
    ((now - then <= ${2:-10})) && exit 0
    echo "last sign of life $((now - then)) s ago"
    exit 1
    ;;
  *)
    echo 'usage: healthcheck http PORT PATH | healthcheck heartbeat [SECONDS]' >&2
    exit 64
    ;;
esac
