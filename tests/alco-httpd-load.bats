# alco-httpd under load and abuse: the short form of tests/torture/load.
bats_require_minimum_version 1.5.0
load lib/httpd
load lib/wait

setup_file() {
  export PATH=$PWD/bin:$PATH STORE=dir:$BATS_FILE_TMPDIR/store
  unset ALCO_CONFIG
  python3 -c '
for i in range(20000):
    print("{\"@timestamp\":%d,\"message\":\"event %d of many, with some words in it\",\"host\":\"web%d\"}" %
          (1795000000000 + i, i, i % 9))' | alco-index -s "$STORE" -i app
}

setup() { start_httpd -s "$STORE" --max-tails 150 --max-client-tails 150; }

teardown() { stop_httpd; }

torment() { python3 tests/torture/httpd.py "$1" "$URL" "$HTTPD" "${@:2}"; }

@test "alco-httpd: honest clients are served while slow ones hold 1500 sockets" {
  torment slow 1500 4
}

@test "alco-httpd: 180 tails, some not reading: the same for all, no thread each, no trace of them afterwards" {
  torment tails app 180
}

@test "alco-httpd: a slow tail goes on with a search of its own while the others share theirs" {
  torment marks app "$STORE"
}

@test "alco-httpd: garbage is refused with a 4xx and takes no memory" {
  torment garbage
}

@test "alco-httpd: more queries than there is room for are answered or told when to come again" {
  torment full app 120
}

@test "alco-httpd: a query that its client gave up ends within 100 ms, at every route" {
  torment leave app
}

# unread_answers ADDRESSES: the statuses of 20 answers of 8 MB that nobody reads, asked for in turn by so many addresses.
unread_answers() {
  python3 - "$URL" "$1" <<'END'
import socket, sys
host, port = sys.argv[1][7:].rsplit(":", 1)
held = []
for i in range(20):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.settimeout(20)
    one.bind(("127.0.0.%d" % (2 + i % int(sys.argv[2])), 0))
    one.connect((host, int(port)))
    one.sendall(b"GET /api/grep/large/?limit=1500 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    print(one.recv(12).decode()[9:])
    held.append(one)
END
}

@test "alco-httpd: how much may be left unread, by one client and by all, is an option" {
  stop_httpd
  # more than the kernel keeps for a connection
  awk 'BEGIN { for (t = "large"; length(t) < 4000;) t = t t; for (i = 0; i < 1500; ++i) printf "{\"@timestamp\":%d,\"message\":\"%d %s\"}\n", 1795000000 + i, i, t }' |
    alco-index -s "$STORE" -i large
  start_httpd -s "$STORE" --max-client-unread 1048576
  run -0 unread_answers 1
  [ "${lines[0]}" = 200 ]
  [ "${lines[19]}" = 429 ]
  [ "$(status_of '/api/grep/app/?limit=1')" = 200 ]
  stop_httpd
  start_httpd -s "$STORE" --max-unread 1048576
  run -0 unread_answers 20
  [ "${lines[0]}" = 200 ]
  [ "${lines[19]}" = 503 ]
  [ "$(status_of /healthz)" = 200 ]
  stop_httpd
  start_httpd -s "$STORE"
  run -0 unread_answers 20
  [ "$(sort -u <<<"$output")" = 200 ]
}

# begun FILE: bytes of a body have come.
begun() { [ -s "$1" ]; }

@test "alco-httpd: an export over HTTP/1.0 does not look whole when the server stops or dies" {
  local signal curl status
  # more than the kernel keeps for a connection
  awk 'BEGIN { for (t = "large"; length(t) < 4000;) t = t t; for (i = 0; i < 8000; ++i) printf "{\"@timestamp\":%d,\"message\":\"%d %s\"}\n", 1795000000 + i, i, t }' |
    alco-index -s "$STORE" -i huge
  for signal in TERM KILL; do
    stop_httpd
    start_httpd -s "$STORE"
    curl -s0 --max-time 60 --limit-rate 1M -o "$BATS_TEST_TMPDIR/$signal" "$URL/api/export/huge/" 3>&- &
    curl=$!
    wait_until begun "$BATS_TEST_TMPDIR/$signal"
    kill "-$signal" "$HTTPD"
    status=0
    wait "$curl" || status=$?
    echo "SIG$signal: curl says $status after $(wc -l <"$BATS_TEST_TMPDIR/$signal") of 8000 events"
    [ "$status" = 56 ]
  done
}

@test "alco-httpd: with few descriptors it sheds clients and goes on" {
  stop_httpd
  # shellcheck disable=SC2016
  cat >"$BATS_TEST_TMPDIR/alco-httpd" <<END
#!/bin/sh
ulimit -n 40
exec $PWD/bin/alco-httpd "\$@"
END
  chmod +x "$BATS_TEST_TMPDIR/alco-httpd"
  PATH=$BATS_TEST_TMPDIR:$PATH start_httpd -s "$STORE"
  python3 - "$URL" <<'END'
import socket, sys
host, port = sys.argv[1][7:].rsplit(":", 1)
held = [socket.create_connection((host, int(port)), 5) for _ in range(100)]
for _ in range(20):
    one = socket.create_connection((host, int(port)), 5)
    one.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert one.recv(100).startswith(b"HTTP/1.1 200"), "not served"
END
}

@test "alco-httpd: each limit of a request and of an answer is an option" {
  stop_httpd
  start_httpd -s "$STORE" --max-head 2000 --max-headers 6 --max-uri 600 --max-body 1024 --max-page 50 --max-page-bytes 65536 \
    --max-regex 20 --regex-memory 65536 --query-time 1
  [ "$(status_of /healthz)" = 200 ]
  [ "$(status_of /healthz -H "X: $(printf %01990d 0)")" = 431 ]
  [ "$(status_of /healthz -H 'A: 1' -H 'B: 2' -H 'C: 3' -H 'D: 4')" = 431 ]
  [ "$(status_of "/healthz?$(printf %0600d 0)")" = 414 ]
  [ "$(status_of /api/saved/app/ -H 'Content-Type: application/json' -d "$(printf %01025d 0)")" = 413 ]
  [ "$(get '/api/grep/app/?limit=51' | jq -r .error)" = "limit: '51' is no number from 1 to 50" ]
  [ "$(get '/api/grep/app/?limit=50' | jq '.results | length')" = 50 ]
  [ "$(get '/api/grep/app/?q=/abcdefghijklmnopqrstu/' | jq -r .error)" = \
    'regular expression /abcdefghijklmnopqrstu/: longer than 20 bytes' ]
  [[ $(get '/api/grep/app/?q=/%5CpL%7B90%7D/' | jq -r .error) == *'pattern too large'* ]]
  stop_httpd
  # What is kept for one page ends it; the next one goes on.
  start_httpd -s "$STORE" --max-page-bytes 65536
  run -0 get '/api/grep/app/?limit=10000&order=asc'
  [ "$(jq '.results | length' <<<"$output")" -lt 1000 ]
  [ "$(jq -r '.results[-1].logline' <<<"$output")" = "event $(($(jq '.results | length' <<<"$output") - 1)) of many, with some words in it" ]
  [[ $(get "/api/grep/app/?limit=1&order=asc&cursor=$(jq -r .next <<<"$output")" | jq -r '.results[0].logline') == \
    "event $(jq '.results | length' <<<"$output") of many"* ]]
  run -0 get '/api/histogram/app/?split=message'
  [ "$output" = "{\"error\":\"the field 'message' has too many values to be counted over time by them\"}" ]
}
