# The unit tests of lib/: bin/test/NAME is built from tests/unit/NAME.cc; and the seeds of the fuzz targets.

@test "unit: every test of tests/unit passes" {
  failed=
  for source in tests/unit/*_test.cc; do
    name=$(basename "$source" .cc)
    [ -x "bin/test/$name" ] || { echo "$source is not in the Makefile"; failed=1; continue; }
    "bin/test/$name" || { echo "$name failed"; failed=1; }
  done
  [ -z "$failed" ]
}

@test "unit: fuzz targets stand their seeds, among them all that fuzzers found" {
  failed=
  for source in tests/fuzz/*_fuzz.cc; do
    name=$(basename "$source" .cc)
    [ -x "bin/replay/$name" ] || { echo "$source is not in the Makefile"; failed=1; continue; }
    timeout 60 "bin/replay/$name" "tests/fuzz/seeds/$name" || { echo "$name failed"; failed=1; }
  done
  [ -z "$failed" ]
}
