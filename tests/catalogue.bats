# The field catalogue on a real Redis; the SQLite one is covered by the unit test alone.
bats_require_minimum_version 1.5.0
load lib/redis

teardown() { stop_redis; }

@test "catalogue: Redis keeps the same rules as SQLite" {
  start_redis
  ALCO_TEST_REDIS=redis://127.0.0.1:$REDIS_PORT/3 run -0 bin/test/catalogue_test
  [ "$output" = "" ]
  # the same values stand where DESIGN says, for others to read
  [ "$(redis-cli -p "$REDIS_PORT" -n 3 zscore ALCO:VALUES:app:process all)" = 1024 ]
}

@test "catalogue: Redis over a Unix socket, with a password" {
  start_redis --requirepass 'se/cr@t'
  ALCO_TEST_REDIS=redis+unix://:se%2fcr%40t@$REDIS_SOCKET"?db=1" run -0 bin/test/catalogue_test
  [ "$output" = "" ]
}
