# What make install puts down works from there.
bats_require_minimum_version 1.5.0

setup_file() {
  export ROOT=$BATS_FILE_TMPDIR/root
  # what another make has handed down does not concern this one
  MAKEFLAGS='' MAKELEVEL='' make -s install DESTDIR="$ROOT" PREFIX=/opt/alco
}

setup() {
  unset ALCO_CONFIG
  BIN=$ROOT/opt/alco/bin
  STORE=$BATS_TEST_TMPDIR/store
}

@test "install: every tool has its manual page, and a sample configuration that is valid" {
  for tool in "$BIN"/*; do
    "$tool" --version
    [ -s "$ROOT/opt/alco/share/man/man1/$(basename "$tool").1" ]
  done
  [ -s "$ROOT/opt/alco/share/man/man5/alco.json.5" ]
  [ -s "$ROOT/opt/alco/share/man/man7/alco.7" ]
  "$BIN/alco-sphinxconf" --config "$ROOT/opt/alco/etc/alco.json.sample" | grep -q '^index app_'
}

@test "install: the pipeline of the unit file stores what it is given" {
  unit=$ROOT/opt/alco/lib/systemd/system/alco-collect@.service
  command=$(sed -n 's/^ExecStart=//p' "$unit" | sed "s|%i|app|g; s|/opt/alco|$ROOT/opt/alco|g")
  [[ $command = "$BIN/alco-consume"* ]]
  echo "{\"store\": \"dir:$STORE\"}" >"$BATS_TEST_TMPDIR/alco.json"
  export ALCO_CONFIG=$BATS_TEST_TMPDIR/alco.json PATH=$BIN:$PATH
  printf '{"message":"one","host":"a"}\n{"message":"two","host":"b"}\n' | sh -c "exec $command"
  run -0 alco-query -i app -c ''
  [ "$output" = 2 ]
  run -0 alco-fields -i app --list
  [ "$output" = $'host\t2' ]
  # and the rotation of the other unit finds the same store
  command=$(sed -n 's/^ExecStart=//p' "${unit%/*}/alco-rotate.service" | sed "s|/opt/alco|$ROOT/opt/alco|")
  run -0 $command --verify
  [ "$output" = 'app: 2 events in 1 segment, no damage' ]
}

@test "install: the page is served from share" {
  "$BIN/alco-httpd" -s "dir:$STORE" --listen 127.0.0.1:28700+ >"$BATS_TEST_TMPDIR/url" 3>&- &
  server=$!
  for _ in {1..100}; do [ -s "$BATS_TEST_TMPDIR/url" ] && break; sleep 0.05; done
  url=$(head -n 1 "$BATS_TEST_TMPDIR/url")
  page=$(curl -fsS "${url}grep/app/")
  script=$(sed -n 's|.*src="../../\(static/.*/js/grep.js\)".*|\1|p' <<<"$page")
  [[ $script = static/v*/js/grep.js ]]
  [ "$(curl -fsS "$url$script" | grep -c '^import')" = 0 ]  # one script, nothing to fetch after it
  kill "$server"
  wait "$server"
}

@test "install: make deb makes a package that starts nothing unasked" {
  MAKEFLAGS='' MAKELEVEL='' scripts/deb >"$BATS_TEST_TMPDIR/deb" 2>/dev/null
  package=$(tail -n 1 "$BATS_TEST_TMPDIR/deb")
  dpkg-deb -x "$package" "$BATS_TEST_TMPDIR/root"
  dpkg-deb -e "$package" "$BATS_TEST_TMPDIR/control"
  grep -q '^Depends: .*libc6 .*librabbitmq4 ' "$BATS_TEST_TMPDIR/control/control"
  run ! grep -E 'systemctl|invoke (start|restart|enable)' "$BATS_TEST_TMPDIR"/control/p*
  (cd "$BATS_TEST_TMPDIR/root" && md5sum --quiet -c ../control/md5sums)
  while read -r program; do "$BATS_TEST_TMPDIR/root$program" --version; done \
    < <(sed -n 's/^ExecStart=\([^ ]*\/alco-[^ ]*\).*/\1/p' "$BATS_TEST_TMPDIR"/root/lib/systemd/system/*.service)
  [ -s "$BATS_TEST_TMPDIR/root/usr/share/man/man1/alco-query.1.gz" ]
  [ -s "$BATS_TEST_TMPDIR/root/usr/share/doc/alco/examples/alco.json" ]
  [ -s "$BATS_TEST_TMPDIR/root/usr/share/bash-completion/completions/alco-query" ]
}
