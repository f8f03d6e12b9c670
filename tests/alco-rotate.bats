# alco-rotate: retention, merging and checking of a directory store.
bats_require_minimum_version 1.5.0

setup() {
  unset ALCO_CONFIG ALCO_ACK_FD
  PATH=$PWD/bin:$PATH
  STORE=$BATS_TEST_TMPDIR/store
}

rotate() { alco-rotate -s "dir:$STORE" "$@"; }

# One event on each of the last N days, each day from a writer of its own.
fill() {
  local i
  for ((i = $1 - 1; i >= 0; i--)); do
    printf '{"ts":"%s","message":"day %d","host":"h%d"}\n' "$(date -u -d "-$i days" +%FT12:00:00Z)" "$i" "$i"
  done | alco-fields -i app -s "dir:$STORE" | alco-index -i app -s "dir:$STORE"
}

day() { date -u -d "$1 days" +%Y%m%d; }

@test "alco-rotate: removes the days past the retention, and their values" {
  fill 4
  run -0 rotate --days 3
  [ "$output" = "app/$(day -3): removed"$'\n'"app: 1 value of the catalogue removed" ]
  [ ! -e "$STORE/app/$(day -3)" ]
  [ -d "$STORE/app/$(day -2)" ]
  grep -q "\"kind\":\"rotated\",\"since\":\"$(date -u -d '-3 days' +%FT00:00:00)" "$STORE/.consume/app.gaps"
  run -0 alco-fields -i app -s "dir:$STORE" --list host
  [ "${#lines[@]}" -eq 3 ]
  run -0 rotate --days 3
  [ "$output" = "" ]
}

@test "alco-rotate: --dry-run only says what would go" {
  fill 3
  run -0 rotate --days 2 --dry-run
  [ "$output" = "app/$(day -2): would be removed"$'\n'"app: 1 value of the catalogue would be removed" ]
  [ -d "$STORE/app/$(day -2)" ]
}

@test "alco-rotate: the configuration gives each index its retention" {
  fill 3
  echo '{"indexes": {"app": {"retention_days": 2}, "other": {"retention_days": 1}}}' >"$BATS_TEST_TMPDIR/alco.json"
  run -0 rotate --config "$BATS_TEST_TMPDIR/alco.json"
  [ "$output" = "app/$(day -2): removed"$'\n'"app: 1 value of the catalogue removed" ]
}

@test "alco-rotate: more than a fifth of the days at once needs --force" {
  fill 6
  run --separate-stderr -75 rotate --days 2
  [ "$output" = "" ]
  [ "$stderr" = 'alco-rotate: warning: app: 4 of 6 days are too old, more than a fifth at once: none was removed; if the clock is right, use --force' ]
  [ "$(find "$STORE/app" -name '20*' | wc -l)" -eq 6 ]
  run -0 rotate --days 2 --force
  [ "${#lines[@]}" -eq 5 ]
}

@test "alco-rotate: --bytes keeps the newest days that fit, at least one" {
  fill 2
  all=$(find "$STORE/app" -type f -path '*/20*' -printf '%s\n' | awk '{n += $1} END {print n}')
  run -0 rotate --bytes "$all"
  [ "$output" = "" ]
  run -0 rotate --bytes $((all - 1))
  [ "$output" = "app/$(day -1): removed" ]
  run -0 rotate --bytes 1
  [ "$output" = "" ]
}

@test "alco-rotate: without a rule nothing is removed" {
  fill 3
  run -0 rotate
  [ "$output" = "" ]
}

@test "alco-rotate: --merge puts the pieces of a day together, no event is lost" {
  for i in 1 2 3; do
    printf '{"ts":"2026-01-02T03:04:0%dZ","message":"part %d"}\n' "$i" "$i" | alco-index -i app -s "dir:$STORE"
  done
  run -0 rotate --merge --dry-run
  [ "$output" = 'app/20260102: would merge 3 segments' ]
  run -0 rotate --merge
  [[ $output =~ ^app/20260102:\ merged\ 3\ segments,\ [0-9]+\ to\ [0-9]+\ bytes$ ]]
  run -0 rotate --verify
  [ "$output" = 'app: 3 events in 1 segment, no damage' ]
  run -0 rotate --merge
  [ "$output" = "" ]
}

@test "alco-rotate: --verify names what is damaged, with 65" {
  fill 1
  segment=$(find "$STORE/app" -type f -size +0 -path '*/20*' | head -n 1)
  size=$(stat -c %s "$segment")
  printf '\xff\xff\xff\xff\xff\xff\xff\xff' | dd of="$segment" bs=1 seek=$((size / 2)) conv=notrunc status=none
  run -65 rotate --verify
  [[ $output = *"$segment"* ]]
}

@test "alco-rotate: an unknown index is an error that lists those there are" {
  fill 1
  run -66 rotate -i nope --days 1
  [[ $output = *'nope'*'app'* ]]
}

@test "alco-rotate: an empty store is no error; a searchd that is not there is one" {
  run -0 rotate --days 1
  [ "$output" = "" ]
  run -69 alco-rotate -s sphinx://127.0.0.1:1
  [[ $output = *'127.0.0.1:1'* ]]
  run -64 rotate --days 0
  run -0 alco-rotate --help
  [[ $output = *'--dry-run'* ]]
}
