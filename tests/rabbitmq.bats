bats_require_minimum_version 1.5.0
load lib/wait
load lib/rabbitmq_consumer

@test "rabbitmq: what is published is stored, acknowledged and in order of its numbers" {
  consume_from_queue "${INDEX[@]}" --stats 1
  publish -n 3000
  exactly 3000
  wait_until has_text err 'committed 3000'
  grep -q 'acknowledged 3000, redelivered 0, rejected 0, unacknowledged 0, lag' err
  wait_until grep -q 'alco_consume_acknowledged_total{index="app",pid="[0-9]*"} 3000' alco-consume-app-*.prom
  alco-httpd -s "dir:$PWD/store" --listen "unix:$PWD/http" >/dev/null 2>&1 3>&- &
  SECOND=$!
  wait_until [ -S http ]
  curl -sS --unix-socket http http://localhost/metrics | grep '^alco_consume' | sort | sed -E 's/\{.*\}//' >metrics
  diff <(grep -v lag_seconds metrics) - <<'END'
alco_consume_acknowledged_total 3000
alco_consume_committed_total 3000
alco_consume_pipeline_restarts_total 0
alco_consume_received_total 3000
alco_consume_reconnects_total 0
alco_consume_redelivered_total 0
alco_consume_rejected_total 0
alco_consume_unacknowledged 0
END
  grep -q '^alco_consume_lag_seconds [0-9]' metrics
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
  for text in logcollect logstash-0 logstash-1 syslog-ng rsyslog gelf gzip zlib array-1 array-2 'plain text' '' 'caf�' forged; do
    [ "$(jq -c --arg text "$text" 'select(.message == $text)' got | wc -l)" = 1 ]
  done
  [ "$(jq -r 'select(.message == "logstash-0") | ."@fields".levelname' got)" = INFO ]
  [ "$(jq -r 'select(.message == "gelf") | ."@timestamp"' got)" = 2026-11-22T09:00:00.250000Z ]
  [ "$(jq -c 'select(.message == "forged") | ."@alco_x".p' got)" = '"1:1"' ]
  [ "$(jq -c 'select(.message == "headers") | .amqp.headers' got)" = '{"user":"ann","n":3}' ]
  [ "$(jq -r '.amqp.routing_key' got | sort -u)" = app.kind ]
  [ "$(jq -r .reason store/app/rejected)" = 'content-encoding gzip: more than 8388608 bytes when unpacked' ]
  [ "$(jq -c 'select(.tags == ["_unpackfailure"])' got | wc -l)" = 1 ]
}

# refused STATUS TEXT: the consumer ends at once with the status, and its one line holds the text.
refused() {
  run --separate-stderr -"$1" alco-consume -i app "${INDEX[@]}"
  [ "${#stderr_lines[@]}" = 1 ]
  [[ "$stderr" == *"$2"* ]]
}

# waits_for TEXT: the consumer says the text and goes on trying, without haste.
waits_for() {
  : >err
  consume "${INDEX[@]}"
  wait_until has_text err "$1"
  stop_consumer
  [ "$(grep -c 'trying again' err)" -le 2 ]
}

@test "rabbitmq: what a person must mend ends the program with the object and what to do" {
  local at=127.0.0.1:$RABBITMQ_PORT
  amqp-declare-queue --url="$RABBITMQ_URL" -q "$Q"
  refused 78 "$at: queue $Q: exists with durable false, and the configuration asks for true; change the configuration, or delete the queue with its messages at the broker"
  api "exchanges/%2F/fan$X" -X PUT -H 'Content-Type: application/json' -d '{"type":"fanout"}'
  X=fan$X configure '"a"'
  refused 78 "exchange fan$X: exists with type fanout, and the configuration asks for topic; change"
  configure '"a"' '' "amqp://guest:secret@$at/%2F"
  refused 77 "$at: login as guest: ACCESS_REFUSED - "
  [[ "$stderr" == *'; check user and password in rabbitmq.url' ]]
  [[ "$stderr" != *secret* ]]
  configure '"a"' '' "amqp://guest:guest@$at/nowhere"
  refused 77 "vhost nowhere not found; check rabbitmq.url (/ is written %2F), or: rabbitmqctl add_vhost 'nowhere'"
  api users/joe -X PUT -H 'Content-Type: application/json' -d '{"password":"joe","tags":""}'
  configure '"a"' '' "amqp://joe:joe@$at/%2F"
  refused 77 "access to vhost '/' refused for user 'joe'; rabbitmqctl set_permissions -p '/' joe CONFIGURE WRITE READ"
  api permissions/%2F/joe -X PUT -H 'Content-Type: application/json' -d '{"configure":"^$","write":"^$","read":".*"}'
  refused 77 "binding a of queue $Q: ACCESS_REFUSED - access to queue '$Q' in vhost '/' refused for user 'joe'; give joe the right"
}

@test "rabbitmq: who may only read takes exchange, queue and bindings as they are" {
  consume_from_queue "${INDEX[@]}"
  stop_consumer
  api users/ann -X PUT -H 'Content-Type: application/json' -d '{"password":"ann","tags":""}'
  api permissions/%2F/ann -X PUT -H 'Content-Type: application/json' -d '{"configure":"^$","write":"^$","read":".*"}'
  configure '' '' "amqp://ann:ann@127.0.0.1:$RABBITMQ_PORT/%2F"
  consume "${INDEX[@]}"
  publish -n 100
  exactly 100
  stop_consumer
}

@test "rabbitmq: what may pass by itself is waited for, and said" {
  local at=127.0.0.1:$RABBITMQ_PORT port
  port=$(free_port)
  configure '"app.#"' '' "amqp://guest:guest@127.0.0.1:$port/%2F"
  waits_for "127.0.0.1:$port: connect: a socket error occurred; is the broker running, and does it listen on 127.0.0.1:$port?"
  configure '"app.#"' '' "amqp://guest:guest@nowhere.invalid/%2F"
  waits_for 'nowhere.invalid:5672: connect: hostname lookup failed; check the name in rabbitmq.url, and DNS'
  configure '"app.#"' '' "amqp://guest:guest@127.0.0.1:$TLS_PORT/%2F"
  waits_for "; if port $TLS_PORT is for TLS, rabbitmq.url must begin with amqps://"
  configure '"app.#"' '' "amqps://guest:guest@$at/%2F"
  waits_for "; does port $RABBITMQ_PORT speak TLS? amqps has 5671, amqp 5672"
  configure '"app.#"'
  consume_from_queue "${INDEX[@]}"
  stop_consumer
  "$PYTHON" -c '
import sys, pika
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
channel.basic_consume(sys.argv[2], lambda *_: None, exclusive=True)
channel.start_consuming()' "$RABBITMQ_URL" "$Q" 3>&- &
  SECOND=$!
  wait_until queue_has_consumers 1
  waits_for "queue $Q: consume: ACCESS_REFUSED - queue '$Q' in vhost '/' in exclusive use; another consumer has the queue for itself alone"
}

@test "rabbitmq: amqps verifies the certificate" {
  local url=amqps://guest:guest@localhost:$TLS_PORT/%2F
  configure '"app.#"' '' "$url?cacertfile=$RABBITMQ_DIR/ca.pem"
  consume_from_queue "${INDEX[@]}"
  publish -n 100
  exactly 100
  stop_consumer
  configure '"app.#"' '' "$url"
  waits_for "localhost:$TLS_PORT: connect: SSL peer cert verification failed; the certificate is of no CA that this machine knows"
  mkdir other
  make_certificate other
  configure '"app.#"' '' "$url?cacertfile=$PWD/other/ca.pem"
  waits_for "; the certificate is not of the CA in $PWD/other/ca.pem, or has expired"
  configure '"app.#"' '' "amqps://guest:guest@127.0.0.1:$TLS_PORT/%2F?cacertfile=$RABBITMQ_DIR/ca.pem"
  waits_for "127.0.0.1:$TLS_PORT: connect: SSL hostname verification failed; the certificate is for another name than 127.0.0.1"
}

@test "rabbitmq: a body of 128 MiB is stored cut and kept whole, in flat memory" {
  consume_from_queue "${INDEX[@]}"
  head -c 134217728 /dev/zero | tr '\0' y | amqp-publish --url="$RABBITMQ_URL" -e "$X" -r app.long
  wait_until grep -q 134217728 store/app/rejected
  wait_until queue_is 0
  [ "$(awk '/VmHWM/ { print $2 }' "/proc/$CONSUMER/status")" -lt 65536 ]
  stop_consumer
  [ "$(events | jq -c '[.length, .tags, (.message | length)]')" = '[134217728,["_truncated"],65536]' ]
  "$PYTHON" -c '
import base64, json
assert base64.b64decode(json.load(open("store/app/rejected"))["base64"]) == b"y" * 134217728'
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
  jq 'del(.rabbitmq.management)' alco.json >without.json
  chmod 600 without.json
  consume --config without.json "${INDEX[@]}"
  wait_until has_text err "queue $Q: bindings that the configuration no longer lists can't be seen without rabbitmq.management"
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
  # Columns, too.
  configure '"app.#"' ', "columns": {"password": {"excluded": true}}'
  kill -HUP "$CONSUMER"
  wait_until has_text err "queue $Q: binding extra removed"
  say '{"message":"secret","password":"x","seq":1001}'
  exactly 1002
  [ "$(events | jq -c 'select(.message == "secret") | has("password")')" = false ]
  cp alco.json good.json
  echo '{"store": 1}' >alco.json
  kill -HUP "$CONSUMER"
  wait_until has_text err 'the old configuration stays'
  say '{"message":"later","seq":1002}'
  wait_until queue_is 0
  cp good.json alco.json
  exactly 1003
  run ! has_text err 'ended with status'
  stop_consumer
}

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

@test "rabbitmq: SIGTERM and SIGINT under load leave with 0 and lose and double nothing" {
  consume_from_queue --stage 'alco-fields -i app' "${INDEX[@]}"
  publish -n 5000 --rate 1500 &
  local publisher=$! signal seen=0
  for signal in TERM INT TERM INT; do
    wait_until stored $((seen + 300))
    kill -"$signal" "$CONSUMER"
    ends_with 0
    seen=$(alco-query -i app -c)
    consume --stage 'alco-fields -i app' "${INDEX[@]}"
  done
  wait "$publisher"
  exactly 5000
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

@test "rabbitmq: answers that make no sense acknowledge nothing" {
  consume_from_queue --stall 60000 --drain 1 --stage 'head -1 >first
    epoch=$(jq -r ".[\"@alco\"].p" first | cut -d: -f1)
    for answer in "hello 9" okay ok "ok $epoch" "ok $epoch 5-2" "ok $epoch -1-3" "ok $epoch 0-0" \
      "ok 0123456789abcdef 1-5" "sure $epoch 1-5" "ok $epoch 18446744073709551616-18446744073709551617" \
      "$(head -c 2000 /dev/zero | tr "\\0" x) $epoch 1-5"; do echo "$answer" >&$ALCO_ACK_FD; done
    echo said >answered
    cat >/dev/null
    exit 3'
  publish -n 50
  wait_until [ -s answered ]
  wait_until unacknowledged 50
  kill "$CONSUMER"
  ends_with 75
  wait_until queue_has_ready 50
  run ! has_text err 'the last stage acknowledged'
}

@test "rabbitmq: a record that a stage always breaks in two is set aside, the rest flows on" {
  consume_from_queue --stall 300 --stage "sed -u 's/poison/\\n/'" "${INDEX[@]}"
  publish -n 300
  say '{"message":"poison","@timestamp":"2026-11-22T09:00:00Z"}' app.bad
  publish -n 300 --from 300
  exactly 600
  [ "$(jq -r 'select(.reason | startswith("killed the pipeline")).origin.routing_key' store/app/rejected)" = app.bad ]
  stop_consumer
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

@test "rabbitmq: --ack none leaves every message where it was" {
  consume_from_queue "${INDEX[@]}"
  stop_consumer
  say '{"message":"peek"}'
  run --separate-stderr -0 alco-consume -i app --ack none --limit 1
  [[ "$output" == *'"message":"peek"'* ]]
  wait_until queue_is 1
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
