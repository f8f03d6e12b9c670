#!/usr/bin/env bats
# What alco-query promises: man/alco-query.1. Files first, then the same on a store.

bats_require_minimum_version 1.5.0

setup() {
  load lib/query
  cd "$BATS_TEST_TMPDIR" || return 1
  export TZ=UTC
  unset ALCO_CONFIG NO_COLOR
  sample_events >events.ndjson
}

q() { alco-query -f events.ndjson "$@"; }

@test "text: time, host, level and message, one line an event" {
  run --separate-stderr -0 q --tail 2 'levelname:ERROR'
  [ "${lines[0]}" = '2026-11-20T14:05:12.100000Z web01 ERROR timeout talking to db' ]
  [ "${lines[1]}" = '2026-11-20T14:05:14.000000Z web01 ERROR Unhandled exception in worker\nTraceback (most recent call last):\n  File "a.py", line 1' ]
  [ "${#lines[@]}" -eq 2 ]
  [ "$stderr" = '' ]
}

@test "text: control characters are made visible, also in a pipe" {
  printf '{"@timestamp":"2026-11-20T14:00:00Z","message":"a\\u001b[31mb\\u202ec\\r"}\n' >evil.ndjson
  run -0 alco-query -f evil.ndjson
  [ "$output" = '2026-11-20T14:00:00.000000Z a\x1b[31mb\u{202e}c\r' ]
  run -0 alco-query -f evil.ndjson -o raw
  [ "$output" = $'a\e[31mb\xe2\x80\xaec\r' ]
}

@test "json: every member comes back as it was" {
  run -0 q -o json pool.free:0
  [ "$output" = '{"@timestamp":"2026-11-20T14:05:12.000000Z","message":"connection refused","host":"db01","levelname":"ERROR","application":"pool","request_id":"4711abcd","pool":{"size":5,"free":0}}' ]
}

@test "csv and tsv: heads, quoting, all columns" {
  run -0 q -o csv --cols @timestamp,host,message 'exc_info:*'
  [ "${lines[0]}" = '@timestamp,host,message' ]
  [ "${lines[1]}" = '2026-11-20T14:05:14.000000Z,web01,"Unhandled exception in worker' ]
  [ "${lines[3]}" = '  File ""a.py"", line 1"' ]
  run -0 q -o tsv --cols @id,status,message timeout
  [ "${lines[0]}" = $'@id\tstatus\tmessage' ]
  [ "${lines[1]}" = $'4\t\ttimeout talking to db, retrying' ]
  [ "${lines[2]}" = $'6\t500\ttimeout talking to db' ]
}

@test "an empty table still has its head" {
  run -1 q -o csv --cols host nosuchword
  [ "$output" = host ]
}

@test "--cols: columns before the message, - where there is none" {
  run -0 q --cols application,status timeout
  [ "${lines[0]}" = '2026-11-20T14:05:11.000000Z shop - timeout talking to db, retrying' ]
  [ "${lines[1]}" = '2026-11-20T14:05:12.100000Z shop 500 timeout talking to db' ]
}

@test "smart case, and the options that force either" {
  run -0 q -c WORKER --ignore-case
  [ "$output" = 4 ]
  run -0 q -c worker
  [ "$output" = 4 ]
  run -1 q -c Worker
  [ "$output" = 0 ]
  run -1 q -c segmentation --case-sensitive
  [ "$output" = 0 ]
  run -1 q -c -F segmentation
  [ "$output" = 0 ]
  run -0 q -c -y -F segmentation
  [ "$output" = 1 ]
}

@test "several -F: any of them; a newline separates patterns" {
  run -0 q -o raw -F refused -F 'out of'
  [ "$output" = $'connection refused\nworker stopping: out of memory' ]
  run -0 q -o raw -F $'refused\nout of'
  [ "$output" = $'connection refused\nworker stopping: out of memory' ]
}

@test "arguments are one query; what begins with - follows --" {
  run -0 q -o raw timeout db -- -retrying
  [ "$output" = 'timeout talking to db' ]
}

@test "-r, -m and --tail" {
  run -0 q -r -m 1 -o raw timeout
  [ "$output" = 'timeout talking to db' ]
  run -0 q -m 1 -o raw timeout
  [ "$output" = 'timeout talking to db, retrying' ]
  run -0 q --tail 2 -o raw --cols host
  [ "$output" = $'user 42 locked\nbackup done' ]
}

@test "-B is earlier in time, also with --reverse" {
  run -0 q -r -m 1 -B 1 -o raw -F Segmentation
  [ "$output" = $'Segmentation fault\nworker stopping: out of memory' ]
}

@test "context reaches over hosts and beyond the time range, groups are separated" {
  run -0 q --since 2026-11-20T14:05:12Z --until 2026-11-20T14:05:12.05Z -C 1 -o raw
  [ "$output" = $'timeout talking to db, retrying\nconnection refused\ntimeout talking to db' ]
  run -0 q -A 1 -o raw 'application:backup OR refused'
  [ "$output" = $'connection refused\ntimeout talking to db\n--\nbackup done' ]
}

@test "--within: context by time" {
  run -0 q --within 1s -o raw -F Segmentation
  [ "$(head -3 <<<"$output")" = $'worker stopping: out of memory\nSegmentation fault\nUnhandled exception in worker' ]
  run -0 q --within 1s -B 5 -o raw -F Segmentation
  [ "$output" = $'worker stopping: out of memory\nSegmentation fault' ]
}

@test "--same: context only from events like the hit" {
  run -0 q --same request_id -o raw status:500
  [ "$output" = $'GET /api/v1/users?id=[1]\ntimeout talking to db, retrying\nconnection refused\ntimeout talking to db' ]
  run -0 q --same host -C 1 -o raw --until 2026-11-20T14:05:13Z 'refused OR "worker started" host:web02'
  [ "$output" = $'worker started\nworker stopping: out of memory\n--\nconnection refused\nbackup done' ]
}

@test "-c counts, also with -v and -m" {
  run -0 q -c
  [ "$output" = 11 ]
  run -0 q -c -v timeout
  [ "$output" = 9 ]
  run -0 q -c -m 1 timeout
  [ "$output" = 1 ]
  run -1 q -c nosuchword
  [ "$output" = 0 ]
}

@test "-q says it by its status alone" {
  run -0 q -q timeout
  [ "$output" = '' ]
  run -1 q -q nosuchword
  [ "$output" = '' ]
}

@test "-l and -L: which hosts did, which did not" {
  run -0 q -l host 'worker started'
  [ "$output" = $'web01\nweb02' ]
  run -0 q -L host 'worker started'
  [ "$output" = db01 ]
  run -1 q -L host
  [ "$output" = '' ]
}

@test "--top: exact counts, most frequent first" {
  run -0 q --top levelname
  [ "$output" = $'5\tINFO\n3\tERROR\n2\tCRITICAL\n1\tWARNING' ]
  run -0 q --top levelname,1 -o json
  [ "$output" = '{"levelname":"INFO","count":5}' ]
  run -0 q --top message,1 started
  [ "$output" = $'2\tworker started' ]
  run -2 q --top levelname,x
  [ "$output" = 'alco-query: --top levelname,x: give FIELD or FIELD,NUMBER' ]
}

@test "--hist: plain columns in a pipe" {
  run -0 q --hist 1m --until 2026-11-20T14:07 levelname:ERROR
  [ "${lines[0]}" = $'2026-11-20T14:00:00.000000Z\t0' ]
  [ "${lines[5]}" = $'2026-11-20T14:05:00.000000Z\t3' ]
  [ "${#lines[@]}" -eq 7 ]
  run -0 q --hist timeout -o csv
  [ "${lines[0]}" = '@timestamp,count' ]
  run -2 q --hist 1ms
  [ "$output" = 'alco-query: --hist 1ms: that makes 43200001 lines; give a larger width, or a range with --since and --until' ]
}

@test "--id and --around" {
  run -0 q --id 5 -o raw
  [ "$output" = 'connection refused' ]
  run -0 q --around 5 -C 1 -o raw
  [ "$output" = $'timeout talking to db, retrying\nconnection refused\ntimeout talking to db' ]
  run -1 q --id 99
  [ "$output" = '' ]
}

@test "times: zones, clock times and the order of the range" {
  run -0 q -c --tz Europe/Berlin --since '2026-11-20 15:05' --until 15:06
  [ "$output" = 7 ]
  run -0 q -m 1 --tz Asia/Kolkata
  [ "$output" = '2026-11-20T19:30:00.000000+05:30 web01 INFO worker started' ]
  run -2 q --since teatime
  [ "$output" = "alco-query: can't read the time 'teatime': give one of: 2026-11-20T14:05:00Z, 2026-11-20 14:05, 2026-11-20, 14:05, 14:05:30, 15m, 2h, 3d (ago), today, yesterday, now, @1795000000" ]
  run -2 q --tz Mars/Olympus
  [ "$output" = "alco-query: unknown time zone 'Mars/Olympus': give a name such as Europe/Berlin, UTC or +05:30" ]
  run -2 q --since 2026-11-20 --until 2026-11-19
  [[ "$output" = 'alco-query: the time range is empty: it ends '* ]]
}

@test "colours: match, level and separator, only when wanted" {
  run -0 q --color always -m 1 -o raw refused
  [ "$output" = $'connection \e[1;31mrefused\e[0m' ]
  run -0 q --color always -o raw -A 0 'refused OR backup'
  [ "${lines[1]}" = $'\e[36m--\e[0m' ]
  run -0 q --color always -m 1 --cols levelname refused
  [ "$output" = $'\e[32m2026-11-20T14:05:12.000000Z\e[0m \e[1;31mERROR\e[0m connection \e[1;31mrefused\e[0m' ]
  run -2 q --color sometimes
  [ "$output" = 'alco-query: --color sometimes: give auto, always or never' ]
}

@test "--explain tells how the query was understood and near misses" {
  run --separate-stderr -1 q --explain level:ERROR
  [[ "$stderr" = *'query: "level:ERROR"'* ]]
  [[ "$stderr" = *"no field 'level' in this index; did you mean levelname?"* ]]
  [[ "$stderr" = *'nothing found: searched 11 events in 2 days for "level:ERROR"'* ]]
  run --separate-stderr -1 q --explain Refused
  [[ "$stderr" = *'there are hits in other letter case: add --ignore-case'* ]]
  run --separate-stderr -1 q --explain 4711ab
  [[ "$stderr" = *'the text is found in the field request_id: try @request_id:*4711ab*'* ]]
  run --separate-stderr -1 q --explain --since 2026-11-20T15:00:00Z refused
  [[ "$stderr" = *'there are hits outside the time range, the newest at 2026-11-20T14:05:12.000000Z'* ]]
  run --separate-stderr -1 q --explain --since 2026-11-23 refused
  [[ "$stderr" = *'no events in the time range; events.ndjson has events from 2026-11-20T14:00:00.000000Z to 2026-11-21T02:00:00.000000Z'* ]]
}

@test "errors name the object and the way out" {
  run -2 q -l hots
  [ "$output" = "alco-query: -l: no field 'hots' in events.ndjson; did you mean host?" ]
  run -2 q -o xml
  [ "$output" = 'alco-query: -o xml: the formats are text, json, raw, tsv and csv' ]
  run -2 q -F x y
  [ "$output" = "alco-query: -F and -E stand in place of QUERY ('y'); name files with -f" ]
  run -2 q -E 'a('
  [[ "$output" = *'a('* ]]
  run -2 alco-query -f nofile x
  [ "$output" = 'alco-query: nofile: no such file' ]
  run -2 q --follow -r
  [[ "$output" = 'alco-query: --follow shows what arrives: '* ]]
  run -2 q --top host --hist
  [ "$output" = 'alco-query: only one of -c, --top, --hist, -l, -L, --id and --around can be answered at a time' ]
  run -2 q -A -1 x
  [ "$output" = 'alco-query: --after-context: give a number from 0 on, not -1 (see alco-query --help)' ]
  run -2 q --nosuchoption
  [[ "$output" = *'alco-query --help)' ]]
}

@test "stdin: text as a stream, NDJSON sorted" {
  run -0 alco-query -f - -o raw -F b <<<$'a\nb\nc\nbb'
  [ "$output" = $'b\nbb' ]
  run -0 bash -c 'tac events.ndjson | alco-query -f - -o raw -m 2'
  [ "$output" = $'worker started\nworker started' ]
  run -0 bash -c 'tac events.ndjson | alco-query -f - -o raw -B 1 refused'
  [ "$output" = $'timeout talking to db, retrying\nconnection refused' ]
}

@test "a text stream is answered before it ends" {
  mkfifo pipe
  alco-query -f - -o raw -F hit <pipe >out 3>&- &
  local reader=$!
  exec 4>pipe
  printf '2026-11-20 10:00:00 hit one\n' >&4
  wait_until grep -q 'hit one' out
  exec 4>&-
  wait "$reader"
}

@test "files of text: merged by time, each in its own order" {
  printf '2026-11-20 10:00:00 a1\n2026-11-20 10:00:02 a2\n' >a.log
  printf '2026-11-20 10:00:01 b1\n2026-11-20 10:00:03 b2\n' >b.log
  run -0 alco-query -f a.log -f b.log -o raw
  [ "$output" = $'2026-11-20 10:00:00 a1\n2026-11-20 10:00:01 b1\n2026-11-20 10:00:02 a2\n2026-11-20 10:00:03 b2' ]
  printf '2026-11-20 10:00:05 late\n2026-11-20 10:00:01 early\n' >c.log
  run -0 alco-query -f c.log -o raw -r
  [ "$output" = $'2026-11-20 10:00:01 early\n2026-11-20 10:00:05 late' ]
}

@test "text: lines without a time belong to the event before them" {
  printf '2026-11-20 10:00:00 ERROR boom\n  File "x.py", line 1\n2026-11-20 10:00:01 INFO ok\n' >t.log
  run -0 alco-query -f t.log -c
  [ "$output" = 2 ]
  run -0 alco-query -f t.log --multiline off -c
  [ "$output" = 3 ]
  run -0 alco-query -f t.log -o raw -r -F boom
  [ "$output" = $'2026-11-20 10:00:00 ERROR boom\n  File "x.py", line 1' ]
}

@test "empty input: nothing found, status 1" {
  : >empty
  run -1 alco-query -f empty
  [ "$output" = '' ]
  run -1 alco-query -f empty -c
  [ "$output" = 0 ]
  run -1 alco-query -f empty --hist
  run -1 alco-query -f empty -C 2 x
}

@test "a last line without newline and a line that is no JSON are events" {
  printf '{"@timestamp":"2026-11-20T10:00:00Z","message":"one"}\nnot json\n{"message":"last"' >odd
  run -0 alco-query -f odd -c
  [ "$output" = 3 ]
}

@test "a reader that goes away stops the search quietly" {
  for i in $(seq 20000); do echo "2026-11-20 10:00:00 line $i"; done >long.log
  run --separate-stderr bash -c 'alco-query -f long.log -o raw | head -1; echo "${PIPESTATUS[0]}"'
  [ "${lines[0]}" = '2026-11-20 10:00:00 line 1' ]
  [ "${lines[1]}" = 141 ]
  [ "$stderr" = '' ]
}

@test "a full device is an error" {
  run bash -c 'alco-query -f events.ndjson >/dev/full'
  [ "$status" -eq 2 ]
  [ "$output" = 'alco-query: stdout: write: No space left on device' ]
}

@test "SIGTERM ends a search that waits for its pipe" {
  mkfifo pipe
  alco-query -f - -F x <pipe 3>&- &
  local reader=$!
  exec 4>pipe
  echo y >&4
  kill -TERM "$reader"
  wait "$reader" && false
  exec 4>&-
}

@test "--version and --help" {
  run -0 alco-query --version
  [[ "$output" = 'alco-query '* ]]
  run -0 alco-query --help
  [[ "$output" = *'--same'* ]]
}
