// Whatever is committed or merged can be read again, however many names, members, templates and bytes it has.
#include <string>
#include <vector>

#include "lib/query/parse.h"
#include "lib/store/dir_store.h"
#include "lib/store/event_limits.h"
#include "lib/store/maintenance.h"
#include "lib/store/template_table.h"
#include "tests/unit/check.h"
#include "tests/unit/temp_folder.h"

using namespace alco;

namespace {

const IndexName kIndex = IndexName::require("t");
constexpr Nanoseconds kTime = 1'795'000'000 * kSecond;

// Events with members whose names and texts are kept here.
class Events {
 public:
  void begin(std::string_view message = {}) {
    event_ = Event();
    event_.time = kTime;
    if (!message.empty()) event_.message = message;
  }
  void add(Type type, std::string_view key, std::string_view text = {}) {
    Member member{};
    member.type = type;
    member.key = key;
    member.text = text;
    if (type == Type::integer) member.integer = 7;
    event_.members.push_back(member);
  }
  const Event& event() const { return event_; }

 private:
  Event event_;
};

std::vector<std::string> names(char first, size_t count) {
  std::vector<std::string> made;
  for (size_t i = 0; i < count; ++i) made.push_back(first + std::to_string(1'000'000 + i));
  return made;
}

class Index {
 public:
  Index() : store_(real_disk(), folder_.path()), writer_(store_.writer(kIndex)) {}

  void add(const Events& events) { writer_->add(events.event(), std::nullopt); }
  void commit() {
    CHECK(writer_->commit().stored > 0);
    reader_ = store_.reader(kIndex);
  }
  void merge() {
    const std::string day = store::usage(real_disk(), folder_.path(), kIndex)[0].day;
    CHECK(store::merge(real_disk(), folder_.path(), kIndex, day).segments > 0);
  }

  // All events can be written down, and none is missing.
  uint64_t read(size_t members_at_least = 0) {
    ScanRequest request;
    request.json = true;
    const auto scan = reader_->scan(request);
    uint64_t events = 0, members = 0;
    for (Hit hit; scan->next(hit); ++events)
      for (const char c : hit.json) members += c == ',';
    CHECK(scan->stats().incomplete.empty());
    for (const std::string& reason : scan->stats().incomplete) fprintf(stderr, "%s\n", reason.c_str());
    CHECK(members >= members_at_least);
    return events;
  }

  uint64_t count(const std::string& query) {
    ScanRequest request;
    request.query = std::make_shared<query::Node>(query::parse(query, {}).node);
    const CountResult result = reader_->count(request);
    CHECK(result.stats.incomplete.empty());
    return result.count;
  }

  size_t fields() { return reader_->fields().size(); }

 private:
  TempFolder folder_;
  store::DirStore store_;
  std::unique_ptr<Writer> writer_;
  std::shared_ptr<Reader> reader_;
};

void a_segment_has_more_fields_than_are_listed() {
  constexpr size_t kEvents = 264, kMembers = 4000;
  const std::vector<std::string> keys = names('k', kEvents * kMembers);
  Index index;
  for (size_t i = 0; i < kEvents; ++i) {
    Events events;
    events.begin();
    for (size_t k = i * kMembers; k < (i + 1) * kMembers; ++k) events.add(Type::integer, keys[k]);
    events.add(Type::integer, "zz");
    index.add(events);
  }
  index.commit();
  CHECK(index.fields() == 1 << 20);
  CHECK(index.count("") == kEvents);
  CHECK(index.count("@zz=7") == kEvents);
  CHECK(index.count("@" + keys.front() + "=7") == 1);
  CHECK(index.count("@" + keys.back() + "=7") == 1);  // not listed
  CHECK(index.count("@" + keys.back() + "=8") == 0);
}

void shapes_of_a_block_have_many_members() {
  constexpr size_t kNames = 9000, kEvents = 4096, kMembers = 300;
  const std::vector<std::string> keys = names('k', kNames);
  Index index;
  uint64_t random = 1;
  for (size_t i = 0; i < kEvents; ++i) {
    Events events;
    events.begin();
    for (size_t k = 0, at = 0; k < kMembers; ++k) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      at += 1 + (random >> 33) % 29;
      events.add(Type::boolean, keys[at % kNames]);
    }
    index.add(events);
  }
  index.commit();
  CHECK(index.read(kEvents * kMembers) == kEvents);
}

void an_event_has_as_many_members_as_may_be() {
  const std::vector<std::string> few = names('f', 9999), many = names('m', store::kMostMembers);
  Index index;
  for (const auto* keys : {&few, &many, &many, &few}) {
    Events events;
    events.begin();
    for (const std::string& key : *keys) events.add(Type::boolean, key);
    index.add(events);
  }
  index.commit();
  CHECK(index.read(2 * (store::kMostMembers + 9999)) == 4);
}

// More bytes of keys than a header may have, of events with one shape each.
void names_are_long() {
  constexpr size_t kBytes = 14 << 20, kEvents = 20;
  const std::string key(kBytes + kEvents, 'p');
  Index index;
  for (size_t i = 0; i < kEvents; ++i) {
    Events events;
    events.begin();
    events.add(Type::null, std::string_view(key).substr(i));
    CHECK(store::name_bytes(events.event()) > kBytes);
    index.add(events);
  }
  index.commit();
  CHECK(index.read() == kEvents);
}

// More bytes of messages than a stream may have, in one block by the number of events.
void messages_are_long() {
  Index index;
  const std::string text(3 << 20, '-');
  for (size_t commit = 0; commit < 2; ++commit) {
    for (size_t i = 0; i < 46; ++i) {
      Events events;
      events.begin(text);
      index.add(events);
    }
    index.commit();
  }
  index.merge();
  CHECK(index.count("") == 92);
  CHECK(index.count("\"----\"") == 92);
}

std::string word(size_t number) {
  std::string made;
  for (int i = 0; i < 5; ++i, number /= 26) made += static_cast<char>('a' + number % 26);
  return made;
}

void a_table_is_full_of_templates() {
  constexpr size_t kWords = (1 << 20) + 10;
  store::TemplateCollector templates;
  store::Tokens tokens;
  for (size_t i = 0; i < kWords; ++i) {
    const std::string text = word(i);
    store::tokenize(text, tokens);
    templates.add(tokens, text);
  }
  for (int merged = 0; merged < 2; ++merged) {
    templates.finish();
    std::string bytes;
    templates.put(bytes, store::Effort::fast);
    const store::TemplateTable table(std::move(bytes), 4);
    CHECK(table.size() <= 1 << 20);
    templates = store::TemplateCollector();
    templates.add_table(table, 0, ~uint64_t{0});
    templates.freeze();
  }
}

}  // namespace

int main() {
  a_segment_has_more_fields_than_are_listed();
  shapes_of_a_block_have_many_members();
  an_event_has_as_many_members_as_may_be();
  names_are_long();
  messages_are_long();
  a_table_is_full_of_templates();
  return failures() != 0;
}
