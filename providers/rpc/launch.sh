# Sourced by the executables of our providers: hands over to a server that was started ahead (see ahead/providers.ts), or
# replaces the shell by Node running main.ts beside the executable.
if [ -n "${SLIPWAY_PROVIDERS_AHEAD:-}" ]; then
  name=$(basename "$0")
  offer=$SLIPWAY_PROVIDERS_AHEAD/${name#pulumi-resource-}
  tries=0
  while [ ! -e "$offer" ] && [ -e "$SLIPWAY_PROVIDERS_AHEAD/starting" ] && [ "$tries" -lt 100 ]; do
    sleep 0.05
    tries=$((tries + 1))
  done
  if port=$(cat "$offer" 2>/dev/null) && mv "$offer" "$offer.$$.$PPID" 2>/dev/null; then
    echo "$port"
    # The engine ends the plugin by ending this process.
    exec tail -f /dev/null
  fi
fi

# The engine may have been started by an older Node's npm script, so ours may have to be named in SLIPWAY_NODE.
strips_types() {
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  [ "$major" -gt 22 ] || { [ "$major" -eq 22 ] && [ "$minor" -ge 18 ]; }
}

for node in node ${SLIPWAY_NODE:+"$SLIPWAY_NODE"}; do
  if strips_types "$node"; then
    exec "$node" --disable-warning=ExperimentalWarning "$(dirname "$(readlink -f "$0")")/main.ts" "$@"
  fi
done
echo "needs Node 22.18 or newer: none as 'node' on PATH (or at SLIPWAY_NODE=${SLIPWAY_NODE:-})" >&2
exit 1
