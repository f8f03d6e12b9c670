# make demo, as a stranger runs it: twice, and stopped by Ctrl-C.
bats_require_minimum_version 1.5.0

setup() {
  export DEMO_DATA=$BATS_TEST_TMPDIR/data DEMO_LOGS=$BATS_TEST_TMPDIR/log DEMO_LISTEN=127.0.0.1:28500+
  mkdir "$DEMO_LOGS"
  for i in {10..59}; do echo "2026-11-20 12:00:$i status installed package$i:amd64 1.0-1"; done >"$DEMO_LOGS/dpkg.log"
  head -c 2000 /dev/urandom >"$DEMO_LOGS/wtmp"
  PATH=$PWD/bin:$PATH
}

teardown() {
  [ -z "${demo:-}" ] || kill -TERM "$demo" 2>/dev/null || true
}

wait_until() {
  local i
  for i in {1..200}; do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  return 1
}

start_demo() {
  # a shell ignores SIGINT for what it starts in the background
  setsid env --default-signal=INT scripts/demo >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
  demo=$!
  wait_until grep -q 'Ctrl-C stops everything' "$BATS_TEST_TMPDIR/out" || { cat "$BATS_TEST_TMPDIR/out"; return 1; }
  url=$(head -n 1 "$DEMO_DATA/run/url")
  export ALCO_CONFIG=$DEMO_DATA/alco.json
}

@test "demo: collects logs and a sample application, shows them, stops on Ctrl-C, goes on later" {
  start_demo
  grep -qF "  ${url}grep/" "$BATS_TEST_TMPDIR/out"
  [ "$(alco-query -i host -c installed)" -eq 50 ]
  curl -fsS "${url}grep/" | grep -q '<html'
  curl -fsS "${url}api/collector/indices/" | jq -e '[.indices[].name] == ["app", "host"]'
  curl -fsS "${url}api/grep/host/?q=package42" | jq -e '.results | length == 1'
  wait_until alco-query -i app -q 'order'
  # one request is found in several services
  wait_until eval '[ "$(alco-query -i app -o json charged -m 1 | jq -r .request_id)" != "" ]'
  id=$(alco-query -i app -o json charged -m 1 | jq -r .request_id)
  [ "$(alco-query -i app "@request_id=$id" --top service | wc -l)" -ge 4 ]
  kill -INT -- -"$demo"
  wait "$demo"
  demo=
  run ! pgrep -f "$DEMO_DATA"
  app=$(alco-query -i app -c)

  echo '2026-11-20 12:01:00 status installed last:amd64 1.0-1' >>"$DEMO_LOGS/dpkg.log"
  DEMO_SECONDS=3 start_demo
  wait "$demo"
  demo=
  [ "$(alco-query -i host -c installed)" -eq 51 ]
  [ "$(alco-query -i app -c)" -gt "$app" ]
  run -0 cat "$DEMO_DATA"/run/collect-host.log "$DEMO_DATA"/run/collect-app.log "$DEMO_DATA"/run/httpd.log
  [ "$output" = "alco-consume: $DEMO_LOGS/wtmp: binary, left out" ]
}
