# Programs are killed with -9 at random moments under load: no line may be lost, none doubled.
# ALCO_KILLS=50 makes it longer.
bats_require_minimum_version 1.5.0
load lib/wait

setup() {
  cd "$BATS_TEST_TMPDIR"
  export TZ=UTC STORE=dir:$BATS_TEST_TMPDIR/store
}

teardown() {
  local pid
  for pid in ${WRITER:-} ${FOLLOWER:-}; do kill -9 "$pid" 2>/dev/null || true; done
  if [ -s pid ]; then kill -9 "$(cat pid)" 2>/dev/null || true; fi
}

follow() {
  alco-consume -i t -s "$STORE" --follow x.log --stage 'echo $$ >pid.new; mv pid.new pid; exec alco-index -i t -s "$ALCO_TEST_STORE"' \
    >>out 2>>err 3>&- &
  FOLLOWER=$!
}

# Appends numbered lines until the file stop appears, sometimes in the middle of a line.
write_lines() {
  local from=1
  while [ ! -e stop ]; do
    seq -f '2026-11-22T08:00:00Z line %.0f' "$from" $((from + 199)) >>x.log
    from=$((from + 200))
    printf '2026-11-22T08:00:00Z in two ' >>x.log
    sleep 0.02
    echo "pieces $from" >>x.log
  done
}

all_saved() { [ -e store/.consume/t.offsets ] && [ "$(jq .files[0].offset store/.consume/t.offsets)" = "$(wc -c <x.log)" ]; }
new_index() { [ -s pid ] && [ "$(cat pid)" != "$1" ]; }

# Kills $1 times; every fourth time alco-consume itself.
kill_at_random() {
  local i victim=none
  for ((i = 1; i <= $1; ++i)); do
    wait_until new_index "$victim"
    victim=$(cat pid)
    sleep "0.$((RANDOM % 300 + 100))"
    if ((i % 4 == 0)); then
      kill -9 "$FOLLOWER"
      wait "$FOLLOWER" || true
      follow
    else
      kill -9 "$victim" || true
    fi
  done
}

@test "kill -9: of alco-index and alco-consume at random moments loses no line and doubles none" {
  export ALCO_TEST_STORE=$STORE
  : >x.log
  write_lines 3>&- &
  WRITER=$!
  follow
  kill_at_random "${ALCO_KILLS:-10}"
  : >stop
  wait "$WRITER"
  WRITER=
  wait_until all_saved
  kill "$FOLLOWER"
  wait "$FOLLOWER"
  FOLLOWER=
  alco-query -i t -s "$STORE" -o raw >got
  echo "# $(wc -l <x.log) lines, $(wc -l <got) stored, $(sort got | uniq -d | wc -l) doubled" >&3
  cmp x.log got
}

@test "SIGTERM: at twenty moments under load, once or twice, is left in order, loses and doubles nothing" {
  export ALCO_TEST_STORE=$STORE
  : >x.log
  write_lines 3>&- &
  WRITER=$!
  local i before=none
  for i in {1..20}; do
    follow
    wait_until new_index "$before"
    before=$(cat pid)
    sleep "0.0$((RANDOM % 90 + 10))"
    kill "$FOLLOWER"
    if ((i % 2)); then kill "$FOLLOWER" 2>/dev/null || true; fi
    status=0
    wait "$FOLLOWER" || status=$?
    [ "$status" = 0 ] || ((i % 2 && status == 75)) # a second signal does not wait for the rest
  done
  : >stop
  wait "$WRITER"
  WRITER=
  follow
  wait_until all_saved
  kill "$FOLLOWER"
  wait "$FOLLOWER"
  FOLLOWER=
  alco-query -i t -s "$STORE" -o raw >got
  cmp x.log got
}
