#!/usr/bin/env bats
# alco-query on a directory store: the same answers as on files, and what only a store has.

bats_require_minimum_version 1.5.0

setup() {
  load lib/query
  cd "$BATS_TEST_TMPDIR" || return 1
  export TZ=UTC
  unset NO_COLOR
  sample_store
}

@test "a store gives the answers that files give" {
  sample_events >events.ndjson
  local options
  while read -r options; do
    # shellcheck disable=SC2086
    diff <(alco-query -f events.ndjson $options) <(alco-query -i app $options) || { echo "differs: $options"; false; }
  done <<'EOF'
-o json
-o text worker
-o raw -C 1 timeout
-r -B 2 -m 1 refused
--tail 3 -o csv
--same host -C 1 timeout
--same request_id,host --within 5s levelname:ERROR
--within 1s fault
--top host
--hist 1m
-l host timeout
-L host timeout
-c -v worker
-c
--since 2026-11-20T14:05:12Z --until 2026-11-20T14:05:13Z
--list fields
EOF
}

@test "an unknown index lists those that are there" {
  run -2 alco-query -i nope
  [[ "$output" = "alco-query: "*"'nope'"*app* ]]
  run -2 alco-query
  [ "$output" = 'alco-query: which index? give -i with one of: app' ]
  run -0 alco-query --list indexes
  [ "$output" = app ]
}

@test "--url links to the page with the query in its canonical form" {
  run -0 alco-query -i app --url --since 2026-11-20T14:00:00Z -C 2 'levelname:ERROR time out'
  [ "$output" = 'http://127.0.0.1:8000/grep/app/?q=%40levelname%3D%22ERROR%22%20%22time%22%20%22out%22&since=2026-11-20T14%3A00%3A00.000000Z&B=2&A=2' ]
  run -2 alco-query -f "$ALCO_CONFIG" --url
  [ "$output" = 'alco-query: --url: files have no web page; give an index with -i' ]
}

@test "columns that the configuration displays are the default" {
  cat >alco.json <<EOF
{"store": "$STORE", "indexes": {"app": {"columns": {"*": {}, "application": {}, "exc_info": {"context": true},
 "host": {"display": false}}}}}
EOF
  run -0 alco-query -i app -m 1
  [ "$output" = '2026-11-20T14:00:00.000000Z shop worker started' ]
}

@test "--explain tells what was read" {
  run --separate-stderr -0 alco-query -i app --explain -o raw refused
  [ "$output" = 'connection refused' ]
  [[ "$stderr" = *'query: "refused"'* ]]
  [[ "$stderr" = *'segments: '* ]]
  [[ "$stderr" = *'found: 1'* ]]
}

@test "a corrupt block makes the answer incomplete: status 2, or what --partial-ok says" {
  local segment
  segment=$(find store -name '*.seg' -size +0 | head -1)
  [ -n "$segment" ]
  printf 'XXXXXXXXXXXXXXXX' | dd of="$segment" bs=1 seek=16 conv=notrunc status=none
  run --separate-stderr -2 alco-query -i app -o json
  [[ "$stderr" = *'alco-query: the answer is incomplete: '* ]]
  run --separate-stderr alco-query -i app -o json --partial-ok
  [ "$status" -lt 2 ]
}

@test "stores of older formats are read, checked and merged" {
  local version line='{"@timestamp":"2026-11-22T23:00:00.000000Z","message":"at 23:00:00 sharp"}'
  for version in 1 2 3; do
    cp -R "$BATS_TEST_DIRNAME/data/format-$version" .
    zcat "format-$version/expected.ndjson.gz" >expected
    [ "$(wc -l <expected)" -gt 500 ]
    diff expected <(alco-query -i old -s "dir:format-$version" -o json)
    [ "$(alco-query -i old -s "dir:format-$version" -c 'web03 OR host:web03')" = "$(grep -c web03 expected)" ]
    [ "$(alco-query -i old -s "dir:format-$version" -c 'rare thing')" = "$(grep -c 'rare thing' expected)" ]
    run -0 alco-rotate -i old -s "dir:format-$version" --verify
    [[ "$output" = *'no damage'* ]]
    run -0 alco-index -i old -s "dir:format-$version" <<<"$line"
    run -0 alco-rotate -i old -s "dir:format-$version" --merge
    [[ "$output" = *'old/20261122: merged '* ]]
    diff <((cat expected; echo "$line") | sort) <(alco-query -i old -s "dir:format-$version" -o json | sort)
    [ "$(alco-query -i old -s "dir:format-$version" -c 'rare thing')" = "$(grep -c 'rare thing' expected)" ]
  done
}

@test "a store of a format to come is refused, and both versions are named" {
  local segment
  segment=$(find store -name '*.seg' -size +0 | head -1)
  LC_ALL=C sed -i 's/.GESOCLA/\x05GESOCLA/g' "$segment"
  run --separate-stderr -2 alco-query -i app -c '@host:*'
  [[ "$stderr" = *"$(basename "$segment"): format version is none of 1 to 4, which this program reads"* ]]
}

# New events until it is killed: whenever a tool begins to follow, some come.
more_and_more() {
  exec 3>&-
  while :; do
    sample_events | grep Segmentation | alco-index -i app
    sleep 0.3
  done
}

@test "every example of the manual works" {
  printf '2026-11-20 14:05:11 GET /cart timeout\n2026-11-20 14:05:13 GET /\n' >web.log
  printf '2026-11-20 14:05:12 slow query\n' >db.log
  printf '{"__REALTIME_TIMESTAMP":"1795000000000000","MESSAGE":"disk failure","PRIORITY":"2","_HOSTNAME":"h"}\n' >journal.json
  local count=0 example feeder=
  while read -r example; do
    example=${example//\/var\/log\/dpkg.log/dpkg.log}
    count=$((count + 1))
    case $example in *--follow*) more_and_more & feeder=$! ;; esac
    bash -o pipefail -c "$example" >out 2>err 3>&- || { echo "fails: $example"; cat out err; false; }
    [ -s out ] || [[ $example = *explain* ]] || { echo "prints nothing: $example"; false; }
    [ -z "$feeder" ] || { kill "$feeder" && wait "$feeder" || true; }
    feeder=
  done < <(printf '2026-11-20 10:00:00 status installed x\n' >dpkg.log
    sed -n -e 's/\\(dq/"/g' -e 's/--since 1h/--since 2026-11-20/' -e 's/^\.Dl //p' "$BATS_TEST_DIRNAME/../man/alco-query.1")
  [ "$count" -ge 20 ]
}
