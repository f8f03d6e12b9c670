# The unit tests of lib/: bin/test/NAME is built from tests/unit/NAME.cc.

@test "unit: every test of tests/unit passes" {
  failed=
  for source in tests/unit/*_test.cc; do
    name=$(basename "$source" .cc)
    [ -x "bin/test/$name" ] || { echo "$source is not in the Makefile"; failed=1; continue; }
    "bin/test/$name" || { echo "$name failed"; failed=1; }
  done
  [ -z "$failed" ]
}
