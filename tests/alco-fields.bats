# alco-fields: records pass unchanged, their fields and values stand in the catalogue.
bats_require_minimum_version 1.5.0
load lib/redis

setup() {
  unset ALCO_CONFIG
  DB=$BATS_TEST_TMPDIR/c.db
  CATALOGUE=sqlite:$DB
  PATH=$PWD/bin:$PATH
}

teardown() { stop_redis; }

fields() { alco-fields -i app --catalogue "$CATALOGUE" "$@"; }

wait_until() {
  local i
  for i in {1..100}; do
    if "$@"; then return 0; fi
    sleep 0.05
  done
  return 1
}

redis_has() { redis-cli -p "$REDIS_PORT" zscore "ALCO:VALUES:app:$1" "$2" | grep -q .; }

@test "alco-fields: passes every byte through unchanged" {
  {
    printf '{"host":"a","message":"x"}\n\n{"b" : 1.0 , "c":"\\u00e9"}\r\nnot json\n\xff\xfe\x00\n'
    head -c 300000 /dev/zero | tr '\0' y
    printf '\n{"host":"last"}'
  } >"$BATS_TEST_TMPDIR/in"
  fields --max-line 100000 <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
  cmp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
}

@test "alco-fields: lists fields and values, the newest time of each" {
  fields >/dev/null <<'END'
{"@timestamp":"2026-01-02T03:04:05Z","host":"web2","http":{"method":"GET"},"n":1}
{"@timestamp":"2026-01-02T03:04:05Z","host":"web1"}
{"@timestamp":"2026-01-02T04:00:00Z","host":"web2"}
END
  run -0 fields --list
  [ "$output" = "$(printf 'host\t2\nhttp.method\t1\nn\t-')" ]
  run -0 fields --list host
  [ "$output" = "$(printf 'web1\t2026-01-02T03:04:05.000000Z\nweb2\t2026-01-02T04:00:00.000000Z')" ]
}

@test "alco-fields: an empty input passes and creates no catalogue" {
  run -0 fields </dev/null
  [ "$output" = "" ]
  [ ! -e "$DB" ]
  run -0 fields --list
  [ "$output" = "" ]
}

@test "alco-fields: a record is passed on at once while the input is quiet, after its values" {
  mkfifo "$BATS_TEST_TMPDIR/in"
  alco-fields -i app --catalogue "$CATALOGUE" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
  pid=$!
  exec 5>"$BATS_TEST_TMPDIR/in"
  printf '{"host":"quiet"}\n{"host":"half' >&5
  wait_until grep -q quiet "$BATS_TEST_TMPDIR/out"
  run -0 fields --list host
  [[ $output = quiet$'\t'* ]]
  run ! grep -q half "$BATS_TEST_TMPDIR/out"
  exec 5>&-
  wait "$pid"
}

@test "alco-fields: SIGTERM ends it with 0, nothing that was read is lost" {
  mkfifo "$BATS_TEST_TMPDIR/in"
  alco-fields -i app --catalogue "$CATALOGUE" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
  pid=$!
  exec 5>"$BATS_TEST_TMPDIR/in"
  printf '{"host":"one"}\n' >&5
  wait_until grep -q one "$BATS_TEST_TMPDIR/out"
  kill -TERM "$pid"
  wait "$pid"
  exec 5>&-
}

@test "alco-fields: with the catalogue away records pass at once, with one warning" {
  CATALOGUE=redis://127.0.0.1:1
  run --separate-stderr -0 fields <<<$'{"host":"a"}\n{"host":"b"}'
  [ "$output" = $'{"host":"a"}\n{"host":"b"}' ]
  [ "${stderr_lines[0]}" = 'alco-fields: warning: redis 127.0.0.1:1: connect: Connection refused; 3 names and values wait, records are passed on' ]
  [ "${stderr_lines[1]}" = 'alco-fields: warning: redis 127.0.0.1:1: connect: Connection refused; 3 names and values were not written' ]
  [ "${#stderr_lines[@]}" -eq 2 ]
}

@test "alco-fields: with --strict nothing passes that the catalogue does not know" {
  CATALOGUE=redis://127.0.0.1:1
  run --separate-stderr -69 fields --strict <<<'{"host":"a"}'
  [ "$output" = "" ]
  [ "$stderr" = 'alco-fields: redis 127.0.0.1:1: connect: Connection refused' ]
}

@test "alco-fields: what came while Redis was away is written when it is back" {
  start_redis
  CATALOGUE=redis://127.0.0.1:$REDIS_PORT
  mkfifo "$BATS_TEST_TMPDIR/in"
  alco-fields -i app --catalogue "$CATALOGUE" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  pid=$!
  exec 5>"$BATS_TEST_TMPDIR/in"
  echo '{"host":"before"}' >&5
  wait_until grep -q before "$BATS_TEST_TMPDIR/out"
  stop_redis
  echo '{"host":"meanwhile"}' >&5
  wait_until grep -q meanwhile "$BATS_TEST_TMPDIR/out"
  redis-server --bind 127.0.0.1 --port "$REDIS_PORT" --save '' --dir "$BATS_TEST_TMPDIR" \
    >"$BATS_TEST_TMPDIR/redis.log" 3>&- 5>&- &
  REDIS_PID=$!
  wait_for_redis
  wait_until redis_has host meanwhile
  redis_has host before
  grep -q 'the catalogue is back' "$BATS_TEST_TMPDIR/err"
  exec 5>&-
  wait "$pid"
}

@test "alco-fields: a catalogue that lost everything gets it again, with the next value or within a minute" {
  start_redis
  CATALOGUE=redis://127.0.0.1:$REDIS_PORT
  mkfifo "$BATS_TEST_TMPDIR/in"
  faketime -f '+0 x60' alco-fields -i app --catalogue "$CATALOGUE" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  pid=$!
  exec 5>"$BATS_TEST_TMPDIR/in"
  echo '{"host":"first","n":1}' >&5
  wait_until redis_has host first
  redis-cli -p "$REDIS_PORT" flushall >/dev/null
  echo '{"host":"second"}' >&5
  wait_until redis_has host second
  redis_has host first
  redis-cli -p "$REDIS_PORT" flushall >/dev/null
  wait_until redis_has host first
  redis_has host second
  redis-cli -p "$REDIS_PORT" zscore ALCO:FIELDS:app n
  grep -q 'the catalogue has lost what it had: it is written again' "$BATS_TEST_TMPDIR/err"
  exec 5>&-
  wait "$pid"
}

@test "alco-fields: a name that is seen each day gets a new time each day" {
  start_redis
  CATALOGUE=redis://127.0.0.1:$REDIS_PORT
  mkfifo "$BATS_TEST_TMPDIR/in"
  TZ=UTC faketime -f '@2026-01-02 23:59:50 x10' alco-fields -i app --catalogue "$CATALOGUE" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 3>&- &
  pid=$!
  exec 5>"$BATS_TEST_TMPDIR/in"
  name_is_from() {
    i=$((i + 1))
    echo "{\"host\":\"$i\"}" >&5
    [[ "$(redis-cli -p "$REDIS_PORT" zscore ALCO:FIELDS:app host | date -u -f <(sed 's/^/@/') +%F)" = "$1" ]]
  }
  i=0
  wait_until name_is_from 2026-01-02
  wait_until name_is_from 2026-01-03
  exec 5>&-
  wait "$pid"
}

@test "alco-fields: --expire keeps the days of the retention" {
  old=$(date -u -d '-10 days' +%FT%TZ)
  new=$(date -u -d '-1 days' +%FT%TZ)
  fields >/dev/null <<<"{\"ts\":\"$old\",\"host\":\"old\"}"$'\n'"{\"ts\":\"$new\",\"host\":\"new\"}"
  fields --expire --days 5
  run -0 fields --list host
  [[ $output = new$'\t'* ]] && [ "${#lines[@]}" -eq 1 ]
  echo '{"indexes": {"app": {"retention_days": 1}}}' >"$BATS_TEST_TMPDIR/alco.json"
  fields --expire --config "$BATS_TEST_TMPDIR/alco.json"
  run -0 fields --list host
  [ "$output" = "" ]
  run -64 fields --expire
  [ "$output" = 'alco-fields: app: give --days N, or retention_days for this index in the configuration' ]
}

@test "alco-fields: a field with too many values says so" {
  for i in {1..201}; do echo "{\"request\":\"$i\"}"; done | fields >/dev/null
  run -0 fields --list
  [ "$output" = $'request\ttoo many values' ]
  run -69 fields --list request
  [ "$output" = 'alco-fields: request: too many values, they are not listed' ]
}

@test "alco-fields: control characters in values are made visible" {
  fields >/dev/null <<<'{"ts":0,"host":"\u001b[31m\n"}'
  run -0 fields --list host
  [ "$output" = '\x1b[31m\n'$'\t''1970-01-01T00:00:00.000000Z' ]
}

@test "alco-fields: the catalogue lies in the directory store by default" {
  alco-fields -i app -s "dir:$BATS_TEST_TMPDIR/store" >/dev/null <<<'{"host":"a"}'
  [ -s "$BATS_TEST_TMPDIR/store/catalogue.db" ]
}

@test "alco-fields: a reader that goes away ends it with 141 and no word" {
  run --separate-stderr -0 bash -c 'yes "{\"host\":\"a\"}" | alco-fields -i app --catalogue "$1" | head -n 1 >/dev/null; echo "${PIPESTATUS[1]}"' - "$CATALOGUE"
  [ "$output" = 141 ]
  [ "$stderr" = "" ]
}

@test "alco-fields: a full disk behind stdout is an error" {
  run -74 bash -c 'echo "{}" | alco-fields -i app --catalogue "$1" 2>&1 >/dev/full' - "$CATALOGUE"
  [[ $output = 'alco-fields: stdout: write: No space left on device' ]]
}

@test "alco-fields: usage and configuration errors" {
  run -64 fields --no-such-option
  [[ $output = *'--no-such-option'* ]]
  run -64 alco-fields
  run -64 alco-fields -i ../x
  run -78 alco-fields -i app --catalogue mysql://x
  [ "$output" = 'alco-fields: a catalogue is sqlite:/path, redis://host[:port][/db] or redis+unix:/path' ]
  run -0 alco-fields --help
  [[ $output = *'--catalogue URL'* ]]
  run -0 alco-fields --version
  [[ $output = 'alco-fields '[0-9]* ]]
}
