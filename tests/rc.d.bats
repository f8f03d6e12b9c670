# FreeBSD's rc.d scripts, run with stand-ins for rc.subr and daemon(8).
bats_require_minimum_version 1.5.0

setup() {
  PATH=$PWD/bin:$PATH
  RUN=$BATS_TEST_TMPDIR/run
  export RC_CONF=$BATS_TEST_TMPDIR/rc.conf
  mkdir "$RUN"
  for script in alco_collect alco_httpd; do
    sed "s|/etc/rc.subr|$PWD/tests/lib/rc.subr|; s|/usr/sbin/daemon|$PWD/tests/lib/daemon|; s|/usr/local/bin|$PWD/bin|g
         s|/var/run|$RUN|g" "rc.d/$script" >"$BATS_TEST_TMPDIR/$script"
  done
  echo "{\"store\": \"dir:$BATS_TEST_TMPDIR/store\", \"http\": {\"listen\": \"127.0.0.1:28800+\"}}" >"$BATS_TEST_TMPDIR/alco.json"
}

teardown() {
  for file in "$RUN"/*.pid; do [ ! -s "$file" ] || kill -TERM "$(cat "$file")" || true; done
}

wait_until() {
  local i
  for i in {1..200}; do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  return 1
}

@test "rc.d: alco_collect starts, shows and stops the pipeline of each index" {
  mkdir "$BATS_TEST_TMPDIR/log"
  echo 'one line' >"$BATS_TEST_TMPDIR/log/a.log"
  cat >"$RC_CONF" <<END
alco_collect_enable=YES
alco_collect_config=$BATS_TEST_TMPDIR/alco.json
alco_collect_indexes="host my-app"
alco_collect_host_flags="--follow $BATS_TEST_TMPDIR/log"
alco_collect_my_app_flags="--follow $BATS_TEST_TMPDIR/log"
END
  run -0 sh "$BATS_TEST_TMPDIR/alco_collect" start
  [ "$output" = $'Starting alco_collect: host\nStarting alco_collect: my-app' ]
  export ALCO_CONFIG=$BATS_TEST_TMPDIR/alco.json
  wait_until alco-query -i host -q 'one line'
  wait_until alco-query -i my-app -q 'one line'
  run -0 sh "$BATS_TEST_TMPDIR/alco_collect" status
  [[ $output = 'host is running as pid '*$'\n''my-app is running as pid '* ]]
  run -0 sh "$BATS_TEST_TMPDIR/alco_collect" start host
  [[ $output = 'alco_collect: host is already running as pid '* ]]
  run -0 sh "$BATS_TEST_TMPDIR/alco_collect" stop
  run -1 sh "$BATS_TEST_TMPDIR/alco_collect" status
  [ "$output" = $'host is not running\nmy-app is not running' ]
  [ ! -s "$RUN/alco_collect_host.pid.out" ]
}

@test "rc.d: alco_httpd serves the page until it is stopped" {
  cat >"$RC_CONF" <<END
alco_httpd_enable=YES
alco_httpd_config=$BATS_TEST_TMPDIR/alco.json
alco_httpd_flags='--max-tails 5'
END
  sh "$BATS_TEST_TMPDIR/alco_httpd" start
  wait_until [ -s "$RUN/alco_httpd.pid.out" ]
  url=$(head -n 1 "$RUN/alco_httpd.pid.out")
  curl -fsS "${url}healthz"
  sh "$BATS_TEST_TMPDIR/alco_httpd" stop
  run ! curl -fsS "${url}healthz"
}

@test "rc.d: nothing starts that is not enabled, or without its configuration" {
  echo '' >"$RC_CONF"
  run -1 sh "$BATS_TEST_TMPDIR/alco_httpd" start
  echo "alco_httpd_enable=YES alco_httpd_config=$BATS_TEST_TMPDIR/none.json" >"$RC_CONF"
  run -1 sh "$BATS_TEST_TMPDIR/alco_httpd" start
  [ "$output" = "alco_httpd: $BATS_TEST_TMPDIR/none.json is not readable" ]
}
