# What brokers, networks and disks do to alco-consume.
bats_require_minimum_version 1.5.0
load lib/wait
load lib/rabbitmq_consumer

# A network between consumer and broker, told by FOLDER/mode what to do: lib/tcp_proxy.py.
start_proxy() {
  mkdir net
  "$PYTHON" "$BATS_TEST_DIRNAME/lib/tcp_proxy.py" "$RABBITMQ_PORT" net >net/log 2>&1 3>&- &
  PROXY=$!
  wait_until [ -e net/port ]
  configure '"app.#"' '' "amqp://guest:guest@127.0.0.1:$(cat net/port)/%2F?heartbeat=1"
}
network() { echo "$*" >net/mode; }
connected() { [ "$(wc -l <net/connections)" -ge "$1" ]; }

@test "rabbitmq: a network that is cut, swallows all or is slow loses and doubles nothing" {
  start_proxy
  consume_from_queue "${INDEX[@]}"
  publish -n 6000 --rate 1500 &
  local publisher=$!
  wait_until stored 500
  network cut
  wait_until connected 2
  network hole
  wait_until connected 3
  network refuse
  wait_until connected 5
  network pass
  wait_until stored 2000
  network slow 50000
  wait "$publisher"
  network pass
  exactly 6000
  has_text err "127.0.0.1:$(cat net/port): "
  stop_consumer
}

# The broker's limit for acknowledgements; channels opened from now on look at it twice a second.
consumer_timeout() {
  broker_call application set_env '[rabbit, channel_tick_interval, 500]'
  broker_call application set_env "[rabbit, consumer_timeout, $1]"
}

@test "rabbitmq: what can't be stored for long is given back before the broker loses patience" {
  consumer_timeout 3000
  # A status of its own while the store is away: the stage ends, and is started again.
  consume_from_queue --give-back 1 --stage 'if [ -e open ]; then exec cat; else exit 69; fi' "${INDEX[@]}"
  publish -n 100
  wait_until has_text err 'were given back and wait at the broker'
  wait_until queue_has_consumers 0
  # With --give-back too long it is the broker that ends it.
  SECOND=$CONSUMER
  consume --stage 'exit 69' "${INDEX[@]}"
  wait_until has_text err '--give-back must be less than the broker'\''s consumer_timeout'
  kill -9 "$CONSUMER"
  CONSUMER=$SECOND SECOND=
  [ "$(grep -c 'trying again' err)" = 1 ]
  touch open
  exactly 100
  stop_consumer
  consumer_timeout 1800000
}

@test "rabbitmq: a full disk stops consumption within the window, and all goes on when there is room" {
  mkdir store
  mount -t tmpfs -o size=16m none store
  consume_from_queue "${INDEX[@]}" --window 200 --give-back 7
  say '{"message":"first","seq":0}'
  wait_until queue_is 0
  head -c 64m /dev/zero >store/ballast || true
  publish -n 1000 --from 1
  wait_until has_text err 'events are held back'
  wait_until has_text err 'records are held back'
  [ "$(queue messages_unacknowledged)" -le 200 ]
  wait_until has_text err 'were given back and wait at the broker'
  wait_until queue_has_ready 1000
  rm store/ballast
  exactly 1001
  stop_consumer
}

@test "rabbitmq: under an alarm of the broker's memory collecting goes on" {
  consume_from_queue "${INDEX[@]}"
  publish -n 100
  exactly 100
  stop_consumer
  publish -n 1000 --from 100
  broker_call vm_memory_monitor set_vm_memory_high_watermark '[{absolute, 1}]'
  consume "${INDEX[@]}"
  wait_until queue_is 0
  broker_call vm_memory_monitor set_vm_memory_high_watermark '[0.6]'
  exactly 1100
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

@test "rabbitmq: who is stopped and goes on, the consumer or a stage, loses and doubles nothing" {
  configure '"app.#"' '' "$RABBITMQ_URL?heartbeat=1"
  consume_from_queue --stall 60000 --window 500 --stage 'alco-fields -i app' "${INDEX[@]}"
  publish -n 6000 --rate 1500 &
  local publisher=$! stage shells
  wait_until stored 300
  kill -STOP "$CONSUMER"
  wait_until queue_has_consumers 0 # the broker misses its heartbeats
  kill -CONT "$CONSUMER"
  wait_until queue_has_consumers 1
  shells=$(pgrep -d, -P "$CONSUMER")
  for stage in alco-fields alco-index; do
    pkill -STOP -P "$shells" -x "$stage"
  done
  wait "$publisher"
  publish -n 1000 --from 6000
  wait_until has_text err 'records are held back'
  queue_has_consumers 1
  for stage in alco-fields alco-index; do
    pkill -CONT -P "$shells" -x "$stage"
  done
  exactly 7000
  stop_consumer
}

@test "rabbitmq: a deleted queue is declared again" {
  consume_from_queue "${INDEX[@]}"
  api "queues/%2F/$Q" -X DELETE
  wait_until has_text err 'the broker ended the consumer'
  wait_until bound
  publish -n 100
  exactly 100
  stop_consumer
}

# Closes the connection of the consumer; fails if there is none at the moment.
consumer_cut() {
  local name
  name=$(api "queues/%2F/$Q" | jq -r '.consumer_details[0].channel_details.connection_name // empty | @uri')
  [ -n "$name" ] && [ "$name" != "$last_cut" ] && api "connections/$name" -X DELETE && last_cut=$name
}

@test "rabbitmq: connections that the broker closes lose and double nothing" {
  consume_from_queue "${INDEX[@]}"
  publish -n 4000 --rate 2000 &
  local publisher=$! i last_cut=
  for i in 1 2 3; do
    wait_until consumer_cut
  done
  wait "$publisher"
  exactly 4000
  stop_consumer
}

# declare_quorum ARGUMENTS: the queue of this test, with more arguments as JSON members.
declare_quorum() {
  broker_call application set_env '[rabbit, quorum_tick_interval, 500]' # how often it counts its messages
  "$PYTHON" -c '
import json, sys, pika
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
channel.exchange_declare("dead", "fanout", durable=True)
channel.queue_declare(sys.argv[2] + "-dead", durable=True)
channel.queue_bind(sys.argv[2] + "-dead", "dead")
channel.queue_declare(sys.argv[2], durable=True, arguments={"x-queue-type": "quorum", **json.loads(sys.argv[3])})
' "$RABBITMQ_URL" "$Q" "$1"
}
dead() { [ "$(api "queues/%2F/$Q-dead" | jq .messages)" = "$1" ]; }

@test "rabbitmq: a quorum queue is taken as it is" {
  declare_quorum '{}'
  consume_from_queue "${INDEX[@]}"
  publish -n 500
  exactly 500
  stop_consumer
}

@test "rabbitmq: crashes of stages count nothing at a quorum queue, those of the consumer dead-letter in the end" {
  declare_quorum '{"x-delivery-limit": 2, "x-dead-letter-exchange": "dead"}'
  consume_from_queue --stage 'alco-fields -i app' "${INDEX[@]}"
  publish -n 3000 --rate 1500 &
  local publisher=$! i
  for i in 1 2 3 4 5 6; do wait_until kill_stage alco-index; done
  wait "$publisher"
  exactly 3000
  dead 0
  stop_consumer
  # Nobody answers for these: each consumer that is killed takes them with it.
  for i in 1 2 3; do
    consume --stall 60000 --stage 'exec cat >/dev/null'
    [ "$i" != 1 ] || publish -n 10 --from 3000
    wait_until queue_has_ready 0
    wait_until unacknowledged 10
    kill -9 "$CONSUMER"
    wait "$CONSUMER" || true
    wait_until unacknowledged 0
  done
  wait_until dead 10
  queue_is 0
}
