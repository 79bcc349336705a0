#!/bin/bash
# Starts Redis. With REDIS_PASSWORD_FILE (or REDIS_PASSWORD) the default user gets that password through an ACL file that
# holds only its SHA-256: it stands neither in the arguments nor, given as a file, in any environment.
set -euo pipefail

fail() {
  printf 'redis: %s\n' "$@" >&2
  exit 1
}

if [[ ${1-} == -* || ${1-} == *.conf ]]; then set -- redis-server "$@"; fi
if [[ ${1-} != redis-server ]]; then exec "$@"; fi

if [[ $(id -u) == 0 ]]; then
  mkdir -p /run/redis
  chown redis:redis /data /run/redis
  exec setpriv --reuid redis --regid redis --init-groups "$0" "$@"
fi
umask 0077

password=${REDIS_PASSWORD-}
if [[ -n ${REDIS_PASSWORD_FILE-} ]]; then
  [[ -z $password ]] || fail 'REDIS_PASSWORD and REDIS_PASSWORD_FILE are both set; give one of them'
  [[ -r $REDIS_PASSWORD_FILE ]] || fail "REDIS_PASSWORD_FILE: cannot read $REDIS_PASSWORD_FILE as uid $(id -u)"
  password=$(<"$REDIS_PASSWORD_FILE")
  [[ -n $password ]] || fail "REDIS_PASSWORD_FILE: $REDIS_PASSWORD_FILE is empty"
fi

if [[ -n $password ]]; then
  # With a read-only root one of the two is a tmpfs.
  base=/run/redis
  [[ -w $base ]] || base=/tmp
  folder=$(mktemp -d "$base/acl.XXXXXX")
  # Waited for, unlike <(…): what still ran at the exec below would stay behind as a zombie.
  digest=$(printf '%s' "$password" | sha256sum)
  printf 'user default on #%s ~* &* +@all\n' "${digest%% *}" >"$folder/users.acl"
  set -- "$@" --aclfile "$folder/users.acl"
  unset REDIS_PASSWORD password
elif [[ " $* " != *' --protected-mode '* ]]; then
  # Without a password Redis would answer its own host only, and in a container nobody else would get in.
  set -- "$@" --protected-mode no
fi
exec "$@"
