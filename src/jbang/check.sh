#!/usr/bin/env bash
# Starts the hub with the Camel launcher, as src/docs/operating.md describes, and sends it one signed webhook.
set -euo pipefail
cd "$(dirname "$0")/../.."

JBANG_VERSION=0.132.1
export PORT=${PORT:-18080} MANAGEMENT_PORT=${MANAGEMENT_PORT:-19876} STRIPE_WEBHOOK_SECRET=whsec_of_the_launcher
DATA_DIR=$(mktemp -d)
export DATA_DIR

mvn -q -B -ntp install -DskipTests
mvn -q -B -ntp dependency:get -Dtransitive=false -Dartifact="dev.jbang:jbang-cli:$JBANG_VERSION:jar:all"
local_repository=$(mvn -q -B help:evaluate -Dexpression=settings.localRepository -DforceStdout | sed "s/\x1b\[[0-9;]*m//g")
jbang="java -jar $local_repository/dev/jbang/jbang-cli/$JBANG_VERSION/jbang-cli-$JBANG_VERSION-all.jar"

# The jar prints the command that JBang's own shell wrapper would run.
launch=$($jbang run src/jbang/camel.java run application.properties --kamelets-version=4.18.0 || true)
bash -c "exec $launch" > "$DATA_DIR/launcher.log" 2>&1 &
launcher=$!

# Only when it is gone does it write nothing more into the folder.
end() {
  kill "$launcher" 2> /dev/null || true
  wait "$launcher" 2> /dev/null || true
  rm -rf "$DATA_DIR"
}
trap end EXIT

fail() {
  echo "launcher: $1" >&2
  tail -n 40 "$DATA_DIR/launcher.log"
  exit 1
}

ready=
for _ in $(seq 120); do
  kill -0 "$launcher" 2> /dev/null || fail "it ended before it was ready"
  if curl -sf -o /dev/null "localhost:$MANAGEMENT_PORT/observe/health/ready"; then
    ready=yes
    break
  fi
  sleep 1
done
[ "$ready" ] || fail "it was not ready within two minutes"

body='{"id":"evt_launcher","type":"customer.created","data":{"object":{"id":"cus_1"}}}'
time=$(date +%s)
signature=$(printf '%s.%s' "$time" "$body" | openssl dgst -sha256 -hmac "$STRIPE_WEBHOOK_SECRET" | sed 's/.* //')
answer=$(curl -sS "localhost:$PORT/api/webhooks/stripe" -H "Stripe-Signature: t=$time,v1=$signature" --data-binary "$body" || true)
echo "$answer"
case $answer in
  *'"status":"accepted"'*) echo "launcher: ok" ;;
  *) fail "the webhook was not accepted" ;;
esac
