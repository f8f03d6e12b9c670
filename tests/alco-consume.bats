bats_require_minimum_version 1.5.0
load lib/wait

setup() {
  cd "$BATS_TEST_TMPDIR"
  export TZ=UTC
  HOST=$(hostname)
}

teardown() {
  if [ -n "${FOLLOWER:-}" ]; then kill -9 "$FOLLOWER" 2>/dev/null || true; fi
}

# Starts alco-consume in the background; its records go to the file out, its talk to the file err.
follow() {
  alco-consume --follow "$@" >>out 2>>err 3>&- &
  FOLLOWER=$!
}

# Ends it as a supervisor would; fails unless it exits with 0.
stop_following() {
  kill "$FOLLOWER"
  wait "$FOLLOWER"
  FOLLOWER=
}

messages() { jq -r .message "${1:-out}"; }
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }
has_text() { grep -qF -- "$2" "$1"; }
saved_offset() { [ -e state ] && [ "$(jq .files[0].offset state)" = "$1" ]; }
line() { echo "2026-11-22T08:00:$1Z $2"; }

@test "alco-consume: --help and --version go to standard output" {
  run --separate-stderr -0 alco-consume --help
  [[ "$output" == *--follow*--stage* ]]
  [ "$stderr" = "" ]
  run -0 alco-consume --version
  [ "$output" = "alco-consume 0.1.0" ]
}

@test "alco-consume: wrong usage is 64 and says what is wrong" {
  run --separate-stderr -64 alco-consume --no-such-option
  [[ "$stderr" == *"--no-such-option"* ]]
  run --separate-stderr -64 alco-consume --format yaml
  [[ "$stderr" == *yaml* ]]
  run --separate-stderr -64 alco-consume --multiline 'a(b'
  [ "$stderr" = "alco-consume: --multiline: 'a(b': missing ): a(b" ]
  run --separate-stderr -64 alco-consume --follow -
  [[ "$stderr" == *"standard input is read to its end anyway"* ]]
  run --separate-stderr -64 alco-consume -i ../x
  [[ "$stderr" == *../x* ]]
}

@test "alco-consume: no input gives no record" {
  run --separate-stderr -0 alco-consume </dev/null
  [ "$output$stderr" = "" ]
  : >empty
  run --separate-stderr -0 alco-consume empty
  [ "$output$stderr" = "" ]
}

@test "alco-consume: a line of text becomes an event" {
  printf 'Nov 22 08:00:00 web1 sshd[12]: error: no' >auth.log
  touch -d 2026-11-22T12:00:00Z auth.log
  run --separate-stderr -0 alco-consume auth.log
  [ "$output" = "{\"@timestamp\":\"2026-11-22T08:00:00.000000Z\",\"message\":\"Nov 22 08:00:00 web1 sshd[12]: error: no\",\"source\":\"$PWD/auth.log\",\"host\":\"web1\",\"program\":\"sshd\",\"pid\":12,\"level\":\"error\"}" ]
  [ "$stderr" = "" ]
}

@test "alco-consume: a zone that is missing is the local one" {
  run -0 env TZ=America/New_York alco-consume - <<<'2026-11-22 08:00:00,250 INFO here'
  [ "$(jq -r '."@timestamp",.host,.level' <<<"$output")" = "2026-11-22T13:00:00.250000Z
$HOST
INFO" ]
}

@test "alco-consume: a year that is missing is told by the file's date and by its last line" {
  printf '%s\n' '[10.30 16:49:06] a' '[12.31 23:59:59] b' '[01.01 00:00:01] c' '[07.27 10:00:00] d' >x.log
  touch -d 2026-11-22T12:00:00Z x.log
  run -0 alco-consume x.log
  [ "$(jq -r '."@timestamp"[:19]' <<<"$output")" = "2025-10-30T16:49:06
2025-12-31T23:59:59
2026-01-01T00:00:01
2026-07-27T10:00:00" ]
}

@test "alco-consume: text without times has the time of arrival and says so" {
  local before after
  before=$(date -u +%FT%T)
  run -0 alco-consume <<<'no time here'
  after=$(date -u +%FT%T.999999Z)
  [ "$(jq -c .tags <<<"$output")" = '["_timeparsefailure"]' ]
  [[ ! "$(jq -r '."@timestamp"' <<<"$output")" < "$before" ]]
  [[ ! "$(jq -r '."@timestamp"' <<<"$output")" > "$after" ]]
}

@test "alco-consume: lines are joined, by a pattern, or not at all" {
  printf '%s\n' '2026-11-22 08:00:00 a' $'\tat b' '2026-11-22 08:00:01 c' >x.log
  run -0 alco-consume x.log
  [ "$(jq -c .message <<<"$output")" = '"2026-11-22 08:00:00 a\n\tat b"
"2026-11-22 08:00:01 c"' ]
  run -0 alco-consume --multiline off x.log
  [ "$(wc -l <<<"$output")" = 3 ]
  run -0 alco-consume --multiline '00 a$' x.log
  [ "$(wc -l <<<"$output")" = 1 ]
}

@test "alco-consume: JSON passes unchanged, but for a member that is ours" {
  printf '%s\n' '{ "b":1.50, "a":"\u00e9" }' '{"@alco":{"p":"0:1"},"x":1}' >in
  run --separate-stderr -0 alco-consume in
  [ "$output" = '{ "b":1.50, "a":"\u00e9" }
{"@alco_x":{"p":"0:1"},"x":1}' ]
  [ "$stderr" = "alco-consume: warning: $PWD/in: member @alco renamed @alco_x" ]
}

@test "alco-consume: with --format json everything else is wrapped" {
  printf '%s\n' '{"a":1}' 'not json' '[1]' >in
  run -0 alco-consume --format json in
  [ "$(sed -n 1p <<<"$output")" = '{"a":1}' ]
  [ "$(sed 1d <<<"$output" | jq -c '[.message,.tags]')" = '["not json",["_jsonparsefailure"]]
["[1]",["_jsonparsefailure"]]' ]
}

@test "alco-consume: with --format journald entries get host, program and level" {
  run -0 alco-consume --format journald \
    <<<'{"__REALTIME_TIMESTAMP":"1795334400000000","MESSAGE":[104,105],"PRIORITY":"4","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"p"}'
  [ "$(jq -r '[.MESSAGE,.host,.program,.level]|join(" ")' <<<"$output")" = "hi h p warning" ]
}

@test "alco-consume: every byte gives valid JSON" {
  for i in {0..255}; do printf '2026-11-22 08:00:00 \\x%02x\n' "$i"; done | while read -r text; do printf '%b\n' "$text"; done >bytes
  head -c 300000 /dev/urandom >>bytes
  alco-consume --format text bytes >out
  jq -e .message out >messages
  iconv -f utf-8 -t utf-8 out >/dev/null
}

@test "alco-consume: a record over the limit is kept whole in the rejected file, its head goes on" {
  { line 00 before; head -c 50000000 /dev/zero | tr '\0' x; echo; line 01 after; } >big.log
  run --separate-stderr -0 alco-consume -i app -s "dir:$PWD/store" --multiline off big.log
  [ "$(jq -c '[(.message|length),.length,.tags]' <<<"$output")" = '[27,null,null]
[65536,50000000,["_truncated"]]
[26,null,null]' ]
  [ "$stderr" = "alco-consume: warning: $PWD/big.log: line of 50000000 bytes is over the limit of 4194304: its head is kept, the whole is in $PWD/store/app/rejected" ]
  [ "$(jq -r .base64 store/app/rejected | base64 -d | wc -c)" = 50000000 ]
  [ "$(jq -c .origin store/app/rejected)" = "{\"file\":\"$PWD/big.log\",\"offset\":28}" ]
}

@test "alco-consume: without an index a record over the limit is reported, too" {
  run --separate-stderr -0 alco-consume --max-record 100 <<<"$(line 00 "$(printf 'x%.0s' {1..200})")"
  [ "$(jq -c .tags <<<"$output")" = '["_truncated"]' ]
  [ "$stderr" = "alco-consume: warning: stdin: line of 221 bytes is over the limit of 100: its head is kept" ]
}

@test "alco-consume: folders and patterns are read in order, without what is no text" {
  mkdir -p logs/sub
  line 00 a >logs/a.log
  line 01 rotated >logs/a.log.1
  line 02 b >logs/b.log
  line 03 c >logs/sub/c.log
  printf 'x\0y\n' >logs/wtmp
  gzip <logs/a.log >logs/a.log.2.gz
  run --separate-stderr -0 alco-consume logs
  [ "$(jq -r .message <<<"$output" | cut -d' ' -f2 | tr '\n' ' ')" = "a rotated b c " ]
  [ "$stderr" = "alco-consume: $PWD/logs/wtmp: binary, left out" ]
  run --separate-stderr -0 alco-consume 'logs/*.log' logs/sub/c.log
  [ "$(jq -r .message <<<"$output" | cut -d' ' -f2 | tr '\n' ' ')" = "a b c " ]
}

@test "alco-consume: a FIFO is read to its end" {
  mkfifo fifo
  line 00 through >fifo 3>&- &
  run -0 alco-consume fifo
  [ "$(jq -r .message <<<"$output")" = "$(line 00 through)" ]
}

@test "alco-consume: a file that is not there is 66 and named" {
  run --separate-stderr -66 alco-consume no.log
  [ "$output" = "" ]
  [ "$stderr" = "alco-consume: $PWD/no.log: no such file" ]
}

@test "alco-consume: a full disk is 74, a reader that went away is 141" {
  line 00 x >x.log
  run --separate-stderr -74 bash -c 'alco-consume x.log >/dev/full'
  [[ "$stderr" == *"No space left on device"* ]]
  yes "$(line 00 x)" | head -n 200000 >many.log
  run --separate-stderr -0 bash -c 'alco-consume many.log | head -n 1 >/dev/null; echo "${PIPESTATUS[0]}"'
  [ "$output" = 141 ]
  [ "$stderr" = "" ]
}

@test "alco-consume: --limit stops after so many records" {
  for i in 1 2 3 4 5; do line "0$i" "$i"; done >x.log
  run -0 alco-consume --limit 3 x.log
  [ "$(wc -l <<<"$output")" = 3 ]
}

@test "alco-consume: SIGTERM ends it with 0, and what was read from a pipe is written" {
  { line 00 first; line 01 second; sleep 60; } 3>&- | alco-consume >out 2>err 3>&- &
  FOLLOWER=$!
  wait_until has_text out second
  kill "$FOLLOWER"
  wait "$FOLLOWER"
  FOLLOWER=
  [ "$(messages)" = "$(line 00 first)
$(line 01 second)" ]
  [ ! -s err ]
}

@test "alco-consume: with --stage each record has a position and an id" {
  line 00 a >x.log
  run -0 alco-consume --stage 'tee records' x.log
  [[ "$(cat records)" =~ ^'{"@alco":{"p":"'[0-9a-f]{16}':1","id":"'[0-9a-f]{32}'"},"@timestamp":' ]]
}

@test "alco-consume: stages are a pipeline, and its end acknowledges what a filter left" {
  for i in 1 2 3 4; do line "0$i" "$i"; done >x.log
  follow --state state --window 4 --stall 100 --stage 'grep -v " 2"' --stage 'cat >>stored' x.log
  wait_until saved_offset "$(wc -c <x.log)"
  stop_following
  [ "$(jq -r .message stored | cut -d' ' -f2 | tr '\n' ' ')" = "1 3 4 " ]
}

@test "alco-consume: --follow goes on with what is appended, and waits for a file and for the end of a line" {
  follow x.log
  wait_until has_text err "$PWD/x.log: not there yet, waiting for it"
  line 00 one >x.log
  wait_until has_lines out 1
  printf '2026-11-22T08:00:01Z tw' >>x.log
  # Longer than it waits for a continuation; the state shows that it has looked at the file.
  sleep 0.7
  [ "$(wc -l <out)" = 1 ]
  echo o >>x.log
  wait_until has_lines out 2
  stop_following
  [ "$(messages)" = "2026-11-22T08:00:00Z one
2026-11-22T08:00:01Z two" ]
}

@test "alco-consume: --follow leaves a sign that it collects, and notes when there was none" {
  local store=$BATS_TEST_TMPDIR/store file=$BATS_TEST_TMPDIR/x.log sign
  sign=$store/.consume/app
  echo one >"$file"
  mkdir -p "$store/.consume"
  touch -d '10 minutes ago' "$sign.alive"
  alco-consume -i app -s "dir:$store" --follow "$file" >"$BATS_TEST_TMPDIR/out" 3>&- &
  local pid=$! try
  for ((try = 0; try < 200; try++)); do
    if [ -n "$(find "$sign.alive" -mmin -1 2>/dev/null)" ]; then break; fi
    sleep 0.05
  done
  kill "$pid"
  wait "$pid"
  [ -n "$(find "$sign.alive" -mmin -1)" ]
  [ "$(grep -c '"kind":"down"' "$sign.gaps")" -eq 1 ]
}

@test "alco-consume: --follow joins a trace that comes in pieces" {
  follow x.log
  { line 00 oops; echo "Traceback (most recent call last):"; } >x.log
  sleep 0.1
  { echo '  File "x.py", line 1'; echo "ValueError: no"; } >>x.log
  wait_until has_lines out 1
  stop_following
  [ "$(jq -r .message out | wc -l)" = 4 ]
}

@test "alco-consume: --follow reads both files when one is renamed away" {
  line 00 one >x.log
  follow x.log
  wait_until has_lines out 1
  mv x.log x.log.1
  line 01 late >>x.log.1
  line 02 new >x.log
  wait_until has_lines out 3
  line 03 later >>x.log.1
  wait_until has_lines out 4
  stop_following
  [ "$(messages | cut -d' ' -f2 | sort | tr '\n' ' ')" = "late later new one " ]
}

@test "alco-consume: --follow sees that a file was truncated, also when it has grown beyond" {
  line 00 one >x.log
  follow x.log
  wait_until has_lines out 1
  : >x.log
  line 01 two >>x.log
  wait_until has_lines out 2
  { line 02 three; line 03 four; line 04 five; } >new
  cat new >x.log
  wait_until has_lines out 5
  stop_following
  [ "$(messages | cut -d' ' -f2 | tr '\n' ' ')" = "one two three four five " ]
  [ "$(grep -c 'truncated, read from its beginning' err)" = 2 ]
}

@test "alco-consume: --follow takes up new files of a folder and a pattern, but none that rotation made" {
  mkdir logs
  follow logs 'p*.log'
  wait_until has_text err 'p*.log: not there yet'
  line 00 folder >logs/a.log
  line 01 pattern >p1.log
  mkdir logs/deep
  line 02 deep >logs/deep/b.log
  wait_until has_lines out 3
  cp logs/a.log logs/a.log.1
  gzip <logs/a.log >logs/a.log.2.gz
  line 03 more >>logs/a.log
  wait_until has_lines out 4
  stop_following
  [ "$(messages | cut -d' ' -f2 | sort | tr '\n' ' ')" = "deep folder more pattern " ]
}

@test "alco-consume: --follow --poll does the same without inotify" {
  line 00 one >x.log
  follow --poll x.log
  wait_until has_lines out 1
  line 01 two >>x.log
  wait_until has_lines out 2
  mv x.log x.log.1
  line 02 three >x.log
  wait_until has_lines out 3
  stop_following
}

@test "alco-consume: --follow goes on after a restart where it was, also in a file renamed meanwhile" {
  line 00 one >x.log
  follow --state state x.log
  wait_until has_lines out 1
  stop_following
  line 01 two >>x.log
  mv x.log x.log.1
  line 02 three >x.log
  follow --state state x.log
  wait_until has_lines out 3
  stop_following
  [ "$(messages | cut -d' ' -f2 | sort | tr '\n' ' ')" = "one three two " ]
}

@test "alco-consume: --follow reads also the files that came and were rotated away while nobody followed" {
  line 00 one >x.log
  line 00 older >x.log.1
  follow --state state x.log
  wait_until has_lines out 1
  stop_following
  line 01 two >>x.log
  mv x.log x.log.3
  line 02 three >x.log
  mv x.log x.log.2
  line 03 four >x.log
  mv x.log x.log.1
  line 04 five >x.log
  follow --state state x.log
  wait_until has_lines out 5
  stop_following
  [ "$(messages | cut -d' ' -f2 | sort | tr '\n' ' ')" = "five four one three two " ]
}

@test "alco-consume: --follow reads a file that was written anew while nobody followed" {
  { line 00 one; line 01 two; } >x.log
  follow --state state x.log
  wait_until has_lines out 2
  stop_following
  { line 02 three; line 03 four; line 04 five; } >new
  cat new >x.log
  follow --state state x.log
  wait_until has_lines out 5
  stop_following
  [ "$(messages | cut -d' ' -f2 | tr '\n' ' ')" = "one two three four five " ]
}

@test "alco-consume: an offset moves only when its record is acknowledged" {
  line 00 one >x.log
  follow --state state --stage 'cat >seen; kill -9 $$' x.log
  wait_until has_lines seen 1
  kill -9 "$FOLLOWER"
  wait "$FOLLOWER" || true
  [ ! -e state ] || [ "$(jq .files[0].offset state)" = 0 ]
  # A stage that speaks for itself: hello, then exactly this record.
  follow --state state --stage 'read -r record; p=${record#*\"p\":\"}; p=${p%%\"*}; echo "hello 1 test" >&$ALCO_ACK_FD; echo "ok ${p%:*} ${p#*:}-${p#*:}" >&$ALCO_ACK_FD; cat' x.log
  wait_until saved_offset "$(wc -c <x.log)"
  stop_following
}

@test "alco-consume: two that follow with the same offsets are one too many" {
  line 00 one >x.log
  follow --state state x.log
  wait_until has_lines out 1
  run --separate-stderr -75 alco-consume --follow --state state x.log
  [ "$stderr" = "alco-consume: state: another alco-consume follows with these offsets (see --state)" ]
  stop_following
}

@test "alco-consume: offsets that can't be understood are 78 and named" {
  line 00 one >x.log
  echo 'not json' >state
  run --separate-stderr -78 alco-consume --follow --state state x.log
  [[ "$stderr" == *"state: not a file of offsets: "* ]]
  echo '{"version":2,"files":[]}' >state
  run --separate-stderr -78 alco-consume --follow --state state x.log
  [[ "$stderr" == *"state: version 2 is not known to this alco-consume"* ]]
}

@test "alco-consume: the examples of the man page work" {
  { line 00 fine; echo '2026-11-22 08:00:01,5 ERROR broken'; } | gzip >app.log.2.gz
  run -0 bash -c $'zcat app.log.2.gz | alco-consume | jq -r \'select(.level == "ERROR").message\''
  [ "$output" = "2026-11-22 08:00:01,5 ERROR broken" ]
}
