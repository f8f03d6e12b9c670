# On a real Manticore: MANTICORE_SEARCHD=/usr/bin/searchd bats tests/torture/manticore.bats; a part of make check if
# that is set. Both of its modes.
bats_require_minimum_version 1.5.0
load ../lib/sphinx
load ../lib/wait

setup() {
  PATH=$PWD/bin:$PATH
  export TZ=UTC
  SEARCHD=$MANTICORE_SEARCHD
}

teardown() { stop_sphinx; }

day() { date -u -d "${1:-0} days" +%Y%m%d; }

# Without a configuration of tables: they are made by statements.
start_real_time_mode() {
  write_sphinx_config
  sed -i 's/"manticore": true/"manticore": false/' "$ALCO_CONFIG"
  cat >"$BATS_TEST_TMPDIR/sphinx.conf" <<END
searchd {
  listen = 127.0.0.1:$SPHINX_PORT:mysql41
  data_dir = $SPHINX_DATA
  log = $SPHINX_DATA/searchd.log
  pid_file = $SPHINX_DATA/searchd.pid
  auto_schema = 0
}
END
  run_searchd
}

hostile() {
  jq -cn --arg day "$(date -u +%F)" '
    range(1; 400) | {"@timestamp": ($day + "T00:0\(. / 60 | floor):\(. % 60 + 100 | tostring[1:])Z"), n: .,
      message: ("it'\''s \\ \"no\" \(.) \u0001 \t я 😀 line\nend"), host: (if . % 3 == 0 then "web" else . end),
      deep: {a: {"b.c": [1, "x", null, 0.1, 18446744073709551615]}}, real: (. / 3), big: 9007199254740993}'
}

# Everything stored is found as in a directory store.
same_as_files() {
  hostile >"$BATS_TEST_TMPDIR/events"
  alco-index -i app -s "dir:$BATS_TEST_TMPDIR/store" <"$BATS_TEST_TMPDIR/events"
  alco-index -i app <"$BATS_TEST_TMPDIR/events"
  local query
  for query in '' "it's" 'host:web' '@host=7' 'n:>=390' '-"it'\''s \ "' '/n[o]" 1[0-9] /' 'deep.a.b:*' 'end -host:web'; do
    alco-query -i app -o json "$query" | sed 's/,"@id":[^,}]*//' >"$BATS_TEST_TMPDIR/manticore" || true
    alco-query -i app -s "dir:$BATS_TEST_TMPDIR/store" -o json "$query" | sed 's/,"@id":[^,}]*//' |
      diff - "$BATS_TEST_TMPDIR/manticore" || { echo "query: $query"; return 1; }
  done
  diff <(alco-query -i app --top host) <(alco-query -i app -s "dir:$BATS_TEST_TMPDIR/store" --top host)
  diff <(alco-query -i app --hist 1m) <(alco-query -i app -s "dir:$BATS_TEST_TMPDIR/store" --hist 1m)
}

# What it loses is sent again, nothing is there twice.
restarted() {
  events 1 200 web | alco-index -i app
  local before
  before=$(documents)
  kill_searchd
  events 201 300 web | alco-index -i app || [ $? -eq 75 ]
  alco-rotate --doctor
  run_searchd
  events 301 310 web | alco-index -i app
  [ "$(documents)" = $((before + 110)) ]
  [ "$(alco-query -i app -c '@host=web')" -ge 310 ]
}

@test "manticore, plain mode: stores and finds what a directory store does" {
  start_sphinx
  same_as_files
}

@test "manticore, plain mode: events outlive kill -9" {
  start_sphinx
  restarted
}

@test "manticore, plain mode: alco-rotate makes tomorrow appear and drops what is expired" {
  write_sphinx_config
  echo '-1 days' >"$BATS_TEST_TMPDIR/shift"
  run_searchd
  rm "$BATS_TEST_TMPDIR/shift"
  run -0 alco-rotate
  [ "$output" = "app/$(day 1): made
app/$(day -3): removed" ]
  sql 'SHOW TABLES' | grep -q "^app_$(day 1)"
  events 1 10 | alco-index -i app
  [ "$(documents)" = 10 ]
  run -0 alco-rotate --merge
}

@test "manticore, real-time mode: alco-rotate makes the tables; stores and finds what a directory store does" {
  start_real_time_mode
  run -0 alco-rotate
  [ "$(sql 'SHOW TABLES' | grep -c rt)" = 4 ]
  same_as_files
}

@test "manticore, real-time mode: events outlive kill -9" {
  start_real_time_mode
  alco-rotate
  restarted
}

@test "manticore, real-time mode: expired days are dropped, the others stay" {
  start_real_time_mode
  alco-rotate
  events 1 10 | alco-index -i app
  sed -i 's/"retention_days": 3/"retention_days": 2/' "$ALCO_CONFIG"
  run -0 alco-rotate
  [ "$output" = "app/$(day -2): removed" ]
  [ "$(sql 'SHOW TABLES' | grep -c rt)" = 3 ]
  [ "$(documents)" = 10 ]
  [ "$(alco-query -i app -c '')" = 10 ]
}
