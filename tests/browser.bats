# The web page, in Debian's Chromium: each test is one behaviour, told in tests/browser/*.mjs. They run one after the other
# from the start, since a browser is slow to begin with; each test here waits for its own.
# ALCO_SCREENSHOTS=1 writes the pictures of doc/images anew.
bats_require_minimum_version 1.5.0
load lib/browser

setup_file() {
  export PATH=$PWD/bin:$PATH
  install_playwright
  start_chromium
  fill_store
  start_httpd
  start_nginx
  start_tests list search filters live trust look
}

teardown_file() { stop_processes; }

@test "web: opens at the newest line, oldest first, with everything aligned" { browser; }

@test "web: scrolls through all lines, each once and in order, with few rows in the document" { browser; }

@test "web: lines that load above do not move what is read" { browser; }

@test "web: the scroll bar is time" { browser; }

@test "web: turns around and stays where it is" { browser; }

@test "web: moves by the keys of less" { browser; }

@test "web: unfolds tracebacks and members under the line" { browser; }

@test "web: x unfolds the traceback of a line, l makes its link" { browser; }

@test "web: numbers, wrapping and case by -N, -S and -i, as in less" { browser; }

@test "web: cuts or wraps long lines" { browser; }

@test "web: columns are chosen, moved, sized and kept in the link" { browser; }

@test "web: says where a day begins and where nothing came" { browser; }

@test "web: says in its place what was rotated away, not collected, or rejected" { browser; }

@test "web: every key moves as in less" { browser; }

@test "web: nothing is fetched again that is there already" { browser; }

@test "web: a query is typed, marked in the lines, shown as chips and taken apart" { browser; }

@test "web: a field that is not there is said, with the one that was meant" { browser; }

@test "web: nothing found: says what was searched, and what would find something" { browser; }

@test "web: a wrong regular expression is explained, and the page goes on" { browser; }

@test "web: context off: only hits; on: everything from the first hit on, hits marked" { browser; }

@test "web: context of every hit grows and shrinks by + and -, in groups" { browser; }

@test "web: context of one line: by number, by time, of the same host" { browser; }

@test "web: searches within the view, and goes on to next and previous" { browser; }

@test "web: goes along a request by o and O" { browser; }

@test "web: goes to errors, along a request, and back to a mark" { browser; }

@test "web: values with exact counts, to include, add, exclude and keep alone" { browser; }

@test "web: a cell filters as a value does, and every field can be found" { browser; }

@test "web: an array is filtered as a whole, or by an element" { browser; }

@test "web: more values than fit: all of them, and a search in them" { browser; }

@test "web: the histogram zooms where it is brushed, and steps by its width" { browser; }

@test "web: the zone is switched to UTC or any other, and is in the link" { browser; }

@test "web: times are typed in the zone that is shown, relative ones can be frozen" { browser; }

@test "web: follows on when the server was restarted" { browser; }

@test "web: follows in arrival order, waits while the reader is further up, marks late lines" { browser; }

@test "web: a burst while the reader is away is shown whole" { browser; }

@test "web: a line and a range of lines have links" { browser; }

@test "web: links of the page as it was still work" { browser; }

@test "web: copies the command that prints the same" { browser; }

@test "web: a search is saved for everyone, used by others, and deleted" { browser; }

@test "web: a selection through several lines is copied as their raw text" { browser; }

@test "web: an export shows how far it is, and can be cancelled" { browser; }

@test "web: exports everything found, in order" { browser; }

@test "web: lines, names and values are text, whatever they hold" { browser; }

@test "web: only web addresses become links" { browser; }

@test "web: a line of a megabyte and an event of 10,000 lines are folded, and unfold whole" { browser; }

@test "web: an answer that is slow shows it, and can be cancelled" { browser; }

@test "web: a key pressed before the first lines are there works" { browser; }

@test "web: a long search says how far it is" { browser; }

@test "web: a search that was stopped at its deadline is marked, and not begun again and again" { browser; }

@test "web: a failure says what and why, an unreachable server is tried again" { browser; }

@test "web: an incomplete answer is marked as such" { browser; }

@test "web: stands behind a path prefix and nginx" { browser; }

@test "web: no request leaves the server, and the policy allows none" { browser; }

@test "web: a page is a few files, and all of them weigh less than 150,000 bytes" { browser; }

@test "web: the list of indexes" { browser; }

@test "web: light and dark, with contrast enough in both" { browser; }

@test "web: a traceback unfolded" { browser; }

@test "web: context" { browser; }

@test "web: live tail" { browser; }

@test "web: narrow screens" { browser; }

@test "web: everything that can be pressed has a name and can be reached by keyboard" { browser; }
