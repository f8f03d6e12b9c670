# A private RabbitMQ: start_rabbitmq FOLDER sets RABBITMQ_URL, RABBITMQ_PORT, MANAGEMENT_URL and TLS_PORT. Node, ports,
# folders and epmd are its own; stop_rabbitmq ends all of it.
# shellcheck disable=SC2034  # for those who load this

. "${BASH_SOURCE[0]%/*}/free_port.bash"

# A python3 that has pika: not always the first one.
python_with_pika() {
  local python
  for python in python3 /usr/bin/python3 /usr/local/bin/python3; do
    if "$python" -c 'import pika' 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  echo 'no python3 with pika (make deps)' >&2
  return 1
}

start_rabbitmq() {
  RABBITMQ_DIR=$1
  mkdir -p "$RABBITMQ_DIR"
  RABBITMQ_PORT=$(free_port)
  TLS_PORT=$(free_port)
  local management dist
  management=$(free_port)
  dist=$(free_port)
  RABBITMQ_URL=amqp://guest:guest@127.0.0.1:$RABBITMQ_PORT/%2F
  MANAGEMENT_URL=http://127.0.0.1:$management
  PYTHON=$(python_with_pika)
  make_certificate "$RABBITMQ_DIR"
  cat >"$RABBITMQ_DIR/rabbitmq.conf" <<EOF
listeners.tcp.1 = 127.0.0.1:$RABBITMQ_PORT
listeners.ssl.1 = 127.0.0.1:$TLS_PORT
ssl_options.cacertfile = $RABBITMQ_DIR/ca.pem
ssl_options.certfile = $RABBITMQ_DIR/server.pem
ssl_options.keyfile = $RABBITMQ_DIR/server.key
management.tcp.ip = 127.0.0.1
management.tcp.port = $management
log.console = false
disk_free_limit.absolute = 1MB
collect_statistics_interval = 300
EOF
  echo '[rabbitmq_management].' >"$RABBITMQ_DIR/plugins"
  export HOME=$RABBITMQ_DIR ERL_EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1
  ERL_EPMD_PORT=$(free_port)
  export RABBITMQ_NODENAME=alco$RABBITMQ_PORT@localhost RABBITMQ_DIST_PORT=$dist
  export RABBITMQ_MNESIA_BASE=$RABBITMQ_DIR/data RABBITMQ_LOG_BASE=$RABBITMQ_DIR/log
  export RABBITMQ_CONFIG_FILE=$RABBITMQ_DIR/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$RABBITMQ_DIR/plugins
  export RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_PID_FILE=$RABBITMQ_DIR/pid
  run_rabbitmq
}

# A server certificate for localhost, signed by a CA of its own.
make_certificate() {
  local dir=$1
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=ALCO test CA' \
    -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=localhost' \
    -keyout "$dir/server.key" -out "$dir/server.csr" 2>/dev/null
  openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 \
    -extfile <(echo 'subjectAltName=DNS:localhost') -out "$dir/server.pem" 2>/dev/null
}

# (Re)starts the node that start_rabbitmq prepared.
run_rabbitmq() {
  local i
  /usr/lib/rabbitmq/bin/rabbitmq-server >"$RABBITMQ_DIR/console" 2>&1 3>&- &
  RABBITMQ_JOB=$!
  for i in {1..1800}; do
    if amqp_ready; then return 0; fi
    kill -0 "$RABBITMQ_JOB" 2>/dev/null || break
    sleep 0.1
  done
  cat "$RABBITMQ_DIR/console" "$RABBITMQ_DIR"/log/*.log >&2
  return 1
}

amqp_ready() {
  amqp-declare-queue --url="$RABBITMQ_URL" -q alco-test-ready >/dev/null 2>&1
}

kill_rabbitmq() {
  kill -9 "$(cat "$RABBITMQ_PID_FILE")" 2>/dev/null || true
  wait "$RABBITMQ_JOB" 2>/dev/null || true
}

stop_rabbitmq() {
  if [ -z "${RABBITMQ_JOB:-}" ]; then return 0; fi
  kill_rabbitmq
  epmd -kill >/dev/null 2>&1 || true
  RABBITMQ_JOB=
}

# broker_call MODULE FUNCTION ARGUMENTS: calls a function of the broker, a hundred times faster than rabbitmqctl.
broker_call() {
  erl_call -n "$RABBITMQ_NODENAME" -c "$(cat "$RABBITMQ_DIR/.erlang.cookie")" -a "$*" >/dev/null </dev/null 3>&-
}

# The management API; its figures are up to half a second old.
api() { curl -sS -u guest:guest "$MANAGEMENT_URL/api/$1" "${@:2}"; }
