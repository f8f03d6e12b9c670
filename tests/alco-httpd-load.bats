# alco-httpd under load and abuse: the short form of tests/torture/load.
bats_require_minimum_version 1.5.0
load lib/httpd

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

@test "alco-httpd: a query that its client gave up ends within 100 ms" {
  torment leave app
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
