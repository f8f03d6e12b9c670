# The recipes for reverse proxies of doc/security.md, taken from the page and run with nginx and Caddy: TLS with a
# certificate of our own, users by the proxy's word, a path prefix, tails that are not held back.
bats_require_minimum_version 1.5.0
load lib/free_port
load lib/httpd
load lib/nginx
load lib/wait

setup_file() {
  export PATH=$PWD/bin:$PATH
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$BATS_FILE_TMPDIR/logs.key" -out "$BATS_FILE_TMPDIR/logs.crt" -days 2 \
    -subj /CN=logs.example.org -addext subjectAltName=DNS:logs.example.org 2>"$BATS_FILE_TMPDIR/openssl.log"
}

setup() {
  PAGE=$PWD/doc/security.md
  unset ALCO_CONFIG
  STORE=dir:$BATS_TEST_TMPDIR/store
  umask 077
  for index in app private; do
    for i in {1..300}; do echo "{\"@timestamp\":$((1795000000 + i)),\"message\":\"$index line $i\"}"; done | alco-index -s "$STORE" -i "$index"
  done
  echo 'ada:-:read,tail,fields:app' >"$BATS_TEST_TMPDIR/users"
  chmod 755 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR"
  PIDS=
}

teardown() {
  for pid in $PIDS; do kill "$pid" 2>/dev/null && wait "$pid" || true; done
  stop_httpd
}

start() {
  "$@" 3>&- &
  PIDS="$PIDS $!"
}

# The block of that name, with the files of this test.
recipe() {
  sed -n "/^\`\`\`[a-z]* name=$1\$/,/^\`\`\`\$/p" "$PAGE" | sed -e '1d;$d' -e "s|/etc/ssl|$BATS_FILE_TMPDIR|g; s|/etc/nginx|$BATS_TEST_TMPDIR|
    s|/run/alco|$BATS_TEST_TMPDIR|; s|127.0.0.1:8000|${URL#http://}|; s|listen 443|listen 127.0.0.1:$PORT|; s|^logs.example.org {|logs.example.org:$PORT {|"
}

# asked PATH [CURL OPTION…]: through the proxy, as ada.
asked() {
  local path=$1
  shift
  curl -sS --max-time 20 --cacert "$BATS_FILE_TMPDIR/logs.crt" --resolve "logs.example.org:$PORT:127.0.0.1" -u ada:secret "$@" \
    "https://logs.example.org:$PORT$path"
}
status() { asked "$1" -o /dev/null -w '%{http_code}' "${@:2}"; }
answers() { [ "$(status /logs/healthz 2>/dev/null)" = 200 ]; }
tailed() { grep -qs "$1" "$BATS_TEST_TMPDIR/tail"; }

# What must hold behind each.
check_proxy() {
  wait_until answers
  # who: the proxy's users, with the rights that ALCO's file gives them
  [ "$(status /logs/api/grep/app/ -u ada:wrong)" = 401 ]
  [ "$(status /logs/api/grep/app/)" = 200 ]
  [ "$(status /logs/api/grep/private/)" = 404 ]
  for name in X-Forwarded-User x-forwarded-user X_Forwarded_User; do
    [ "$(status /logs/api/grep/private/ -H "$name: root")" = 404 ]
    [ "$(status /logs/api/grep/private/ -H "$name: root" -u ada:wrong)" = 401 ]
  done
  [ "$(status /logs/api/grep/private/ -H 'Connection: X-Forwarded-User')" != 200 ]
  [ "$(asked /logs/api/collector/indices/ | jq -c '[.indices[].name]')" = '["app"]' ]
  # the prefix: files and redirects stay below it
  [ "$(status /logs/grep/app/)" = 200 ]
  local script
  script=$(asked /logs/grep/app/ | grep -o 'src="[^"]*js"' | head -n 1 | sed 's/src="\(.*\)"/\1/')
  [[ $script != /* ]]
  [ "$(status "/logs/${script#../../}")" = 200 ]
  [ "$(asked /logs/grep/app -o /dev/null -w '%{redirect_url}')" = "https://ada:secret@logs.example.org:$PORT/logs/grep/app/" ]
  [ "$(asked /logs/ -o /dev/null -w '%{redirect_url}')" = "https://ada:secret@logs.example.org:$PORT/logs/grep/" ]
  # an answer is whole, and packed by nobody twice
  [ "$(asked '/logs/api/export/app/?format=text' | wc -l)" = 300 ]
  # a tail shows a line when it is there
  asked /logs/api/tail/app/ -N --max-time 25 >"$BATS_TEST_TMPDIR/tail" 3>&- &
  PIDS="$PIDS $!"
  local begin
  wait_until test -s "$BATS_TEST_TMPDIR/tail"
  begin=$(date +%s)
  echo '{"message":"just now"}' | alco-index -s "$STORE" -i app
  wait_until tailed 'just now'
  [ $(($(date +%s) - begin)) -le 5 ]
  # another name is none of ours
  [ "$(curl -sk --max-time 20 --resolve "evil.example:$PORT:127.0.0.1" -u ada:secret -o /dev/null -w '%{http_code}' \
    "https://evil.example:$PORT/logs/api/grep/app/" || true)" != 200 ]
}

@test "proxy: nginx with TLS, its users and a prefix" {
  start_httpd -s "$STORE" --users "$BATS_TEST_TMPDIR/users" --trusted-proxy 127.0.0.1 --host logs.example.org
  PORT=$(free_port)
  echo "ada:$(openssl passwd -apr1 secret)" >"$BATS_TEST_TMPDIR/logs.htpasswd"
  cd "$BATS_TEST_TMPDIR"
  { echo 'access_log off;'; recipe nginx.conf; } | write_nginx_conf
  start nginx -c "$PWD/nginx.conf" -e "$PWD/error.log"
  check_proxy
}

@test "proxy: Caddy with TLS, its users and a prefix, over a Unix socket" {
  PORT=$(free_port)
  cd "$BATS_TEST_TMPDIR"
  alco-httpd -s "$STORE" --listen "unix:$PWD/http.sock" --users "$PWD/users" --trusted-proxy unix --host logs.example.org \
    >httpd.out 2>httpd.err 3>&- &
  HTTPD=$!
  { echo '{'
    printf '  admin off\n  auto_https disable_redirects\n  default_bind 127.0.0.1\n}\n'
    recipe Caddyfile | sed "s|ada .*|ada $(python3 -W ignore -c '
import crypt; print(crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=64)))')|"
  } >Caddyfile
  start env HOME="$PWD" XDG_DATA_HOME="$PWD/data" XDG_CONFIG_HOME="$PWD/config" caddy run --adapter caddyfile --config Caddyfile 2>caddy.log
  check_proxy
}
