# Storing in SphinxSearch: alco-index, its journal and alco-rotate against a real searchd.
bats_require_minimum_version 1.5.0
load lib/wait
load lib/sphinx

teardown() {
  stop_sphinx
  local pid
  for pid in ${OTHERS:-}; do kill_hard "$pid"; done
}

# events FIRST COUNT [TIME]: NDJSON of today, one millisecond apart.
events() {
  python3 - "$@" <<'PY'
import sys, datetime
first, count = int(sys.argv[1]), int(sys.argv[2])
day = sys.argv[3] if len(sys.argv) > 3 else datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
for i in range(first, first + count):
    print('{"@timestamp":"%sT00:%02d:%02d.%03dZ","message":"event number %d","n":%d}'
          % (day, i // 60000 % 60, i // 1000 % 60, i % 1000, i, i))
PY
}

# The same with identities, as alco-consume gives them.
positioned() {
  events "$@" | awk '{printf "{\"@alco\":{\"p\":\"00000000000000ab:%d\",\"id\":\"%032x\"},%s\n", NR, NR, substr($0, 2)}'
}

grew_to() { [ "$(documents 2>/dev/null || echo 0)" -ge "$1" ]; }
has_documents() { [ "$(documents "${2:-app}" 2>/dev/null)" = "$1" ]; }

@test "sphinx: what alco-index has stored can be found when it ends" {
  start_sphinx
  run --separate-stderr -0 alco-index -i app < <(events 0 5000)
  [ -z "$stderr" ]
  [ "$(documents)" = 5000 ]
  [ "$(sql "SELECT COUNT(*) FROM app WHERE MATCH('number 4999')")" = 1 ]
  [ "$(sql "SELECT js.n FROM app WHERE js.n=77")" = 77 ]
}

@test "sphinx: an event is shown within two seconds while the input stays open" {
  start_sphinx
  mkfifo "$BATS_TEST_TMPDIR/in"
  alco-index -i app <"$BATS_TEST_TMPDIR/in" 3>&- &
  OTHERS=$!
  exec 7>"$BATS_TEST_TMPDIR/in"
  events 0 1 >&7
  local begin=$SECONDS
  wait_until has_documents 1
  ((SECONDS - begin <= 3))
  exec 7>&-
}

@test "sphinx: while searchd is away events are acknowledged and wait; the next alco-index sends them" {
  start_sphinx
  kill_searchd
  positioned 0 1000 >"$BATS_TEST_TMPDIR/in"
  run --separate-stderr -75 alco-index -i app --ack-fd 5 5>"$BATS_TEST_TMPDIR/acks" <"$BATS_TEST_TMPDIR/in"
  [[ $stderr == *"127.0.0.1:$SPHINX_PORT: connect: "*"events wait in $SPHINX_DATA/journal/127.0.0.1_$SPHINX_PORT/app/0"* ]]
  [[ $stderr == *"for the next alco-index to send them"* ]]
  grep -q '^ok 00000000000000ab 1-500' "$BATS_TEST_TMPDIR/acks"
  grep -q ' 501-1000$' "$BATS_TEST_TMPDIR/acks"
  run_searchd
  run -0 alco-index -i app </dev/null
  [ "$(documents)" = 1000 ]
}

@test "sphinx: a searchd that lost everything is given it again from the journal" {
  start_sphinx
  events 0 3000 | alco-index -i app
  kill_searchd
  rm -rf "$SPHINX_DATA"/binlog.* "$SPHINX_DATA"/app_*
  run_searchd
  [ "$(documents)" = 0 ]
  run --separate-stderr -0 alco-index -i app < <(events 3000 1)
  [[ $stderr == *"was restarted: sending again what it may have lost, about 3000 events"* ]]
  [[ $stderr == *"has what it was sent again"* ]]
  [ "$(documents)" = 3001 ]
}

@test "sphinx: kill -9 of searchd under load, and a clock that is put back, lose and double nothing" {
  start_sphinx
  events 0 40000 >"$BATS_TEST_TMPDIR/many"
  mkfifo "$BATS_TEST_TMPDIR/in"
  alco-index -i app --batch 500 <"$BATS_TEST_TMPDIR/in" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  OTHERS=$!
  exec 7>"$BATS_TEST_TMPDIR/in"
  printf '#!/bin/sh\nexec faketime -f -1h searchd "$@"\n' >"$BATS_TEST_TMPDIR/an-hour-back"
  chmod +x "$BATS_TEST_TMPDIR/an-hour-back"
  local part
  for part in 0 1 2 3; do
    sed -n "$((part * 10000 + 1)),$(((part + 1) * 10000))p" "$BATS_TEST_TMPDIR/many" >&7
    wait_until grew_to $((part * 10000 + 1))
    kill_searchd
    if [ "$part" = 1 ]; then SEARCHD=$BATS_TEST_TMPDIR/an-hour-back; else unset SEARCHD; fi
    run_searchd 7>&-
  done
  wait_until has_documents 40000
  grep -q 'was restarted: sending again what it may have lost' "$BATS_TEST_TMPDIR/err"
  [ "$(sql 'SELECT js.n x FROM app GROUP BY x LIMIT 50000 OPTION max_matches=50000' | wc -l)" = 40000 ]
  exec 7>&-
  wait "$OTHERS"
}

@test "sphinx: a message that comes again is stored once, also when the journal is gone; another id is another event" {
  start_sphinx
  positioned 0 700 >"$BATS_TEST_TMPDIR/in"
  alco-index -i app <"$BATS_TEST_TMPDIR/in"
  arrivals=$(sql 'SELECT arrival FROM app ORDER BY arrival ASC LIMIT 5')
  alco-index -i app <"$BATS_TEST_TMPDIR/in"
  [ "$(documents)" = 700 ]
  rm -r "$SPHINX_DATA/journal"
  alco-index -i app <"$BATS_TEST_TMPDIR/in"
  [ "$(documents)" = 700 ]
  [ "$arrivals" = "$(sql 'SELECT arrival FROM app ORDER BY arrival ASC LIMIT 5')" ]
}

@test "sphinx: two messages never share a document, in one batch or in two" {
  start_sphinx
  event() { echo "{\"@alco\":{\"p\":\"00000000000000ab:1\",\"id\":\"000000000000000${1}0000000000000007\"},\"@timestamp\":\"$(date -u +%Y-%m-%d)T01:02:03.${1}Z\",\"message\":\"m$1\"}"; }
  { event 1; event 2; event 1; } | alco-index -i app
  event 3 | alco-index -i app
  rm -r "$SPHINX_DATA/journal"
  { event 4; event 3; event 2; } | alco-index -i app
  [ "$(sql 'SELECT logline FROM app ORDER BY logline ASC')" = $'m1\nm2\nm3\nm4' ]
}

@test "sphinx: two writers that store different messages under one number in the same instant keep both" {
  start_sphinx
  # of 30,000 messages of each writer number i has the same 46 bits as number i of the other
  colliding() {
    events 0 30000 | awk -v w="$1" '{printf "{\"@alco\":{\"p\":\"00000000000000ab:%d\",\"id\":\"%016x%016x\"},\"writer\":%d,%s\n", NR, w, NR, w, substr($0, 2)}'
  }
  for w in 1 2; do
    colliding $w >"$BATS_TEST_TMPDIR/in$w"
  done
  alco-index -i app --batch 4000 <"$BATS_TEST_TMPDIR/in1" 3>&- &
  local first=$!
  alco-index -i app --batch 4000 <"$BATS_TEST_TMPDIR/in2"
  wait "$first"
  # what the later of both has overwritten is looked for after 15 s
  mkfifo "$BATS_TEST_TMPDIR/in"
  faketime -f '+0 x10' alco-index -i app <"$BATS_TEST_TMPDIR/in" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  OTHERS=$!
  exec 7>"$BATS_TEST_TMPDIR/in"
  wait_until has_documents 60000
  exec 7>&-
  [ "$(sql "SELECT COUNT(*) FROM app WHERE js.writer=1")" = 30000 ]
}

@test "sphinx: events of days that searchd does not keep are set aside with the reason" {
  start_sphinx
  run --separate-stderr -0 alco-index -i app < <(
    events 0 1 2020-01-01
    events 1 1 2100-01-01
    events 2 1
  )
  [[ $stderr == *"app: event set aside: searchd has no index app_20200101: its day is past what searchd keeps; see $SPHINX_DATA/app/rejected"* ]]
  [ "$(documents)" = 1 ]
  [ "$(jq -r '.reason + " " + (.text | fromjson | .message)' "$SPHINX_DATA/app/rejected")" = \
    $'searchd has no index app_20200101: its day is past what searchd keeps event number 0\nsearchd has no index app_21000101: its time is in the future event number 1' ]
}

@test "sphinx: alco-rotate --doctor moves a binlog aside that searchd refuses; the journal has the rows" {
  start_sphinx
  events 0 500 | alco-index -i app
  run -0 alco-rotate --doctor
  [ -z "$output" ]
  kill_searchd
  : >"$SPHINX_DATA/binlog.meta"
  run ! run_searchd
  run -0 alco-rotate --doctor --dry-run
  [[ $output == "$SPHINX_DATA: binlog.meta is empty: the binlog would be moved to $SPHINX_DATA/binlog-"* ]]
  run -0 alco-rotate --doctor
  [[ $output == "$SPHINX_DATA: binlog.meta is empty: the binlog is moved to $SPHINX_DATA/binlog-"* ]]
  run_searchd
  [ "$(documents)" = 0 ]
  alco-index -i app </dev/null
  [ "$(documents)" = 500 ]
  kill_searchd
  rm -f "$SPHINX_DATA"/binlog.0*
  run -0 alco-rotate --doctor
  [[ $output == *" is missing: the binlog is moved to "* ]]
}

@test "sphinx: a full journal says busy and goes on when searchd is back" {
  SPHINX_JSON='"reserve_bytes": 0, "journal_bytes": 1048576,'
  start_sphinx
  kill_searchd
  mkfifo "$BATS_TEST_TMPDIR/in"
  alco-index -i app --ack-fd 5 5>"$BATS_TEST_TMPDIR/acks" <"$BATS_TEST_TMPDIR/in" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  OTHERS=$!
  # random text, which does not pack
  positioned 0 20000 | awk 'BEGIN {srand(7)} {r = ""; for (i = 0; i < 20; ++i) r = r int(rand() * 1e9); print substr($0, 1, length - 1) ",\"r\":\"" r "\"}"}' >"$BATS_TEST_TMPDIR/many"
  cat "$BATS_TEST_TMPDIR/many" >"$BATS_TEST_TMPDIR/in" 3>&- &
  OTHERS="$OTHERS $!"
  wait_until grep -q '^busy ' "$BATS_TEST_TMPDIR/acks"
  wait_until grep -q "app/0: the journal is full, 127.0.0.1:$SPHINX_PORT: connect: .*; waiting, [0-9]* events are held back" "$BATS_TEST_TMPDIR/err"
  run_searchd
  wait_until has_documents 20000
}

@test "sphinx: less free space than the reserve stops the acknowledgements" {
  SPHINX_JSON='"reserve_bytes": 1000000000000000,'
  start_sphinx
  events 0 10 >"$BATS_TEST_TMPDIR/in"
  run --separate-stderr timeout -s TERM 2 alco-index -i app <"$BATS_TEST_TMPDIR/in"
  [ "$status" != 0 ]
  [[ $stderr == *": disk is full: "*" MiB left, 953674316 MiB are kept free"* ]]
  [ "$(documents)" = 0 ]
}

@test "sphinx: errors, closed connections and halves of answers lose and double nothing" {
  start_sphinx
  local port
  port=$(free_port)
  python3 tests/lib/false_searchd.py "$port" "$SPHINX_PORT" ok,error,close,ok,late,half,error,ok >"$BATS_TEST_TMPDIR/false" 3>&- &
  OTHERS=$!
  wait_until grep -q ready "$BATS_TEST_TMPDIR/false"
  events 0 30000 | alco-index -i app -s "sphinx://127.0.0.1:$port" --batch 2000
  [ "$(documents)" = 30000 ]
  [ "$(sql 'SELECT js.n x FROM app GROUP BY x LIMIT 40000 OPTION max_matches=40000' | wc -l)" = 30000 ]
  [ ! -e "$SPHINX_DATA/app/rejected" ]
}

@test "sphinx: a searchd that refuses everything gets nothing set aside; one that hangs does not hold up a stop" {
  start_sphinx
  local port
  port=$(free_port)
  python3 tests/lib/false_searchd.py "$port" "$SPHINX_PORT" error >"$BATS_TEST_TMPDIR/false" 3>&- &
  OTHERS=$!
  wait_until grep -q ready "$BATS_TEST_TMPDIR/false"
  mkfifo "$BATS_TEST_TMPDIR/in"
  alco-index -i app -s "sphinx://127.0.0.1:$port" <"$BATS_TEST_TMPDIR/in" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  local pid=$!
  OTHERS="$OTHERS $pid"
  exec 7>"$BATS_TEST_TMPDIR/in"
  events 0 10 >&7
  wait_until grep -q 'this searchd takes nothing now (of any row); events wait in' "$BATS_TEST_TMPDIR/err"
  [ ! -e "$SPHINX_DATA/app/rejected" ]
  kill -STOP "$SPHINX_PID"
  local begin=$SECONDS
  kill "$pid"
  wait "$pid" || true
  ((SECONDS - begin <= 3))
  kill -CONT "$SPHINX_PID"
  exec 7>&-
}

@test "sphinx: what a dead writer left behind is sent by another" {
  start_sphinx
  kill_searchd
  mkfifo "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
  alco-index -i app <"$BATS_TEST_TMPDIR/a" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  local first=$!
  exec 7>"$BATS_TEST_TMPDIR/a"
  wait_until [ -e "$SPHINX_DATA/journal/127.0.0.1_$SPHINX_PORT/app/0/state" ]
  alco-index -i app <"$BATS_TEST_TMPDIR/b" 2>>"$BATS_TEST_TMPDIR/err" 3>&- &
  local second=$!
  OTHERS="$first $second"
  exec 8>"$BATS_TEST_TMPDIR/b"
  events 0 10 >&7
  events 10 10 >&8
  wait_until compgen -G "$SPHINX_DATA/journal/127.0.0.1_$SPHINX_PORT/app/1/*.j"
  wait_until compgen -G "$SPHINX_DATA/journal/127.0.0.1_$SPHINX_PORT/app/0/*.j"
  kill -9 "$first" "$second"
  exec 7>&- 8>&-
  run_searchd
  alco-index -i app </dev/null
  [ "$(documents)" = 20 ]
}

@test "sphinx: an indexed column has a field of its own; a day made before it was indexed takes the event without" {
  INDEXES_JSON='"app": {"retention_days": 3, "columns": {"host": {"indexed": true}, "Unit": {"indexed": true}}}'
  start_sphinx
  echo "{\"@timestamp\":\"$(date -u +%Y-%m-%d)T00:00:00Z\",\"message\":\"m\",\"host\":\"web1.example.net\",\"Unit\":\"backup.service\",\"other\":\"x\"}" | alco-index -i app
  [ "$(sql "SELECT COUNT(*) FROM app WHERE MATCH('@f_host web1')")" = 1 ]
  [ "$(sql "SELECT COUNT(*) FROM app WHERE MATCH('@f_unit backup')")" = 1 ]
  sed -i 's/"host": {/"other": {"indexed": true}, "host": {/' "$ALCO_CONFIG"
  echo "{\"@timestamp\":\"$(date -u +%Y-%m-%d)T00:00:01Z\",\"message\":\"m\",\"host\":\"web2\",\"other\":\"x\"}" | alco-index -i app
  [ "$(documents)" = 2 ]
}
