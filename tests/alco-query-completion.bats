#!/usr/bin/env bats
# Completion: names of indexes and fields come from the store; every option is known to each shell.

bats_require_minimum_version 1.5.0

setup() {
  load lib/query
  COMPLETIONS=$BATS_TEST_DIRNAME/../etc/completions
  cd "$BATS_TEST_TMPDIR" || return 1
  sample_store
}

# completed WORD…: what bash would offer for the last word.
completed() {
  bash --norc -c '
    source "$1"
    shift
    compopt() { :; }
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _alco_query
    printf "%s\n" "${COMPREPLY[@]}"' - "$COMPLETIONS/alco-query.bash" "$@"
}

@test "bash completes indexes, fields, lists of fields and options" {
  [ "$(completed alco-query -i '')" = app ]
  [ "$(completed alco-query -i app -l le)" = levelname ]
  [ "$(completed alco-query -i app --cols host,req)" = host,request_id ]
  [ "$(completed alco-query -i app ho)" = host: ]
  [ "$(completed alco-query --part)" = --partial-ok ]
  [ "$(completed alco-query -o j)" = json ]
}

@test "all three shells know every long option of --help" {
  local option
  while read -r option; do
    case $option in --colour | --max-count | --word-regexp | --context | --*-context | --fixed-strings | --extended-regexp | --invert-match) continue ;; esac
    grep -q -e "$option" "$COMPLETIONS/alco-query.bash" || { echo "bash lacks $option"; false; }
    grep -q -e "$option" "$COMPLETIONS/_alco-query" || { echo "zsh lacks $option"; false; }
    case $option in --help | --version) continue ;; esac
    grep -q -e "-l ${option#--} " "$COMPLETIONS/alco-query.fish" || { echo "fish lacks $option"; false; }
  done < <(alco-query --help | grep -oE -- '(^|[ ,])--[a-z-]+' | tr -d ' ,' | sort -u | grep -v -- '--index\|--store\|--file')
}
