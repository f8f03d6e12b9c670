# alco-query on the Sphinx store, with a real searchd. That all queries give what they give on any store is
# tests/unit/sphinx_equality_test.cc; here are the tool's options, other hosts, tails and failures.
bats_require_minimum_version 1.5.0
load lib/sphinx
load lib/wait

setup() { setup_reader; }
teardown() {
  [ -z "${FOLLOW_PID:-}" ] || kill "$FOLLOW_PID" 2>/dev/null || true
  [ -z "${SECOND_PID:-}" ] || kill -9 "$SECOND_PID" 2>/dev/null || true
  stop_sphinx
}

@test "alco-query on searchd: the options that show events" {
  start_sphinx
  { events 1 200 web01; events 201 400 web02; } >"$BATS_TEST_TMPDIR/in"
  alco-index -i app <"$BATS_TEST_TMPDIR/in"
  alco-index -i app -s "dir:$BATS_TEST_TMPDIR/dir" <"$BATS_TEST_TMPDIR/in"
  compare() {
    run -0 --separate-stderr alco-query -i app "$@"
    [ "$stderr" = "" ]
    [ "$output" = "$(alco-query -i app -s "dir:$BATS_TEST_TMPDIR/dir" "$@")" ] || { echo "$* differs"; return 1; }
  }
  compare -o json
  compare -o json -r -m 7 'host:web02 "is done"'
  compare --tail 3
  compare -C 2 'job 7 -web02' -o raw
  compare -C 1 --same host 'n:>=199 n:<=202'
  compare -B 1 --within 3s 'n:150 OR n:300'
  compare -c 'n:>100 n:<=130.5'
  compare -F 'OB 1' -y -c
  compare -E 'job [0-9]{2} of' -o tsv --cols host,n
  compare --top host
  compare --hist 1m
  compare --hist 1m 'ob 3'
  compare -l host 'job 300 '
  compare --since "$(date -u +%F)T00:01:00Z" --until "$(date -u +%F)T00:01:03Z" -o raw
  compare 'tags:"b/c" hostt:web01 OR n:5'
  run -1 alco-query -i app 'no such text'
  run -0 alco-query -i app --explain -c 'job 77'
  [[ $output = *"looked at 4 events"* ]] || { echo "$output"; return 1; }
}

@test "alco-query on searchd: an id, and what is around it" {
  start_sphinx
  events 1 50 web01 | alco-index -i app
  id=$(alco-query -i app -o tsv --cols @id 'n:25' | tail -n 1)
  [[ $id =~ ^[0-9]{16,19}$ ]]
  run -0 alco-query -i app --id "$id" -o raw
  [ "$output" = "job 25 of web01 is done" ]
  run -0 alco-query -i app --around "$id" -C 1 -o raw
  [ "$output" = $'job 24 of web01 is done\njob 25 of web01 is done\njob 26 of web01 is done' ]
  run -1 alco-query -i app --id 12345
}

@test "alco-query on searchd: follows several writers, later and older days, each event once" {
  start_sphinx
  events 1 20 web01 | alco-index -i app
  alco-query -i app --follow --tail 3 -o json >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  FOLLOW_PID=$!
  wait_until grep -q '"n":20' "$BATS_TEST_TMPDIR/out"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 3 ]
  for writer in 1 2 3; do
    for part in 1 2 3 4; do events $((part * 50)) $((part * 50 + 49)) "w$writer" | alco-index -i app; done 3>&- &
    pids[writer]=$!
  done
  printf '{"@timestamp":"%s","message":"%s"}\n' "$(date -u -d yesterday +%FT12:00:00Z)" late \
    "$(date -u -d tomorrow +%FT00:00:01Z)" early | alco-index -i app
  wait "${pids[@]}"
  wait_until eval '[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -ge 605 ]'
  [ "$(grep -c '"late"\|"early"' "$BATS_TEST_TMPDIR/out")" -eq 2 ]
  [ "$(sort -u "$BATS_TEST_TMPDIR/out" | wc -l)" -eq 605 ]
  [ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 605 ]
  kill "$FOLLOW_PID"
  wait "$FOLLOW_PID" || true
  FOLLOW_PID=
  [ ! -s "$BATS_TEST_TMPDIR/err" ]
}

@test "alco-query on searchd: days of two hosts, and an incomplete answer when one is down" {
  api=$(free_port)
  mkdir "$BATS_TEST_TMPDIR/two"
  BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/two start_sphinx
  SECOND_PID=$SPHINX_PID
  second=$ALCO_CONFIG
  # once more, now as an agent
  kill -9 "$SECOND_PID"
  wait "$SECOND_PID" || true
  sed -i "s/:mysql41\"/:mysql41, 127.0.0.1:$api\"/" "$second"
  BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/two run_searchd
  SECOND_PID=$SPHINX_PID
  SPHINX_JSON='"reserve_bytes": 0, "agents": ["127.0.0.1:'$api'"],' start_sphinx
  events 1 30 here | alco-index -i app
  events 31 60 there | alco-index --config "$second" -i app
  run -0 --separate-stderr alco-query -i app -c
  [ "$output" = 60 ]
  [ "$stderr" = "" ]
  run -0 alco-query -i app -o raw 'n:>=30 n:<=31'
  [ "$output" = $'job 30 of here is done\njob 31 of there is done' ]
  run -0 alco-query -i app --top host
  [[ $output = *here* && $output = *there* ]]
  kill -9 "$SECOND_PID"
  wait "$SECOND_PID" || true
  run -2 --separate-stderr alco-query -i app -c
  [ "$output" = 30 ]
  [[ $stderr = "alco-query: the answer is incomplete: index app: agent 127.0.0.1:$api: "* ]]
  run -2 alco-query -i app 'job 3'
  [[ $output = *"job 3 of here"* ]]
  run -0 --separate-stderr alco-query -i app -c --partial-ok
}

@test "alco-query on searchd: says what is not there" {
  start_sphinx
  run -2 alco-query -i other -c
  [ "$output" = "alco-query: no index 'other' in sphinx://127.0.0.1:$SPHINX_PORT; there are: app" ]
  stop_sphinx
  run -2 alco-query -i app -c
  [ "$output" = "alco-query: 127.0.0.1:$SPHINX_PORT: connect: no connection" ]
}

@test "alco-query on searchd: an interrupted search ends at once" {
  start_sphinx
  events 1 100 web01 | alco-index -i app
  kill -STOP "$SPHINX_PID"
  alco-query -i app -c 'job' >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
  FOLLOW_PID=$!
  sleep 0.3 # it waits for an answer that does not come: there is nothing to see it by
  kill -INT "$FOLLOW_PID"
  begin=$(date +%s)
  wait "$FOLLOW_PID" || true
  FOLLOW_PID=
  [ $(($(date +%s) - begin)) -le 5 ]
}

@test "alco-query on searchd: day indexes of the first ALCO stay readable" {
  start_sphinx
  events 1 10 web01 | alco-index -i app
  stop_sphinx
  # its own schema, beside the new days
  old="$SPHINX_DATA/app_20200102"
  mkdir "$old"
  cat >"$BATS_TEST_TMPDIR/conf" <<END
#!/bin/sh
echo 'index app_20200102 {
 type = rt
 path = $old/rt
 rt_field = logline
 rt_attr_string = logline
 rt_attr_json = js
 rt_attr_timestamp = ts
 rt_attr_uint = ms
}'
exec '$(command -v alco-sphinxconf)' --config '$ALCO_CONFIG' "\$@"
END
  run_searchd
  sql "INSERT INTO app_20200102 (id,logline,js,ts,ms) VALUES
    (1577923200000001123,'job one is old','{\"host\":\"a\",\"n\":5}',1577923200,1),
    (1577923201000000456,'job two is old','{\"host\":\"b\"}',1577923201,0)"
  run -0 --separate-stderr alco-query -i app 'is old' -o json
  [ "$stderr" = "" ]
  [ "$output" = '{"@timestamp":"2020-01-02T00:00:00.000001Z","message":"job one is old","host":"a","n":5}
{"@timestamp":"2020-01-02T00:00:01.000000Z","message":"job two is old","host":"b"}' ]
  run -0 alco-query -i app -c
  [ "$output" = 12 ]
  run -0 alco-query -i app -o raw -m 3
  [ "$output" = $'job one is old\njob two is old\njob 1 of web01 is done' ]
  run -0 alco-query -i app -o raw -r 'host:a OR n:10'
  [ "$output" = $'job 10 of web01 is done\njob one is old' ]
  run -0 alco-query -i app --id 1577923201000000456 -o raw
  [ "$output" = "job two is old" ]
  run -0 alco-query -i app --until 2021-01-01 --top host
  [[ $output = *a* && $output = *b* && $output != *web01* ]]
}

@test "alco-query on searchd: the client library is loaded only then, and said if it is missing" {
  mkdir "$BATS_TEST_TMPDIR/lib"
  echo 'no library' | tee "$BATS_TEST_TMPDIR"/lib/{libmariadb.so.3,libmysqlclient.so.{21,24}} >/dev/null
  export LD_LIBRARY_PATH=$BATS_TEST_TMPDIR/lib
  events 1 3 web01 | alco-index -i app -s "dir:$BATS_TEST_TMPDIR/dir"
  run -0 alco-query -i app -s "dir:$BATS_TEST_TMPDIR/dir" -c
  [ "$output" = 3 ]
  run -2 alco-query -i app -s sphinx://127.0.0.1:9 -c
  [[ "$output" = "alco-query: to talk to searchd lib"*" is needed, of the package "*": "*"too short" ]]
  run -78 alco-index -i app -s sphinx://127.0.0.1:9 <<<'{"message":"a"}'
  [[ "$output" = *"alco-index: to talk to searchd lib"*" is needed, of the package "* ]]
}
