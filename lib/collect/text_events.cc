#include "lib/collect/text_events.h"

#include <re2/re2.h>

#include <deque>
#include <optional>
#include <vector>

#include "lib/collect/text_scanner.h"
#include "lib/error.h"
#include "lib/utf8.h"

namespace alco {
namespace {

constexpr size_t kMaxHeld = 100;  // lines before the first one that has a time
constexpr size_t kMaxHeldBytes = size_t{64} << 10;
constexpr uint64_t kMaxLines = 5000;                    // joined to one event
constexpr uint64_t kLooseAtFirst = 50, kLooseEach = 4;  // lines without time that a line with one may bring

struct Built {
  std::string message;
  Nanoseconds time = 0;
  bool untimed = false;  // the time is that of arrival
  std::string host, program, pid, level;
  uint64_t lines = 0;
  uint64_t end = 0;
  Nanoseconds arrival = 0;

  void start(std::string_view line, uint64_t line_end) {
    message.assign(line);
    host.clear(), program.clear(), pid.clear(), level.clear();
    untimed = false;
    lines = 1;
    end = line_end;
  }
  void take(const LineHead& head) {
    time = head.time;
    untimed = false;
    host.assign(head.host), program.assign(head.program), pid.assign(head.pid), level.assign(head.level);
  }
  void join(std::string_view line, uint64_t line_end) {
    message += '\n';
    message += line;
    ++lines;
    end = line_end;
  }
};

bool blank(char c) { return c == ' ' || c == '\t'; }

// A line that cannot well begin an event, whatever the file: a frame of a stack trace and what goes with it.
bool of_a_trace(std::string_view line) {
  if (line.starts_with("Traceback (most recent call last):") || line.starts_with("Caused by: ")) return true;
  size_t at = 0;
  while (at < line.size() && blank(line[at])) ++at;
  if (at == 0) return false;
  const std::string_view text = line.substr(at);
  return text.starts_with("at ") || text.starts_with("... ") || text.starts_with("File \"") ||
         text.starts_with("Suppressed: ") || text.starts_with("Caused by: ") || text.starts_with("from ");
}

Member text_member(std::string_view key, std::string_view text) {
  Member member{};
  member.type = Type::string;
  member.key = key;
  member.text = text;
  return member;
}

std::optional<int64_t> small_number(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  int64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Multiline parse_multiline(const std::string& text) {
  if (text == "auto") return {};
  if (text == "off") return {Multiline::Mode::off, {}};
  const re2::RE2 expression(text, re2::RE2::Quiet);
  if (!expression.ok()) throw Error(EX_USAGE, "--multiline: '" + text + "': " + expression.error());
  return {Multiline::Mode::pattern, text};
}

struct TextEvents::Impl {
  explicit Impl(TextOptions with) : options(std::move(with)) {
    if (options.multiline.mode == Multiline::Mode::pattern)
      pattern = std::make_unique<re2::RE2>(options.multiline.pattern, re2::RE2::Quiet);
  }

  void add(std::string_view line, Nanoseconds arrival, uint64_t line_end);
  void begin(std::string_view line, Nanoseconds arrival, uint64_t line_end);
  bool joins(std::string_view line, bool timed);
  bool in_trace(std::string_view line);
  void complete();
  void release_held();
  const Event* give(Built& built);

  TextOptions options;
  std::unique_ptr<re2::RE2> pattern;
  TextScanner scanner;

  LineHead head;
  Built open;  // the event that may still grow
  bool is_open = false;
  std::vector<Built> held;  // events before the first time: they get it
  size_t held_bytes = 0;
  bool any_time = false;
  bool gave_up = false;  // there seem to be no times: nothing is held any more
  bool trace = false;    // the lines before were those of a Python traceback
  Nanoseconds last_time = 0;
  uint64_t timed = 0, loose = 0;

  std::deque<Built> ready;
  std::vector<Built> spare;  // strings with room
  Built given;
  std::string repaired[5];
  Event event;
};

// Python's traceback ends with a line that is not indented: the exception.
bool TextEvents::Impl::in_trace(std::string_view line) {
  if (line.starts_with("Traceback (most recent call last):")) return trace = true;
  if (of_a_trace(line)) return true;
  if (!trace) return false;
  if (!line.empty() && blank(line[0])) return true;
  trace = false;
  return true;
}

bool TextEvents::Impl::joins(std::string_view line, bool has_time) {
  if (pattern) return is_open && !re2::RE2::PartialMatch({line.data(), line.size()}, *pattern);
  if (options.multiline.mode == Multiline::Mode::off || !is_open) return false;
  if (has_time) {
    trace = false;
    return head.continues;
  }
  if (in_trace(line)) return true;
  if (!any_time) return false;
  if (line.empty() || blank(line[0]) || line[0] == '\r') return true;
  return ++loose <= kLooseAtFirst + kLooseEach * timed;
}

void TextEvents::Impl::complete() {
  if (!is_open) return;
  is_open = false;
  if (open.untimed && !any_time && !gave_up) {
    held_bytes += open.message.size();
    held.push_back(std::move(open));
    if (held.size() >= kMaxHeld || held_bytes >= kMaxHeldBytes) release_held();
  } else {
    ready.push_back(std::move(open));
  }
  if (spare.empty()) {
    open = Built();
  } else {
    open = std::move(spare.back());
    spare.pop_back();
  }
}

void TextEvents::Impl::release_held() {
  for (Built& built : held) ready.push_back(std::move(built));
  held.clear();
  held_bytes = 0;
  gave_up = true;
}

void TextEvents::Impl::begin(std::string_view line, Nanoseconds arrival, uint64_t line_end) {
  complete();
  open.start(line, line_end);
  open.arrival = arrival;
  is_open = true;
}

void TextEvents::Impl::add(std::string_view line, Nanoseconds arrival, uint64_t line_end) {
  const bool has_time = scanner.scan(line, options.written ? options.written : arrival, head);
  if (has_time) ++timed;
  if (joins(line, has_time) && open.lines < kMaxLines && open.message.size() + line.size() < options.max_event) {
    open.join(line, line_end);
    if (!has_time || !open.untimed) return;
  } else {
    begin(line, arrival, line_end);
    open.untimed = !has_time && !any_time;
    open.time = any_time ? last_time : arrival;
  }
  if (!has_time) {
    // Without joining nothing can change an event any more.
    if (options.multiline.mode == Multiline::Mode::off) complete();
    return;
  }
  if (!any_time) {
    for (Built& built : held) built.time = head.time, built.untimed = false;
    release_held();
    any_time = true;
  }
  open.take(head);
  last_time = head.time;
  if (options.multiline.mode == Multiline::Mode::off) complete();
}

const Event* TextEvents::Impl::give(Built& built) {
  size_t next_repaired = 0;
  const auto clean = [&](const std::string& text) -> std::string_view {
    if (utf8::valid(text)) return text;
    std::string& fixed = repaired[next_repaired++];
    fixed.clear();
    utf8::append_repaired(fixed, text);
    return fixed;
  };
  event.time = built.time;
  event.message = clean(built.message);
  event.members.clear();
  if (!options.source.empty()) event.members.push_back(text_member("source", options.source));
  if (!built.host.empty())
    event.members.push_back(text_member("host", clean(built.host)));
  else if (!options.host.empty())
    event.members.push_back(text_member("host", options.host));
  if (!built.program.empty()) event.members.push_back(text_member("program", clean(built.program)));
  if (const auto number = small_number(built.pid)) {
    Member pid{};
    pid.type = Type::integer;
    pid.key = "pid";
    pid.integer = *number;
    event.members.push_back(pid);
  } else if (!built.pid.empty()) {
    event.members.push_back(text_member("pid", clean(built.pid)));
  }
  if (!built.level.empty()) event.members.push_back(text_member("level", built.level));
  if (built.untimed) {
    Member tags{};
    tags.type = Type::raw;
    tags.key = "tags";
    tags.text = R"(["_timeparsefailure"])";
    event.members.push_back(tags);
  }
  return &event;
}

TextEvents::TextEvents(TextOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
TextEvents::~TextEvents() = default;
TextEvents::TextEvents(TextEvents&&) noexcept = default;
TextEvents& TextEvents::operator=(TextEvents&&) noexcept = default;

void TextEvents::add(std::string_view line, Nanoseconds arrival, uint64_t end) { impl_->add(line, arrival, end); }

const Event* TextEvents::next() {
  Impl& my = *impl_;
  if (my.ready.empty()) return nullptr;
  if (my.spare.size() < kMaxHeld) my.spare.push_back(std::move(my.given));
  my.given = std::move(my.ready.front());
  my.ready.pop_front();
  return my.give(my.given);
}

void TextEvents::finish() {
  impl_->complete();
  if (!impl_->held.empty()) impl_->release_held();
}

bool TextEvents::waiting() const { return impl_->is_open || !impl_->held.empty(); }
uint64_t TextEvents::end() const { return impl_->given.end; }
void TextEvents::set_written(Nanoseconds at) { impl_->options.written = at; }

}  // namespace alco
