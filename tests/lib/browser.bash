# What the tests of the web page need: Chromium, a store with events, alco-httpd. All of it ends with the file.

# Runs a command in the background; its output goes to $BATS_FILE_TMPDIR/NAME.log.
in_background() { # NAME COMMAND…
  local name=$1
  shift
  "$@" >"$BATS_FILE_TMPDIR/$name.log" 2>&1 3>&- &
  echo $! >>"$BATS_FILE_TMPDIR/pids"
}

stop_processes() {
  local pid
  while read -r pid; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done <"$BATS_FILE_TMPDIR/pids"
}

# Waits until a file holds a text; shows the log when it never does.
wait_for() { # FILE TEXT LOG
  local try
  for try in {1..300}; do
    if grep -qs -- "$2" "$1"; then return 0; fi
    sleep 0.1
  done
  echo "$try times: waited in vain for '$2' in $1" >&2
  cat "$3" >&2
  return 1
}

# playwright-core is fetched once for a version; its install scripts (downloads of browsers) do not run.
install_playwright() {
  local folder=tests/browser/node_modules
  if [ ! -e $folder/.package-lock.json ] || [ tests/browser/package-lock.json -nt $folder/.package-lock.json ]; then
    npm ci --ignore-scripts --no-audit --no-fund --prefix tests/browser >"$BATS_FILE_TMPDIR/npm.log" 2>&1 || {
      cat "$BATS_FILE_TMPDIR/npm.log" >&2
      return 1
    }
    touch $folder/.package-lock.json
  fi
}

start_chromium() {
  local profile=$BATS_FILE_TMPDIR/chromium
  in_background chromium /usr/bin/chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage \
    --hide-scrollbars --user-data-dir="$profile" --remote-debugging-port=0 about:blank
  wait_for "$profile/DevToolsActivePort" '[0-9]' "$BATS_FILE_TMPDIR/chromium.log"
  ALCO_CHROMIUM=http://127.0.0.1:$(head -n 1 "$profile/DevToolsActivePort")
  export ALCO_CHROMIUM
}

fill_store() {
  export ALCO_STORE=dir:$BATS_FILE_TMPDIR/store
  node tests/browser/data.mjs | alco-index -i shop -s "$ALCO_STORE"
  node tests/browser/data.mjs hostile | alco-index -i forum -s "$ALCO_STORE"
  cat >"$BATS_FILE_TMPDIR/alco.json" <<END
{
  "store": "$ALCO_STORE", "catalogue": "sqlite:$BATS_FILE_TMPDIR/catalogue.db",
  "indexes": {
    "shop": {
      "columns": {"host": {"filtered": true}, "levelname": {"filtered": true}, "application": {"filtered": true, "display": false},
                  "exc_info": {"context": true, "display": false}, "logger": {"display": false}, "process": {"display": false},
                  "request_id": {"display": false}, "status": {"display": false}, "duration_ms": {"display": false},
                  "http": {"display": false}},
      "shortcuts": {"user": {"description": "One user", "query": "\"for user\" {value}"}}
    },
    "forum": {"columns": {"host": {"filtered": true}, "exc_info": {"context": true}}}
  }
}
END
}

start_httpd() {
  in_background httpd alco-httpd --config "$BATS_FILE_TMPDIR/alco.json" --listen 127.0.0.1:0
  wait_for "$BATS_FILE_TMPDIR/httpd.log" 'http://' "$BATS_FILE_TMPDIR/httpd.log"
  ALCO_URL=$(grep -o 'http://[^ ]*' "$BATS_FILE_TMPDIR/httpd.log" | head -n 1)
  export ALCO_URL=${ALCO_URL%/}/
}

# nginx with the location of doc/security.md, without its users: the page below /logs/.
start_nginx() {
  local folder=$BATS_FILE_TMPDIR/nginx port temp
  mkdir "$folder"
  for port in $(shuf -i 20000-40000 -n 20); do
    { echo "pid $folder/pid; daemon off; user root; events {} http { access_log off;"
      for temp in client_body proxy fastcgi uwsgi scgi; do echo "${temp}_temp_path $folder/$temp;"; done
      echo "server { listen 127.0.0.1:$port;"
      sed -n '/^  location \/logs\/ {/,/^  }/p' doc/security.md | sed "/auth_basic\|X-Forwarded-User/d; s|http://127.0.0.1:8000/|$ALCO_URL|"
      echo "} }"
    } >"$folder/nginx.conf"
    if nginx -t -q -c "$folder/nginx.conf" -e "$folder/error.log" 2>/dev/null; then break; fi
  done
  in_background nginx nginx -c "$folder/nginx.conf" -e "$folder/error.log"
  export ALCO_PROXY=http://127.0.0.1:$port/logs/
  local _
  for _ in {1..100}; do
    if curl -sf -o /dev/null "${ALCO_PROXY}healthz"; then return 0; fi
    sleep 0.1
  done
  cat "$folder/error.log" "$BATS_FILE_TMPDIR/nginx.log" >&2
  return 1
}

# Begins with all tests; browser() waits for one.
start_tests() { # FILE…
  export ALCO_RESULTS=$BATS_FILE_TMPDIR/results
  mkdir "$ALCO_RESULTS"
  in_background tests node tests/browser/run.mjs "$ALCO_RESULTS" "$@"
  ALCO_RUNNER=$(tail -n 1 "$BATS_FILE_TMPDIR/pids")
  export ALCO_RUNNER
}

# What became of the test that has the description of the present @test.
browser() {
  local result="$ALCO_RESULTS/${BATS_TEST_DESCRIPTION#web: }" try
  for try in {1..600}; do
    if [ -e "$result" ]; then break; fi
    if ! kill -0 "$ALCO_RUNNER" 2>/dev/null && [ ! -e "$result" ]; then
      echo "the runner ended without this test" >&2
      cat "$BATS_FILE_TMPDIR/tests.log" >&2
      return 1
    fi
    sleep 0.1
  done
  if [ "$(cat "$result")" = ok ]; then return 0; fi
  cat "$result" >&2
  return 1
}
