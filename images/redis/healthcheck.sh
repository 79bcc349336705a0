#!/bin/bash
# Health check: exit 0 when Redis answers PING, with the password of REDIS_PASSWORD_FILE or REDIS_PASSWORD if there is one.
# It speaks the protocol itself: no password in arguments or environment, no process started. Argument: port (6379).
set -uo pipefail

password=${REDIS_PASSWORD-}
if [[ -n ${REDIS_PASSWORD_FILE-} ]]; then password=$(<"$REDIS_PASSWORD_FILE") || exit 1; fi

exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/${1:-6379}" || { echo 'redis: no connection'; exit 1; }

# ask ARGS...: sends one command and sets reply to the first line of the answer.
ask() {
  local LC_ALL=C argument request="*$#"$'\r\n'
  for argument in "$@"; do request+="\$${#argument}"$'\r\n'"$argument"$'\r\n'; done
  printf '%s' "$request" >&3 && IFS= read -r -t 2 reply <&3 && reply=${reply%$'\r'}
}

reply='no answer'
if [[ -n $password ]] && { ! ask AUTH "$password" || [[ $reply != +OK ]]; }; then
  echo "redis: AUTH: ${reply}"
  exit 1
fi
ask PING
if [[ $reply != +PONG ]]; then
  echo "redis: PING: ${reply}"
  exit 1
fi
