#include "lib/event_parser.h"

#include <array>

#include "lib/json_tokens.h"
#include "lib/utf8.h"

namespace alco {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::string_view kTimeAliases[] = {"timestamp", "time", "ts", "__REALTIME_TIMESTAMP"};
constexpr std::string_view kMessageAliases[] = {"msg", "log", "body", "MESSAGE", "short_message", "@message"};
constexpr std::string_view kTimeFailure = "_timeparsefailure";

template <size_t N>
int find_name(const std::string_view (&names)[N], std::string_view key) {
  for (size_t i = 0; i < N; ++i)
    if (names[i] == key) return static_cast<int>(i);
  return -1;
}

// "1795000000", "1795000000.25": exact where a double is not. nullopt if `text` is not wholly such a number.
std::optional<Nanoseconds> decimal_time(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  size_t at = negative;
  int64_t whole = 0;
  const size_t begin = at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    if (__builtin_mul_overflow(whole, int64_t{10}, &whole) || __builtin_add_overflow(whole, text[at] - '0', &whole))
      return std::nullopt;
  }
  if (at == begin) return std::nullopt;
  const auto time = epoch_to_time(negative ? -whole : whole);
  if (!time || at == text.size()) return time;
  if (text[at++] != '.' || at == text.size()) return std::nullopt;
  Nanoseconds unit = whole < 100'000'000'000           ? kSecond
                     : whole < 100'000'000'000'000     ? 1'000'000
                     : whole < 100'000'000'000'000'000 ? 1'000
                                                       : 1;
  Nanoseconds fraction = 0;
  for (; at < text.size(); ++at) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
    unit /= 10;
    fraction += unit * (text[at] - '0');
  }
  return negative ? *time - fraction : *time + fraction;
}

std::optional<Nanoseconds> time_of(const Member& member, std::string_view number_text) {
  switch (member.type) {
    case Type::string:
      if (const auto time = parse_rfc3339(member.text)) return time;
      return decimal_time(member.text);
    case Type::integer:
      return epoch_to_time(member.integer);
    case Type::real:
      if (const auto time = decimal_time(number_text)) return time;
      return epoch_to_time(member.real);
    case Type::raw:
      return decimal_time(member.text);
    default:
      return std::nullopt;
  }
}

}  // namespace

struct EventParser::Impl {
  bool read_json(std::string_view line);
  bool read_members();
  bool read_value(std::string_view key);

  void begin_top_object(Member& member);
  void end_object();
  bool special(Member& member, std::string_view number_text);
  bool special_mark(Member& member, std::string_view number_text);
  void note_time_alias(const Member& member, std::string_view number_text);
  void note_message_alias(const Member& member);
  void take_position();
  std::optional<std::string_view> text_of_bytes(std::string_view array);
  int message_from_alias();
  int time_from_alias();
  void finish(Nanoseconds arrival);
  void tag_time_failure();
  void wrap(std::string_view line, Nanoseconds arrival);

  int newest() const { return static_cast<int>(event.members.size()) - 1; }

  json::Tokens tokens;
  Event event;
  bool was_json = false;
  std::string repaired;  // text made here that can be longer than its source
  std::string tags;
  int depth = 0;

  // What was met at the top level. Indexes into event.members, -1: none.
  struct TimeAlias {
    int member = -1;
    std::optional<Nanoseconds> time;
  };
  enum class Skip : unsigned char { no, version, alco };
  Skip skip = Skip::no;  // the object that is open at the top level is not a member
  size_t skip_from = 0;
  bool has_time = false, bad_time = false, has_message = false, has_position = false;
  std::array<TimeAlias, std::size(kTimeAliases)> time_alias;
  std::array<int, std::size(kMessageAliases)> message_alias;
  int tags_member = -1;
};

bool EventParser::Impl::read_value(std::string_view key) {
  Member& member = event.members.emplace_back();
  member.key = key;
  std::string_view number_text;
  switch (tokens.peek()) {
    case '"':
      if (!tokens.read_string(member.text)) return false;
      member.type = Type::string;
      break;
    case '[':
      if (!tokens.read_array(member.text, kMaxDepth - depth)) return false;
      member.type = Type::raw;
      break;
    case '{':
      if (++depth > kMaxDepth) return false;
      tokens.take('{');
      member.type = Type::object_begin;
      if (depth == 2) begin_top_object(member);
      return true;
    default:
      if (tokens.at_end()) return false;
      number_text = tokens.scalar_text();
      if (!tokens.read_scalar(member)) return false;
  }
  if (depth == 1 && special(member, number_text)) event.members.pop_back();
  return true;
}

bool EventParser::Impl::read_members() {
  if (!tokens.take('{')) return false;
  depth = 1;
  bool first = true;  // in the object that is open
  for (;;) {
    if (tokens.take('}')) {
      if (--depth == 0) return tokens.at_end();
      end_object();
      first = false;
      continue;
    }
    if (!first && !tokens.take(',')) return false;
    std::string_view key;
    if (!tokens.read_string(key) || !tokens.take(':')) return false;
    first = tokens.peek() == '{';
    if (!read_value(key)) return false;
  }
}

void EventParser::Impl::begin_top_object(Member& member) {
  if (member.key == "@version" || member.key == "@alco") {
    skip = member.key == "@alco" ? Skip::alco : Skip::version;
    skip_from = event.members.size() - 1;
  } else {
    special(member, {});
  }
}

void EventParser::Impl::end_object() {
  if (depth == 1 && skip != Skip::no) {
    if (skip == Skip::alco) take_position();
    event.members.resize(skip_from);
    skip = Skip::no;
    return;
  }
  event.members.emplace_back().type = Type::object_end;
}

// "@alco":{"p":…,"id":…}: what the pipe says of the event, not a part of it. The first one counts.
void EventParser::Impl::take_position() {
  if (has_position) return;
  has_position = true;
  int open = 0;
  for (size_t i = skip_from; i < event.members.size(); ++i) {
    const Member& member = event.members[i];
    if (member.type == Type::object_begin) ++open;
    if (member.type == Type::object_end) --open;
    if (member.type != Type::string || open != 1) continue;
    if (member.key == "p") event.position = member.text;
    if (member.key == "id") event.id = member.text;
  }
}

// What the newest member, of the top level, is used for. True if it is none of the event.
inline bool EventParser::Impl::special(Member& member, std::string_view number_text) {
  const std::string_view key = member.key;
  if (key.empty()) return false;
  switch (key[0]) {
    case '@':
      return special_mark(member, number_text);
    case 'm':
      if (key == "message") {
        const bool first = !has_message && member.type == Type::string;
        has_message = true;
        if (first) event.message = member.text;
        return first;
      }
      if (key.size() == 3) note_message_alias(member);
      break;
    case 't':
      if (key == "tags" && (tags_member < 0 || member.type != Type::object_begin)) tags_member = newest();
      if (key.size() == 2 || key.size() == 4 || key.size() == 9) note_time_alias(member, number_text);
      break;
    case '_':
      note_time_alias(member, number_text);
      break;
    case 'l':
    case 'b':
    case 'M':
    case 's':
      if (key.size() == 3 || key.size() == 4 || key.size() == 7 || key.size() == 13) note_message_alias(member);
      break;
    default:
      break;
  }
  return false;
}

bool EventParser::Impl::special_mark(Member& member, std::string_view number_text) {
  const std::string_view key = member.key;
  if (key == "@version" || key == "@alco") return true;
  if (key == "@message") note_message_alias(member);
  if (key != "@timestamp" || has_time) return false;
  const auto time = time_of(member, number_text);
  has_time = time.has_value();
  if (has_time) {
    event.time = *time;
  } else {
    bad_time = true;
    member.key = "@timestamp_raw";
  }
  return has_time;
}

void EventParser::Impl::note_time_alias(const Member& member, std::string_view number_text) {
  const int i = find_name(kTimeAliases, member.key);
  if (i < 0) return;
  TimeAlias& alias = time_alias[static_cast<size_t>(i)];
  const bool number = member.type == Type::integer || member.type == Type::big_unsigned || member.type == Type::real ||
                      (member.type == Type::raw && member.text[0] != '[');
  if (alias.member < 0 && (number || member.type == Type::string)) alias = {newest(), time_of(member, number_text)};
}

void EventParser::Impl::note_message_alias(const Member& member) {
  const int i = find_name(kMessageAliases, member.key);
  if (i < 0) return;
  int& alias = message_alias[static_cast<size_t>(i)];
  const bool bytes = member.key == "MESSAGE" && member.type == Type::raw && member.text[0] == '[';
  if (alias < 0 && (member.type == Type::string || bytes)) alias = newest();
}

// The text that journald gives as an array of bytes, since it is not UTF-8; nullopt if that is not what it is.
std::optional<std::string_view> EventParser::Impl::text_of_bytes(std::string_view array) {
  std::string bytes;
  unsigned value = 0;
  for (const char c : array.substr(1)) {
    if (c >= '0' && c <= '9') {
      value = value * 10 + static_cast<unsigned>(c - '0');
      if (value > 255) return std::nullopt;
    } else if (c == ',' || c == ']') {
      bytes += static_cast<char>(value);
      value = 0;
    } else {
      return std::nullopt;
    }
  }
  if (array == "[]") bytes.clear();
  utf8::append_repaired(repaired, bytes);
  return repaired;
}

// The first alias that has a message gives it, if there is no member of the name itself. Returns its index, or -1.
int EventParser::Impl::message_from_alias() {
  if (has_message) return -1;
  for (const int index_of : message_alias) {
    if (index_of < 0) continue;
    const Member& member = event.members[static_cast<size_t>(index_of)];
    event.message = member.type == Type::string ? member.text : text_of_bytes(member.text);
    if (event.message) return index_of;
  }
  return -1;
}

// The same for the time; if no alias is usable, the first one is what was meant as the time.
int EventParser::Impl::time_from_alias() {
  if (has_time || bad_time) return -1;
  for (const TimeAlias& alias : time_alias) {
    if (!alias.time) continue;
    event.time = *alias.time;
    has_time = true;
    return alias.member;
  }
  for (const TimeAlias& alias : time_alias) {
    if (alias.member < 0) continue;
    event.members[static_cast<size_t>(alias.member)].key = "@timestamp_raw";
    bad_time = true;
    break;
  }
  return -1;
}

void EventParser::Impl::finish(Nanoseconds arrival) {
  int drop[] = {message_from_alias(), time_from_alias()};
  if (!has_time) event.time = arrival;
  if (bad_time && !has_time) tag_time_failure();
  if (drop[0] < drop[1]) std::swap(drop[0], drop[1]);
  for (const int i : drop)
    if (i >= 0) event.members.erase(event.members.begin() + i);
}

// Into the array that the sender has given, or one that begins with the value given in place of an array.
void EventParser::Impl::tag_time_failure() {
  constexpr std::string_view tag = "\"_timeparsefailure\"";
  tags = "[";
  if (tags_member >= 0) {
    Member& given = event.members[static_cast<size_t>(tags_member)];
    if (given.type == Type::raw && given.text.starts_with('['))
      tags = given.text.substr(0, given.text.size() - 1);
    else if (given.type == Type::object_begin)
      given.key = "@tags_raw", tags_member = -1;
    else if (given.type != Type::null)
      append_json_value(tags, given);
  }
  if (tags.find(tag) == tags.npos) {
    if (tags.size() > 1) tags += ',';
    tags += tag;
  }
  tags += ']';
  Member& member = tags_member < 0 ? event.members.emplace_back() : event.members[static_cast<size_t>(tags_member)];
  member.type = Type::raw;
  member.key = "tags";
  member.text = tags;
}

bool EventParser::Impl::read_json(std::string_view line) {
  if (!tokens.start(line)) return false;
  skip = Skip::no;
  has_time = bad_time = has_message = has_position = false;
  time_alias.fill({});
  message_alias.fill(-1);
  tags_member = -1;
  return read_members();
}

void EventParser::Impl::wrap(std::string_view line, Nanoseconds arrival) {
  event.time = arrival;
  event.position = event.id = {};
  if (utf8::valid(line)) {
    event.message = line;
  } else {
    utf8::append_repaired(repaired, line);
    event.message = repaired;
  }
  Member failure{};
  failure.type = Type::raw;
  failure.key = "tags";
  failure.text = "[\"_jsonparsefailure\"]";
  event.members.assign(1, failure);
}

EventParser::EventParser() : impl_(std::make_unique<Impl>()) {}
EventParser::~EventParser() = default;

const Event& EventParser::parse(std::string_view line, Nanoseconds arrival) {
  Impl& impl = *impl_;
  if (line.substr(0, 3) == "\xef\xbb\xbf") line.remove_prefix(3);
  impl.event.message.reset();
  impl.event.members.clear();
  impl.event.position = impl.event.id = {};
  impl.repaired.clear();
  impl.was_json = impl.read_json(line);
  if (impl.was_json)
    impl.finish(arrival);
  else
    impl.wrap(line, arrival);
  return impl.event;
}

bool EventParser::was_json() const { return impl_->was_json; }

}  // namespace alco
