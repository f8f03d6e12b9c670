# A private redis-server for one test file: start_redis [OPTION…] sets REDIS_PORT, REDIS_SOCKET and REDIS_PID.
. "${BASH_SOURCE[0]%/*}/free_port.bash"

start_redis() {
  local try
  REDIS_SOCKET=$BATS_TEST_TMPDIR/redis.sock
  for try in 1 2 3 4 5; do
    REDIS_PORT=$(free_port)
    redis-server --bind 127.0.0.1 --port "$REDIS_PORT" --unixsocket "$REDIS_SOCKET" --save '' --appendonly no \
      --dir "$BATS_TEST_TMPDIR" "$@" >"$BATS_TEST_TMPDIR/redis.log" 2>&1 3>&- &
    REDIS_PID=$!
    if wait_for_redis; then return 0; fi
  done
  cat "$BATS_TEST_TMPDIR/redis.log" >&2
  return 1
}

wait_for_redis() {
  local i
  for i in {1..100}; do
    if grep -q 'Ready to accept connections' "$BATS_TEST_TMPDIR/redis.log"; then return 0; fi
    kill -0 "$REDIS_PID" 2>/dev/null || return 1
    sleep 0.05
  done
  return 1
}

stop_redis() {
  if [ -n "${REDIS_PID:-}" ]; then
    kill -9 "$REDIS_PID" 2>/dev/null || true
    wait "$REDIS_PID" 2>/dev/null || true
    REDIS_PID=
  fi
}
