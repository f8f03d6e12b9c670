# What can be said of the source by reading it.

@test "style: no banned calls, nothing left open, no test that may skip" {
  scripts/lint banned
}

@test "style: man pages are clean, each tool has one and a test" {
  scripts/lint man
}

@test "style: shell scripts are clean" {
  scripts/lint shell
}

@test "style: each file is one concept, each unit test is built" {
  scripts/lint size tests
}
