# Upkeep of a searchd: its configuration from another host, the catalogue in Redis, merging, rows that it refuses.
bats_require_minimum_version 1.5.0
load lib/httpd
load lib/redis
load lib/sphinx
load lib/wait

setup() { PATH=$PWD/bin:$PATH; }

teardown() {
  stop_httpd
  stop_redis
  stop_sphinx
  local pid
  for pid in ${OTHERS:-}; do kill -9 "$pid" 2>/dev/null || true; done
}

# events COUNT MESSAGE [DAYS]: one millisecond apart, today or so many days from it.
events() {
  awk -v n="$1" -v message="$2" -v day="$(date -u -d "${3:-0} days" +%F)" \
    'BEGIN {for (i = 0; i < n; ++i) printf "{\"@timestamp\":\"%sT00:00:%02d.%03dZ\",\"message\":\"%s %d\",\"n\":%d}\n", day, i / 1000, i % 1000, message, i, i}'
}

@test "sphinx: searchd on a host without a configuration runs on what alco-httpd serves" {
  write_sphinx_config
  start_httpd --config "$ALCO_CONFIG"
  unset ALCO_CONFIG
  echo "#!$(command -v alco-sphinxconf) --url $URL/collector/sphinx.conf" >"$BATS_TEST_TMPDIR/sphinx.conf"
  mkdir -p "$SPHINX_DATA/app_20200101" "$SPHINX_DATA/app_20200102"
  run_searchd
  [ "$(sql 'SHOW TABLES' | awk '$2 == "rt"' | wc -l)" = 4 ]
  [ ! -e "$SPHINX_DATA/app_20200101" ]
  [ -e "$SPHINX_DATA/app_20200102" ]
  events 10 x | alco-index -i app --config "$BATS_TEST_TMPDIR/alco.json"
  # while alco-httpd is away, searchd goes on with what it has
  stop_httpd
  kill -HUP "$SPHINX_PID"
  wait_until grep -q 'SIGHUP' "$SPHINX_DATA/searchd.log"
  [ "$(documents)" = 10 ]
  kill_searchd
  run ! run_searchd
  grep -q 'alco-sphinxconf: .*/collector/sphinx.conf' "$BATS_TEST_TMPDIR/searchd.out"
}

@test "sphinx: alco-rotate trims the values in Redis that were last seen before the first kept day" {
  start_redis
  start_sphinx
  sed -i "s|\"sqlite:[^\"]*\"|\"redis://127.0.0.1:$REDIS_PORT\"|" "$ALCO_CONFIG"
  { # retention: three days
    echo "{\"@timestamp\":\"$(date -u -d '-3 days' +%FT23:59:59Z)\",\"host\":\"old\"}"
    echo "{\"@timestamp\":\"$(date -u -d '-2 days' +%FT00:00:01Z)\",\"host\":\"kept\"}"
  } | alco-fields -i app >/dev/null
  run -0 alco-rotate --dry-run
  [ "$output" = 'app: 1 value of the catalogue would be removed' ]
  [ "$(redis-cli -p "$REDIS_PORT" zcard ALCO:VALUES:app:host)" = 2 ]
  run -0 alco-rotate
  [ "$output" = 'app: 1 value of the catalogue removed' ]
  [ "$(redis-cli -p "$REDIS_PORT" zrange ALCO:VALUES:app:host 0 -1)" = kept ]
}

@test "sphinx: alco-rotate --merge has searchd merge the pieces of past days, no event is lost" {
  start_sphinx
  local day table
  day=$(date -u -d '-1 day' +%Y%m%d)
  table=app_$day
  for i in 1 2 3 4; do
    events 50 "part $i of a day," -1 | alco-index -i app
    sql "FLUSH RAMCHUNK $table"
  done
  chunks() { sql "SHOW INDEX $1 STATUS" | awk '$1 == "disk_chunks" {print $2}'; }
  merged() { [ "$(chunks "$table")" = 1 ]; }
  [ "$(chunks "$table")" = 4 ]
  alco-query -i app '' >"$BATS_TEST_TMPDIR/before"
  run -0 alco-rotate --merge --dry-run
  [[ $output == *"app/$day: would be merged"* && $output != *"app/$(today)"* ]]
  run -0 alco-rotate --merge
  [[ $output == *"app/$day: searchd merges it"* && $output != *"app/$(today)"* ]]
  wait_until merged
  alco-query -i app '' | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "sphinx: a row that searchd refuses is found among thousands and set aside with searchd's words" {
  start_sphinx
  local port
  port=$(free_port)
  python3 tests/lib/false_searchd.py "$port" "$SPHINX_PORT" 'refuse:poison' >"$BATS_TEST_TMPDIR/false" 3>&- &
  OTHERS=$!
  wait_until grep -q ready "$BATS_TEST_TMPDIR/false"
  events 3000 'an event' | sed -e '1234s/an event/poison/' -e '3000s/an event/poison/' |
    alco-index -i app -s "sphinx://127.0.0.1:$port"
  [ "$(documents)" = 2998 ]
  [ "$(jq -r '.reason + ": " + (.text | fromjson | .message)' "$SPHINX_DATA/app/rejected")" = \
    "127.0.0.1:$port: searchd: this searchd takes no poison: poison 1233
127.0.0.1:$port: searchd: this searchd takes no poison: poison 2999" ]
}

@test "sphinx: the days of a searchd on another host are alco-rotate's of that host" {
  write_sphinx_config
  host=$(hostname -I | cut -d' ' -f1)
  sed -i "s/127.0.0.1:$SPHINX_PORT/$host:$SPHINX_PORT/g" "$ALCO_CONFIG"
  echo '-1 days' >"$BATS_TEST_TMPDIR/shift"
  sql() { mysql -N -h "$host" -P "$SPHINX_PORT" --connect-timeout=5 -e "$1"; }
  run_searchd
  run -64 alco-rotate
  [ "$output" = "alco-rotate: $host:$SPHINX_PORT has days to make or to remove: run alco-rotate on its host" ]
}
