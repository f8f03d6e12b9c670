# FreeBSD's rc.d scripts, run with stand-ins for rc.subr and daemon(8).
bats_require_minimum_version 1.5.0
load lib/free_port

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

# su -m USER -c COMMAND, without becoming another.
stand_in_su() {
  mkdir "$BATS_TEST_TMPDIR/su"
  printf '#!/bin/sh\n[ "$1 $2 $3" = "-m alco -c" ] && exec sh -c "$4"\n' >"$BATS_TEST_TMPDIR/su/su"
  chmod +x "$BATS_TEST_TMPDIR/su/su"
  PATH=$BATS_TEST_TMPDIR/su:$PATH
}

searchd_answers() { : 8<>"/dev/tcp/127.0.0.1/$port"; }

@test "rc.d: alco_searchd runs searchd on what alco-sphinxconf prints" {
  stand_in_su
  dir=$BATS_TEST_TMPDIR/sphinx
  port=$(free_port)
  cat >"$BATS_TEST_TMPDIR/alco.json" <<END
{"store": "sphinx://127.0.0.1:$port", "indexes": {"app": {"retention_days": 2}},
 "sphinx": {"data_dir": "$dir", "searchd": {"listen": "127.0.0.1:$port:mysql41"}}}
END
  cat >"$RC_CONF" <<END
alco_searchd_enable=YES
alco_searchd_config=$BATS_TEST_TMPDIR/alco.json
alco_searchd_conf=$BATS_TEST_TMPDIR/sphinx.conf
alco_searchd_dir=$dir
END
  sed "s|/etc/rc.subr|$PWD/tests/lib/rc.subr|; s|^command=.*|command=$(command -v searchd)|; s|/usr/local/bin|$PWD/bin|g
       s|install -d -o \S*|install -d|" rc.d/alco_searchd >"$BATS_TEST_TMPDIR/alco_searchd"
  sh "$BATS_TEST_TMPDIR/alco_searchd" start >"$BATS_TEST_TMPDIR/start" 3>&- || { cat "$BATS_TEST_TMPDIR/start"; false; }
  cp "$dir/searchd.pid" "$RUN/searchd.pid"
  wait_until searchd_answers
  [ -d "$dir/app/$(date -u +%Y%m%d)" ] || ls "$dir"/*
  run -0 sh "$BATS_TEST_TMPDIR/alco_searchd" reload
  searchd_answers
  sh "$BATS_TEST_TMPDIR/alco_searchd" stop
  rm "$RUN/searchd.pid"
  run ! searchd_answers
}

@test "rc.d: periodic(8) removes old days when it is enabled, and says what" {
  stand_in_su
  export ALCO_CONFIG=$BATS_TEST_TMPDIR/alco.json
  echo "{\"store\": \"dir:$BATS_TEST_TMPDIR/store\", \"indexes\": {\"app\": {\"retention_days\": 2}}}" >"$ALCO_CONFIG"
  for day in 2026-01-01 2026-01-02; do echo "{\"@timestamp\":\"${day}T10:00:00Z\"}"; done | alco-index -i app
  printf 'source_periodic_confs() { . %s; }\n' "$BATS_TEST_TMPDIR/periodic.conf" >"$BATS_TEST_TMPDIR/defaults"
  sed "s|/usr/local/bin|$PWD/bin|; s|/etc/defaults/periodic.conf|$BATS_TEST_TMPDIR/defaults|" etc/periodic/500.alco \
    >"$BATS_TEST_TMPDIR/500.alco"
  : >"$BATS_TEST_TMPDIR/periodic.conf"
  run -0 sh "$BATS_TEST_TMPDIR/500.alco"
  [ "$output" = '' ]
  printf 'daily_alco_rotate_enable=YES\ndaily_alco_rotate_config=%s\n' "$ALCO_CONFIG" >"$BATS_TEST_TMPDIR/periodic.conf"
  run -1 sh "$BATS_TEST_TMPDIR/500.alco"
  [[ $output = *'ALCO: days past their retention:'*20260101* ]]
  [ "$(alco-query -i app -c '')" = 1 ]
  echo 'daily_alco_rotate_config=/none' >>"$BATS_TEST_TMPDIR/periodic.conf"
  run -2 sh "$BATS_TEST_TMPDIR/500.alco"
}

@test "rc.d: make install on FreeBSD puts everything where rc(8) and periodic(8) look" {
  mkdir "$BATS_TEST_TMPDIR/uname"
  printf '#!/bin/sh\necho FreeBSD\n' >"$BATS_TEST_TMPDIR/uname/uname"
  chmod +x "$BATS_TEST_TMPDIR/uname/uname"
  PATH=$BATS_TEST_TMPDIR/uname:$PATH MAKEFLAGS='' MAKELEVEL='' bmake -s install DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr/local
  for script in rc.d/alco_collect rc.d/alco_httpd rc.d/alco_searchd periodic/daily/500.alco; do
    [ -x "$BATS_TEST_TMPDIR/root/usr/local/etc/$script" ]
  done
}
