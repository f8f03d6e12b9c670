# alco-httpd: the interface of doc/http-api.md over a real store, and what the server refuses.
bats_require_minimum_version 1.5.0
load lib/httpd

setup_file() {
  export PATH=$PWD/bin:$PATH STORE=dir:$BATS_FILE_TMPDIR/store TZ=UTC
  unset ALCO_CONFIG
  cat >"$BATS_FILE_TMPDIR/alco.json" <<END
{"store": "$STORE", "catalogue": "sqlite:$BATS_FILE_TMPDIR/c.db", "indexes": {"app": {
  "columns": {"host": {"filtered": true}, "level": {"filtered": true}, "trace": {"context": true}},
  "shortcuts": {"request": {"description": "One request", "query": "@request={value}", "columns": ["host"]}}}}}
END
  # 300 events, one a second: every 10th an ERROR, every 3rd from web1.
  python3 - >"$BATS_FILE_TMPDIR/events" <<'END'
import json
for i in range(300):
    event = {"@timestamp": "2026-11-20T06:%02d:%02d.5Z" % (i // 60, i % 60), "message": "line %d of the log" % i,
             "host": "web%d" % (i % 3), "level": "ERROR" if i % 10 == 0 else "INFO", "n": i, "http": {"path": "/p%d" % (i % 7)}}
    if i == 42:
        event["message"] = "<script>alert(1)</script> häßlich 🙂 needle"
        event["trace"] = "x" * 100000
        event["=cmd"] = "=1+1"
        event["wide"] = "＝1+1"
    print(json.dumps(event))
END
  alco-fields --config "$BATS_FILE_TMPDIR/alco.json" -i app <"$BATS_FILE_TMPDIR/events" |
    alco-index --config "$BATS_FILE_TMPDIR/alco.json" -i app
  echo '{"@timestamp":"2026-11-20T06:00:00Z","message":"secret"}' | alco-index -s "$STORE" -i private
  BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
  start_httpd --config "$BATS_FILE_TMPDIR/alco.json"
  export URL HTTPD
  echo "$HTTPD" >"$BATS_FILE_TMPDIR/pid"
}

teardown_file() {
  HTTPD=$(cat "$BATS_FILE_TMPDIR/pid")
  kill "$HTTPD" || true
}

setup() { HTTPD=; }

teardown() { stop_httpd; }

# Ids or loglines of an answer.
lines() { jq -r '.results[].logline'; }

@test "alco-httpd: the page, its files and the list of indexes are there" {
  [[ $(get /grep/) == *"<!doctype html>"* ]]
  [[ $(get /grep/app/) == *"<script"*"src="* ]]
  [ "$(status_of / -L)" = 200 ]
  [ "$(get /healthz)" = ok ]
  run -0 get /api/collector/indices/
  [ "$(jq -c '.indices[0] | [.name, .events, .oldest, .newest, (.last_minutes | length), .days]' <<<"$output")" = \
    '["app",300,"2026-11-20T06:00:00.500000Z","2026-11-20T06:04:59.500000Z",5,[["20261120",300]]]' ]
  [ "$(jq -r '.indices[0].shortcuts.request.description' <<<"$output")" = "One request" ]
}

@test "alco-httpd: files are sent with a tag and not sent again" {
  local tag
  tag=$(get /static/favicon.svg -o /dev/null -D - | tr -d '\r' | sed -n 's/^ETag: //p')
  [ "$(status_of /static/favicon.svg -H "If-None-Match: $tag")" = 304 ]
  [ "$(status_of /static/nothing.js)" = 404 ]
}

@test "alco-httpd: reads everything page by page, in both directions, each event once" {
  local order cursor all
  for order in asc desc; do
    cursor='' all=''
    while true; do
      run -0 get "/api/grep/app/?limit=37&order=$order&cursor=$cursor"
      all+=$(jq -r '.results[].id' <<<"$output")$'\n'
      cursor=$(jq -r '.next // empty' <<<"$output")
      [ -n "$cursor" ] || break
    done
    [ "$(sort -un <<<"$all" | grep -c .)" = 300 ]
    [ "$(grep -c . <<<"$all")" = 300 ]
  done
}

@test "alco-httpd: the page before lies before, in the same order" {
  local second back
  second=$(get "/api/grep/app/?limit=10&order=asc&cursor=$(get '/api/grep/app/?limit=10&order=asc' | jq -r .next)")
  [ "$(lines <<<"$second" | head -1)" = "line 10 of the log" ]
  back=$(get "/api/grep/app/?limit=4&order=asc&cursor=$(jq -r .previous <<<"$second")")
  [ "$(lines <<<"$back" | tr '\n' ' ')" = "line 6 of the log line 7 of the log line 8 of the log line 9 of the log " ]
  back=$(get "/api/grep/app/?limit=10&order=asc&cursor=$(jq -r .previous <<<"$back")")
  [ "$(jq '.results | length' <<<"$back")" = 6 ]
  [ "$(jq .previous <<<"$back")" = null ]
}

@test "alco-httpd: a search, its marks in UTF-16 units, its canonical form" {
  run -0 get '/api/grep/app/?q=needle%20%F0%9F%99%82'
  [ "$(jq -c '.results[0] | [.spans, .match, .js.host, .cut]' <<<"$output")" = '[[[34,36],[37,43]],true,"web0",true]' ]
  [ "$(jq '.results[0].js.trace | length' <<<"$output")" -lt 70000 ]
  [ "$(jq -c '.query.clauses' <<<"$output")" = '["\"needle\"","\"🙂\""]' ]
  local id
  id=$(jq -r '.results[0].id' <<<"$output")
  [ "$(get "/api/event/app/$id/" | jq '.event.trace | length')" = 100000 ]
}

@test "alco-httpd: conditions on fields, time range, columns, several queries" {
  [ "$(get '/api/count/app/?host=web1' | jq -c '[.count, .events, .days, .complete]')" = '[100,300,1,true]' ]
  [ "$(get '/api/count/app/?host__in=web1,web2&level=ERROR' | jq .count)" = 20 ]
  [ "$(get '/api/count/app/?q=@n>=10&q=@n<20' | jq .count)" = 10 ]
  [ "$(get '/api/count/app/?since=2026-11-20T06:01:00Z&until=2026-11-20T06:02:00Z' | jq .count)" = 60 ]
  [ "$(get '/api/count/app/?start_ts=2026-11-20T07:01&end_ts=2026-11-20T07:02&tz=Europe/Berlin' | jq .count)" = 60 ]
  [ "$(get '/api/grep/app/?limit=1&order=asc&cols=http.path,level' | jq -c '.results[0].js')" = \
    '{"http":{"path":"/p0"},"level":"ERROR"}' ]
  [ "$(get '/api/grep/app/?q=LINE&limit=1&case=ignore' | jq '.results | length')" = 1 ]
  [ "$(get '/api/grep/app/?q=LINE&limit=1' | jq '.results | length')" = 0 ]
}

@test "alco-httpd: context lines in groups, around hits and around one event" {
  run -0 get '/api/grep/app/?q=@level:ERROR&A=1&B=1&limit=3&order=asc'
  [ "$(jq -c '[.results[] | [.js.n, .match, .group]]' <<<"$output")" = \
    '[[0,true,0],[1,false,0],[9,false,1],[10,true,1],[11,false,1],[19,false,2],[20,true,2],[21,false,2]]' ]
  local id
  id=$(get '/api/grep/app/?q=@n:100' | jq -r '.results[0].id')
  run -0 get "/api/context/app/$id/?A=1&B=2&same=host"
  [ "$(jq -c '[.results[] | [.js.n, .anchor]]' <<<"$output")" = '[[94,null],[97,null],[100,true],[103,null]]' ]
  [ "$(get "/api/context/app/$id/?within=2s" | jq '.results | length')" = 5 ]
  [ "$(get "/api/grep/app/?around=$id&order=asc&limit=2" | jq -c '[.results[].js.n]')" = '[100,101]' ]
  [ "$(get "/api/grep/app/?around=$id&order=desc&limit=2" | jq -c '[.results[].js.n]')" = '[100,99]' ]
}

@test "alco-httpd: marks hits among all events" {
  run -0 get '/api/grep/app/?mark=@level:ERROR%20line&order=asc&limit=11'
  [ "$(jq -c '[.results[] | select(.match) | [.js.n, .spans]]' <<<"$output")" = '[[0,[[0,4]]],[10,[[0,4]]]]' ]
}

@test "alco-httpd: counts over time, by a field" {
  run -0 get '/api/histogram/app/?buckets=5&split=level'
  [ "$(jq -c '[.origin, .width_ms, .buckets, .counts.ERROR, .total]' <<<"$output")" = \
    '["2026-11-20T06:00:00.000000Z",60000,5,[6,6,6,6,6],300]' ]
}

@test "alco-httpd: fields and the values of one, exactly counted" {
  run -0 get /api/fields/app/
  [ "$(jq -c '[.fields[] | select(.name == "host" or .name == "n") | [.name, .types, .filtered]]' <<<"$output")" = \
    '[["host",["string"],true],["n",["integer"],false]]' ]
  [ "$(jq -c .columns <<<"$output")" = '["host","level"]' ]
  [ "$(get '/api/fields/app/host/?level=ERROR' | jq -c '[.values, .distinct, .without]')" = \
    '[[{"value":"web0","count":10},{"value":"web1","count":10},{"value":"web2","count":10}],3,0]' ]
  [ "$(get '/api/fields/app/host/?n=1' | jq -c .known)" = '["web0","web2"]' ]
}

@test "alco-httpd: exports everything, in order, as text, JSON and CSV" {
  [ "$(get '/api/export/app/?format=json' | jq -c .)" = "$(jq -c . "$BATS_FILE_TMPDIR/events" |
    sed 's/\.5Z/.500000Z/')" ]
  [ "$(get '/api/export/app/?q=@n:7&cols=host')" = "2026-11-20T06:00:07.500000Z web1 line 7 of the log" ]
  [ "$(get '/api/export/app/?format=csv&q=needle&cols=%3Dcmd' | tr -d '\r')" = "datetime,\"'=cmd\",message
2026-11-20T06:00:42.500000Z,\"'=1+1\",<script>alert(1)</script> häßlich 🙂 needle" ]
  [ "$(get '/api/export/app/?format=csv&q=needle&cols=wide' | tail -n 1 | cut -d , -f 2)" = "\"'＝1+1\"" ]
  run -0 get '/api/export/app/' -o /dev/null -D -
  [[ $output == *'Content-Disposition: attachment; filename="app.txt"'* ]]
}

@test "alco-httpd: a tail shows what arrives, by id, from where it was left" {
  local out=$BATS_TEST_TMPDIR/tail last i
  echo '{"@timestamp":"2026-11-20T06:00:00Z","message":"old"}' | alco-index -s "$STORE" -i live
  curl -sN --max-time 20 "$URL/api/tail/live/?q=good" >"$out" 3>&- &
  local curl=$!
  for ((i = 0; i < 100; i++)); do if grep -q 'event: start' "$out"; then break; fi; sleep 0.05; done
  printf '{"message":"good %d"}\n{"message":"bad"}\n' 1 2 3 | alco-index -s "$STORE" -i live
  echo '{"@timestamp":"2026-11-19T06:00:00Z","message":"good but late"}' | alco-index -s "$STORE" -i live
  for ((i = 0; i < 100; i++)); do if grep -q 'late' "$out"; then break; fi; sleep 0.05; done
  kill "$curl"
  [ "$(sed -n 's/^data: //p' "$out" | jq -r 'select(.logline).logline' | tr '\n' ,)" = \
    'good 1,good 2,good 3,good but late,' ]
  last=$(sed -n '/"good 2"/!d;s/.*"id":"\([0-9]*\)".*/\1/p' "$out")
  # Resumed behind the second: the rest, and nothing twice.
  run get "/api/tail/live/?q=good" -N --max-time 1 -H "Last-Event-ID: $last"
  [ "$(sed -n 's/^data: {"id".*"logline":"\([^"]*\)".*/\1/p' <<<"$output" | tr '\n' ,)" = 'good 3,good but late,' ]
}

@test "alco-httpd: shortcuts lead to the page" {
  [ "$(get /grep/shortcut/request/a%2Fb/ -o /dev/null -w '%{redirect_url}')" = \
    "$URL/grep/app/?q=%40request%3D%22a%2Fb%22&cols=host" ]
  [ "$(status_of /grep/shortcut/nothing/)" = 404 ]
  [ "$(status_of /grep/app)" = 308 ]
}

@test "alco-httpd: errors are sentences" {
  local path
  [ "$(get '/api/grep/nothing/' | jq -r .error)" = "there is no index 'nothing', or you may not read it" ]
  [[ $(get '/api/grep/app/?q=/(/' | jq -r .error) == *"missing )"* ]]
  [[ $(get '/api/grep/app/?limit=0' | jq -r .error) == "limit: '0' is no number from 1 to 10000" ]]
  for path in '?cursor=x' '?since=yesterdayish' '?order=up' '?tz=Nowhere' '?limit=10001' '?within=x&q=a' '?case=x'; do
    [ "$(status_of "/api/grep/app/$path")" = 400 ]
  done
  [ "$(status_of '/api/grep/app/?around=99999')" = 404 ]
  [ "$(status_of /api/event/app/x/)" = 404 ]
  [ "$(status_of /api/grep/app/ -X DELETE -H 'Content-Type: application/json')" = 405 ]
  [ "$(status_of /nothing)" = 404 ]
}

@test "alco-httpd: every answer carries the headers that keep a browser safe" {
  run -0 python3 tests/lib/safe_headers.py "$URL"
}

@test "alco-httpd: answers no other name, no other site's page; nothing can be changed" {
  [ "$(status_of /grep/ -H 'Host: rebound.example')" = 421 ]
  [ "$(status_of /grep/ -H 'Host: localhost:1')" = 200 ]
  [ "$(status_of /grep/ -H 'Host: LOCALHOST.')" = 200 ]
  [ "$(status_of /api/collector/indices/ -H 'Sec-Fetch-Site: cross-site')" = 403 ]
  [ "$(status_of /api/collector/indices/ -H 'Sec-Fetch-Site: same-site')" = 403 ]
  [ "$(status_of /api/collector/indices/ -H 'Origin: http://evil.example')" = 403 ]
  [ "$(status_of /api/collector/indices/ -H 'Sec-Fetch-Site: same-origin' -H "Origin: $URL")" = 200 ]
  [ "$(status_of /api/grep/app/ -d a=b)" = 415 ]
  [ "$(status_of /api/grep/app/ --json '{}')" = 405 ]
  [ "$(status_of /api/saved/app/ -d '{"name": "n", "link": "q=x"}')" = 415 ]
  [ "$(status_of /api/saved/app/ --json '{"name": "n", "link": "q=x"}' -H 'Sec-Fetch-Site: cross-site')" = 403 ]
  [ "$(status_of /api/saved/app/ --json '{"name": "n", "link": "q=x"}' -H 'Origin: http://evil.example')" = 403 ]
  [ "$(status_of /api/saved/app/n/ -X DELETE)" = 415 ]
  [ "$(get /api/saved/app/)" = '{"searches":[],"may_save":true}' ]
}

@test "alco-httpd: searches are saved for everyone, replaced and deleted" {
  local file=$BATS_TEST_TMPDIR/store/saved-searches.json
  cp -r "${STORE#dir:}" "$BATS_TEST_TMPDIR/store"
  stop_httpd
  start_httpd -s "dir:$BATS_TEST_TMPDIR/store"
  get /api/saved/app/ --json '{"name": "all/b", "link": "q=x&since=1d"}' | grep -q '"name":"all/b","link":"q=x&since=1d","by":"","at":"2'
  get /api/saved/app/ --json '{"name": "A first", "link": ""}' >"$BATS_TEST_TMPDIR/out"
  grep -q '"A first".*"all/b"' "$BATS_TEST_TMPDIR/out"
  get /api/saved/app/ --json '{"name": "all/b", "link": "q=y"}' | grep -q '"link":"q=y"'
  get /api/collector/indices/ | grep -q '"saved":.{"name":"A first"'
  [ "$(status_of /api/saved/app/all%2Fb/ -X DELETE -H 'Content-Type: application/json')" = 200 ]
  [ "$(status_of /api/saved/app/all%2Fb/ -X DELETE -H 'Content-Type: application/json')" = 404 ]
  [ "$(status_of /api/saved/nothing/ --json '{"name": "n", "link": ""}')" = 404 ]
  get /api/saved/app/ --json '{"name": "", "link": ""}' | grep -q 'give the search a name'
  get /api/saved/app/ --json '{"link": ""}' | grep -q "'name' is missing"
  get /api/saved/app/ --json 'nonsense' | grep -q "'name' is missing"
  get /api/saved/app/ | grep -vq 'all/b'
  echo '{"app": 7}' >"$file"
  [ "$(status_of /api/saved/app/ --json '{"name": "n", "link": ""}')" = 500 ]
  [ "$(cat "$file")" = '{"app": 7}' ]
}

@test "alco-httpd: says what an index lacks and what hinders collecting" {
  local store=$BATS_TEST_TMPDIR/store
  cp -r "${STORE#dir:}" "$store"
  mkdir -p "$store/.consume"
  printf '%s\n' '{"kind":"rotated","since":"2026-11-01T00:00:00Z","until":"2026-11-02T00:00:00Z"}' 'half a li' \
    '{"kind":"rotated","since":"2026-11-02T00:00:00Z","until":"2026-11-03T00:00:00Z"}' \
    '{"kind":"down","since":"2026-11-20T10:00:00Z","until":"2026-11-20T10:20:00Z"}' >"$store/.consume/app.gaps"
  printf '{"rejected_at":"2026-11-20T11:00:%s.000000Z","reason":"too \\"long\\"","text":"x"}\n' 00 10 >"$store/app/rejected"
  stop_httpd
  start_httpd -s "dir:$store"
  run -0 get /api/gaps/app/
  [ "$output" = '{"gaps":[{"kind":"rotated","since":"2026-11-01T00:00:00.000000Z","until":"2026-11-03T00:00:00.000000Z"},{"kind":"down","since":"2026-11-20T10:00:00.000000Z","until":"2026-11-20T10:20:00.000000Z"},{"kind":"rejected","since":"2026-11-20T11:00:00.000000Z","until":"2026-11-20T11:00:10.000000Z","lines":2,"reason":"too \"long\""}]}' ]
  printf '{"rejected_at":"2026-11-21T11:00:00.000000Z","reason":"damaged \357 here","text":"x"}\n' >>"$store/app/rejected"
  get /api/gaps/app/ | jq -e '.gaps[3].reason == "damaged \ufffd here"'
  sed -i 3d "$store/app/rejected"
  get /api/collector/indices/ | grep -q '"rejected":2,"problems":."2 lines could not be stored'
  touch "$store/.consume/app.alive"
  get /api/collector/indices/ | grep -q '"no event for .*, though alco-consume is at work"'
  touch -d '10 minutes ago' "$store/.consume/app.alive"
  get /api/collector/indices/ | grep -q '"nothing collects this index: alco-consume was last at work 10 min ago"'
  get /api/gaps/app/ | grep -q '"kind":"down","since":"[^"]*","until":"[^"]*","open":true'
}

@test "alco-httpd: an export tells how far it is, and can be broken off" {
  local ticket=0123456789abcdef try
  get "/api/export/app/?format=json&ticket=$ticket" -o "$BATS_TEST_TMPDIR/all"
  run -0 get "/api/progress/$ticket/"
  [ "$output" = "{\"state\":\"done\",\"share\":1.0,\"events\":$(wc -l <"$BATS_TEST_TMPDIR/all"),\"bytes\":$(wc -c <"$BATS_TEST_TMPDIR/all")}" ]
  [ "$(status_of '/api/export/app/?ticket=short')" = 400 ]
  [[ $(get /api/progress/0000000000000000/) == '{"state":"unknown"'* ]]
  ticket=fedcba9876543210
  python3 -c 'import json
for i in range(200000): print(json.dumps({"@timestamp": "2026-11-20T06:00:00Z", "message": "x" * 100, "n": i}))' |
    alco-index -i big -s "dir:$BATS_TEST_TMPDIR/store"
  stop_httpd
  start_httpd -s "dir:$BATS_TEST_TMPDIR/store"
  curl -sS --limit-rate 100K "$URL/api/export/big/?ticket=$ticket" -o "$BATS_TEST_TMPDIR/part" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  local reader=$!
  for ((try = 0; try < 200; try++)); do
    if [[ $(get "/api/progress/$ticket/") == '{"state":"running"'*'"events":'[1-9]* ]]; then break; fi
    sleep 0.05
  done
  get "/api/progress/$ticket/" -X DELETE -H 'Content-Type: application/json'
  local status_of_reader=0
  wait "$reader" || status_of_reader=$?
  [ "$status_of_reader" -eq 18 ]
  for ((try = 0; try < 200; try++)); do
    if [[ $(get "/api/progress/$ticket/") == '{"state":"failed"'* ]]; then break; fi
    sleep 0.05
  done
  [[ $(get "/api/progress/$ticket/") == '{"state":"failed"'* ]]
}

@test "alco-httpd: the gate refuses what two programs could read in two ways" {
  [ "$(raw 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n')" = "HTTP/1.1 400 Refused" ]
  [ "$(raw 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')" = \
    "HTTP/1.1 411 Refused" ]
  [ "$(raw 'GET http://localhost/ HTTP/1.1\r\nHost: x\r\n\r\n')" = "HTTP/1.1 400 Refused" ]
  [ "$(raw 'GET /%%00.html HTTP/1.1\r\nHost: x\r\n\r\n')" = "HTTP/1.1 400 Refused" ]
  [ "$(raw 'GET /grep/ HTTP/1.1\nHost: x\n\n\r\n\r\n')" = "HTTP/1.1 400 Refused" ]
  [ "$(raw 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')" = "HTTP/1.1 400 Refused" ]
  [ "$(raw 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')" = "HTTP/1.1 400 Refused" ]
  [ "$(status_of /grep/ -H 'Range: bytes=0-1,1-2')" = 416 ]
  [ "$(status_of /grep/ -H 'Content-Encoding: gzip' -d x)" = 415 ]
}

@test "alco-httpd: no path leads out of the page's folder" {
  local path
  for path in /static/../Makefile /static/%2e%2e/Makefile /static/..%2fMakefile /static/..%252fMakefile \
    /static//etc/passwd /static/%2fetc%2fpasswd '/static/..\..\Makefile' /static/.git /static/js/..%2f..%2fMakefile \
    /api/grep/..%2fprivate/ /api/grep/%2e%2e/ /api/grep/app%00/ /api/grep/APP/ /api/grep/app%2f..%2fprivate/; do
    run -0 get "$path" --path-as-is -w '\n%{http_code}'
    [[ $output == *40[04] ]]
  done
}

@test "alco-httpd: refuses to let anyone in from elsewhere" {
  run -78 --separate-stderr alco-httpd -s "$STORE" --listen 0.0.0.0:0
  [[ $stderr == "alco-httpd: 0.0.0.0:0: others reach this address, and anyone could read the logs there:"* ]]
  run -64 alco-httpd --listen nonsense
  run -66 --separate-stderr alco-httpd -s "$STORE" --web-dir "$BATS_TEST_TMPDIR"
  run -69 --separate-stderr alco-httpd -s "$STORE" --listen "${URL#http://}"
  [ "$stderr" = "alco-httpd: ${URL#http://}: bind: Address already in use" ]
}

@test "alco-httpd: listens on a Unix socket, ends with 0 on SIGTERM" {
  local socket=$BATS_TEST_TMPDIR/s i
  alco-httpd -s "$STORE" --listen "unix:$socket" >"$BATS_TEST_TMPDIR/out" 3>&- &
  HTTPD=$!
  for ((i = 0; i < 100; i++)); do if [ -s "$BATS_TEST_TMPDIR/out" ]; then break; fi; sleep 0.05; done
  [ "$(cat "$BATS_TEST_TMPDIR/out")" = "unix:$socket" ]
  [ "$(stat -c %a "$socket")" = 660 ]
  [ "$(curl -s --unix-socket "$socket" http://localhost/healthz)" = ok ]
  kill -TERM "$HTTPD"
  wait "$HTTPD"
  HTTPD=
}

@test "alco-httpd: notes requests if it is told to, escaped" {
  start_httpd -s "$STORE" --log-requests
  get '/api/count/app/?q=%1b[31m' -g -o /dev/null
  [[ $(cat "$BATS_TEST_TMPDIR/httpd.err") == "alco-httpd: 127.0.0.1 - GET /api/count/app/?q=%1b[31m 200 "*" ms" ]]
}

@test "alco-httpd: says in figures what it is doing" {
  run -0 get /metrics
  [[ $output == *'alco_index_events{index="app"} 300'* ]]
  [[ $output == *'alco_http_tails '* ]]
}

@test "alco-httpd: serves the configuration of searchd as alco-sphinxconf prints it" {
  get /collector/sphinx.conf >"$BATS_TEST_TMPDIR/sphinx.conf"
  alco-sphinxconf --config "$BATS_FILE_TMPDIR/alco.json" | cmp - "$BATS_TEST_TMPDIR/sphinx.conf"
}

@test "alco-httpd: the interface answers as its OpenAPI document says" {
  get /api/ >"$BATS_TEST_TMPDIR/api.json"
  python3 - "$URL" "$BATS_TEST_TMPDIR/api.json" <<'END'
import json, re, sys, urllib.request

url, document = sys.argv[1], json.load(open(sys.argv[2]))
types = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


def check(schema, value, place):
    schema = document["components"]["schemas"][schema["$ref"].split("/")[-1]] if "$ref" in schema else schema
    if "type" in schema:
        assert isinstance(value, types[schema["type"]]), (place, value)
    for name in schema.get("required", []):
        assert name in value, (place, name)
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            check(inner, value[name], place + "." + name)
    if schema.get("type") == "object" and schema.get("properties"):
        extra = set(value) - set(schema["properties"])
        assert not extra, (place, extra)
    for item in value if schema.get("items") else []:
        check(schema["items"], item, place + "[]")


done = 0
for path, methods in document["paths"].items():
    if path == "/api/":
        continue
    target = path.replace("{index}", "app").replace("{id}", "5").replace("{field}", "host").replace("{ticket}", "0123456789abcdef")
    for method in sorted(methods, key=["post", "get", "delete"].index):
        body = methods[method].get("requestBody")
        if body:
            fields = body["content"]["application/json"]["schema"]["properties"]
            body = json.dumps({name: "saved" for name in fields}).encode()
        headers = {} if method == "get" else {"Content-Type": "application/json"}
        request = urllib.request.Request(url + target.replace("{name}", "saved"), body, headers, method=method.upper())
        with urllib.request.urlopen(request, timeout=10) as answer:
            content = methods[method]["responses"]["200"]["content"]
            kind = answer.headers["Content-Type"].split(";")[0]
            assert kind in content, (path, kind)
            if kind == "application/json":
                check(content[kind]["schema"], json.load(answer), path)
            done += 1
assert done == 19, done
END
}
