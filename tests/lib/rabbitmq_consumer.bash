# alco-consume at a broker of the tests' own: load lib/wait before this. Each test has a folder, a configuration, an
# exchange and a queue of its own; what it starts with consume ends with it.
# shellcheck disable=SC2034  # for those who load this
load lib/rabbitmq

setup_file() {
  start_rabbitmq "$BATS_FILE_TMPDIR/rabbitmq"
  export RABBITMQ_DIR RABBITMQ_URL RABBITMQ_PORT RABBITMQ_JOB MANAGEMENT_URL TLS_PORT PYTHON
}

teardown_file() {
  kill -9 "$(cat "$RABBITMQ_PID_FILE")" || true
  epmd -kill >/dev/null 2>&1 || true
}

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  Q=q$BATS_TEST_NUMBER
  X=x$BATS_TEST_NUMBER
  configure '"app.#"'
  export ALCO_CONFIG=$PWD/alco.json ALCO_RUN_DIR=$PWD
  INDEX=(--stage 'alco-index -i app')
}

teardown() {
  if [ -z "${BATS_TEST_COMPLETED:-}" ]; then tail -n 5 err >&2 || true; fi
  local pid
  for pid in "${CONSUMER:-}" "${SECOND:-}" "${PROXY:-}"; do
    if [ -n "$pid" ]; then kill -9 "$pid" 2>/dev/null || true; fi
  done
  if mountpoint -q store; then umount -l store; fi
}

# configure KEYS [MEMBERS [URL]]: routing keys and more members of the index.
configure() {
  cat >alco.json <<JSON
{"store": "dir:$PWD/store",
 "rabbitmq": {"url": "${3:-$RABBITMQ_URL}", "exchange": "$X", "management": "$MANAGEMENT_URL"},
 "indexes": {"app": {"queue": "$Q", "routing_keys": [$1] ${2:-}}}}
JSON
  chmod 600 alco.json
}

consume() {
  alco-consume -i app "$@" >>out 2>>err 3>&- &
  CONSUMER=$!
}

# As a service manager does; the consumer must leave with status 0.
stop_consumer() {
  kill "$CONSUMER"
  wait "$CONSUMER"
  CONSUMER=
}

# ends_with STATUS: the consumer ends by itself.
ends_with() {
  local status=0
  wait "$CONSUMER" || status=$?
  CONSUMER=
  [ "$status" = "$1" ]
}

# The program in the shell of its stage.
kill_stage() { pkill -9 -P "$(pgrep -d, -P "$CONSUMER")" -x "$1" 2>/dev/null; }

bound() { api "bindings/%2F/e/$X/q/$Q" | jq -e --arg key "${1:-app.#}" 'any(.[]; .routing_key == $key)' >/dev/null; }
consume_from_queue() {
  consume "$@"
  wait_until bound
}
queue() { api "queues/%2F/$Q" | jq ".$1"; }
queue_is() { [ "$(queue messages)" = "$1" ]; }
queue_has_ready() { [ "$(queue messages_ready)" = "$1" ]; }
unacknowledged() { [ "$(queue messages_unacknowledged)" = "$1" ]; }
queue_has_consumers() { [ "$(queue consumers)" = "$1" ]; }

publish() { "$PYTHON" "$BATS_TEST_DIRNAME/lib/publish.py" --url "$RABBITMQ_URL" --exchange "$X" --key app.web "$@"; }
say() { amqp-publish --url="$RABBITMQ_URL" -e "$X" -r "${2:-app.web}" -b "$1"; }

events() { alco-query -i app -o json 2>/dev/null; }
stored() {
  local count
  count=$(alco-query -i app -c 2>/dev/null || true)
  [ "${count:-0}" -ge "$1" ]
}
has_text() { grep -qF -- "$2" "$1"; }

# exactly N: the store holds the messages 0 to N-1 once each, and nothing is left in the queue.
exactly() {
  wait_until stored "$1"
  wait_until queue_is 0
  events | jq .seq | sort -n >stored
  diff stored <(seq 0 $(($1 - 1)))
}
