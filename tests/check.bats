# --check of every tool: one line a finding, a status, nothing written. With a broker: tests/services.bats.
bats_require_minimum_version 1.5.0

setup() {
  cd "$BATS_TEST_TMPDIR"
  unset ALCO_CONFIG
  cat >alco.json <<END
{"store": "dir:$PWD/store",
 "rabbitmq": {"url": "amqp://alco:secret@127.0.0.1:1/", "exchange": "logstash"},
 "indexes": {"app": {"queue": "app", "retention_days": 30}, "host": {}}}
END
  chmod 640 alco.json
}

# What stands in the folder, with times and sizes.
state() { find . -not -name output -printf '%p %s %T@\n' | sort; }

check() { "$1" --check --config alco.json "${@:2}"; }

@test "check: every tool has it, finds nothing wrong before the first record, and writes nothing" {
  state >"$BATS_FILE_TMPDIR/before"
  run -0 check alco-index -i app
  [ "${lines[0]}" = "ok: alco.json: 2 indexes" ]
  [ "${lines[1]}" = "ok: store dir:$PWD/store: 0 indexes" ]
  [[ ${lines[2]} = "ok: folder $PWD/store: is made with the first record, "*" MiB free" ]]
  [ "${lines[3]}" = "note: index app: is made with the first record" ]
  run -0 check alco-fields -i app
  [ "${lines[1]}" = "ok: catalogue sqlite:$PWD/store/catalogue.db: 0 fields of app" ]
  run -0 check alco-rotate
  [ "${lines[1]}" = "ok: index app: keeps the last 30 days" ]
  [ "${lines[2]}" = "ok: index host: keeps everything, for ever" ]
  run -0 check alco-httpd
  [ "${lines[2]}" = "note: nobody has to say who they are" ]
  [ "${lines[3]}" = "ok: listen on 127.0.0.1:8000" ]
  run -0 check alco-sphinxconf --days 3
  [ "${lines[1]}" = "ok: indexes of searchd: 8" ]
  run -0 check alco-consume -i host "$PWD/alco.json" "$PWD/*.json" "$PWD/none.log"
  [ "${lines[1]}" = "ok: $PWD/alco.json: can be read" ]
  [ "${lines[2]}" = "ok: $PWD/*.json: fits 1 files" ]
  [ "${lines[3]}" = "note: $PWD/none.log: not there yet" ]
  run -2 check alco-query -i app
  [ "${lines[2]}" = "error: no index 'app' in dir:$PWD/store: it has none yet" ]
  state | diff "$BATS_FILE_TMPDIR/before" -
}

@test "check: a store with events" {
  echo '{"message":"one","host":"a"}' | alco-fields --config alco.json -i app | alco-index --config alco.json -i app
  state | grep -vE '/catalogue.db|^./store ' >"$BATS_FILE_TMPDIR/before"
  run -0 check alco-query -i app
  [ "${lines[2]}" = "ok: index app: 1 events" ]
  run -0 check alco-index -i app
  [[ ${lines[3]} = "ok: folder $PWD/store/app: can be written, "* ]]
  run -0 check alco-fields -i app
  [[ ${lines[1]} = *": 1 fields of app" ]]
  state | grep -vE '/catalogue.db|^./store ' | diff "$BATS_FILE_TMPDIR/before" -
}

@test "check: a broker, a catalogue and a searchd that are not there" {
  run -69 check alco-consume -i app
  [[ ${lines[1]} = "error: 127.0.0.1:1: connect: "* ]]
  [[ $output != *secret* ]]
  run -69 check alco-fields -i app --catalogue redis://:secret@127.0.0.1:1/0
  [[ ${lines[1]} = "error: redis 127.0.0.1:1: connect: "* ]]
  [[ $output != *secret* ]]
  sed -i 's|"indexes"|"sphinx": {"data_dir": "'"$PWD"'/alco.json/none", "agents": ["127.0.0.1:1"]}, "indexes"|' alco.json
  run -77 check alco-sphinxconf
  [[ ${lines[2]} = "error: sphinx.data_dir $PWD/alco.json/none: "*"Not a directory" ]]
  [ "${lines[3]}" = "error: agent 127.0.0.1:1: connect: Connection refused" ]
}

@test "check: a configuration, users and addresses that can't be used" {
  run -78 check alco-httpd --listen 0.0.0.0:8000
  [[ $output = *"error: 0.0.0.0:8000: others reach this address, and anyone could read the logs there"* ]]
  run -74 check alco-httpd --users none
  [[ $output = *"error: none: "* ]]
  sed -i 's/retention_days/retention_daze/' alco.json
  for tool in 'alco-consume -i app' 'alco-fields -i app' 'alco-index -i app' alco-rotate alco-sphinxconf alco-httpd; do
    # shellcheck disable=SC2086  # words
    run -78 check $tool
    [[ ${lines[0]} = "error: alco.json: "*retention_daze* ]]
    [ ${#lines[@]} = 1 ]
  done
}

@test "check: a folder that this user may not write" {
  mkdir store
  chmod 777 .
  run -77 setpriv --reuid=65534 --regid=65534 --clear-groups env PATH="$PATH" alco-index --check -i app -s "dir:$PWD/store"
  [[ $output = *"error: "*"$PWD/store: "*"Permission denied"* ]]
}
