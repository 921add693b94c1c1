#!/bin/sh
# Stands where Miniflare expects workerd, and starts it again with the same configuration whenever it has been killed: a crash and a
# restart in a few dozen milliseconds. WORKERD is the real one, WORKERD_CONFIG a file for its configuration.
cat >"$WORKERD_CONFIG"
while :; do
  "$WORKERD" "$@" <"$WORKERD_CONFIG"
  sleep 0.02
done
