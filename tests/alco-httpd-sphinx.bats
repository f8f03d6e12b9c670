# alco-httpd on the Sphinx store: each route answers as on the directory store.
bats_require_minimum_version 1.5.0
load lib/httpd
load lib/sphinx
load lib/wait

setup() { setup_reader; }
teardown() {
  [ -z "${TAIL_PID:-}" ] || kill "$TAIL_PID" 2>/dev/null || true
  stop_httpd
  stop_sphinx
}

@test "alco-httpd on searchd: events, pages, counts, values, context and export are those of the directory store" {
  start_sphinx
  events 1 300 >"$BATS_TEST_TMPDIR/in"
  alco-index -i app <"$BATS_TEST_TMPDIR/in"
  alco-index -i app -s "dir:$BATS_TEST_TMPDIR/dir" <"$BATS_TEST_TMPDIR/in"
  paths=('/api/grep/app/?limit=300' '/api/grep/app/?q=job+7&order=oldest' '/api/grep/app/?q=n:%3E%3D298'
    '/api/histogram/app/?q=host:web1&buckets=7' '/api/fields/app/' '/api/fields/app/host/?q=job+1'
    '/api/export/app/?q=job+2' '/api/collector/indices/')
  asked() {  # the answers of a store, without ids, cursors and times
    start_httpd "$@"
    for path in "${paths[@]}"; do
      get "$path" | sed -E 's/"(id|next|previous|cursor|url)": ?("[^"]*"|null)//g; s/"(bytes|took_ms|ms|read)": ?[0-9.]+//g'
      echo
    done
    id=$(get '/api/grep/app/?q=n:150' | grep -oE '"id": ?"[0-9]+"' | head -n 1 | tr -dc 0-9)
    get "/api/context/app/$id/?B=2&A=2" | grep -oE 'job [0-9]+ of' | sort -u
    stop_httpd
  }
  asked -s "sphinx://127.0.0.1:$SPHINX_PORT" >"$BATS_TEST_TMPDIR/of-sphinx"
  asked -s "dir:$BATS_TEST_TMPDIR/dir" >"$BATS_TEST_TMPDIR/of-dir"
  diff "$BATS_TEST_TMPDIR/of-dir" "$BATS_TEST_TMPDIR/of-sphinx"
  [ "$(tail -n 5 "$BATS_TEST_TMPDIR/of-sphinx" | head -n 1)" = "job 148 of" ]
}

@test "alco-httpd on searchd: a tail sends what several writers store, each event once" {
  start_sphinx
  events 1 5 | alco-index -i app
  start_httpd -s "sphinx://127.0.0.1:$SPHINX_PORT"
  curl -sN "$URL/api/tail/app/" >"$BATS_TEST_TMPDIR/tail" 3>&- &
  TAIL_PID=$!
  wait_until grep -q 'event: start' "$BATS_TEST_TMPDIR/tail"
  events 100 199 | alco-index -i app 3>&- &
  first=$!
  events 200 299 | alco-index -i app
  wait "$first"
  wait_until eval '[ "$(grep -c "^event: line" "$BATS_TEST_TMPDIR/tail")" -ge 200 ]'
  [ "$(grep -oE 'job [0-9]+ of' "$BATS_TEST_TMPDIR/tail" | sort -u | wc -l)" -eq 200 ]
  [ "$(grep -c '^event: line' "$BATS_TEST_TMPDIR/tail")" -eq 200 ]
}

@test "alco-httpd on searchd: a query that its client gave up ends within 100 ms, at every route" {
  start_sphinx
  python3 -c '
import time
midnight = int(time.time()) // 86400 * 86400000
for i in range(60000):
    print("{\"@timestamp\":%d,\"message\":\"event %d of many, with some words in it\",\"host\":\"web%d\"}" % (midnight + i, i, i % 9))' |
    alco-index -i app
  printf 'reader:-:read,fields,tail:*\n' >"$BATS_TEST_TMPDIR/users"
  chmod 600 "$BATS_TEST_TMPDIR/users"
  start_httpd -s "sphinx://127.0.0.1:$SPHINX_PORT" --users "$BATS_TEST_TMPDIR/users" --trusted-proxy 127.0.0.1
  READER=reader METER=nobody python3 tests/torture/httpd.py leave "$URL" "$HTTPD" app
}

@test "alco-httpd on searchd: says that searchd is away" {
  start_sphinx
  events 1 5 | alco-index -i app
  start_httpd -s "sphinx://127.0.0.1:$SPHINX_PORT"
  [ "$(status_of /api/grep/app/)" = 200 ]
  stop_sphinx
  [ "$(status_of /api/grep/app/)" = 503 ]
}
