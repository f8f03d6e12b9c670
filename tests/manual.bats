# The manual is the contract: what the tools have, it has, and the reverse.
bats_require_minimum_version 1.5.0

TOOLS='alco-consume alco-fields alco-httpd alco-index alco-query alco-rotate alco-sphinxconf'

# The options of --help, long and short, one a line.
options_of_help() {
  "$1" --help | sed -nE 's/^ {1,4}(-[^ ]*).*/\1/p' | tr , '\n' | grep -vx -e -h | sort -u
}

# Those of the manual's lists.
options_of_manual() {
  sed -nE 's/^\.It (Fl .*)/\1/p' "man/$1.1" | sed -E 's/ (Ar|Cm|Op|No|Ns|Sy)( |$).*( , Fl )/ \3/' |
    grep -oE 'Fl -?[A-Za-z][A-Za-z-]*|, -[a-z][a-z-]*' | sed -E 's/^Fl |^, /-/' | sort -u
}

@test "manual: each option of --help is in the manual page, and the reverse" {
  for tool in $TOOLS; do
    diff <(options_of_help "$tool") <(options_of_manual "$tool") || { echo "$tool: help < > manual"; false; }
  done
}

@test "manual: each default that --help shows is in the manual page" {
  for tool in $TOOLS; do
    while read -r option default; do
      sed -n "/^\.It.* -$option/,/^\.It /p" "man/$tool.1" | grep -qE "(^|[^0-9A-Za-z])$default([^0-9A-Za-z]|$)" ||
        { echo "$tool: --$option: the default $default is not in the manual"; false; }
    done < <("$tool" --help | sed -nE 's/^  (-.,)?--([a-z-]+) [^ ]*(:[^ ]* in [^=]*)?=([^ ]+)( .*|$)/\2 \4/p')
  done
}

@test "manual: each exit code of sysexits.h that a tool names is in alco(7)" {
  for code in 0 64 65 66 69 70 74 75 76 77 78 141; do grep -qx ".It $code" man/alco.7; done
  for page in man/alco-*.1; do
    grep -q '^\.Sh EXIT STATUS' "$page"
    sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/p' "$page" | sed -nE 's/^\.It ([0-9]+)$/\1/p' |
      { [ "$page" = man/alco-query.1 ] && cat >/dev/null || grep -vxE '0|6[4569]|7[045678]|141'; } | { run ! grep .; }
  done
}

@test "manual: each environment variable that the source reads is in a manual page" {
  while read -r variable; do
    grep -qE "Ev .*$variable" man/*.[157] || { echo "$variable is in no manual page"; false; }
  done < <(grep -rhoE '(getenv|take_variable|envname)\("[A-Z_]+"' cmd lib | sed 's/.*("//; s/"//' | sort -u)
}

@test "manual: each key of the configuration is in alco.json(5)" {
  while read -r key; do
    grep -qE "^\.(It|Ql|Ic|Li) .*\b$key\b" man/alco.json.5 || { echo "$key is not in alco.json(5)"; false; }
  done < <(grep -hoE '(read|read_url|object|list)[a-z_]*\((section, |inner, )?"[a-z_]+"' lib/config.cc | grep -oE '"[a-z_]+"' | tr -d '"' | sort -u)
}

@test "manual: each page names the other files that it speaks of" {
  for page in man/*; do
    for reference in $(sed -nE 's/^\.Xr (alco[a-z.-]*) ([157]).*/\1.\2/p' "$page"); do [ -f "man/$reference" ] || { echo "$page: $reference"; false; }; done
  done
}

@test "manual: the tests that operations.md and security.md name are there" {
  while read -r file name; do
    name=${name#\"} name=${name%\"} name=${name%%…*}
    grep -qF -- "$name" "tests/$file" || { echo "$file: $name"; missing=1; }
  done < <(grep -E '^\|' doc/operations.md doc/security.md | grep -oE '[a-z.-]+\.bats "[^"]+"(, "[^"]+")*' |
    awk '{file = $1; sub(/^[^ ]+ /, ""); n = split($0, names, /", "/); for (i = 1; i <= n; i++) { gsub(/"/, "", names[i]); print file, names[i] } }')
  for file in $(grep -E '^\|' doc/operations.md doc/security.md | grep -oE '\b(unit|fuzz|torture)/[a-z_.-]+' | sort -u); do
    ls "tests/$file"* >/dev/null || missing=1
  done
  [ -z "${missing:-}" ]
}
