# What goes wrong around the tools: slow disks, interrupted calls, odd signals at the start, little memory, days that go
# while they are read. strace(1) makes the system calls slow or fail.
bats_require_minimum_version 1.5.0
load lib/wait

setup() {
  cd "$BATS_TEST_TMPDIR"
  export TZ=UTC STORE=dir:$BATS_TEST_TMPDIR/store
  PIDS=
}

teardown() {
  local pid
  for pid in $PIDS; do kill -9 "$pid" 2>/dev/null || true; done
}

# N events of one second each, from DATE on.
events() {
  python3 -c '
import sys
for i in range(int(sys.argv[1])):
    print("{\"@timestamp\":\"%sT%02d:%02d:%02d.%06dZ\",\"message\":\"line %d\"}" % (sys.argv[2], i // 3600 % 24, i // 60 % 60, i % 60, i // 86400, i))' "$1" "${2:-2026-11-22}"
}

stored() { alco-query -i app -s "$STORE" -c '' 2>/dev/null || true; }
found_in_two() { alco-query -i two -s "$STORE" -q "\"$1\"" 2>/dev/null; }
at_least() { [ "$(stored)" -ge "$1" ] 2>/dev/null; }

# strace without its talk: inject CALLS:WHAT COMMAND…
inject() {
  local what=$1
  shift
  strace -f --seccomp-bpf -qq -o /dev/null -e trace="${what%%:*}" -e inject="$what" "$@"
}

@test "faults: a disk that takes half a second to sync holds records back, and no reader" {
  events 3000 >in
  cat >slow-index <<END
#!/bin/sh
exec strace -f --seccomp-bpf -qq -o /dev/null -e trace=fdatasync,fsync -e inject=fdatasync,fsync:delay_exit=500000 \
  alco-index -i app -s "$STORE"
END
  chmod +x slow-index
  alco-consume -i app -s "$STORE" --format json --window 300 --stats 1 in --stage "$PWD/slow-index" 2>err 3>&- &
  local consume=$!
  PIDS=$consume
  wait_until at_least 1
  local best=9999 begin took
  for _ in 1 2 3 4 5; do
    begin=$(date +%s%N)
    alco-query -i app -s "$STORE" -c '' >answer
    took=$((($(date +%s%N) - begin) / 1000000))
    [ "$took" -ge "$best" ] || best=$took
  done
  [ "$best" -lt 1000 ]
  kill -0 "$consume"
  wait "$consume"
  PIDS=
  [ "$(stored)" = 3000 ]
  [ "$(alco-query -i app -s "$STORE" -o raw '' | sort | uniq -d | wc -l)" = 0 ]
  run ! grep -E 'killed|giving up|started again' err
}

# interrupted READS COMMAND…: each third read from READS on (behind those of the dynamic linker) is, and every third
# of the other calls; at least so many were.
interrupted() {
  local most=$1 reads=$2
  shift 2
  strace -f --seccomp-bpf -qq -o calls -e trace=read,pread64,write,pwrite64,ftruncate,flock,ppoll,fsync \
    -e inject=read,pread64:error=EINTR:when="$reads"+3 -e inject=write,pwrite64,ftruncate,flock,ppoll:error=EINTR:when=2+3 "$@"
  [ "$(grep -c INJECTED calls)" -ge "$most" ]
}

@test "faults: calls that are interrupted are made again" {
  events 60000 >in
  interrupted 60 30 alco-index -i app -s "$STORE" --batch 1000 < <(cat in) # a pipe: many reads
  grep -q 'pwrite64(.*INJECTED' calls
  grep -q 'flock(.*INJECTED' calls
  grep -q 'read(0.*INJECTED' calls
  [ "$(stored)" = 60000 ]
  interrupted 5 25 alco-query -i app -s "$STORE" -o json '' >out
  [ "$(wc -l <out)" = 60000 ]
  interrupted 60 30 alco-consume -i app --format json - < <(cat in) >out
  [ "$(wc -l <out)" = 60000 ]
}

# N records with positions and ids, whose text does not pack well.
placed() {
  python3 -c '
import random, sys
chance = random.Random(3)
for i in range(1, int(sys.argv[1]) + 1):
    print("{\"@alco\":{\"p\":\"ab:%d\",\"id\":\"%032d\"},\"@timestamp\":\"2026-11-22T08:00:00Z\",\"message\":\"%d %x\"}" % (i, i, i, chance.getrandbits(400)))' "$1"
}

@test "faults: a disk that takes so many bytes of a file and no more: what was acknowledged is there, the rest comes again" {
  placed 60 >in
  local most status acked refused=0
  for most in 0 1 16 23 24 100 1000 1500 {1600..2600..40} 3000; do
    rm -rf store
    status=0
    (
      trap '' XFSZ
      ALCO_ACK_FD=8 exec prlimit --fsize="$most" alco-index -i app -s "$STORE" --batch 20 <in 8>acks 2>err
    ) || status=$?
    acked=$(sed -n 's/^ok .* [0-9]*-\([0-9]*\)$/\1/p' acks | sort -n | tail -n 1)
    [ "$status" = 0 ] || [ "$status" = 74 ]
    [ "$status" = 0 ] || refused=$((refused + 1))
    [ "$status" = 0 ] || [ "$most" -lt 1000 ] || grep -q 'write: File too large' err # that file has its end, too
    [ "$(alco-query -i app -s "$STORE" -c '' 2>/dev/null || true)" -ge "${acked:-0}" ] || [ -z "$acked" ]
    alco-rotate -s "$STORE" --verify >verify
    alco-index -i app -s "$STORE" <in
    [ "$(stored)" = 60 ]
  done
  [ "$refused" -gt 10 ]
}

@test "faults: a sync that fails once is believed: status 74, nothing of that batch is acknowledged or seen" {
  placed 60 >in
  local which status
  chmod 755 .  # not one of ours: nothing above it is synced
  # the segment, the ids; three folders that are new, that of the ids; the folders of what is in place by then
  for which in fdatasync:1 fdatasync:2 fsync:1 fsync:2 fsync:3 fsync:4 fsync:5 fsync:6; do
    rm -rf store
    status=0
    ALCO_ACK_FD=8 inject "${which%:*}:error=EIO:when=${which#*:}" alco-index -i app -s "$STORE" --batch 20 <in 8>acks 2>err || status=$?
    [ "$status" = 74 ]
    grep -qE "alco-index: $BATS_TEST_TMPDIR.*: ${which%:*}: Input/output error" err
    run ! grep '^ok' acks
    [[ $which = fsync:[56] ]] || run ! at_least 1
    alco-index -i app -s "$STORE" <in
    [ "$(stored)" = 60 ]
  done
}

@test "faults: a clock that jumps stops nobody, and removes nothing" {
  local clock day
  for day in {10..22}; do events 5 "2026-11-$day"; done >in
  for clock in '1970-01-03 00:00:00' '2020-02-29 23:59:59' '-1 hour' '+1 year' '2038-01-19 03:14:08'; do
    rm -rf store .consume
    faketime "$clock" alco-consume -i app -s "$STORE" --format json in --stage "alco-fields -i app --catalogue sqlite:c.db" \
      --stage "alco-index -i app -s $STORE"
    [ "$(stored)" = 65 ]
    [ "$(faketime "$clock" alco-query -i app -s "$STORE" -c '')" = 65 ]
  done
  run -75 faketime '2027-11-22 12:00:00' alco-rotate -i app -s "$STORE" --days 30
  [[ $output = *"12 of 13 days are too old, more than a fifth at once"* ]]
  [ "$(stored)" = 65 ]
  # while it runs: back by an hour, on by a year
  echo '@2026-11-22 12:00:00' >clock
  FAKETIME_TIMESTAMP_FILE=$PWD/clock FAKETIME_NO_CACHE=1 LD_PRELOAD=libfaketimeMT.so.1 \
    alco-index -i app -s "$STORE" < <(
      events 5 2026-11-23
      echo '@2026-11-22 11:00:00' >clock.new && mv clock.new clock
      wait_until at_least 70
      events 5 2026-11-24
      echo '@2027-11-22 11:00:00' >clock.new && mv clock.new clock
      wait_until at_least 75
      events 5 2026-11-25
    )
  [ "$(stored)" = 80 ]
}

@test "faults: with a handful of descriptors the tools work or say so" {
  events 300 >in
  local most tool status
  for most in 7 8 9 10 12 16; do
    for tool in "alco-index -i app -s $STORE" "alco-query -i app -s $STORE -c line" 'alco-fields -i app --catalogue sqlite:c.db' \
      'alco-consume -i app --format json -' "alco-consume -i app --format json - --stage cat" "alco-rotate -s $STORE --verify"; do
      status=0
      # shellcheck disable=SC2086  # words
      timeout 20 bash -c 'exec "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-' bash prlimit --nofile=$most $tool <in >out 2>err || status=$?
      [ "$status" = 0 ] || { [ "$status" -lt 124 ] && grep -q 'Too many open files' err; }
    done
    [ "$(alco-query -i app -s "$STORE" -c '' 2>err)" -gt 0 ] || [ "$most" -lt 9 ]
  done
}

@test "faults: descriptors 0 to 2 that are closed at the start are no file that is opened later" {
  events 50 >in
  alco-index -i app -s "$STORE" <in >&- 2>&-
  [ "$(stored)" = 50 ]
  alco-index -i app -s "$STORE" <&- >&- 2>&-
  alco-fields -i app --catalogue sqlite:c.db <in >&- 2>&- || [ $? = 74 ] # nowhere to pass it on
  alco-consume -i app -s "$STORE" --format json in --stage "alco-index -i app -s $STORE" <&- >&- 2>&-
  [ "$(stored)" = 100 ]
  diff <(cat in in | sort) <(alco-query -i app -s "$STORE" -o json '' <&- 2>&- | sort)
  alco-rotate -s "$STORE" --verify <&- >&-
  alco-fields -i app --catalogue sqlite:c.db --list <&- 2>&- >list
}

@test "faults: a stage that leaves a child behind, which holds its pipes, holds up nobody" {
  events 500 >in
  echo 'sleep 300 & echo $! >child; exec alco-index -i app -s '"$STORE" >stage
  timeout 60 alco-consume -i app -s "$STORE" --format json in --stage 'alco-fields -i app --catalogue sqlite:c.db' --stage 'sh stage' 2>err 3>&-
  PIDS=$(cat child)
  [ "$(stored)" = 500 ]
}

@test "faults: whatever becomes of signals before the start, a reader that goes away and SIGTERM mean the same" {
  events 20000 | alco-index -i app -s "$STORE"
  : >follow.log
  local how
  for how in --default-signal --ignore-signal=PIPE --ignore-signal=PIPE,TERM,INT,HUP \
    --block-signal=PIPE,TERM,INT,HUP,CHLD,ALRM,USR1; do
    status=0
    { env "$how" alco-query -i app -s "$STORE" -o json '' 2>err || echo $? >status; } | head -n 1 >first
    [ "$(cat status)" = 141 ]
    [ ! -s err ]
    env "$how" alco-consume -i two -s "$STORE" --follow follow.log \
      --stage "grep -E '^Sig(Blk|Ign)' /proc/self/status >mask; exec alco-index -i two -s $STORE" 2>err 3>&- &
    PIDS=$!
    echo "2026-11-22T08:00:00Z started with $how" >>follow.log
    wait_until found_in_two "started with $how"
    kill -TERM "$PIDS"
    wait "$PIDS"
    PIDS=
    # a stage gets none of it: no signal blocked; PIPE, TERM, INT and HUP as they are by default
    cat mask
    [ $((16#$(sed -n 's/^SigBlk:[[:space:]]*//p' mask))) = 0 ]
    [ $((16#$(sed -n 's/^SigIgn:[[:space:]]*//p' mask) & 16#5003)) = 0 ]
  done
  [ "$(alco-query -i two -s "$STORE" -c '')" = 4 ]
}

@test "faults: with little memory it works; with less it ends, says so, and loses nothing" {
  [ -z "${SANITIZE:-}" ] || return 0 # a sanitizer takes terabytes of addresses for itself
  events 60000 >in
  # a line of 30 MB is far over the limit of a record, and of what there is
  { head -c 30000000 /dev/zero | tr '\0' x; echo; } >>in
  (
    ulimit -v 400000
    alco-consume -i app -s "$STORE" --format json in --stage 'alco-fields -i app --catalogue sqlite:c.db' \
      --stage "alco-index -i app -s $STORE"
  ) 2>err
  [ "$(stored)" = 60001 ]
  [ "$(ulimit -v 400000; alco-query -i app -s "$STORE" -o json '' | wc -l)" = 60001 ]

  # too little for a batch: it may not say that it stored what it did not
  python3 -c '
for i in range(400): print("{\"message\":\"%d %s\"}" % (i, "x" * 1000000))' >big
  status=0
  (ulimit -v 120000; alco-index -i little -s "$STORE" --batch 100000 --interval 600000 <big) 2>err || status=$?
  if [ "$status" != 0 ]; then
    cat err
    [ "$status" = 71 ]
    [ "$(cat err)" = 'alco-index: out of memory' ]
  fi
  local kept
  kept=$(alco-query -i little -s "$STORE" -c '' 2>/dev/null || true)
  [ "$status" != 0 ] || [ "$kept" = 400 ]
  alco-rotate -s "$STORE" --verify
  alco-index -i little -s "$STORE" <big
  [ "$(alco-query -i little -s "$STORE" -c '')" = $((${kept:-0} + 400)) ]
}

@test "faults: where no thread is to be had, tools do with those they have, or say so and end" {
  events 60000 >in
  # small commits are merged beside the work, or later
  inject clone3:error=EAGAIN alco-index -i app -s "$STORE" --batch 5000 <in 2>err
  [ "$(stored)" = 60000 ]
  grep -q 'alco-index: warning: merging: no thread: ' err
  alco-query -i app -s "$STORE" -o json '' >whole
  [ "$(wc -l <whole)" = 60000 ]
  local first=2 # behind the one that the output needs
  [ "${SANITIZE:-}" != thread ] || first=3 # has one of its own
  inject clone3:error=EAGAIN:when=$first+ alco-query -i app -s "$STORE" -o json '' | cmp - whole
  [ "$(inject clone3:error=EAGAIN:when=$first+ alco-query -i app -s "$STORE" -c 'line 9 OR 59999')" = \
    "$(alco-query -i app -s "$STORE" -c 'line 9 OR 59999')" ]
  inject clone3:error=EAGAIN:when=$first+ alco-query -i app -s "$STORE" --hist '' | cmp - <(alco-query -i app -s "$STORE" --hist '')
  local status=0
  inject clone3:error=EAGAIN alco-query -i app -s "$STORE" -c '' 2>err || status=$?
  [ "$status" = 2 ]
  [[ $(cat err) == 'alco-query: no thread: '* ]]
  # some of its threads wait already when the next one can't be had
  status=0
  timeout -s KILL 60 strace -f -qq -o /dev/null -e trace=clone3 -e inject=clone3:error=EAGAIN:delay_enter=300000:when=6+ \
    alco-httpd -s "$STORE" --listen 127.0.0.1:28700+ >/dev/null 2>err || status=$?
  [ "$status" = 74 ]
  [ "$(cat err)" = 'alco-httpd: worker: pthread_create: Resource temporarily unavailable' ]
}

@test "faults: days that are removed, merged and written while they are read are whole or not there" {
  "$BATS_TEST_DIRNAME/torture/rotation" 4
}

waits_for_a_lock() { grep -q -- "-> FLOCK .* $1 " /proc/locks; }

@test "faults: a day that is removed while a commit to it is under way is made anew, and not in its middle" {
  events 3 2026-01-01 | alco-index -i app -s "$STORE"
  exec 7>>store/app/lock
  flock 7
  { events 100 2026-01-01; events 100 2026-01-02; } >in
  alco-index -i app -s "$STORE" <in 2>err 3>&- 7>&- &
  PIDS=$!
  wait_until waits_for_a_lock "$PIDS"
  mv store/app/20260101 store/app/dropped-20260101 # as alco-rotate does
  flock -u 7
  wait "$PIDS"
  [ ! -s err ]
  [ "$(stored)" = 200 ]
  flock 7
  alco-rotate -i app -s "$STORE" --days 1 --force 3>&- 7>&- &
  PIDS=$!
  wait_until waits_for_a_lock "$PIDS"
  [ "$(stored)" = 200 ]
  flock -u 7
  wait "$PIDS"
  PIDS=
  exec 7>&-
  [ "$(stored)" = 100 ]
  [ ! -e store/app/dropped-20260101 ]
}

@test "faults: secrets in messages are taken out by a filter in between, and what is left is stored once" {
  sed -n '/^```sed name=redact.sed$/,/^```$/p' "$BATS_TEST_DIRNAME/../doc/security.md" | sed '1d;$d' >redact.sed
  cat >in <<'END'
{"@timestamp":"2026-11-22T08:00:00Z","message":"login password=hunter2&user=ada","n":1}
{"@timestamp":"2026-11-22T08:00:01Z","message":"sent Authorization: Bearer eyJhbGciOi.J9-_x done","n":2}
{"@timestamp":"2026-11-22T08:00:02Z","message":"quoted password=a\"hunter2 end","n":3}
END
  alco-consume -i app -s "$STORE" --format json in --stage 'sed -u -E -f redact.sed' \
    --stage "alco-fields -i app --catalogue sqlite:c.db" --stage "alco-index -i app -s $STORE"
  run -0 alco-query -i app -s "$STORE" -o json ''
  [ "$(jq -r .message <<<"$output")" = $'login password=***&user=ada\nsent Authorization: Bearer *** done\nquoted password=*** end' ]
  [ "$(jq -c .n <<<"$output")" = $'1\n2\n3' ]
  run ! grep -r hunter2 store
}
