# Who can read what ALCO writes and knows: modes of files, links in the store, passwords.
bats_require_minimum_version 1.5.0
load lib/httpd
load lib/wait

setup() {
  cd "$BATS_TEST_TMPDIR"
  unset ALCO_CONFIG
  STORE=dir:$BATS_TEST_TMPDIR/store
  PIDS=
}

teardown() {
  local pid
  for pid in $PIDS; do kill "$pid" 2>/dev/null && wait "$pid" || true; done
  stop_httpd
}

# One of everything that is written: segments, ids, offsets, the key, the catalogue, the rejected file, saved searches.
write_everything() {
  echo 'one line' >in.log
  alco-consume -i app -s "$STORE" --follow in.log --limit 1 --stage "alco-fields -i app --catalogue sqlite:$PWD/store/catalogue.db" \
    --stage "alco-index -i app -s $STORE" 2>err
  python3 -c 'print("{\"message\":\"" + "x" * 5000000 + "\"}")' | alco-index -i app -s "$STORE" 2>>err
  alco-rotate -s "$STORE" --merge
}

@test "secrets: what is written can be read by its owner and group alone; a umask takes more away" {
  (umask 000 && write_everything)
  [ -s store/app/rejected ]
  [ -s store/catalogue.db ]
  [ -s store/.consume/app.offsets ]
  run -0 find store -type d ! -perm 750
  [ -z "$output" ]
  # the key of identities is for the owner alone
  run -0 find store -type f ! -perm 640 ! -name id.key
  [ -z "$output" ]
  [ "$(find store -name id.key -printf %m)" = 600 ]
  rm -r store
  (umask 077 && write_everything)
  run -0 find store -perm /077
  [ -z "$output" ]
}

@test "secrets: links in a store lead nowhere" {
  write_everything
  mkdir outside
  echo precious >outside/precious
  local day
  day=$(basename "$(find store/app -maxdepth 1 -name '2*' | head -n 1)")
  # a file that is written to
  rm store/app/rejected
  ln -s ../../outside/precious store/app/rejected
  run ! alco-index -i app -s "$STORE" < <(python3 -c 'print("{\"message\":\"" + "x" * 5000000 + "\"}")')
  rm store/app/rejected
  [ "$(cat outside/precious)" = precious ]
  # a segment, a day and an index
  cp -r store/app outside/app
  ln -s ../../outside/precious store/app/"$day"/0000000000000001.seg
  ln -s ../../outside/app/"$day" store/app/20260101
  ln -s ../outside/app store/other
  # what is told of the others goes on
  run alco-query -i app -s "$STORE" -c 'one'
  [ "${lines[0]}" = 1 ]
  run ! alco-query -i other -s "$STORE" one
  [[ $output = *"no index 'other'"* ]]
  for index in app other; do
    run -78 alco-index -i $index -s "$STORE" < <(echo '{"@timestamp":"2026-01-01T00:00:00Z","message":"two"}')

    [[ $output = *"is a link: nothing is stored behind links"* ]]
  done
  alco-rotate -i app -s "$STORE" --days 1 --force || true
  alco-rotate -s "$STORE" --days 1 --force || true
  alco-rotate -s "$STORE" --merge || true
  [ "$(cat outside/precious)" = precious ]
  [ -n "$(find outside/app -name '*.seg')" ]
}

@test "secrets: a password stays out of arguments, environments, messages, errors and figures" {
  mkdir run
  export ALCO_RUN_DIR=$PWD/run
  cat >alco.json <<END
{"store": "$STORE", "catalogue": "redis://:hunter2@127.0.0.1:1/0",
 "rabbitmq": {"url": "amqp://ada:hunter2@127.0.0.1:1/%2F", "exchange": "x", "management": "http://ada:hunter2@127.0.0.1:1"},
 "indexes": {"app": {"queue": "q", "routing_keys": ["#"]}}}
END
  chmod 640 alco.json
  echo '{"message":"x"}' | alco-index --config alco.json -i app
  alco-consume --config alco.json -i app --stats 1 --stage 'alco-fields -i app --config alco.json' --stage 'alco-index -i app --config alco.json' \
    2>consume.err 3>&- &
  PIDS=$!
  start_httpd --config alco.json
  wait_until grep -q 'connect' consume.err
  local pid
  for pid in $PIDS $HTTPD $(pgrep -P "$PIDS"); do
    tr '\0' '\n' <"/proc/$pid/cmdline" >>seen
    tr '\0' '\n' <"/proc/$pid/environ" >>seen
    cat "/proc/$pid/comm" >>seen
  done
  get /metrics >>seen
  get /api/fields/app/ >>seen
  get /api/collector/indices/ >>seen
  get /healthz >>seen
  for tool in 'alco-consume -i app' 'alco-fields -i app' alco-httpd alco-rotate 'alco-index -i app'; do
    # shellcheck disable=SC2086  # words
    $tool --config alco.json --check >>seen 2>&1 || true
  done
  alco-fields --config alco.json -i app --list >>seen 2>&1 || true
  cat consume.err "$BATS_TEST_TMPDIR"/httpd.err run/* >>seen
  run ! grep -n hunter2 seen
  # and the file is refused when others may read it
  chmod 644 alco.json
  for tool in 'alco-consume -i app' 'alco-fields -i app' alco-httpd alco-rotate 'alco-index -i app' 'alco-query -i app x'; do
    # shellcheck disable=SC2086  # words
    run $tool --config alco.json </dev/null
    [ "$status" = 78 ] || [ "$status" = 2 ]
    [[ $output = *"alco.json: "*"others can read it"* ]]
    [[ $output != *hunter2* ]]
  done
}

@test "secrets: what a tool has in memory is for no other process of its user, and for no core file" {
  mkfifo line
  exec 8<>line 7<"$(command -v alco-httpd)"
  # as somebody else than root, who reads everything
  setpriv --reuid=65534 --regid=65534 --clear-groups /proc/self/fd/7 --passwd ada <line >out 3>&- 8>&- &
  PIDS=$!
  wait_until eval '[[ $(readlink "/proc/$PIDS/exe") = */alco-httpd && $(stat -c %u "/proc/$PIDS/environ") = 0 ]]'
  run ! setpriv --reuid=65534 --regid=65534 --clear-groups cat "/proc/$PIDS/environ"
  run ! setpriv --reuid=65534 --regid=65534 --clear-groups head -c 1 "/proc/$PIDS/mem"
  echo 'correct horse' >&8
  wait_until grep -q '^ada:' out
  PIDS=
}

@test "secrets: the programs are built so that an error in them is hard to use" {
  local tool program headers
  for tool in consume fields httpd index query rotate sphinxconf; do
    program=$(command -v "alco-$tool")
    headers=$(readelf -hldW "$program")
    grep -q 'Type: *DYN' <<<"$headers"          # anywhere in memory
    grep -q GNU_RELRO <<<"$headers"             # its tables are not written to
    grep -qE 'BIND_NOW|FLAGS.* NOW' <<<"$headers"
    grep -qE 'GNU_STACK.* RW ' <<<"$headers"    # the stack is no code
    nm -D "$program" | grep -q __stack_chk_fail # an overflow there is seen
    nm -D "$program" | grep -q '_chk@'          # lengths are checked
  done
}
