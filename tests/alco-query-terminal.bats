#!/usr/bin/env bats
# alco-query in front of a person: pager, colours, folding, resizing, Ctrl-C. Each test drives a real terminal (tmux).

bats_require_minimum_version 1.5.0

setup() {
  load lib/query
  load lib/tmux
  cd "$BATS_TEST_TMPDIR" || return 1
  unset NO_COLOR PAGER ALCO_PAGER LESS
  sample_events >events.ndjson
  for i in $(seq 1 500); do
    printf '{"@timestamp":"2026-11-20T10:%02d:%02dZ","message":"line %d of many","host":"web%02d","level":"INFO"}\n' \
      $((i / 60)) $((i % 60)) "$i" $((i % 7))
  done >long.ndjson
}

teardown() { stop_terminal; }

@test "a short answer stays on the screen, a long one goes to the pager" {
  start_terminal 100 24
  type_line 'alco-query -f events.ndjson refused; echo st""atus $?'
  shows 'status 0'
  screen | grep -q 'connection refused'
  type_line 'alco-query -f long.ndjson; echo le""ft $?'
  shows '^:$|^.\[[0-9;]*m?:'
  screen | grep -q 'line 22 of many'
  keys G
  shows 'line 500 of many'
  keys q
  shows 'left 0'
}

@test "ALCO_PAGER is used before PAGER; cat and --no-pager mean none" {
  start_terminal 100 24
  type_line 'PAGER=false ALCO_PAGER="tail -n 1" alco-query -f long.ndjson | cat; ALCO_PAGER="tail -n 1" alco-query -f long.ndjson; echo do""ne'
  shows 'done'
  screen | grep -q 'line 500 of many'
  type_line 'clear; PAGER=false alco-query --no-pager -f long.ndjson; echo al""so'
  shows 'also'
  screen | grep -q 'line 500 of many'
  type_line 'clear; PAGER=nosuchpager alco-query -f long.ndjson; echo la""st'
  shows 'last'
  screen | grep -q 'line 500 of many'
}

@test "colours: time, level, match; none with NO_COLOR" {
  start_terminal 100 24
  type_line 'alco-query -f events.ndjson refused'
  shows $'\e\\[32m2026-11-20 14:05:12.000'
  screen -e | grep -q $'\e\\[1m\e\\[31mERROR'
  screen -e | grep -q $'connection \e\\[1m\e\\[31mrefused'
  type_line 'clear; NO_COLOR=1 alco-query -f events.ndjson refused; echo do""ne'
  shows 'done'
  run screen -e
  [[ "$output" != *$'\e[3'* ]]
}

@test "columns are aligned, long messages folded, tracebacks indented under their line" {
  start_terminal 60 24
  type_line 'clear; alco-query -f events.ndjson --since 2026-11-20T14:05:12.05Z --until 2026-11-20T14:05:15Z'
  shows 'KeyError: id'
  run screen
  [[ "$output" = *$'2026-11-20 14:05:12.100 web01 ERROR    timeout talking to db\n2026-11-20 14:05:13.000 web02 CRITICAL worker stopping: out\n    of memory\n'* ]]
  [[ "$output" = *$'2026-11-20 14:05:14.000 web01 ERROR    Unhandled exception\n    in worker\n    Traceback (most recent call last):\n      File "a.py", line 1\n    Traceback (most recent call last):\n      File "/srv/shop/views.py", line 7, in get\n'* ]]
}

@test "lines that come after a resize have the new width" {
  mkfifo pipe
  start_terminal 60 24
  type_line 'alco-query -f pipe --no-pager --multiline off'
  exec 4>pipe
  echo '2026-11-20 10:00:00 one two three four five six seven eight nine ten eleven twelve' >&4
  shows '^    .*twelve'
  resize 140 24
  echo '2026-11-20 10:00:01 one two three four five six seven eight nine ten eleven twelve' >&4
  shows '10:00:01 one.*twelve'
  exec 4>&-
}

@test "escapes in log text never reach the terminal" {
  printf '{"@timestamp":"2026-11-20T14:00:00Z","message":"\\u001b]0;owned\\u0007 \\u001b[2J \\u009b31m \\u202e x"}\n' >evil.ndjson
  start_terminal 120 24
  for format in text raw json csv; do
    type_line "clear; alco-query -f evil.ndjson -o $format --cols message; echo do''ne-$format"
    shows "done-$format"
    screen | grep -qE '(\\x1b|\\u001b)\]0;owned(\\x07|\\u0007) (\\x1b|\\u001b)\[2J \\u\{?0*9b'
    screen | grep -qE '\\u\{?202e'
  done
  [ "$(tmux -S "$TMUX_SOCKET" display-message -p '#{pane_title}')" != owned ]
}

@test "the pager shows lines while the search goes on; quitting it ends the search" {
  mkfifo pipe
  start_terminal 100 24
  type_line 'alco-query -f pipe -o raw hit; echo le""ft'
  exec 4>pipe
  for i in $(seq 1 60); do echo "2026-11-20 10:00:00 hit $i"; done >&4
  shows 'hit.* 20'
  local start=$EPOCHREALTIME
  keys q
  shows 'left'
  exec 4>&-
  # Most of this is the time of the terminal and of looking at it.
  [ $((${EPOCHREALTIME/./} - ${start/./})) -lt 1000000 ]
}

@test "Ctrl-C ends a search: what was found stays in the pager, then status 130" {
  mkfifo pipe
  start_terminal 100 24
  type_line 'alco-query -f pipe -o raw hit; echo sta""tus $?'
  exec 4>pipe
  echo '2026-11-20 10:00:00 hit one' >&4
  shows 'hit.* one'
  keys C-c
  shows 'END'
  keys q
  shows 'status 130'
  type_line 'clear; alco-query --no-pager -f pipe nothing; echo sta""tus $?'
  shows 'searched'
  keys C-c
  shows 'status 130'
  exec 4>&-
}

@test "progress of a long search is shown, and erased at its end" {
  mkfifo pipe
  start_terminal 100 24
  type_line 'alco-query -f pipe nothing; echo sta""tus $?'
  exec 4>pipe
  echo '2026-11-20 10:00:00 something' >&4
  shows 'files: 0 % searched, 0 hits'
  exec 4>&-
  shows 'status 1'
  run screen
  [[ "$output" != *searched,* ]]
}

@test "an empty answer says how much was searched" {
  start_terminal 100 24
  sample_store
  type_line "ALCO_CONFIG=$ALCO_CONFIG alco-query -i app level:ERROR"
  shows 'nothing found: searched 11 events in 2 days for "level:ERROR"'
  shows "no field 'level' in this index; did you mean levelname\?"
}

@test "--hist and --top draw bars that fit the screen" {
  start_terminal 50 24
  type_line 'clear; alco-query -f events.ndjson --top levelname'
  shows '5  INFO      +.*█'
  screen | grep -qE '^1  WARNING +█'
  type_line 'clear; alco-query -f events.ndjson --hist 1m --until 2026-11-20T15:00Z'
  shows '2026-11-20 14:05  7  .*█'
  [ "$(screen | wc -L)" -le 50 ]
}
