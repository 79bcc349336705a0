#!/bin/bash
# Starts PostgreSQL; on an empty PGDATA creates the cluster, its user and database, and runs /docker-entrypoint-initdb.d.
#
# A first boot can be killed at any moment. So the cluster grows in a folder of its own inside PGDATA, and moves to its
# place only once everything has succeeded; what was left half-way is thrown away (before that point) or moved on (after).
set -Eeuo pipefail
shopt -s nullglob dotglob

fail() {
  printf 'postgres: %s\n' "$@" >&2
  exit 1
}

# setting NAME [DEFAULT]: exports NAME, from the environment or from the file that NAME_FILE names.
setting() {
  local name=$1 file_name=$1_FILE value=${2-}
  local file=${!file_name-}
  if [[ -n ${!name-} && -n $file ]]; then fail "$name and $file_name are both set; give one of them"; fi
  if [[ -n $file ]]; then
    [[ -r $file ]] || fail "$file_name: cannot read $file as uid $(id -u)"
    value=$(<"$file")
  elif [[ -n ${!name-} ]]; then
    value=${!name}
  fi
  export "$name=$value"
  unset "$file_name"
}

# A server reads the data of its own major version only. Where PGDATA is empty, data of another version may lie beside it: an
# image that keeps it elsewhere would begin anew in the same volume, and the old data would seem lost.
check_version() {
  local image folder data
  [[ $(postgres --version) =~ [0-9]+ ]]
  image=${BASH_REMATCH[0]}
  for folder in "$PGDATA" /var/lib/postgresql /var/lib/postgresql/data /var/lib/postgresql/*/docker; do
    [[ -s $folder/PG_VERSION ]] || continue
    data=$(<"$folder/PG_VERSION")
    if [[ $folder == "$PGDATA" && $data == "$image" ]]; then return; fi
    if [[ $data == "$image" ]]; then fail "$PGDATA is empty, and $folder has a cluster of PostgreSQL $data: set PGDATA to that folder, or give an empty volume"; fi
    fail "the data in $folder is of PostgreSQL $data, and the image brings $image, which can't read it: dump the databases with an" \
      "image of $data (pg_dumpall), begin with an empty volume, and read the dump back; or go on with an image of $data"
  done
}

check_settings() {
  local -a problems=()
  if [[ -z $POSTGRES_PASSWORD && $POSTGRES_HOST_AUTH_METHOD != trust ]]; then
    problems+=('POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE must be given (or POSTGRES_HOST_AUTH_METHOD=trust, which lets everybody in)')
  fi
  if [[ $POSTGRES_PASSWORD == *$'\n'* ]]; then problems+=('POSTGRES_PASSWORD must be a single line'); fi
  local entry
  for entry in "$PGDATA"/*; do
    case ${entry##*/} in
      "$stage_name" | lost+found) ;;
      *) problems+=("$PGDATA holds ${entry##*/} but no PG_VERSION: neither empty nor a cluster; give an empty volume") && break ;;
    esac
  done
  if ((${#problems[@]})); then fail "${problems[@]}"; fi
}

# start_temporary SOCKETS ARGS...: a server that only this container can reach, on a socket that no health check looks at.
start_temporary() {
  local sockets=$1
  shift
  postgres -D "$stage" "$@" -c listen_addresses= -c unix_socket_directories="$sockets" &
  server=$!
  until pg_isready --quiet --host "$sockets" --username "$POSTGRES_USER" --dbname postgres; do
    kill -0 "$server" 2>/dev/null || fail 'the temporary server ended before it was ready'
    sleep 0.05
  done
}

run_init_scripts() {
  local file
  local -a psql=(psql --no-psqlrc --quiet --set ON_ERROR_STOP=1)
  for file in /docker-entrypoint-initdb.d/*; do
    printf 'postgres: first boot: %s\n' "$file"
    case $file in
      *.sh)
        if [[ -x $file ]]; then "$file"; else (
          set +u
          # shellcheck source=/dev/null
          . "$file"
        ); fi
        ;;
      *.sql) "${psql[@]}" --file "$file" ;;
      *.sql.gz) gunzip --stdout "$file" | "${psql[@]}" ;;
      *) printf 'postgres: %s is none of *.sh, *.sql, *.sql.gz: ignored\n' "$file" ;;
    esac
  done
}

# Everything a cluster needs before it may be seen, in $stage.
prepare() {
  local -a initdb_args=()
  # As in the official image the arguments are written as on a command line, quotes included.
  eval "initdb_args=($POSTGRES_INITDB_ARGS)"
  if [[ -n $POSTGRES_INITDB_WALDIR ]]; then initdb_args+=(--waldir "$POSTGRES_INITDB_WALDIR"); fi
  initdb --pgdata "$stage" --username "$POSTGRES_USER" --pwfile <(printf '%s\n' "$POSTGRES_PASSWORD") \
    --auth-local trust --auth-host scram-sha-256 "${initdb_args[@]}"
  printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >>"$stage/pg_hba.conf"

  local sockets
  sockets=$(mktemp -d "${TMPDIR:-/tmp}/postgres-first-boot.XXXXXX")
  start_temporary "$sockets" "$@"
  export PGHOST=$sockets PGUSER=$POSTGRES_USER PGDATABASE=postgres PGPASSWORD=$POSTGRES_PASSWORD
  if [[ $POSTGRES_DB != postgres ]]; then
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  # Init scripts find the cluster by PGDATA, as they do in the official image.
  PGDATABASE=$POSTGRES_DB PGDATA=$stage run_init_scripts
  unset PGHOST PGUSER PGDATABASE PGPASSWORD
  kill -INT "$server"
  wait "$server" || fail 'the temporary server did not stop cleanly'
  rm -rf "$sockets" "$stage/postmaster.pid" "$stage/postmaster.opts"
}

# Moves the finished cluster to its place, PG_VERSION last: with that file it is a cluster, without it the move goes on.
publish() {
  local entry
  for entry in "$stage"/*; do
    case ${entry##*/} in
      "$done_name" | PG_VERSION) ;;
      *) mv --no-target-directory "$entry" "$PGDATA/${entry##*/}" ;;
    esac
  done
  mv --no-target-directory "$stage/PG_VERSION" "$PGDATA/PG_VERSION"
}

first_boot() {
  if [[ -e $stage/$done_name ]]; then
    echo 'postgres: an earlier first boot was interrupted after its work was done: finishing it'
  else
    check_settings
    if [[ -e $stage ]]; then
      echo 'postgres: an earlier first boot was interrupted: starting it over'
      # A half-made WAL folder outside PGDATA would stop initdb.
      if [[ -n $POSTGRES_INITDB_WALDIR && -L $stage/pg_wal ]]; then rm -rf "${POSTGRES_INITDB_WALDIR:?}"/*; fi
      rm -rf "$stage"
    fi
    prepare "$@"
    : >"$stage/$done_name"
  fi
  publish
  echo 'postgres: first boot complete'
}

if [[ ${1-} == -* ]]; then set -- postgres "$@"; fi
if [[ ${1-} != postgres ]]; then exec "$@"; fi
for argument in "$@"; do
  case $argument in -\? | --help | --describe-config | -V | --version) exec "$@" ;; esac
done

if [[ $(id -u) == 0 ]]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chown postgres:postgres "$PGDATA" /var/run/postgresql
  exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi

# PID 1 gets no default handling of signals: without this a stop during the first boot would wait for the kill.
trap 'exit 130' INT TERM
stage_name=.first-boot done_name=.first-boot-done
stage=$PGDATA/$stage_name
mkdir -p "$PGDATA"
chmod 0700 "$PGDATA" || fail "$PGDATA must belong to uid $(id -u)"

check_version
if [[ ! -s $PGDATA/PG_VERSION ]]; then
  setting POSTGRES_USER postgres
  setting POSTGRES_DB "$POSTGRES_USER"
  setting POSTGRES_PASSWORD
  setting POSTGRES_INITDB_ARGS
  setting POSTGRES_INITDB_WALDIR
  setting POSTGRES_HOST_AUTH_METHOD scram-sha-256
  first_boot "${@:2}"
  unset POSTGRES_PASSWORD
fi
if [[ -e $stage/$done_name ]]; then rm -r "$stage"; fi
trap - INT TERM
exec "$@"
