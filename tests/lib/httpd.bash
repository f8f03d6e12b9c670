# Starts and stops alco-httpd for a test.

# start_httpd OPTION…: on a free port; sets URL (without a slash at its end) and HTTPD (its process).
start_httpd() {
  local out=$BATS_TEST_TMPDIR/httpd.out err=$BATS_TEST_TMPDIR/httpd.err
  : >"$out"
  alco-httpd --listen "127.0.0.1:$((20000 + RANDOM % 20000))+" "$@" >"$out" 2>"$err" 3>&- &
  HTTPD=$!
  local i
  for ((i = 0; i < 200; i++)); do
    if [ -s "$out" ]; then
      read -r URL <"$out"
      URL=${URL%/}
      return 0
    fi
    if ! kill -0 "$HTTPD" 2>/dev/null; then break; fi
    sleep 0.05
  done
  cat "$err" >&2
  return 1
}

stop_httpd() {
  if [ -n "${HTTPD:-}" ]; then
    kill "$HTTPD" 2>/dev/null || true
    wait "$HTTPD" 2>/dev/null || true
  fi
  HTTPD=
}

# get PATH [CURL OPTION…]: the body.
get() {
  local path=$1
  shift
  curl -sS --max-time 20 "$@" "$URL$path"
}

# status_of PATH [CURL OPTION…]
status_of() {
  local path=$1
  shift
  curl -sS --max-time 20 -o /dev/null -w '%{http_code}' "$@" "$URL$path"
}

# raw FORMAT: sends bytes (as printf makes them) and prints the first line of the answer.
raw() {
  local host=${URL#http://}
  # shellcheck disable=SC2059
  printf "$1" | timeout 15 python3 -c '
import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
s = socket.create_connection((host, int(port)), 10)
data = sys.stdin.buffer.read()
try:
    s.sendall(data)
except OSError:
    pass
answer = b""
while b"\r\n" not in answer:
    try:
        got = s.recv(4096)
    except OSError:
        break
    if not got:
        break
    answer += got
sys.stdout.write(answer.split(b"\r\n")[0].decode("latin-1"))
' "$host"
}
