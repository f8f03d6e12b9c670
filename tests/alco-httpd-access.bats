# alco-httpd: who may read what, and for how long.
bats_require_minimum_version 1.5.0
load lib/httpd
load lib/wait

setup_file() {
  export PATH=$PWD/bin:$PATH STORE=dir:$BATS_FILE_TMPDIR/store TZ=UTC
  unset ALCO_CONFIG
  for i in {1..3}; do echo "{\"@timestamp\":\"2026-11-20T06:00:0${i}Z\",\"message\":\"line $i\",\"host\":\"web$i\"}"; done |
    alco-index -s "$STORE" -i app
  echo '{"@timestamp":"2026-11-20T06:00:00Z","message":"secret"}' | alco-index -s "$STORE" -i private
}

setup() { HTTPD=; }

teardown() { stop_httpd; }

@test "alco-httpd: users, tokens and a proxy's word, each with its rights; forbidden looks like absent" {
  local users=$BATS_TEST_TMPDIR/users tokens=$BATS_TEST_TMPDIR/tokens token
  umask 077
  printf '%s:read:app\n' "$(echo 'correct horse' | alco-httpd --passwd anna)" >"$users"
  printf 'boss:-:read,fields,tail:*\nsaver:-:read,save:app\n' >>"$users"
  printf '%s read app,pri*\n' "$(alco-httpd --token robot 2>"$BATS_TEST_TMPDIR/token")" >"$tokens"
  token=$(sed 's/.*: //' "$BATS_TEST_TMPDIR/token")
  start_httpd -s "$STORE" --users "$users" --tokens "$tokens" --trusted-proxy 127.0.0.1
  local -A who=([nobody]='X-No: 1' [anna]="Authorization: Basic $(printf 'anna:correct horse' | base64)"
    [robot]="authorization: bearer $token" [boss]='X-Forwarded-User: boss' [stranger]='X-Forwarded-User: eve')
  local name path expected
  while read -r name path expected; do
    [ "$(status_of "$path" -H "${who[$name]}")" = "$expected" ] || {
      echo "$name $path: not $expected"
      return 1
    }
  done <<'END'
nobody /healthz 200
nobody /grep/ 401
nobody /api/collector/indices/ 401
nobody /api/export/app/ 401
nobody /metrics 401
nobody /collector/sphinx.conf 401
anna /collector/sphinx.conf 404
anna /grep/app/ 200
anna /api/grep/app/ 200
anna /api/count/app/ 200
anna /api/histogram/app/ 200
anna /api/context/app/1/ 200
anna /api/event/app/1/ 200
anna /api/export/app/ 200
anna /api/fields/app/ 404
anna /api/fields/app/host/ 404
anna /api/tail/app/ 404
anna /api/grep/private/ 404
anna /api/count/private/ 404
anna /api/histogram/private/ 404
anna /api/context/private/1/ 404
anna /api/event/private/1/ 404
anna /api/export/private/ 404
anna /api/tail/private/ 404
robot /api/grep/private/ 200
robot /api/fields/private/ 404
boss /api/fields/private/ 200
stranger /api/grep/app/ 404
END
  [ "$(get /api/collector/indices/ -H "${who[anna]}" | jq -c '[.indices[].name]')" = '["app"]' ]
  [ "$(get /api/collector/indices/ -H "${who[stranger]}" | jq -c .indices)" = '[]' ]
  [[ $(get /metrics -H "${who[anna]}") != *private* ]]
  [ "$(get /api/grep/private/ -H "${who[anna]}" | jq -r .error | tr -d "'")" = \
    "there is no index private, or you may not read it" ]
  [ "$(status_of /api/saved/app/ --json '{"name": "n", "link": ""}' -H "${who[anna]}")" = 403 ]
  [ "$(status_of /api/saved/private/ --json '{"name": "n", "link": ""}' -H 'X-Forwarded-User: saver')" = 404 ]
  get /api/saved/app/ --json '{"name": "n", "link": ""}' -H 'X-Forwarded-User: saver' | grep -q '"by":"saver"'
  get /api/saved/app/ -H "${who[anna]}" | grep -q '"may_save":false'
  [ "$(status_of /api/saved/app/n/ -X DELETE -H 'Content-Type: application/json' -H 'X-Forwarded-User: saver')" = 200 ]
}

@test "alco-httpd: wrong passwords are throttled, right ones of other kinds are not believed" {
  local users=$BATS_TEST_TMPDIR/users i
  umask 077
  echo 'correct horse' | alco-httpd --passwd anna >"$users"
  echo 'battery staple' | alco-httpd --passwd bea >>"$users"
  alco-httpd --token robot >"$BATS_TEST_TMPDIR/tokens" 2>"$BATS_TEST_TMPDIR/token"
  start_httpd -s "$STORE" --users "$users" --tokens "$BATS_TEST_TMPDIR/tokens"
  [ "$(status_of /grep/ -H 'X-Forwarded-User: anna')" = 401 ]
  [ "$(status_of /grep/ -u 'anna:correct horse')" = 200 ]
  for i in 'anna:wrong' 'ANNA:correct horse' 'anna:' ':' 'eve:correct horse'; do
    [ "$(status_of /grep/ -u "$i")" = 401 ]
  done
  # Who was right before is not kept out by those who are wrong at the same address; who comes now has to wait.
  [ "$(status_of /grep/ -u 'anna:correct horse')" = 200 ]
  [ "$(status_of /grep/ -u 'anna:correct Horse')" = 429 ]
  [ "$(status_of /grep/ -u 'bea:battery staple')" = 429 ]
  [ "$(status_of /grep/ -u 'bea:battery staple' --interface 127.0.0.2)" = 200 ]
  grep -qx 'alco-httpd: warning: 127.0.0.1: 5 wrong passwords or tokens within a minute: refused until it is over' "$BATS_TEST_TMPDIR/httpd.err"
  # Tokens are counted by themselves, and a right one is always taken.
  for i in 1 2 3 4 5; do [ "$(status_of /grep/ -H "Authorization: Bearer wrong$i")" = 401 ]; done
  [ "$(status_of /grep/ -H 'Authorization: Bearer wrong6')" = 429 ]
  [ "$(status_of /grep/ -H "Authorization: Bearer $(sed 's/.*: //' "$BATS_TEST_TMPDIR/token")")" = 200 ]
  [ "$(status_of /grep/ --interface 127.0.0.2 -u 'anna:wrong')" = 401 ]
  # Behind a trusted proxy each address counts for itself, whatever a client claims in front of it.
  stop_httpd
  start_httpd -s "$STORE" --users "$users" --trusted-proxy 127.0.0.1
  for i in 1 2 3 4 5; do
    [ "$(status_of /grep/ -u anna:wrong -H "X-Forwarded-For: 10.9.9.$i, 10.0.0.1")" = 401 ]
  done
  [ "$(status_of /grep/ -u 'anna:correct horse' -H 'X-Forwarded-For: 10.0.0.1')" = 429 ]
  [ "$(status_of /grep/ -u 'anna:correct horse' -H 'X-Forwarded-For: 10.0.0.2')" = 200 ]
  # Of two such headers the second is the proxy's; a port is no part of an address; of IPv6 64 bits are one client.
  local -a claims=()
  for i in 1 2 3 4 5; do
    claims=(-H "X-Forwarded-For: 10.9.9.$i" -H "X-Forwarded-For: 10.0.0.3:4000$i")
    [ "$(status_of /grep/ -u anna:wrong "${claims[@]}")" = 401 ]
    [ "$(status_of /grep/ -u anna:wrong -H "X-Forwarded-For: 2001:db8:1:2:$i::$i")" = 401 ]
    [ "$(status_of /grep/ -u anna:wrong -H "X-Forwarded-For: [2001:db8:1:3::$i]:4000$i")" = 401 ]
  done
  [ "$(status_of /grep/ -u 'bea:battery staple' "${claims[@]}")" = 429 ]
  [ "$(status_of /grep/ -u 'bea:battery staple' -H 'X-Forwarded-For: 10.0.0.3')" = 429 ]
  [ "$(status_of /grep/ -u 'bea:battery staple' -H 'X-Forwarded-For: 2001:DB8:1:2::9')" = 429 ]
  [ "$(status_of /grep/ -u 'bea:battery staple' -H 'X-Forwarded-For: 2001:db8:1:3:ffff::')" = 429 ]
  [ "$(status_of /grep/ -u 'bea:battery staple' -H 'X-Forwarded-For: 2001:db8:1:4::1')" = 200 ]
  [ "$(status_of /grep/ -u 'bea:battery staple' -H 'X-Forwarded-For: 10.9.9.1')" = 200 ]
}

@test "alco-httpd: a name that is not there takes as long as one that is; a password ends where it ends" {
  local users=$BATS_TEST_TMPDIR/users known unknown
  umask 077
  perl -e 'print "anna:", crypt("correct horse", q($6$rounds=999999$saltsalt)), "\nboss:-\n"' >"$users"
  start_httpd -s "$STORE" --users "$users" --trusted-proxy 127.0.0.1
  # the best of three: the machine may be busy with other things
  seconds() {
    for _ in 1 2 3; do curl -s -o /dev/null -w '%{time_total}\n' -u "$1" -H "X-Forwarded-For: $2" "$URL/grep/"; done | sort -n | head -n 1
  }
  known=$(seconds anna:wrong 10.0.0.1)
  for unknown in "$(seconds eve:wrong 10.0.0.2)" "$(seconds boss:- 10.0.0.3)"; do
    awk -v a="$known" -v b="$unknown" 'BEGIN { exit !(b > a / 3 && b < a * 3 && a > 0.1) }'
  done
  [ "$(status_of /grep/ -H "Authorization: Basic $(printf 'anna:correct horse\0tail' | base64)")" = 401 ]
  [ "$(status_of /grep/ -u 'anna:correct horse')" = 200 ]
}

@test "alco-httpd: tails and exports end within a second of SIGHUP where it takes their right away, and seen to be cut" {
  local store=dir:$BATS_TEST_TMPDIR/store tokens=$BATS_TEST_TMPDIR/tokens who
  umask 077
  python3 -c '
for i in range(100000): print("{\"@timestamp\":%d,\"message\":\"%d %s\"}" % (1795000000000 + i, i, "x y z " * 30))' |
    alco-index -i app -s "$store"
  for who in stays goes; do
    printf '%s read,tail app\n' "$(alco-httpd --token "$who" 2>"$BATS_TEST_TMPDIR/$who")" >>"$tokens"
  done
  start_httpd -s "$store" --tokens "$tokens"
  python3 tests/lib/withdrawn.py "$URL" "$HTTPD" "$tokens" "$(sed 's/.*: //' "$BATS_TEST_TMPDIR/stays")" \
    "$(sed 's/.*: //' "$BATS_TEST_TMPDIR/goes")"
}

@test "alco-httpd: one client leaves tails and exports to the others" {
  start_httpd -s "$STORE" --max-tails 3 --max-client-tails 2
  local i curls=()
  for i in 1 2; do
    curl -sN --max-time 20 "$URL/api/tail/app/" >"$BATS_TEST_TMPDIR/tail.$i" 3>&- &
    curls+=($!)
    for ((try = 0; try < 100; try++)); do if grep -q 'event: start' "$BATS_TEST_TMPDIR/tail.$i"; then break; fi; sleep 0.05; done
  done
  [ "$(get /api/tail/app/ -D "$BATS_TEST_TMPDIR/head" | jq -r .error)" = 'too many tails of this client are open: close one or try again' ]
  grep -q '^HTTP/1.1 429' "$BATS_TEST_TMPDIR/head"
  grep -q '^Retry-After: 10' "$BATS_TEST_TMPDIR/head"
  curl -sN --max-time 20 --interface 127.0.0.2 "$URL/api/tail/app/" >"$BATS_TEST_TMPDIR/tail.3" 3>&- &
  curls+=($!)
  for ((try = 0; try < 100; try++)); do if grep -q 'event: start' "$BATS_TEST_TMPDIR/tail.3"; then break; fi; sleep 0.05; done
  [ "$(status_of /api/tail/app/ --interface 127.0.0.3)" = 503 ]
  kill "${curls[@]}"
}

@test "alco-httpd: reads its users again on SIGHUP, and keeps them if the file is wrong" {
  local users=$BATS_TEST_TMPDIR/users i
  umask 077
  echo 'correct horse' | alco-httpd --passwd anna >"$users"
  start_httpd -s "$STORE" --users "$users"
  echo nonsense >>"$users"
  kill -HUP "$HTTPD"
  for ((i = 0; i < 100; i++)); do if [ -s "$BATS_TEST_TMPDIR/httpd.err" ]; then break; fi; sleep 0.05; done
  [ "$(cat "$BATS_TEST_TMPDIR/httpd.err")" = \
    "alco-httpd: kept the users and tokens as they were: $users:2: must be NAME:HASH[:RIGHTS[:INDEXES]]" ]
  [ "$(status_of /grep/ -u 'anna:correct horse')" = 200 ]
  chmod 644 "$users"
  run -78 --separate-stderr alco-httpd -s "$STORE" --users "$users"
  [ "$stderr" = "alco-httpd: $users: others can read or change it: chmod 640" ]
}

@test "alco-httpd: an address that is none of a proxy, or no loopback, is said at the start" {
  local address
  for address in 10.0.0.0/8 proxy.example.org 127.0.0.1:80 ''; do
    run -78 --separate-stderr alco-httpd -s "$STORE" --trusted-proxy "$address"
    [ "$stderr" = "alco-httpd: trusted proxy '$address': give one address, or unix" ]
  done
  run -78 --separate-stderr alco-httpd -s "$STORE" --listen 127.example.org:0
  [[ $stderr == 'alco-httpd: 127.example.org:0: others reach this address'* ]]
  # However it is written.
  start_httpd -s "$STORE" --trusted-proxy 0:0:0:0:0:FFFF:7f00:1
  [ "$(status_of /api/grep/app/ -H 'X-Forwarded-User: anna')" = 200 ]
}

@test "alco-httpd: lets anyone in from elsewhere if that is insisted on, or somebody who is known" {
  local out=$BATS_TEST_TMPDIR/out port i
  port=$((20000 + RANDOM % 20000))
  serves() {
    alco-httpd -s "$STORE" --listen "0.0.0.0:$port+" "$@" >"$out" 2>&1 3>&- &
    HTTPD=$!
    for ((i = 0; i < 200; i++)); do if [ -s "$out" ]; then break; fi; sleep 0.05; done
    URL=$(sed 's|0.0.0.0|127.0.0.1|; s|/$||' "$out")
  }
  serves --insecure-anyone
  [ "$(status_of /api/grep/app/)" = 200 ]
  stop_httpd
  : >"$out"
  install -m 600 /dev/null "$BATS_TEST_TMPDIR/users"
  serves --users "$BATS_TEST_TMPDIR/users"
  [ "$(status_of /api/grep/app/)" = 401 ]
}

# looks_at_signals FILE: the process that it names catches SIGHUP, SIGINT and SIGTERM.
looks_at_signals() {
  local caught
  caught=$(sed -n 's/^SigCgt:[[:space:]]*/0x/p' "/proc/$(cat "$1" 2>/dev/null)/status" 2>/dev/null)
  [ $((caught & 0x4003)) = $((0x4003)) ]
}

@test "alco-httpd: a signal ends the question for a password" {
  local signal pid
  mkfifo "$BATS_TEST_TMPDIR/line"
  exec 8<>"$BATS_TEST_TMPDIR/line"
  for signal in INT TERM; do
    # bash has what runs behind it ignore SIGINT
    python3 -c 'import signal, subprocess, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
asks = subprocess.Popen(["alco-httpd", "--passwd", "ada"])
open(sys.argv[1], "w").write(str(asks.pid))
sys.exit(asks.wait())' "$BATS_TEST_TMPDIR/$signal" <&8 3>&- 8>&- 2>"$BATS_TEST_TMPDIR/err" &
    pid=$!
    wait_until looks_at_signals "$BATS_TEST_TMPDIR/$signal"
    kill "-$signal" "$(cat "$BATS_TEST_TMPDIR/$signal")"
    status=0
    wait "$pid" || status=$?
    [ "$status" = 66 ]
    grep -q 'no password was given' "$BATS_TEST_TMPDIR/err"
  done
}
