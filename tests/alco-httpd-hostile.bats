# A hostile pass over the HTTP interface: what doc/security.md says was tried, kept.
bats_require_minimum_version 1.5.0
load lib/httpd

setup() {
  unset ALCO_CONFIG
  STORE=dir:$BATS_TEST_TMPDIR/store
}

teardown() { stop_httpd; }

@test "alco-httpd: paths, names, headers, two requests in one, and too much of everything open no door" {
  umask 077
  for i in {1..300}; do echo "{\"@timestamp\":$((1795000000 + i)),\"message\":\"line $i\",\"host\":\"=1+1\"}"; done | alco-index -s "$STORE" -i app
  echo '{"@timestamp":1795000000,"message":"the-secret-of-private"}' | alco-index -s "$STORE" -i private
  printf '%s read,tail,fields app\n' "$(alco-httpd --token reader 2>"$BATS_TEST_TMPDIR/token")" >"$BATS_TEST_TMPDIR/tokens"
  start_httpd -s "$STORE" --tokens "$BATS_TEST_TMPDIR/tokens" --max-client-waiting 64
  python3 tests/lib/hostile_requests.py "$URL" "$HTTPD" "$(sed 's/.*: //' "$BATS_TEST_TMPDIR/token")" the-secret-of-private
}
