# The tests of the web page that need nothing but the shop, on SphinxSearch: the page is the same on each store.
#   bats tests/torture/page-on-sphinx.bats
bats_require_minimum_version 1.5.0
load ../lib/browser
load ../lib/sphinx

setup_file() {
  cd "$BATS_TEST_DIRNAME/../.." || return 1
  export INDEXES_JSON PATH=$PWD/bin:$PATH BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
  local columns='"host": {"filtered": true}, "levelname": {"filtered": true}, "application": {"filtered": true, "display": false},
    "exc_info": {"context": true, "display": false}, "logger": {"display": false}, "process": {"display": false},
    "request_id": {"display": false}, "status": {"display": false}, "duration_ms": {"display": false}, "http": {"display": false}'
  INDEXES_JSON="\"shop\": {\"retention_days\": 30, \"columns\": {$columns}},
    \"forum\": {\"retention_days\": 30, \"columns\": {\"host\": {\"filtered\": true}, \"exc_info\": {\"context\": true}}}"
  : >"$BATS_FILE_TMPDIR/pids"
  start_sphinx
  echo "$SPHINX_PID" >>"$BATS_FILE_TMPDIR/pids"
  node tests/browser/data.mjs | alco-index -i shop
  node tests/browser/data.mjs hostile | alco-index -i forum
  export ALCO_STORE=dir:$BATS_FILE_TMPDIR/none
  install_playwright
  start_chromium
  start_httpd
}

teardown_file() { stop_processes; }

@test "web on SphinxSearch: the list, searches, context, filters, time, hostile lines" {
  local results=$BATS_FILE_TMPDIR/results result
  mkdir "$results"
  ONLY='opens at|scrolls through|lines that load|scroll bar|turns around|keys of less|unfolds|query is typed|context|within the view|errors, along|exact counts|a cell|histogram zooms|lines, names|nothing found' \
    node tests/browser/run.mjs "$results" list search filters trust
  [ "$(find "$results" -type f ! -name failed.png | wc -l)" -ge 16 ]
  for result in "$results"/*; do
    case $result in *failed.png) continue ;; esac
    [ "$(cat "$result")" = ok ] || { cat "$result" >&2; return 1; }
  done
}
