#!/usr/bin/env bats
# alco-query answers as GNU grep does. `make oracle` compares 2,000 cases.

bats_require_minimum_version 1.5.0

@test "200 generated cases: the lines and the status of grep" {
  run -0 "$BATS_TEST_DIRNAME/grep-oracle" 200 "$RANDOM"
}

@test "a store finds whole words in words that are part of every line" {
  cd "$BATS_TEST_TMPDIR" || return 1
  for i in 1 2 3; do printf '2026-11-20 10:00:0%d foo.bar x%d\n' "$i" "$i"; done >w.log
  alco-consume -i w --format text - <w.log 2>/dev/null | alco-index -i w -s dir:st
  run -0 alco-query -s dir:st -i w -c -w -F foo
  [ "$output" = 3 ]
}
