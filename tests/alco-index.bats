bats_require_minimum_version 1.5.0
load lib/wait

setup() {
  cd "$BATS_TEST_TMPDIR"
  STORE=dir:$PWD/store
}

teardown() {
  if [ -n "${INDEXER:-}" ]; then kill -9 "$INDEXER" 2>/dev/null || true; fi
  if mountpoint -q small; then umount -l small; fi
}

index() { alco-index -i app -s "$STORE" "$@"; }
events() { alco-query -i app -s "$STORE" -o json "$@"; }
stored() { [ "$(events 2>/dev/null | wc -l)" = "$1" ]; }
has_text() { grep -qsF -- "$2" "$1"; }
lines() { seq -f '{"@timestamp":"2026-11-22T08:00:00Z","n":%.0f}' "$1" "$2"; }

# place N: one record with position and id.
place() { printf '{"@alco":{"p":"ab:%d","id":"%032d"},"@timestamp":"2026-11-22T08:00:00Z","n":%d}\n' "$1" "$1" "$1"; }

@test "alco-index: --help and --version go to standard output" {
  run --separate-stderr -0 alco-index --help
  [[ "$output" == *--batch*--strict* ]]
  [ "$stderr" = "" ]
  run -0 alco-index --version
  [ "$output" = "alco-index 0.1.0" ]
}

@test "alco-index: an unknown option is a usage error" {
  run --separate-stderr -64 alco-index -i app --frob
  [[ "$stderr" == "alco-index: "*"--frob"* ]]
  run --separate-stderr -64 alco-index -i 'No Name' -s "$STORE"
  [[ "$stderr" == *"No Name"* ]]
}

@test "alco-index: every member comes back with value and type" {
  echo '{"@timestamp":"2026-11-22T08:00:00.000001Z","message":"m","a":{"b":[1,"x"],"c":18446744073709551615},"d":1.5,"e":null}' >in
  run --separate-stderr -0 index <in
  [ "$output$stderr" = "" ]
  diff in <(events)
}

@test "alco-index: empty input stores nothing" {
  run --separate-stderr -0 index </dev/null
  [ "$output$stderr" = "" ]
}

@test "alco-index: a last line without newline counts" {
  printf '%s' "$(lines 1 2)" | index
  stored 2
}

@test "alco-index: a line that is not JSON is stored as text and reported with its number" {
  run --separate-stderr -0 index <<<$'{"time":1763798400,"n":1}\nno json\n{"time":1763798400,"n":2}'
  [ "$stderr" = 'alco-index: warning: stdin:2: not a JSON object, stored as text' ]
  stored 3
  [ "$(events '"no json"' | jq -c '[.message, .tags]')" = '["no json",["_jsonparsefailure"]]' ]
}

@test "alco-index: --strict stops at a line that is not JSON and stores those before" {
  run --separate-stderr -65 index --strict <<<$'{"time":1763798400}\n{"time":1763798401}\nno json\n{"time":1763798402}'
  [ "$stderr" = 'alco-index: stdin:3: not a JSON object; committed 2 lines' ]
  stored 2
}

@test "alco-index: a line over the limit is stored cut and kept whole" {
  { lines 1 1; printf '{"message":"%s"}\n' "$(head -c 200000 /dev/zero | tr '\0' x)"; lines 2 2; } >in
  run --separate-stderr -0 index --max-record 100000 <in
  [ "$stderr" = "alco-index: warning: stdin:2: line of 200014 bytes cut, see $PWD/store/app/rejected" ]
  stored 3
  [ "$(events | jq -c 'select(.tags == ["_truncated"]) | [.length, (.message | length)]')" = '[200014,65536]' ]
  [ "$(jq -r .text store/app/rejected)" = "$(sed -n 2p in)" ]
}

@test "alco-index: a record whose paths of fields are too long is stored cut and kept whole" {
  local key members
  key=$(head -c 60000 /dev/zero | tr '\0' k)
  members=$(seq 1 900 | sed 's/.*/"a&":&/' | paste -sd,)
  { lines 1 1; printf '{"message":"wide","%s":{%s}}\n' "$key" "$members"; lines 2 2; } >in
  run --separate-stderr -0 index <in
  [[ $stderr == *"stdin:2: record with "*" bytes of paths of fields cut, see $PWD/store/app/rejected" ]]
  stored 3
  [ "$(jq -r .text store/app/rejected)" = "$(sed -n 2p in)" ]
  run --separate-stderr -64 index --max-fields 90001 </dev/null
  [[ $stderr == *"not in range 1 to 90000"* ]]
}

@test "alco-index: columns that are excluded are never stored" {
  cat >alco.json <<EOF
{"store": "$STORE", "indexes": {"app": {"columns": {"password": {"excluded": true}, "http.cookie": {"excluded": true}}}}}
EOF
  echo '{"@timestamp":"2026-11-22T08:00:00Z","password":"secret","http":{"cookie":"secret","path":"/"}}' |
    alco-index -i app --config alco.json
  [ "$(events)" = '{"@timestamp":"2026-11-22T08:00:00.000000Z","http":{"path":"/"}}' ]
  run ! grep -rq secret store
}

@test "alco-index: a quiet input is visible at once, before its end" {
  mkfifo pipe
  alco-index -i app -s "$STORE" <pipe 3>&- &
  INDEXER=$!
  exec 9>pipe
  lines 1 3 >&9
  wait_until stored 3
  lines 4 4 >&9
  wait_until stored 4
  exec 9>&-
  wait "$INDEXER"
}

@test "alco-index: counters are written while it runs" {
  export ALCO_RUN_DIR=$PWD
  mkfifo pipe
  alco-index -i app -s "$STORE" <pipe 3>&- &
  INDEXER=$!
  exec 9>pipe
  lines 1 3 >&9
  wait_until has_text "alco-index-app-$INDEXER.prom" "alco_index_committed_total{index=\"app\",pid=\"$INDEXER\"} 3"
  exec 9>&-
  wait "$INDEXER"
  [ ! -e "alco-index-app-$INDEXER.prom" ]
}

@test "alco-index: SIGTERM commits what has arrived and ends with 0" {
  mkfifo pipe
  alco-index -i app -s "$STORE" --interval 60000 <pipe 3>&- &
  INDEXER=$!
  exec 9>pipe
  wait_until test -d store/app
  lines 1 500 >&9
  kill "$INDEXER"
  wait "$INDEXER"
  exec 9>&-
  stored 500
}

@test "alco-index: records with positions are answered for when they are stored" {
  { place 1; place 2; place 4; } | index --ack-fd 8 8>acks
  diff acks - <<'EOF'
hello 1 alco-index/0.1.0
ok 00000000000000ab 1-2
ok 00000000000000ab 4-4
EOF
  stored 3
  [ "$(events | grep -c alco)" = 0 ]
}

@test "alco-index: a record that comes again is answered for and not stored again" {
  for i in 1 2 3; do place "$i"; done >in
  ALCO_ACK_FD=8 index 8>acks <in
  ALCO_ACK_FD=8 index 8>acks <in
  has_text acks 'ok 00000000000000ab 1-3'
  stored 3
}

@test "alco-index: a record that was cut is neither stored nor answered for" {
  { place 1; place 2 | head -c 40; } >in
  run --separate-stderr -65 index --ack-fd 8 8>acks <in
  [ "$stderr" = 'alco-index: warning: stdin:2: cut in the middle of a record, which will come again' ]
  [ "$(tail -n +2 acks)" = 'ok 00000000000000ab 1-1' ]
  { place 3; place 4 | head -c 40; echo; place 5; } >in
  run --separate-stderr -65 index --ack-fd 8 8>acks <in
  [ "$stderr" = "alco-index: warning: stdin:2: not a record, see $PWD/store/app/rejected" ]
  [ "$(tail -n +2 acks)" = $'ok 00000000000000ab 3-3\nok 00000000000000ab 5-5' ]
  stored 3
  [ "$(jq -r .text store/app/rejected)" = "$(place 4 | head -c 40)" ]
}

@test "alco-index: answers that nobody reads hold nothing up" {
  for i in $(seq 1 2 4001); do place "$i"; done >in
  mkfifo acks
  exec 8<>acks
  timeout 20 alco-index -i app -s "$STORE" --ack-fd 8 <in 3>&-
  exec 8>&-
  stored 2001
}

@test "alco-index: a full disk is waited for; afterwards all is stored" {
  mkdir small
  mount -t tmpfs -o size=12m none small
  STORE=dir:$PWD/small/store
  lines 1 10 | index
  head -c 20m /dev/zero >small/ballast || true
  lines 11 400 >in
  alco-index -i app -s "$STORE" --ack-fd 8 8>acks <in 2>err 3>&- &
  INDEXER=$!
  wait_until has_text err '; waiting, 390 events are held back'
  rm small/ballast
  wait "$INDEXER"
  has_text err 'storing again'
  stored 400
}

@test "alco-index: a store that can't be written is an error that names it" {
  echo >file
  run --separate-stderr alco-index -i app -s "dir:$PWD/file" <<<'{}'
  [ "$status" -ge 64 ]
  [[ "$stderr" == *"$PWD/file"* ]]
}
