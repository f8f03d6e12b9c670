# Days of searchd come and go under writers and readers: alco-rotate on SphinxSearch.
bats_require_minimum_version 1.5.0
load lib/wait
load lib/sphinx

setup() {
  PATH=$PWD/bin:$PATH
  export TZ=UTC
}

teardown() {
  local pid
  touch "$BATS_TEST_TMPDIR/end"
  for pid in ${OTHERS:-}; do kill -9 "$pid" 2>/dev/null || true; done
  stop_sphinx
}

day() { date -u -d "$1 days" +%Y%m%d; }
has_documents() { [ "$(documents "${2:-app}" 2>/dev/null)" = "$1" ]; }

# events FIRST COUNT [DAY [WORD]]: NDJSON, one millisecond apart.
events() {
  awk -v first="$1" -v count="$2" -v day="$(date -u -d "${3:-0} days" +%F)" -v word="${4:-new}" 'BEGIN {
    for (i = first; i < first + count; ++i)
      printf "{\"@timestamp\":\"%sT00:%02d:%02d.%03dZ\",\"message\":\"%s event %d of a day, with some more words behind it to fill a pipe\",\"n\":%d}\n",
        day, i / 60000 % 60, i / 1000 % 60, i % 1000, word, i, i }'
}

# searchd as it was two days ago: it has the days from -4 to -1.
start_two_days_ago() {
  echo '-2 days' >"$BATS_TEST_TMPDIR/shift"
  start_sphinx
  rm "$BATS_TEST_TMPDIR/shift"
}
fill() { events 0 "$2" "$1" "${3:-old}" | faketime '-2 days' alco-index -i app; }

@test "sphinx: alco-rotate makes today's index appear under a running searchd, drops expired days; events wait for it" {
  start_two_days_ago
  fill -4 10
  mkfifo "$BATS_TEST_TMPDIR/in"
  alco-index -i app <"$BATS_TEST_TMPDIR/in" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  OTHERS=$!
  exec 7>"$BATS_TEST_TMPDIR/in"
  events 0 10 >&7
  wait_until grep -q "has no index app_$(today) yet (run alco-rotate); events wait in" "$BATS_TEST_TMPDIR/err"

  run -0 alco-rotate --dry-run --force
  [[ $output == *"app/$(today): would be made"* ]]
  [[ $output == *"app/$(day -4): would be removed"* ]]
  [ -z "$(sql "SHOW TABLES LIKE 'app_$(today)'")" ]
  run --separate-stderr -75 alco-rotate
  [[ $stderr == "alco-rotate: warning: "*" days are too old, more than a fifth at once: nothing was done; if the clock is right, use --force" ]]
  run -0 alco-rotate --force
  [[ $output == *"app/$(today): made"* ]]
  [[ $output == *"app/$(day 1): made"* ]]
  [[ $output == *"app/$(day -4): removed"* ]]
  wait_until has_documents 10
  [ "$(sql "SELECT COUNT(*) FROM app_$(today)")" = 10 ]
  kill -0 "$SPHINX_PID"
  run -0 alco-rotate
  [ -z "$output" ]
  exec 7>&-
}

@test "sphinx: searchd outlives the removal of a day, also when it has nothing else in its binlog" {
  start_two_days_ago
  fill -4 10
  fill -1 5
  sql "FLUSH RTINDEX app_$(day -1)"
  run -0 alco-rotate --force
  [[ $output == *"app/$(day -4): removed"* ]]
  events 0 3 | alco-index -i app
  kill -0 "$SPHINX_PID"
  [ "$(documents)" = 8 ]
  [ ! -e "$SPHINX_DATA/app/rejected" ] # rows that are sent again after a restart may have expired
}

@test "sphinx: a searchd none of whose days is kept has to be started again, alco-rotate says" {
  echo '-9 days' >"$BATS_TEST_TMPDIR/shift"
  start_sphinx
  rm "$BATS_TEST_TMPDIR/shift"
  run -75 alco-rotate --force
  [[ $output == "alco-rotate: 127.0.0.1:$SPHINX_PORT: no day that it has is kept any more, and it can't drop its last while it keeps a binlog: start it again" ]]
  kill_searchd
  run_searchd
  run -0 alco-rotate
  events 0 10 | alco-index -i app
  [ "$(documents)" = 10 ]
}

@test "sphinx: alco-rotate says when searchd does not follow, or is not there" {
  start_sphinx
  kill_searchd
  run --separate-stderr -69 alco-rotate
  [[ $stderr == "alco-rotate: 127.0.0.1:$SPHINX_PORT: connect: "* ]]
  run --separate-stderr -64 alco-rotate --days 3
  [[ $stderr == *"--days, --bytes: searchd's days are retention_days of its configuration" ]]
}

@test "sphinx: a day past the retention is read and written no more, also while searchd still has it" {
  start_two_days_ago
  fill -4 10
  fill -2 20
  fill -1 30 kept
  local port
  port=$(free_port)
  [ "$(alco-query -i app -c)" = 50 ]
  sed -i 's/"retention_days": 3/"retention_days": 2/' "$ALCO_CONFIG"
  [ "$(alco-query -i app -c)" = 30 ]
  [ "$(alco-query -i app -s "sphinx://127.0.0.1:$SPHINX_PORT" -c)" = 30 ]
  [[ $(alco-query --check -i app) == *"index app: 30 events"* ]]
  [ "$(env -u ALCO_CONFIG alco-query -i app -s "sphinx://127.0.0.1:$SPHINX_PORT" -c)" = 60 ] # that searchd may be another's
  alco-httpd --listen "127.0.0.1:$port" 2>"$BATS_TEST_TMPDIR/httpd" 3>&- &
  OTHERS=$!
  wait_until curl -fso /dev/null "http://127.0.0.1:$port/api/collector/indices/"
  [ "$(curl -fsS "http://127.0.0.1:$port/api/collector/indices/" | jq '.indices[0].events')" = 30 ]

  events 0 1 -2 late | alco-index -i app
  [ "$(documents)" = 60 ]
  [ "$(jq -r '.reason' "$SPHINX_DATA/app/rejected")" = "app_$(day -2) is past retention_days and about to go" ]
}

@test "sphinx: a clock that is ahead hides no day and sets nothing aside" {
  start_sphinx
  events 0 10 | alco-index -i app
  [ "$(faketime '+400 days' alco-query -i app -c)" = 10 ]
  events 10 10 | faketime '+400 days' alco-index -i app
  [ "$(documents)" = 20 ]
  [ ! -e "$SPHINX_DATA/app/rejected" ]
}

@test "sphinx: what was accepted is sent again also to a day that has expired meanwhile" {
  start_two_days_ago
  fill -2 20
  fill -1 30
  sed -i 's/"retention_days": 3/"retention_days": 2/' "$ALCO_CONFIG"
  kill_searchd
  echo '-2 days' >"$BATS_TEST_TMPDIR/shift"
  rm -rf "$SPHINX_DATA"/app_* "$SPHINX_DATA"/binlog.*
  run_searchd
  rm "$BATS_TEST_TMPDIR/shift"
  [ "$(documents)" = 0 ]
  events 0 1 -1 | alco-index -i app
  [ "$(documents)" = 51 ]
}

@test "sphinx: alco-index and alco-query on another searchd than the configured one know no retention" {
  start_two_days_ago
  local other="sphinx://localhost:$SPHINX_PORT"
  events 0 10 -4 | alco-index -i app -s "$other"
  [ "$(documents)" = 10 ]
  [ "$(alco-query -i app -s "$other" -c)" = 10 ]
}

# again WHAT EXPECTED COMMAND…: runs it until the end of the test; notes each answer that is another.
again() {
  local what=$1 expected=$2 answer runs=0
  shift 2
  while [ ! -e "$BATS_TEST_TMPDIR/end" ]; do
    answer=$("$@" 2>&1) || answer+=" status $?"
    [ "$answer" = "$expected" ] || echo "$what: $answer" >>"$BATS_TEST_TMPDIR/wrong"
    echo $((++runs)) >"$BATS_TEST_TMPDIR/new.$what"
    mv "$BATS_TEST_TMPDIR/new.$what" "$BATS_TEST_TMPDIR/runs.$what"
  done
}
rows() { alco-query -i app -o json "$@" | wc -l; }
seconds() { alco-query -i app --hist 1s --since yesterday --until today | awk '$NF > 0'; }
runs() { cat "$BATS_TEST_TMPDIR/runs.$1" 2>/dev/null || echo 0; }
has_run() { [ "$(runs "$1")" -ge "$2" ]; }
again_done() { wait_until has_run "$1" $(($(runs "$1") + 2)); }

@test "sphinx: no search fails or answers short while days come and go, and no event is lost" {
  start_two_days_ago
  fill -4 300
  fill -1 3000 kept
  local top hist what keep n pids=()
  top=$(alco-query -i app --top n,3 kept)
  hist=$(seconds)
  again count 3000 alco-query -i app -c kept 3>&- & pids+=($!)
  again all 3000 rows --since yesterday --until today 3>&- & pids+=($!)
  again newest 3000 rows -r kept 3>&- & pids+=($!)
  again top "$top" alco-query -i app --top n,3 kept 3>&- & pids+=($!)
  again hist "$hist" seconds 3>&- & pids+=($!)
  mkfifo "$BATS_TEST_TMPDIR/in"
  alco-index -i app <"$BATS_TEST_TMPDIR/in" 3>&- 2>/dev/null & pids+=($!)
  OTHERS="${pids[*]}"
  exec 7>"$BATS_TEST_TMPDIR/in"
  n=0
  for keep in 3 2 4 2 3; do
    sed -i "s/\"retention_days\": [0-9]/\"retention_days\": $keep/" "$ALCO_CONFIG"
    events $n 200 >&7
    # a day that goes is not searched any more: it was past the retention since midnight
    for what in count all newest top hist; do again_done $what; done
    alco-rotate --force >>"$BATS_TEST_TMPDIR/rotated"
    ((n += 200))
  done
  for what in count all newest top hist; do again_done $what; done
  exec 7>&-
  wait "${pids[5]}"
  touch "$BATS_TEST_TMPDIR/end"
  for n in 0 1 2 3 4; do wait "${pids[n]}"; done
  [ ! -e "$BATS_TEST_TMPDIR/wrong" ] || { sort "$BATS_TEST_TMPDIR/wrong" | uniq -c | head -20; return 1; }
  [ "$(grep -c made "$BATS_TEST_TMPDIR/rotated")" -ge 5 ]
  [ "$(grep -c removed "$BATS_TEST_TMPDIR/rotated")" -ge 5 ]
  [ "$(alco-query -i app -c new)" = 1000 ]
}

# slowly NAME OPTION…: a search whose reader stops behind the first line until it is told to go on. It knows no retention.
slowly() {
  mkfifo "$BATS_TEST_TMPDIR/go.$1"
  (
    { env -u ALCO_CONFIG alco-query -i app -s "sphinx://127.0.0.1:$SPHINX_PORT" -o raw "${@:2}" 2>"$BATS_TEST_TMPDIR/err.$1" || echo "status $?"; } |
      { IFS= read -r line; echo "$line"; touch "$BATS_TEST_TMPDIR/begun.$1"; cat "$BATS_TEST_TMPDIR/go.$1"; cat; } >"$BATS_TEST_TMPDIR/out.$1"
  ) 3>&- &
  OTHERS="${OTHERS:-} $!"
  wait_until [ -e "$BATS_TEST_TMPDIR/begun.$1" ]
}
go_on() {
  : >"$BATS_TEST_TMPDIR/go.$1"
  wait "$2"
}

@test "sphinx: a search that began before a day went ends as if it had begun behind it; one in the middle says so" {
  start_two_days_ago
  fill -4 4000
  fill -1 4000 kept
  slowly newest -r
  newest=$!
  slowly oldest
  oldest=$!
  alco-rotate --force
  go_on newest "$newest"
  run -0 cat "$BATS_TEST_TMPDIR/err.newest"
  [ -z "$output" ]
  [ "$(wc -l <"$BATS_TEST_TMPDIR/out.newest")" = 4000 ]
  go_on oldest "$oldest"
  run -0 cat "$BATS_TEST_TMPDIR/err.oldest"
  echo "$output"
  [ "$output" = "alco-query: the answer is incomplete: app_$(day -4) was removed while it was read" ]
  [ "$(grep -c kept "$BATS_TEST_TMPDIR/out.oldest")" = 4000 ]
  [ "$(tail -n 1 "$BATS_TEST_TMPDIR/out.oldest")" = 'status 2' ]
}
