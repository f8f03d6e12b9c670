#!/usr/bin/env bats
# alco-query --follow: arrival order, nothing lost, nothing twice.

bats_require_minimum_version 1.5.0

setup() {
  load lib/query
  cd "$BATS_TEST_TMPDIR" || return 1
  export TZ=UTC
  sample_store
}

teardown() {
  if [ -n "${FOLLOWER:-}" ]; then kill "$FOLLOWER" 2>/dev/null || true; fi
}

follow() {
  alco-query -i app --follow "$@" >out 2>err 3>&- &
  FOLLOWER=$!
}

stop_following() {
  kill -TERM "$FOLLOWER"
  wait "$FOLLOWER"
}

# numbered FROM TO TIME: that many events.
numbered() {
  local i
  for ((i = $1; i <= $2; i++)); do printf '{"@timestamp":"%s","message":"event %d"}\n' "$3" "$i"; done
}

@test "--follow begins with the newest events, then shows what arrives" {
  follow --tail 2 -o raw
  wait_until grep -q 'backup done' out
  numbered 1 1 2026-11-21T03:00:00Z | alco-index -i app
  wait_until grep -q 'event 1' out
  stop_following
  [ "$(cat out)" = $'user 42 locked\nbackup done\nevent 1' ]
  [ ! -s err ]
}

@test "--follow shows late events when they arrive, and marks them" {
  follow --tail 1
  wait_until grep -q 'backup done' out
  numbered 1 1 2026-11-21T01:00:00Z | alco-index -i app
  wait_until grep -q 'event 1' out
  stop_following
  [ "$(tail -1 out)" = '2026-11-21T01:00:00.000000Z [late 1h00m] - - event 1' ]
}

@test "--follow over many commits, several days, restarts of the writer and merges: all once" {
  follow --tail 0 -o raw event
  sleep 0.1
  local batch
  for batch in 0 1 2 3 4 5 6 7 8 9; do
    numbered $((batch * 50 + 1)) $((batch * 50 + 50)) "2026-11-$((20 + batch % 3))T05:00:00Z" | alco-index -i app --batch 10
    if [ $((batch % 3)) -eq 2 ]; then alco-rotate -i app --merge >/dev/null 2>&1; fi
  done
  wait_until grep -q 'event 500$' out
  stop_following
  [ "$(sort -t' ' -k2n out | uniq | wc -l)" -eq 500 ]
  [ "$(wc -l <out)" -eq 500 ]
}

@test "--follow -m ends after so many" {
  follow --tail 0 -m 1 -o raw hello
  sleep 0.1
  printf '{"message":"hello one"}\n{"message":"hello two"}\n' | alco-index -i app
  wait_until test -s out
  wait "$FOLLOWER"
  [ "$(cat out)" = 'hello one' ]
}

@test "--follow on files: what is appended, also after the file was replaced" {
  printf '2026-11-20 10:00:00 one\n' >a.log
  alco-query -f a.log --follow -o raw >out 3>&- &
  FOLLOWER=$!
  wait_until grep -q one out
  printf '2026-11-20 10:00:01 two\n' >>a.log
  wait_until grep -q two out
  mv a.log a.log.1
  printf '2026-11-20 10:00:02 three\n' >a.log
  wait_until grep -q three out
  stop_following
  [ "$(cat out)" = $'2026-11-20 10:00:00 one\n2026-11-20 10:00:01 two\n2026-11-20 10:00:02 three' ]
}

@test "--follow on a pipe shows NDJSON as it arrives and ends with it" {
  run -0 bash -c 'sample_first() { printf "{\"@timestamp\":\"2026-11-20T10:00:05Z\",\"message\":\"b\"}\n{\"@timestamp\":\"2026-11-20T10:00:00Z\",\"message\":\"a\"}\n"; }; sample_first | alco-query -f - --follow -o raw'
  [ "$output" = $'b\na' ]
}
