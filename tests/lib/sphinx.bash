# A private searchd for one test: start_sphinx sets SPHINX_PORT, SPHINX_DATA, SPHINX_PID and exports ALCO_CONFIG.
# $SEARCHD is another than the one in PATH, Manticore's for example.
# Its configuration comes from alco-sphinxconf by way of a #! file; SPHINX_SHIFT='-3 days' in the file
# $BATS_TEST_TMPDIR/shift makes that another day. Set SPHINX_JSON ('"reserve_bytes":0,') and INDEXES_JSON before.
. "${BASH_SOURCE[0]%/*}/free_port.bash"

is_manticore() { "${SEARCHD:-searchd}" --help 2>&1 | head -n 1 | grep -q Manticore; }

write_sphinx_config() {
  local manticore=false
  if is_manticore; then manticore=true; fi
  SPHINX_DATA=$BATS_TEST_TMPDIR/sphinx
  export ALCO_CONFIG=$BATS_TEST_TMPDIR/alco.json
  mkdir -p "$SPHINX_DATA"
  SPHINX_PORT=$(free_port)
  cat >"$ALCO_CONFIG" <<EOF
{"store": "sphinx://127.0.0.1:$SPHINX_PORT", "catalogue": "sqlite:$BATS_TEST_TMPDIR/catalogue.db",
 "sphinx": {${SPHINX_JSON-"\"reserve_bytes\": 0,"} "data_dir": "$SPHINX_DATA",
            "manticore": $manticore, "searchd": {"listen": "127.0.0.1:$SPHINX_PORT:mysql41"}},
 "indexes": {${INDEXES_JSON-"\"app\": {\"retention_days\": 3}"}}}
EOF
  cat >"$BATS_TEST_TMPDIR/conf" <<EOF
#!/bin/sh
if [ -s '$BATS_TEST_TMPDIR/shift' ]; then
  exec faketime "\$(cat '$BATS_TEST_TMPDIR/shift')" '$(command -v alco-sphinxconf)' --config '$ALCO_CONFIG' "\$@"
fi
exec '$(command -v alco-sphinxconf)' --config '$ALCO_CONFIG' "\$@"
EOF
  chmod +x "$BATS_TEST_TMPDIR/conf"
  echo "#!$BATS_TEST_TMPDIR/conf" >"$BATS_TEST_TMPDIR/sphinx.conf"
  chmod +x "$BATS_TEST_TMPDIR/sphinx.conf"
}

start_sphinx() {
  local _
  for _ in 1 2 3 4 5; do
    write_sphinx_config
    if run_searchd; then return 0; fi
    kill_searchd
  done
  cat "$BATS_TEST_TMPDIR/searchd.out" >&2
  return 1
}

# Starts it (again) with the files that are there.
run_searchd() {
  "${SEARCHD:-searchd}" --nodetach -c "$BATS_TEST_TMPDIR/sphinx.conf" --replay-flags=accept-desc-timestamp \
    >"$BATS_TEST_TMPDIR/searchd.out" 2>&1 3>&- &
  SPHINX_PID=$!
  local _
  for _ in {1..200}; do
    kill -0 "$SPHINX_PID" 2>/dev/null || return 1
    if sql 'SHOW TABLES' >/dev/null 2>&1; then return 0; fi
    sleep 0.05
  done
  return 1
}

# kill_hard PID: kill -9, also of what faketime runs, and of its clock, a file under its number that stops another one.
kill_hard() {
  pkill -9 -P "$1" 2>/dev/null || true
  kill -9 "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
  rm -f "/dev/shm/faketime_shm_$1" "/dev/shm/sem.faketime_sem_$1"
}

kill_searchd() {
  if [ -n "${SPHINX_PID:-}" ]; then
    kill -CONT "$SPHINX_PID" 2>/dev/null || true
    kill_hard "$SPHINX_PID"
    SPHINX_PID=
  fi
}
stop_sphinx() { kill_searchd; }

# sql STATEMENT: rows, their values parted by tabs.
sql() { mysql -N -h 127.0.0.1 -P "$SPHINX_PORT" --connect-timeout=5 -e "$1"; }
documents() { sql "SELECT COUNT(*) FROM ${1:-app}"; }
today() { date -u +%Y%m%d; }

# For the tests of what reads from searchd.
setup_reader() {
  PATH=$PWD/bin:$PATH
  export TZ=UTC
}

# events FROM TO [HOST]: one a second from today's midnight on, of three hosts if none is given.
events() {
  local n host
  for ((n = $1; n <= $2; ++n)); do
    host=${3:-web$((n % 3))}
    printf '{"@timestamp":"%sT00:%02d:%02dZ","message":"job %d of %s is done","host":"%s","n":%d,"tags":["a","b/c"]}\n' \
      "$(date -u +%F)" $((n / 60)) $((n % 60)) "$n" "$host" "$host" "$n"
  done
}
