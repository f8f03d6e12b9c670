# alco-sphinxconf: what it prints is taken by the real searchd without a word.
bats_require_minimum_version 1.5.0
load lib/free_port

setup() {
  unset ALCO_SPHINXCONF_URL
  PATH=$PWD/bin:$PATH
  DATA=$BATS_TEST_TMPDIR/data
  PORT=$(free_port)
  export ALCO_CONFIG=$BATS_TEST_TMPDIR/alco.json
  cat >"$ALCO_CONFIG" <<END
{"sphinx": {"data_dir": "$DATA", "index": {"min_word_len": 2}, "agents": ["127.0.0.1:1"],
            "searchd": {"listen": "127.0.0.1:$PORT:mysql41", "dist_threads": 2}},
 "indexes": {"app": {"retention_days": 2, "columns": {"host": {"indexed": true}}}, "my_log": {"retention_days": 1}}}
END
}

teardown() {
  if [ -s "$DATA/searchd.pid" ]; then kill -9 "$(cat "$DATA/searchd.pid")" 2>/dev/null || true; fi
}

day() { date -u -d "$1 days" +%Y%m%d; }

@test "alco-sphinxconf: an index a day until tomorrow, one over all, one from each day on" {
  run -0 alco-sphinxconf
  [ "$(grep '^index' <<<"$output")" = "index app_$(day -1)
index app_$(day 0)
index app_$(day 1)
index app
index app_$(day -1)_distr
index app_$(day 0)_distr
index app_$(day 1)_distr
index my_log_$(day 0)
index my_log_$(day 1)
index my_log
index my_log_$(day 0)_distr
index my_log_$(day 1)_distr" ]
  from_today=$(sed -n "/^index app_$(day 0)_distr/,/^}/p" <<<"$output")
  [[ $from_today = *"local = app_$(day 0)"*"local = app_$(day 1)"*"agent = 127.0.0.1:1:app_$(day 0),app_$(day 1)"* ]]
  [[ $from_today != *"app_$(day -1)"* ]]
}

@test "alco-sphinxconf: single settings are replaced by the configuration" {
  run -0 alco-sphinxconf
  [ "$(grep -c 'min_word_len = 2' <<<"$output")" -eq 5 ]
  [ "$(grep -c 'min_word_len = 1' <<<"$output")" -eq 0 ]
  [ "$(grep -c 'rt_field = f_host' <<<"$output")" -eq 3 ]
  [[ $output = *"dist_threads = 2"* ]]
  [[ $output = *"binlog_flush = 2"* ]]
  run -0 alco-sphinxconf --days 5
  [ "$(grep -c '^index app_.*_distr' <<<"$output")" -eq 6 ]
}

@test "alco-sphinxconf: searchd runs on it, without a warning" {
  echo "#!$PWD/bin/alco-sphinxconf" >"$BATS_TEST_TMPDIR/sphinx.conf"
  chmod +x "$BATS_TEST_TMPDIR/sphinx.conf"
  searchd -c "$BATS_TEST_TMPDIR/sphinx.conf" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&-
  run ! grep -E 'WARNING|FATAL|ERROR' "$BATS_TEST_TMPDIR/out" "$DATA/searchd.log"
  grep -q "precaching index 'app_$(day 1)'" "$BATS_TEST_TMPDIR/out"
  [ -d "$DATA/app_$(day -1)" ]
  # it answers: the protocol's greeting names its version
  exec 6<>"/dev/tcp/127.0.0.1/$PORT"
  head -c 20 <&6 | grep -aq '2\.2\.11'
  exec 6>&-
  searchd -c "$BATS_TEST_TMPDIR/sphinx.conf" --stopwait >/dev/null
  run -0 indextool -c "$BATS_TEST_TMPDIR/sphinx.conf" --check "app_$(day 0)"
  [[ $output = *'check passed'* ]] || { echo "$output"; return 1; }
}

@test "alco-sphinxconf: run by searchd it removes expired days, but for the newest of them" {
  mkdir -p "$DATA/app_20200101" "$DATA/app_20200102" "$DATA/app_20200103" "$DATA/other_20200101" "$DATA/app_x"
  touch "$DATA/app_20200101/rt.meta" "$DATA/app_20200103/rt.meta"
  alco-sphinxconf >/dev/null
  [ -d "$DATA/app_20200101" ]
  alco-sphinxconf "$BATS_TEST_TMPDIR/sphinx.conf" >/dev/null
  [ "$(cd "$DATA" && echo ./*_2020* ./app_x)" = './app_20200103 ./other_20200101 ./app_x' ]
}

@test "alco-sphinxconf: a folder with foreign files is not removed" {
  mkdir -p "$DATA/app_20200101" "$DATA/app_20200103"
  touch "$DATA/app_20200101/letter.txt" "$DATA/app_20200101/rt.meta"
  run -78 alco-sphinxconf "$BATS_TEST_TMPDIR/sphinx.conf"
  [ "$output" = "alco-sphinxconf: $DATA/app_20200101: holds files that searchd did not make; remove it by hand" ]
  [ -e "$DATA/app_20200101/rt.meta" ]
}

@test "alco-sphinxconf: refuses what searchd could not run on, or would lose data with" {
  echo '{"indexes": {"a-b": {}}}' >"$ALCO_CONFIG"
  run -78 alco-sphinxconf
  [ "$output" = "alco-sphinxconf: $ALCO_CONFIG: indexes.a-b: searchd takes no name with '-' in it" ]
  echo '{"indexes": {"app_20261122": {}}}' >"$ALCO_CONFIG"
  run -78 alco-sphinxconf
  [ "$output" = "alco-sphinxconf: $ALCO_CONFIG: indexes.app_20261122: ends like the names that are made for searchd" ]
  echo '{"sphinx": {"searchd": {"binlog_flush": 1}}}' >"$ALCO_CONFIG"
  run -78 alco-sphinxconf
  [ "$output" = "alco-sphinxconf: $ALCO_CONFIG: sphinx.searchd.binlog_flush: 1 loses what searchd has acknowledged; use 2 or 0" ]
  echo '{"sphinx": {"searchd": {"collation_server": "binary"}}}' >"$ALCO_CONFIG"
  run -78 alco-sphinxconf
  [ "$output" = "alco-sphinxconf: $ALCO_CONFIG: sphinx.searchd.collation_server: 'binary' minds the case, and searches would miss events" ]
  echo '{"indexes": {"app": {"columns": {"host": {"indexed": true}, "Host": {"indexed": true}}}}}' >"$ALCO_CONFIG"
  run -78 alco-sphinxconf
  [ "$output" = "alco-sphinxconf: $ALCO_CONFIG: indexes.app.columns: 'host' and 'Host' are indexed, and one for searchd" ]
}

@test "alco-sphinxconf: --url fetches the text from elsewhere" {
  alco-sphinxconf >"$BATS_TEST_TMPDIR/expected"
  mkdir -p "$BATS_TEST_TMPDIR/www/collector"
  cp "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/www/collector/sphinx.conf"
  echo '<html>' >"$BATS_TEST_TMPDIR/www/page"
  python3 -u -m http.server --bind 127.0.0.1 --directory "$BATS_TEST_TMPDIR/www" 0 >"$BATS_TEST_TMPDIR/port" 2>/dev/null 3>&- &
  server=$!
  for _ in {1..100}; do [ -s "$BATS_TEST_TMPDIR/port" ] && break; sleep 0.05; done
  port=$(grep -o 'port [0-9]*' "$BATS_TEST_TMPDIR/port" | cut -d' ' -f2)
  alco-sphinxconf --url "http://127.0.0.1:$port/collector/sphinx.conf" >"$BATS_TEST_TMPDIR/got"
  cmp "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/got"
  run -76 alco-sphinxconf --url "http://127.0.0.1:$port/none"
  [ "$output" = "alco-sphinxconf: http://127.0.0.1:$port/none: the answer is 404" ]
  run -76 alco-sphinxconf --url "http://127.0.0.1:$port/page"
  [[ $output = *'is no configuration of searchd' ]]
  kill "$server"
  run -69 alco-sphinxconf --url "http://127.0.0.1:1/x"
  run -64 alco-sphinxconf --url "ftp://x/"
}

@test "alco-sphinxconf: help, version and unknown options" {
  run -0 alco-sphinxconf --help
  [[ $output = *'--url URL'* ]]
  run -0 alco-sphinxconf --version
  run -64 alco-sphinxconf --nope
}
