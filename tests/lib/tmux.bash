# A terminal for a test: start_terminal COLUMNS ROWS, keys KEY…, screen, and waiting for what it shows.

start_terminal() {
  TMUX_SOCKET=$BATS_TEST_TMPDIR/tmux
  export LC_ALL=C.UTF-8
  tmux -S "$TMUX_SOCKET" -f /dev/null new-session -d -x "$1" -y "$2" \
    "env PS1='ready> ' TERM=screen-256color PATH='$PATH' TZ=UTC bash --norc --noprofile" 3>&-
  shows 'ready>'
}

stop_terminal() { tmux -S "$TMUX_SOCKET" kill-server 2>/dev/null || true; }

keys() { tmux -S "$TMUX_SOCKET" send-keys "$@"; }
type_line() { keys "$1" Enter; }
screen() { tmux -S "$TMUX_SOCKET" capture-pane -p "$@"; }
resize() { tmux -S "$TMUX_SOCKET" resize-window -x "$1" -y "$2"; }

# shows REGEX / shows_no_more REGEX: waits until the screen (with its colours as escapes) does.
shows() {
  local i
  for ((i = 0; i < 200; i++)); do
    if screen -e | grep -qE -- "$1"; then return 0; fi
    sleep 0.05
  done
  echo "never on the screen: $1" >&2
  screen >&2
  return 1
}
