# The systemd units of an installed tree, run by a stand-in for systemd as they say: readiness, reload, watchdog, restarts,
# exit codes, the drain at the end.
bats_require_minimum_version 1.5.0
load lib/rabbitmq
load lib/wait

setup_file() {
  ROOT=$BATS_FILE_TMPDIR/root
  MAKEFLAGS='' MAKELEVEL='' make -s install DESTDIR="$ROOT" PREFIX=/opt/alco
  start_rabbitmq "$BATS_FILE_TMPDIR/rabbitmq"
  export ROOT RABBITMQ_URL RABBITMQ_PORT MANAGEMENT_URL RABBITMQ_JOB PYTHON
}

teardown_file() { stop_rabbitmq; }

setup() {
  export UNIT_HURRY=10
  LOG=$BATS_TEST_TMPDIR/log
  STORE=$BATS_TEST_TMPDIR/store
  PATH=$ROOT/opt/alco/bin:$PATH
  mkdir -p "$ROOT/etc/alco"
  configure '"processes": 1'
  export ALCO_CONFIG=$ROOT/etc/alco/alco.json
}

# The index "app" with these members more; the queue is of this test alone.
configure() {
  cat >"$ROOT/etc/alco/alco.json" <<END
{"store": "dir:$STORE", "rabbitmq": {"url": "${URL:-$RABBITMQ_URL}", "exchange": "x$BATS_TEST_NUMBER"},
 "http": {"listen": "127.0.0.1:28900+"},
 "indexes": {"app": {"queue": "q$BATS_TEST_NUMBER", "routing_keys": ["logstash.#"], $1}}}
END
  chmod 640 "$ROOT/etc/alco/alco.json"
}

run_unit() {
  tests/lib/unit-runner "$ROOT" "$1" "$LOG" 3>&- &
  RUNNER=$!
}

teardown() {
  [ -z "${RUNNER:-}" ] || ! kill "$RUNNER" 2>/dev/null || wait "$RUNNER" || true
}

said() { grep -qs "^$1" "$LOG"; }
stored() { [ "$(alco-query -i app -c '' 2>/dev/null)" = "$1" ]; }
main_pid() { sed -n 's/^start //p' "$LOG" | tail -n 1; }
ready_again() { [ "$(grep -c '^ready' "$LOG")" -ge 2 ]; }
started() { [ "$(grep -c '^start ' "$LOG")" = "$1" ]; }

publish() { "$PYTHON" tests/lib/publish.py --url "$RABBITMQ_URL" --exchange "x$BATS_TEST_NUMBER" "$@"; }

# Ends the service as systemctl stop does; its status.
stop_unit() {
  kill -TERM "$RUNNER"
  local status=0
  wait "$RUNNER" || status=$?
  RUNNER=
  return $status
}

@test "services: alco-collect@ is ready when it can store, tells how it goes, and drains at the end" {
  run_unit alco-collect@app
  wait_until said ready
  publish -n 3000 >"$BATS_TEST_TMPDIR/publish"
  wait_until stored 3000
  wait_until said 'status received 3000, stored 3000, on their way 0, rejected 0'
  wait_until said watchdog
  [ -s "$ROOT/run/alco/alco-consume-app-$(main_pid).prom" ]
  publish -n 2000 --from 3000 >>"$BATS_TEST_TMPDIR/publish"
  stop_unit
  said stopping
  said 'exit 0'
  run ! said restart
  # what was not taken waits at the broker
  rm "$LOG"
  run_unit alco-collect@app
  wait_until said ready
  wait_until stored 5000
  stop_unit
}

@test "services: a reload reads the configuration again, and loses nothing" {
  run_unit alco-collect@app
  wait_until said ready
  publish -n 20 >"$BATS_TEST_TMPDIR/publish"
  wait_until stored 20
  configure '"columns": {"logger": {"excluded": true}}'
  kill -HUP "$RUNNER"
  wait_until said reloading
  wait_until ready_again
  publish -n 20 --from 20 >>"$BATS_TEST_TMPDIR/publish"
  wait_until stored 40
  [ "$(alco-query -i app -c 'logger:*')" = 20 ]
  started 1
  stop_unit
}

@test "services: killed, it comes again; what was on its way is stored once" {
  run_unit alco-collect@app
  wait_until said ready
  publish -n 4000 --rate 4000 >"$BATS_TEST_TMPDIR/publish" 3>&- &
  publisher=$!
  wait_until alco-query -i app -q 'request'
  kill -9 "$(main_pid)"
  wait_until said restart
  said 'exit 137'
  wait "$publisher"
  wait_until stored 4000
  stop_unit
}

@test "services: several processes are one service" {
  configure '"processes": 3'
  run_unit alco-collect@app
  wait_until said 'status 3 consumers'
  publish -n 300 >"$BATS_TEST_TMPDIR/publish"
  wait_until stored 300
  kill -HUP "$RUNNER"
  wait_until said reloading
  stop_unit
  said 'exit 0'
}

@test "services: without its broker it waits, says so, and starts by itself" {
  URL=amqp://guest:guest@127.0.0.1:1/ configure '"durable": true'
  run_unit alco-collect@app
  wait_until said 'status waiting: 127.0.0.1:1: connect: '
  said ready
  wait_until grep -q '^<4>127.0.0.1:1: connect: .*; trying again$' "$LOG.journal"
  started 1
  stop_unit
  said 'exit 0'
}

@test "services: a configuration that can't be used ends it for good, with its reason in the journal" {
  configure '"colums": {}'
  run_unit alco-collect@app
  status=0
  wait "$RUNNER" || status=$?
  RUNNER=
  [ "$status" = 78 ]
  said failed
  run ! said ready
  grep -q "^<3>$ALCO_CONFIG: .*colums" "$LOG.journal"
}

@test "services: one that hangs is ended by the watchdog and started again" {
  UNIT_HURRY=60
  run_unit alco-httpd
  wait_until said ready
  kill -STOP "$(main_pid)"
  wait_until said 'watchdog timeout'
  kill -CONT "$(main_pid)"
  wait_until started 2
  said 'exit 134'
  stop_unit
}

@test "services: alco-httpd serves, reloads its users, and stops" {
  run_unit alco-httpd
  wait_until said ready
  curl -fsS "$(head -n 1 "$LOG.journal")healthz"
  kill -HUP "$RUNNER"
  wait_until grep -q '^<5>read the users and tokens again$' "$LOG.journal"
  wait_until said 'status [0-9]* requests, '
  stop_unit
  said stopping
  said 'exit 0'
}

@test "services: alco-rotate works on the store of the configuration" {
  echo '{"message":"one","@timestamp":"2026-11-20T10:00:00Z"}' | alco-index -i app
  configure '"retention_days": 30'
  run_unit alco-rotate
  wait "$RUNNER"
  RUNNER=
  said 'exit 0'
}

@test "services: alco-searchd serves the days, comes again after a kill with a broken binlog, and saves at the end" {
  local prefix=$BATS_TEST_TMPDIR/prefix data=$BATS_TEST_TMPDIR/sphinx unit command pid port
  port=$(free_port)
  DESTDIR='' PREFIX=$prefix scripts/install-services
  ln -s "$ROOT/opt/alco/bin" "$prefix/bin"
  unit=$prefix/lib/systemd/system/alco-searchd.service
  mkdir "$data"
  echo "{\"store\": \"sphinx://127.0.0.1:$port\", \"indexes\": {\"app\": {\"retention_days\": 2}},
    \"sphinx\": {\"data_dir\": \"$data\", \"reserve_bytes\": 0, \"searchd\": {\"listen\": \"127.0.0.1:$port:mysql41\"}}}" >"$ALCO_CONFIG"
  grep -qx 'Restart=always' "$unit"
  answers() { mysql -N -h 127.0.0.1 -P "$port" -e "$1" 2>/dev/null; }
  start_searchd() {
    command=$(sed -n 's/^ExecStartPre=-//p' "$unit")
    $command >>"$LOG"
    command=$(sed -n 's/^ExecStart=//p' "$unit")
    $command >>"$LOG" 2>&1 3>&- &
    pid=$!
    wait_until answers 'SHOW TABLES'
  }
  start_searchd
  echo "{\"@timestamp\":\"$(date -u +%FT%TZ)\",\"message\":\"one\"}" | alco-index -i app
  kill -9 "$pid"
  wait "$pid" || true
  : >"$data/binlog.meta"
  start_searchd
  grep -q 'binlog.meta is empty: the binlog is moved to' "$LOG"
  alco-index -i app </dev/null
  [ "$(alco-query -i app -o raw '')" = one ]
  command=$(sed -n 's/^ExecReload=//p' "$unit")
  $command
  kill "$pid"
  wait "$pid"
  [ -s "$data/app_$(date -u +%Y%m%d)/rt.ram" ]
}

@test "services: the units are well formed and shut in" {
  cp -r "$ROOT/opt/alco/lib" "$BATS_TEST_TMPDIR/lib"
  mkdir -p "$BATS_TEST_TMPDIR/root/usr/lib" "$BATS_TEST_TMPDIR/root/opt/alco"
  cp -r "$ROOT/opt/alco/lib/systemd" "$BATS_TEST_TMPDIR/root/usr/lib"
  cp -r "$ROOT/opt/alco/bin" "$BATS_TEST_TMPDIR/root/opt/alco"
  install -D -m 755 /bin/kill "$BATS_TEST_TMPDIR/root/bin/kill"
  install -D -m 755 /usr/bin/searchd "$BATS_TEST_TMPDIR/root/usr/bin/searchd"
  run systemd-analyze verify --man=no --root="$BATS_TEST_TMPDIR/root" alco-collect@app.service alco-httpd.service \
    alco-searchd.service alco-rotate.service alco-rotate.timer alco.target
  [ -z "$(grep -v 'sysinit.target not found' <<<"$output")" ]
  for unit in alco-collect@app alco-httpd alco-searchd alco-rotate; do
    systemd-analyze security --offline=yes --threshold=15 --root="$BATS_TEST_TMPDIR/root" "$unit.service" >/dev/null
    [ "$unit" = alco-searchd ] || grep -qx LimitCORE=0 "$BATS_TEST_TMPDIR/root/usr/lib/systemd/system/${unit/@*/@}.service"
  done
}

@test "services: --check looks at the broker and declares nothing" {
  configure '"durable": true'
  sed -i "s|\"exchange\"|\"management\": \"$MANAGEMENT_URL\", &|" "$ALCO_CONFIG"
  run -0 alco-consume --check -i app
  [ "${lines[1]}" = "ok: rabbitmq 127.0.0.1:$RABBITMQ_PORT: logged in as guest" ]
  [ "${lines[2]}" = "note: exchange x$BATS_TEST_NUMBER: is not there: alco-consume declares it" ]
  [ "${lines[3]}" = "note: queue q$BATS_TEST_NUMBER: is not there: alco-consume declares it" ]
  run -0 alco-consume --check -i app
  [[ ${lines[3]} = note:* ]]
  run_unit alco-collect@app
  wait_until said ready
  wait_until said 'status received 0'
  run -0 alco-consume --check -i app
  [ "${lines[2]}" = "ok: exchange x$BATS_TEST_NUMBER: there" ]
  [[ ${lines[3]} = "ok: queue q$BATS_TEST_NUMBER: 0 messages wait, "*" consumers" ]]
  [[ ${lines[4]} = "ok: management $MANAGEMENT_URL: "*" bindings" ]]
  sed -i 's/logstash.#/other.#/' "$ALCO_CONFIG"
  run -0 alco-consume --check -i app
  [[ $output = *"note: binding other.#: is not there: alco-consume makes it"* ]]
  [[ $output = *"note: binding logstash.#: is not in the configuration: alco-consume removes it"* ]]
  stop_unit
}
