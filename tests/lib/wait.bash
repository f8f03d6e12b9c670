# wait_until COMMAND [ARG…]: runs it again and again until it succeeds; fails after 30 s.
wait_until() {
  local i
  for i in {1..600}; do
    if "$@"; then return 0; fi
    sleep 0.05
  done
  echo "waited in vain for: $*" >&2
  return 1
}
