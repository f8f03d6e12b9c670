# The recipes of doc/senders.md, each taken from the page and run with the sender that Debian has.
bats_require_minimum_version 1.5.0
load lib/nginx
load lib/rabbitmq
load lib/wait

setup_file() {
  start_rabbitmq "$BATS_FILE_TMPDIR/rabbitmq"
  export RABBITMQ_URL RABBITMQ_PORT RABBITMQ_JOB
}

teardown_file() { stop_rabbitmq; }

setup() {
  PAGE=$PWD/doc/senders.md
  cd "$BATS_TEST_TMPDIR"
  recipe alco.json >alco.json
  chmod 640 alco.json
  export ALCO_CONFIG=$PWD/alco.json PYTHONPATH=$PWD
  recipe alco_logging.py >alco_logging.py
  PIDS=
}

teardown() {
  for pid in $PIDS; do kill "$pid" 2>/dev/null && wait "$pid" || true; done
}

# The block of that name, with the addresses and folders of this test.
recipe() {
  sed -n "/^\`\`\`[a-z-]* name=$1\$/,/^\`\`\`\$/p" "$PAGE" | sed -e '1d;$d' \
    -e "s|amqp://guest:guest@127.0.0.1:5672/%2F|$RABBITMQ_URL|; s|port(5672)|port($RABBITMQ_PORT)|" \
    -e "s|/var/db/alco|$BATS_TEST_TMPDIR/store|; s|/var/log/nginx|$BATS_TEST_TMPDIR/log|; s|/var/log|$BATS_TEST_TMPDIR/log|" \
    -e "s|\"logstash\"}|\"x$BATS_TEST_NUMBER\"}|; s|\"queue\": \"app\"|\"queue\": \"q$BATS_TEST_NUMBER\"|"
}

start() {
  "$@" 3>&- &
  PIDS="$PIDS $!"
}

# The collector on the queue of this test.
collect() {
  start alco-consume -i app --stage 'alco-fields -i app' --stage 'alco-index -i app' 2>collect.log
  wait_until bound
}
bound() { alco-consume --check -i app | grep -q 'queue q.* [1-9][0-9]* consumers'; }

to_this_exchange() { sed "s|exchange=\"logstash\"|exchange=\"x$BATS_TEST_NUMBER\"|; s|-e logstash |-e x$BATS_TEST_NUMBER |" "$@"; }

found() { alco-query -i app -q "$@" 2>/dev/null; }
value() { alco-query -i app -o json "$1" | jq -r "$2"; }

@test "senders: Python logging" {
  collect
  to_this_exchange -i alco_logging.py
  recipe app.py >app.py
  /usr/bin/python3 app.py
  wait_until found '"no total"'
  wait_until found 'declined'
  [ "$(value declined '[.message, .levelname, .logger, .request_id, .seq | tostring] | join(" ")')" = 'declined card 7 WARNING shop 4711 1' ]
  value '"no total"' .exc_info | grep -q '^ZeroDivisionError'
}

@test "senders: python-logstash and logcollect, whose format is known" {
  collect
  recipe publish.sh | to_this_exchange | sed "s|-r logstash.cron|-r logstash|; s|-b '.*'|-b \"\$(cat body)\"|" >publish.sh
  echo '{"@timestamp":"2026-11-22T08:00:00.123Z","@version":"1","message":"from python-logstash","host":"web1","path":"a.py","tags":[],"type":"logstash","level":"INFO","logger_name":"x","stack_info":null}' >body
  sh publish.sh
  echo '{"@timestamp":"2026-11-22T08:00:00.123456Z","@version":"1","message":"from logcollect","host":"web1","levelname":"INFO","seq":12,"tags":[],"type":"logstash"}' >body
  sh publish.sh
  sh publish.sh
  wait_until found '"from logcollect"'
  wait_until found '"from python-logstash"'
  [ "$(alco-query -i app -c '"from logcollect"')" = 1 ]
}

@test "senders: Django" {
  collect
  to_this_exchange -i alco_logging.py
  recipe settings.py >settings.py
  DJANGO_SETTINGS_MODULE=settings /usr/bin/python3 -c '
import django, logging
django.setup()
from django.utils.log import log_response
from django.http import HttpResponseServerError
log_response("%s: %s", "Internal Server Error", "/cart", response=HttpResponseServerError(), request="GET /cart")
logging.shutdown()'
  wait_until found '"Internal Server Error"'
  [ "$(value '"Internal Server Error"' '[.levelname, .logger, .status_code | tostring] | join(" ")')" = 'ERROR django.request 500' ]
}

@test "senders: Celery" {
  collect
  to_this_exchange -i alco_logging.py
  recipe tasks.py >tasks.py
  timeout 60 /usr/bin/python3 - <<'END'
import logging, tasks
from celery.contrib.testing import worker
with worker.start_worker(tasks.app, perform_ping_check=False, pool="solo"):
    assert tasks.add.delay(2, 3).get(timeout=30) == 5
logging.shutdown()
END
  wait_until found adding
  [ "$(value adding '[.levelname, .logger, .a, .b | tostring] | join(" ")')" = 'INFO tasks 2 3' ]
}

@test "senders: rsyslog" {
  port=$(free_port)
  recipe rsyslog.conf | sed "s|port=\"514\"|port=\"$port\"|; s|/usr/local/bin/alco-index|$(command -v alco-index)|" >rsyslog.conf
  start rsyslogd -n -f "$PWD/rsyslog.conf" -i "$PWD/rsyslog.pid" >rsyslog.log 2>&1
  say_it() { logger -n 127.0.0.1 -P "$port" -d --rfc3164 -t backup -p daemon.err 'disk "sda" is full' && found 'is full'; }
  wait_until say_it
  [ "$(value 'is full' '[.message, .program, .level, .facility] | join(",")' | head -n 1)" = 'disk "sda" is full,backup,err,daemon' ]
}

@test "senders: journald" {
  mkdir bin store
  cat >bin/journalctl <<'END'
#!/bin/sh
[ "$1 $2 $3" = "-o json -f" ] || exit 1
echo '{"__REALTIME_TIMESTAMP":"1795000000000000","MESSAGE":"disk failure","PRIORITY":"2","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"kernel","_PID":"7"}'
END
  chmod +x bin/journalctl
  recipe journal.sh >journal.sh
  PATH=$PWD/bin:$PATH sh journal.sh
  [ "$(value failure '[.host, .program, .PRIORITY] | join(" ")')" = 'h kernel 2' ]
}

@test "senders: nginx" {
  port=$(free_port)
  mkdir log
  { recipe nginx.conf; echo "server { listen 127.0.0.1:$port; location / { return 404; } }"; } | write_nginx_conf
  start nginx -c "$PWD/nginx.conf" -e "$PWD/error.log"
  recipe nginx.sh >nginx.sh
  start sh -c "exec $(cat nginx.sh)" 2>follow.log
  wait_until curl -s -A 'a "quoted" agent' "http://127.0.0.1:$port/cart?id=7" -o answer
  wait_until found 'status:404'
  [ "$(value 'status:404' '[.message, .user_agent, .client] | join(",")')" = 'GET /cart?id=7 HTTP/1.1,a "quoted" agent,127.0.0.1' ]
}

@test "senders: plain files" {
  mkdir log
  printf '2026-11-20 14:05:11 ERROR no total\nTraceback (most recent call last):\n  File "a.py", line 1\nZeroDivisionError\n2026-11-20 14:05:12 next\n' >log/app.log
  recipe files.sh >files.sh
  start sh -c "exec $(cat files.sh)" 2>follow.log
  wait_until found next
  [ "$(value 'no total' '.message | split("\n") | length')" = 4 ]
}

@test "senders: shell scripts" {
  collect
  recipe script.sh | sh
  [ "$(value '"backup done"' .took_s)" = 12 ]
  recipe publish.sh | to_this_exchange | sh
  wait_until found 'host:db01'
  recipe job.sh | sh
  found one
  found two
}
