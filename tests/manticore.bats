# What is different with Manticore: on a searchd that says it is one. A real one: tests/torture/manticore.bats.
bats_require_minimum_version 1.5.0
load lib/sphinx
load lib/wait

setup() {
  PATH=$PWD/bin:$PATH
  said=$BATS_TEST_TMPDIR/said
}

teardown() {
  stop_sphinx
  if [ -n "${other:-}" ]; then kill -9 "$other" 2>/dev/null || true; fi
}

day() { date -u -d "${1:-0} days" +%Y%m%d; }

# Before searchd stands one that calls itself Manticore; the store of the configuration is that one.
start_stand_in() {
  local port
  port=$(free_port)
  python3 tests/lib/false_searchd.py "$port" "$SPHINX_PORT" "manticore:$said" >"$BATS_TEST_TMPDIR/false" 3>&- &
  other=$!
  wait_until grep -q ready "$BATS_TEST_TMPDIR/false"
  sed -i "s/sphinx:..127.0.0.1:$SPHINX_PORT/sphinx:\/\/127.0.0.1:$port/" "$ALCO_CONFIG"
}

@test "manticore: in its real-time mode alco-rotate makes and drops tables by statements" {
  start_sphinx
  start_stand_in
  sed -i 's/"retention_days": 3/"retention_days": 2/' "$ALCO_CONFIG"
  events 1 3 | alco-index -i app
  [ "$(alco-query -i app -c '')" = 3 ]
  run -0 alco-rotate --merge
  grep -aqx "OPTIMIZE TABLE app_$(day -1)" "$said"
  # the day before yesterday goes, for good: the real searchd keeps it, so the stand-in only notes it
  : >"$said"
  run -0 alco-rotate
  [ "$(grep -aE "^(CREATE|DROP|ALTER)" "$said")" = "DROP TABLE IF EXISTS app
CREATE TABLE app type='distributed' local='app_$(day -1)' local='app_$(day)' local='app_$(day 1)'
DROP TABLE IF EXISTS app_$(day -1)_distr
CREATE TABLE app_$(day -1)_distr type='distributed' local='app_$(day -1)' local='app_$(day)' local='app_$(day 1)'
DROP TABLE IF EXISTS app_$(day)_distr
CREATE TABLE app_$(day)_distr type='distributed' local='app_$(day)' local='app_$(day 1)'
DROP TABLE IF EXISTS app_$(day 1)_distr
CREATE TABLE app_$(day 1)_distr type='distributed' local='app_$(day 1)'
DROP TABLE IF EXISTS app_$(day -2)_distr
DROP TABLE IF EXISTS app_$(day -2)" ]
  sed -i 's/"retention_days": 2/"retention_days": 5, "columns": {"host": {"indexed": true}}/' "$ALCO_CONFIG"
  run -0 alco-rotate
  grep -aqxF "CREATE TABLE IF NOT EXISTS app_$(day -4) (f_host text indexed, marks text indexed, logline string attribute indexed,\
 js json, raw string, ts bigint, ns uint, arrival bigint, id_high bigint, id_low bigint, flags uint) rt_mem_limit='128M'\
 min_word_len='1' min_infix_len='2'\
 charset_table='0..9, A..Z->a..z, _, a..z, U+410..U+42F->U+430..U+44F, U+430..U+44F, U+401->U+451, U+451'" "$said"
}

@test "manticore: on alco-sphinxconf's configuration it is reloaded as SphinxSearch is" {
  write_sphinx_config
  sed -i 's/"manticore": false/"manticore": true/' "$ALCO_CONFIG"
  # for the real searchd behind the stand-in
  mv "$BATS_TEST_TMPDIR/conf" "$BATS_TEST_TMPDIR/manticore.conf"
  printf '#!/bin/sh\n"%s" "$@" | sed -e "s/^table /index /" -e "/max_threads_per_query/d" -e "/network_timeout/d"\n' \
    "$BATS_TEST_TMPDIR/manticore.conf" >"$BATS_TEST_TMPDIR/conf"
  chmod +x "$BATS_TEST_TMPDIR/conf"
  echo '-1 days' >"$BATS_TEST_TMPDIR/shift"
  run_searchd
  start_stand_in
  rm "$BATS_TEST_TMPDIR/shift"
  run -0 alco-rotate
  [ "$output" = "app/$(day 1): made
app/$(day -3): removed" ]
  sql 'SHOW TABLES' | grep -q "^app_$(day 1)"
  run ! grep -aE "^(CREATE|DROP)" "$said"
}

@test "manticore: its configuration has sections and settings of its own" {
  write_sphinx_config
  sed -i 's/"manticore": false/"manticore": true/' "$ALCO_CONFIG"
  run -0 alco-sphinxconf
  [[ $output == *"table app_$(today)"*"table app"$'\n'*"max_threads_per_query = 4"*"network_timeout = 30"* ]]
  run ! grep -E '^index|workers|dist_threads|read_timeout|data_dir' <<<"$output"
  # there it is the safest
  sed -i 's/"searchd": {/&"binlog_flush": 1, /' "$ALCO_CONFIG"
  run -0 alco-sphinxconf
  [[ $output == *'binlog_flush = 1'* ]]
  sed -i 's/"searchd": {/&"data_dir": "\/x", /' "$ALCO_CONFIG"
  run -78 alco-sphinxconf
  [ "$output" = "alco-sphinxconf: $ALCO_CONFIG: sphinx.searchd.data_dir: Manticore's tables would not be those of the configuration; set sphinx.data_dir" ]
}
