# bash completion for alco-query: options, and names of indexes and fields from the store.

# The options that choose the store and the index, as they stand on the command line.
_alco_query_source() {
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      -i | --index | -s | --store | --config | -f | --file) printf '%s\n%s\n' "${COMP_WORDS[i]}" "${COMP_WORDS[i + 1]}" ;;
    esac
  done
}

_alco_query_list() {
  local -a source
  mapfile -t source < <(_alco_query_source)
  alco-query "${source[@]}" --list "$1" 2>/dev/null
}

_alco_query() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} begun=
  COMPREPLY=()
  case $previous in
    -i | --index) mapfile -t COMPREPLY < <(compgen -W "$(_alco_query_list indexes)" -- "$current") ;;
    -l | -L | --top | --with-match | --without-match)
      mapfile -t COMPREPLY < <(compgen -W "$(_alco_query_list fields)" -- "$current")
      ;;
    --cols | --same)
      case $current in *,*) begun=${current%,*}, ;; esac
      mapfile -t COMPREPLY < <(compgen -P "$begun" -W "$(_alco_query_list fields)" -- "${current##*,}")
      ;;
    -o | --output) mapfile -t COMPREPLY < <(compgen -W 'text json raw tsv csv' -- "$current") ;;
    --color | --colour) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current") ;;
    --since | --until) mapfile -t COMPREPLY < <(compgen -W '15m 1h 1d today yesterday now' -- "$current") ;;
    --list) mapfile -t COMPREPLY < <(compgen -W 'indexes fields' -- "$current") ;;
    -f | --file | --config) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    *)
      case $current in
        -*)
          mapfile -t COMPREPLY < <(compgen -W '-i -s -f -F -E -y -w -v -r -m -A -B -C -c -q -o -l -L
            --config --multiline --list --ignore-case --case-sensitive --since --until --tz --utc --reverse --limit
            --tail --within --same --id --around --count --quiet --output --cols --with-match --without-match --top
            --hist --follow --url --explain --color --no-pager --partial-ok --check --help --version' -- "$current")
          ;;
        *:*) ;;
        *)
          mapfile -t COMPREPLY < <(compgen -S : -W "$(_alco_query_list fields)" -- "$current")
          compopt -o nospace
          ;;
      esac
      ;;
  esac
}

complete -F _alco_query alco-query
