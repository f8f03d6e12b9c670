bats_require_minimum_version 1.5.0
load lib/wait
load lib/rabbitmq

setup_file() {
  start_rabbitmq "$BATS_FILE_TMPDIR/rabbitmq"
  export RABBITMQ_DIR RABBITMQ_URL RABBITMQ_PORT RABBITMQ_JOB MANAGEMENT_URL TLS_PORT PYTHON
}

teardown_file() {
  kill -9 "$(cat "$RABBITMQ_PID_FILE")" || true
  epmd -kill >/dev/null 2>&1 || true
}

# Each test has an exchange and a queue of its own.
setup() {
  cd "$BATS_TEST_TMPDIR"
  Q=q$BATS_TEST_NUMBER
  X=x$BATS_TEST_NUMBER
  configure '"app.#"'
  export ALCO_CONFIG=$PWD/alco.json ALCO_RUN_DIR=$PWD
  INDEX=(--stage 'alco-index -i app')
}

teardown() {
  local pid
  for pid in "${CONSUMER:-}" "${SECOND:-}"; do
    if [ -n "$pid" ]; then kill -9 "$pid" 2>/dev/null || true; fi
  done
  if mountpoint -q store; then umount -l store; fi
}

# configure KEYS [MEMBERS [URL]]: routing keys and more members of the index.
configure() {
  cat >alco.json <<EOF
{"store": "dir:$PWD/store",
 "rabbitmq": {"url": "${3:-$RABBITMQ_URL}", "exchange": "$X", "management": "$MANAGEMENT_URL"},
 "indexes": {"app": {"queue": "$Q", "routing_keys": [$1] ${2:-}}}}
EOF
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

# The management API, many times faster than rabbitmqctl; its figures are up to half a second old.
api() { curl -sS -u guest:guest "$MANAGEMENT_URL/api/$1"; }
# ends_with STATUS: the consumer ends by itself.
ends_with() {
  local status=0
  wait "$CONSUMER" || status=$?
  CONSUMER=
  [ "$status" = "$1" ]
}

bound() { api "bindings/%2F/e/$X/q/$Q" | jq -e --arg key "${1:-app.#}" 'any(.[]; .routing_key == $key)' >/dev/null; }
consume_from_queue() {
  consume "$@"
  wait_until bound
}
publish() { "$PYTHON" "$BATS_TEST_DIRNAME/lib/publish.py" --url "$RABBITMQ_URL" --exchange "$X" --key app.web "$@"; }
say() { amqp-publish --url="$RABBITMQ_URL" -e "$X" -r "${2:-app.web}" -b "$1"; }
events() { alco-query -i app -o json 2>/dev/null; }
stored() { [ "$(events | wc -l)" -ge "$1" ]; }
queue() { api "queues/%2F/$Q" | jq ".$1"; }
queue_is() { [ "$(queue messages)" = "$1" ]; }
has_text() { grep -qF -- "$2" "$1"; }

# exactly N: the store holds the messages 0 to N-1 once each, and nothing is left in the queue.
exactly() {
  wait_until stored "$1"
  wait_until queue_is 0
  events | jq .seq | sort -n >stored
  diff stored <(seq 0 $(($1 - 1)))
}

@test "rabbitmq: what is published is stored, acknowledged and in order of its numbers" {
  consume_from_queue "${INDEX[@]}" --stats 1
  publish -n 3000
  exactly 3000
  wait_until has_text err 'committed 3000'
  grep -q 'acknowledged 3000, redelivered 0, rejected 0, unacknowledged 0, lag' err
  wait_until grep -q 'alco_consume_acknowledged_total{index="app",pid="[0-9]*"} 3000' alco-consume-app-*.prom
  stop_consumer
  [ ! -e "$(echo alco-consume-app-*.prom)" ]
}

@test "rabbitmq: bodies of every kind become events" {
  configure '"app.#"' ', "amqp_fields": true'
  consume_from_queue "${INDEX[@]}"
  "$PYTHON" "$BATS_TEST_DIRNAME/lib/payloads.py" "$RABBITMQ_URL" "$X"
  wait_until queue_is 0
  stop_consumer
  events >got
  for text in logcollect logstash-1 syslog-ng rsyslog gelf gzip zlib array-1 array-2 'plain text' '' 'caf�' forged; do
    [ "$(jq -c --arg text "$text" 'select(.message == $text)' got | wc -l)" = 1 ]
  done
  [ "$(jq -r 'select(."@message") | ."@fields".levelname' got)" = INFO ]
  [ "$(jq -r 'select(.message == "gelf") | ."@timestamp"' got)" = 2026-11-22T09:00:00.250000Z ]
  [ "$(jq -c 'select(.message == "forged") | ."@alco_x".p' got)" = '"1:1"' ]
  [ "$(jq -c 'select(.message == "headers") | .amqp.headers' got)" = '{"user":"ann","n":3}' ]
  [ "$(jq -r '.amqp.routing_key' got | sort -u)" = app.kind ]
  [ "$(jq -r .reason store/app/rejected)" = 'content-encoding gzip: more than 8388608 bytes when unpacked' ]
  [ "$(jq -c 'select(.tags == ["_unpackfailure"])' got | wc -l)" = 1 ]
}

@test "rabbitmq: a queue that exists otherwise is an error that names the property" {
  amqp-declare-queue --url="$RABBITMQ_URL" -q "$Q"
  run --separate-stderr -78 alco-consume -i app "${INDEX[@]}"
  [ "$stderr" = "alco-consume: 127.0.0.1:$RABBITMQ_PORT: queue $Q: exists with durable false, and the configuration asks for true; change the configuration, or delete it at the broker (a queue with its messages)" ]
}

@test "rabbitmq: a refused login is an error without the password" {
  configure '"app.#"' '' "amqp://guest:secret@127.0.0.1:$RABBITMQ_PORT/%2F"
  run --separate-stderr -77 alco-consume -i app "${INDEX[@]}"
  [[ "$stderr" == *"login as guest: ACCESS_REFUSED"* ]]
  [[ "$stderr" != *secret* ]]
}

@test "rabbitmq: a broker that is not there is waited for" {
  local port
  port=$(free_port)
  configure '"app.#"' '' "amqp://guest:guest@127.0.0.1:$port/%2F"
  consume "${INDEX[@]}"
  wait_until has_text err "127.0.0.1:$port: connect: "
  stop_consumer
}

@test "rabbitmq: bindings that the configuration no longer lists are removed" {
  consume_from_queue "${INDEX[@]}"
  stop_consumer
  configure '"other.#"'
  consume "${INDEX[@]}"
  wait_until bound 'other.#'
  wait_until has_text err "queue $Q: binding app.# removed"
  run ! bound 'app.#'
  stop_consumer
}

@test "rabbitmq: SIGHUP takes over routing keys without losing anything" {
  consume_from_queue "${INDEX[@]}"
  publish -n 500
  configure '"app.#", "extra"'
  kill -HUP "$CONSUMER"
  wait_until bound extra
  publish -n 500 --from 500
  say '{"message":"late","seq":1000}' extra
  exactly 1001
  echo '{"store": 1}' >alco.json
  kill -HUP "$CONSUMER"
  wait_until has_text err 'the old configuration stays'
  stop_consumer
}

@test "rabbitmq: a quorum queue is taken as it is" {
  "$PYTHON" -c '
import sys, pika
pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel().queue_declare(
    sys.argv[2], durable=True, arguments={"x-queue-type": "quorum"})' "$RABBITMQ_URL" "$Q"
  consume_from_queue "${INDEX[@]}"
  publish -n 500
  exactly 500
  stop_consumer
}

@test "rabbitmq: amqps verifies the certificate" {
  configure '"app.#"' '' "amqps://guest:guest@localhost:$TLS_PORT/%2F?cacertfile=$RABBITMQ_DIR/ca.pem"
  consume_from_queue "${INDEX[@]}"
  publish -n 100
  exactly 100
  stop_consumer
  configure '"app.#"' '' "amqps://guest:guest@localhost:$TLS_PORT/%2F"
  consume "${INDEX[@]}"
  wait_until has_text err "localhost:$TLS_PORT: connect: "
  stop_consumer
}

@test "rabbitmq: a deleted queue is declared again" {
  consume_from_queue "${INDEX[@]}"
  rabbitmqctl -q delete_queue "$Q"
  wait_until has_text err 'the broker ended the consumer'
  wait_until bound
  publish -n 100
  exactly 100
  stop_consumer
}

@test "rabbitmq: connections that the broker closes lose and double nothing" {
  consume_from_queue "${INDEX[@]}"
  publish -n 4000 --rate 2000 &
  local publisher=$! i
  for i in 1 2 3; do
    rabbitmqctl -q close_all_connections test
  done
  wait "$publisher"
  exactly 4000
  stop_consumer
}

# The program in the shell of its stage.
kill_stage() { pkill -9 -P "$(pgrep -d, -P "$CONSUMER")" -x "$1"; }

@test "rabbitmq: kill -9 of any stage loses and doubles nothing" {
  consume_from_queue --stage 'alco-fields -i app' "${INDEX[@]}"
  publish -n 6000 --rate 2000 &
  local publisher=$! name i
  for i in 1 2 3; do
    for name in alco-fields alco-index; do
      wait_until kill_stage "$name"
    done
  done
  wait "$publisher"
  exactly 6000
  stop_consumer
}

@test "rabbitmq: two consumers, one killed with -9, store each message once" {
  consume_from_queue "${INDEX[@]}"
  SECOND=$CONSUMER
  consume "${INDEX[@]}"
  publish -n 4000 --rate 3000 &
  local publisher=$!
  wait_until pgrep -P "$SECOND" >/dev/null
  kill -9 "$SECOND"
  wait "$publisher"
  exactly 4000
  stop_consumer
}

@test "rabbitmq: processes of the configuration share the queue and stop together" {
  configure '"app.#"' ', "processes": 2'
  consume_from_queue "${INDEX[@]}"
  wait_until queue_has_consumers 2
  publish -n 2000
  exactly 2000
  kill -9 "$(pgrep -P "$CONSUMER" | head -1)"
  wait_until has_text err 'a consumer ended with status 137; started again'
  wait_until queue_has_consumers 2
  publish -n 1000 --from 2000
  exactly 3000
  stop_consumer
  wait_until queue_has_consumers 0
}
queue_has_consumers() { [ "$(queue consumers)" = "$1" ]; }

@test "rabbitmq: foreign filters may stand in the middle" {
  consume_from_queue --stage 'grep -v "\"seq\": [0-9]*7," || [ $? = 1 ]' --stage 'jq -c --unbuffered .' "${INDEX[@]}"
  publish -n 2000
  wait_until queue_is 0
  stop_consumer
  events | jq .seq | sort -n >stored
  diff stored <(seq 0 1999 | grep -v '7$')
}

@test "rabbitmq: a stage that ends early, cuts lines or stops reading loses nothing" {
  consume_from_queue --stall 1000 --stage 'head -c 50000' "${INDEX[@]}"
  publish -n 1500
  exactly 1500
  stop_consumer
  # Half of the runs sleep without reading, the others pass all on.
  consume --stall 500 --window 300 --stage 'if [ -e half ]; then rm half; exec cat; else touch half; exec sleep 60; fi' \
    "${INDEX[@]}"
  publish -n 300 --from 1500
  exactly 1800
  stop_consumer
}

@test "rabbitmq: an absurd acknowledgement ends the run with 76 and acknowledges nothing" {
  amqp-declare-queue --url="$RABBITMQ_URL" -d -q "$Q" >/dev/null
  consume_from_queue --stage 'sh -c "head -1 >first; p=\$(jq -r \".[\\\"@alco\\\"].p\" first); echo \"ok \${p%%:*} 1-99999\" >&$ALCO_ACK_FD; cat >/dev/null"'
  publish -n 50
  ends_with 76
  has_text err 'the last stage acknowledged record 99999, of which only'
  wait_until queue_is 50
}

@test "rabbitmq: a poison message is found and set aside with its headers" {
  consume_from_queue --stall 300 --stage "awk '/poison/ { exit 70 } { print; fflush() }'" "${INDEX[@]}"
  publish -n 400
  say '{"message":"poison","@timestamp":"2026-11-22T09:00:00Z"}' app.bad
  publish -n 400 --from 400
  exactly 800
  [ "$(jq -r .origin.routing_key store/app/rejected)" = app.bad ]
  jq -r .reason store/app/rejected | grep -q 'killed the pipeline'
  has_text err 'a record that kills the pipeline was set aside'
  stop_consumer
}

@test "rabbitmq: a pipeline that always dies is given up with 75, and nothing is rejected" {
  consume --stage 'exit 3' "${INDEX[@]}"
  ends_with 75
  has_text err 'stage 1 (exit 3) ended with status 3'
  [ ! -e store/app/rejected ]
}

queue_holds_back() { [ "$(queue messages_ready)" -gt 0 ]; }

@test "rabbitmq: a full disk stops consumption within the window, and all goes on when there is room" {
  mkdir store
  mount -t tmpfs -o size=16m none store
  consume_from_queue "${INDEX[@]}" --window 200
  say '{"message":"first","seq":0}'
  wait_until queue_is 0
  head -c 64m /dev/zero >store/ballast || true
  publish -n 1000 --from 1
  wait_until has_text err 'events are held back'
  wait_until queue_holds_back
  [ "$(queue messages_unacknowledged)" -le 200 ]
  rm store/ballast
  exactly 1001
  stop_consumer
}

@test "rabbitmq: heartbeats are answered while the pipeline does not read" {
  configure '"app.#"' '' "$RABBITMQ_URL?heartbeat=1"
  consume_from_queue --stall 60000 --drain 1 --window 50 --stage 'exec sleep 30'
  publish -n 200
  wait_until has_text err 'records are held back'
  run ! has_text err 'trying again'
  [ "$(queue messages_unacknowledged)" = 50 ]
  kill "$CONSUMER"
  ends_with 75
  wait_until queue_is 200
}

@test "rabbitmq: what can't be stored for long is given back to the broker" {
  consume_from_queue --give-back 1 --stage 'if [ -e open ]; then exec cat; else exit 69; fi' "${INDEX[@]}"
  publish -n 100
  wait_until has_text err 'were given back and wait at the broker'
  touch open
  exactly 100
  stop_consumer
}

@test "rabbitmq: --ack none leaves every message where it was" {
  consume_from_queue "${INDEX[@]}"
  stop_consumer
  say '{"message":"peek"}'
  run --separate-stderr -0 alco-consume -i app --ack none --limit 1
  [[ "$output" == *'"message":"peek"'* ]]
  wait_until queue_is 1
}

@test "rabbitmq: a body over the limit is stored cut and kept whole" {
  consume_from_queue "${INDEX[@]}" --max-record 100000
  head -c 3000000 /dev/zero | tr '\0' y >body
  amqp-publish --url="$RABBITMQ_URL" -e "$X" -r app.long <body
  wait_until queue_is 0
  stop_consumer
  [ "$(events | jq -c '[.length, .tags, (.message | length)]')" = '[3000000,["_truncated"],65536]' ]
  jq -r .base64 store/app/rejected | base64 -d | cmp - body
}

@test "rabbitmq: kill -9 of the broker loses and doubles nothing" {
  consume_from_queue "${INDEX[@]}"
  publish -n 5000 --rate 2000 &
  local publisher=$!
  wait_until stored 100
  kill -9 "$(cat "$RABBITMQ_PID_FILE")"
  run_rabbitmq
  wait "$publisher"
  wait_until queue_is 0
  exactly 5000
  stop_consumer
}

@test "rabbitmq: the campaign of kills, in short, finds each message once" {
  run -0 --separate-stderr env MESSAGES=8000 KILLS=8 RESTARTS=1 RATE=1500 DIR="$PWD/campaign" \
    "$BATS_TEST_DIRNAME/torture/rabbitmq-kills"
  [[ "$output" == "published 8000, stored 8000, distinct 8000, missing 0, doubled 0, in the queue 0, rejected 0,"* ]]
}
