# Events for the tests of alco-query, and a store that holds them.

# sample_events: NDJSON of a small incident on two web servers and a database.
sample_events() {
  cat <<'EOF'
{"@timestamp":"2026-11-20T14:00:00Z","message":"worker started","host":"web01","levelname":"INFO","application":"shop","process":11}
{"@timestamp":"2026-11-20T14:00:01Z","message":"worker started","host":"web02","levelname":"INFO","application":"shop","process":12}
{"@timestamp":"2026-11-20T14:05:10.5Z","message":"GET /api/v1/users?id=[1]","host":"web01","levelname":"INFO","application":"shop","status":200,"duration_ms":12,"request_id":"4711abcd","http":{"client":"10.0.0.7"}}
{"@timestamp":"2026-11-20T14:05:11Z","message":"timeout talking to db, retrying","host":"web01","levelname":"WARNING","application":"shop","request_id":"4711abcd"}
{"@timestamp":"2026-11-20T14:05:12Z","message":"connection refused","host":"db01","levelname":"ERROR","application":"pool","request_id":"4711abcd","pool":{"size":5,"free":0}}
{"@timestamp":"2026-11-20T14:05:12.1Z","message":"timeout talking to db","host":"web01","levelname":"ERROR","application":"shop","status":500,"duration_ms":2100,"request_id":"4711abcd","http":{"client":"10.0.0.7"}}
{"@timestamp":"2026-11-20T14:05:13Z","message":"worker stopping: out of memory","host":"web02","levelname":"CRITICAL","application":"shop"}
{"@timestamp":"2026-11-20T14:05:13.5Z","message":"Segmentation fault","host":"web02","levelname":"CRITICAL","application":"shop"}
{"@timestamp":"2026-11-20T14:05:14Z","message":"Unhandled exception in worker\nTraceback (most recent call last):\n  File \"a.py\", line 1","host":"web01","levelname":"ERROR","application":"shop","exc_info":"Traceback (most recent call last):\n  File \"/srv/shop/views.py\", line 7, in get\n    raise KeyError(\"id\")\nKeyError: id\n"}
{"@timestamp":"2026-11-20T14:06:00Z","message":"user 42 locked","host":"web01","levelname":"INFO","application":"auth"}
{"@timestamp":"2026-11-21T02:00:00Z","message":"backup done","host":"db01","levelname":"INFO","application":"backup"}
EOF
}

# sample_store: an index "app" with the sample events in $STORE, known to the tools by $ALCO_CONFIG.
sample_store() {
  STORE=dir:$BATS_TEST_TMPDIR/store
  printf '{"store": "%s"}\n' "$STORE" >"$BATS_TEST_TMPDIR/alco.json"
  chmod 640 "$BATS_TEST_TMPDIR/alco.json"
  export ALCO_CONFIG=$BATS_TEST_TMPDIR/alco.json
  sample_events | alco-index -i app
}

# wait_until COMMAND…: runs it again and again until it succeeds; fails after ten seconds.
wait_until() {
  local i
  for ((i = 0; i < 200; i++)); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  echo "gave up waiting for: $*" >&2
  return 1
}
