// What damage to a segment costs: at most the block that it is in.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <set>

#include "lib/event_parser.h"
#include "lib/query/parse.h"
#include "lib/store/dir_store.h"
#include "lib/store/index_folder.h"
#include "lib/store/maintenance.h"
#include "lib/store/parity.h"
#include "lib/store/segment_writer.h"
#include "tests/unit/check.h"
#include "tests/unit/temp_folder.h"

using namespace alco;
using namespace alco::store;

namespace {

const IndexName kIndex = IndexName::require("t");
constexpr Nanoseconds kTime = 1'795'000'000 * kSecond;
constexpr size_t kBlocks = 6, kRows = 100, kEvents = kBlocks * kRows;
constexpr size_t kSector = 512;

// With enough in it that nothing that belongs together is smaller than a sector.
std::string line_of(size_t i) {
  static const char* const words[] = {"socket", "cache", "journal", "broker", "shard", "lease", "worker", "quota"};
  std::mt19937 random(static_cast<unsigned>(i));
  std::string line = R"({"@timestamp":"2026-11-18T17:06:40.)" + std::to_string(100'000 + i) + R"(Z","message":")";
  for (size_t word = i % 300, k = 0; k < 4; ++k, word = word * 7 / 5 + 3) line += std::string(words[word % 8]) + ' ';
  line += "took " + std::to_string(i) + " ms id" + std::to_string(i * 7919 % 1000) + "xq ";
  for (int letter = 0; letter < 20; ++letter) line += letter == 9 ? '0' : static_cast<char>('a' + random() % 26);
  line += R"(","host":"web)" + std::to_string(i % 7) + '"';
  if (i % kRows == 3)
    for (int field = 0; field < 60; ++field) line += R"(,"field_)" + std::to_string(field * 7919) + R"(":true)";
  return line + R"(,"n":)" + std::to_string(i) + "}";
}

// A store of one segment of many small blocks.
std::string make_segment(const std::string& root) {
  const IndexFolder index(real_disk(), root + "/t");
  const std::string day = day_name(utc_day(kTime));
  index.make_day(day);
  TemplateCollector templates;
  std::vector<std::unique_ptr<BlockBuilder>> blocks;
  EventParser parser;
  for (size_t i = 0; i < kEvents; ++i) {
    if (i % kRows == 0) blocks.push_back(std::make_unique<BlockBuilder>(templates, kRows));
    blocks.back()->add(parser.parse(line_of(i), kTime), i, std::nullopt);
  }
  for (auto& block : blocks) block->seal();
  const std::vector<FinalTemplate> finals = templates.finish();
  std::string path = index.day_path(day) + "/" + SegmentName{1, kEvents, 0}.str();
  SegmentWriter writer(real_disk(), path);
  for (auto& block : blocks) writer.add_block(*block, finals, Effort::fast);
  std::string table;
  templates.put(table, Effort::fast);
  writer.finish(table);
  return path;
}

struct Answer {
  std::vector<std::string> lines;
  std::vector<std::string> incomplete;
};

Answer ask(const std::string& root, const char* query) {
  DirStore store(real_disk(), root);
  const auto reader = store.reader(kIndex);
  ScanRequest request;
  request.query = std::make_shared<query::Node>(query::parse(query, {}).node);
  request.json = true;
  const auto scan = reader->scan(request);
  Answer answer;
  Hit hit;
  while (scan->next(hit)) answer.lines.emplace_back(hit.json);
  answer.incomplete = scan->stats().incomplete;
  return answer;
}

size_t block_of(const std::string& line) { return std::stoul(line.substr(line.rfind(':') + 1)) / kRows; }

constexpr const char* kQueries[] = {"", "journal", "id919xq OR @host:web3", "@host=web5", "/took 4.. ms/"};

class Damaged {
 public:
  Damaged() : path_(make_segment(folder_.path())), good_(real_disk().read_file(path_)) {
    for (const char* query : kQueries) {
      answers_.push_back(ask(folder_.path(), query).lines);
      CHECK(!answers_.back().empty());
    }
    CHECK(answers_[0].size() == kEvents);
    CHECK(store::verify(real_disk(), folder_.path(), kIndex).empty());
  }

  size_t size() const { return good_.size(); }

  // Reads the segment with other bytes from `offset` on. No more than `blocks` blocks may be missing, and those named.
  void look(size_t offset, const std::string& bytes, size_t blocks, bool verify) {
    put(offset, bytes);
    for (size_t i = 0; i < answers_.size(); ++i) {
      if (i > 0 && !verify) break;
      const Answer answer = ask(folder_.path(), kQueries[i]);
      const std::set<std::string> found(answer.lines.begin(), answer.lines.end());
      std::set<size_t> lost;
      for (const std::string& line : answers_[i])
        if (found.count(line) == 0) lost.insert(block_of(line));
      CHECK(found.size() == answer.lines.size());
      CHECK(std::includes(answers_[i].begin(), answers_[i].end(), found.begin(), found.end()) || i > 0);
      CHECK(lost.size() <= blocks);
      for (const size_t block : lost) {
        const std::string name = path_ + " block " + std::to_string(block) + ": ";
        CHECK(std::any_of(answer.incomplete.begin(), answer.incomplete.end(),
                          [&](const std::string& reason) { return reason.starts_with(name); }));
      }
      CHECK(answer.incomplete.size() <= blocks);
    }
    if (verify) CHECK(!store::verify(real_disk(), folder_.path(), kIndex).empty());
    put(offset, good_.substr(offset, bytes.size()));
  }

  void flip(size_t offset) {
    look(offset, std::string(1, static_cast<char>(good_[offset] ^ 1 << offset % 8)), 1, offset < 8 || offset % 16 == 8);
  }

  // A sector may lie in two blocks.
  void zero(size_t offset) { look(offset, std::string(std::min(kSector, size() - offset), '\0'), 2, true); }

  void cut(size_t size) {
    real_disk().truncate(real_disk().open(path_, O_RDWR).get(), path_, size);
    const Answer answer = ask(folder_.path(), "");
    CHECK(answer.incomplete.empty() && answer.lines.size() == kEvents);
    put(0, good_);
  }

 private:
  void put(size_t offset, std::string_view bytes) {
    real_disk().write_at(real_disk().open(path_, O_RDWR).get(), path_, bytes, offset);
  }

  TempFolder folder_;
  std::string path_;
  std::string good_;
  std::vector<std::vector<std::string>> answers_;
};

void a_flipped_bit_costs_a_block_at_most() {
  Damaged segment;
  const size_t shared = segment.size() * 3 / 4;  // from somewhere here on it is what all blocks need
  for (size_t at = 0; at < segment.size(); at += at < shared ? 31 : 3) segment.flip(at);
}

void a_lost_sector_costs_what_is_in_it() {
  Damaged segment;
  for (size_t at = 0; at < segment.size(); at += kSector / 2) segment.zero(at);
}

void the_last_footer_may_be_cut_off() {
  Damaged segment;
  for (size_t bytes = 1; bytes < 700; bytes += 3) segment.cut(segment.size() - bytes);
}

bool says(const std::vector<store::Damage>& damage, std::string_view words) {
  return std::any_of(damage.begin(), damage.end(),
                     [&](const store::Damage& one) { return one.reason.find(words) != one.reason.npos; });
}

// What is said of a table in which the bytes at these places, relative to it, are other ones.
void a_table_is_said_to_be_lost_if_it_is() {
  TempFolder folder;
  const std::string path = make_segment(folder.path());
  const std::string good = real_disk().read_file(path);
  // The footer begins with the place of the table.
  ByteReader tail(std::string_view(good).substr(good.size() - kSegmentTail));
  ByteReader footer(std::string_view(good).substr(good.size() - kSegmentTail - tail.fixed64()));
  const uint64_t offset = footer.varint(), size = footer.varint();
  CHECK(size > 2 * kSector);
  for (const bool lost : {false, true}) {
    std::string bad = good;
    bad[offset] = static_cast<char>(~bad[offset]);
    if (lost) bad[offset + size - 1] = static_cast<char>(~bad[offset + size - 1]);
    real_disk().write_at(real_disk().open(path, O_RDWR).get(), path, bad, 0);
    const std::vector<store::Damage> damage = store::verify(real_disk(), folder.path(), kIndex);
    CHECK(says(damage, "can be mended; nothing is lost") == !lost);
    CHECK(says(damage, "nothing is lost") == !lost);
    CHECK(damage.size() == (lost ? kBlocks + 1 : 1));
    CHECK(ask(folder.path(), "").lines.size() == (lost ? 0 : kEvents));
  }
  real_disk().write_at(real_disk().open(path, O_RDWR).get(), path, "X", 0);
  real_disk().write_at(real_disk().open(path, O_RDWR).get(), path, good.substr(1), 1);
  const std::vector<store::Damage> damage = store::verify(real_disk(), folder.path(), kIndex);
  CHECK(damage.size() == 1 && says(damage, "beginning is damaged; nothing is lost"));
  CHECK(ask(folder.path(), "").lines.size() == kEvents);
}

void a_run_is_mended_wherever_it_is() {
  for (const size_t size : {1, 7, 600, 1024, 5000, 100'000}) {
    std::string data;
    for (size_t i = 0; i < size; ++i) data += static_cast<char>(i * i * 31 >> 3);
    const std::string good = data, parity = parity_of(data);
    CHECK(parity.size() == parity_size(size) && parity.size() <= size);
    const uint32_t checksum = checksum32(data);
    const size_t run = std::max<size_t>(parity.size() / 2, 1);
    for (size_t at = 0; at < size; at += 1 + size / 200) {
      for (size_t i = at; i < std::min(size, at + run); ++i) data[i] = static_cast<char>(~data[i]);
      CHECK(mend(data, parity, checksum) && data == good);
    }
    if (size < 5000) continue;
    data[0] = static_cast<char>(~data[0]);  // two runs, far from each other
    data[size / 2 + 100] = static_cast<char>(~data[size / 2 + 100]);
    const std::string bad = data;
    CHECK(!mend(data, parity, checksum) && data == bad);
    CHECK(!mend(data, parity.substr(1), checksum) && data == bad);
  }
}

}  // namespace

int main() {
  a_run_is_mended_wherever_it_is();
  a_table_is_said_to_be_lost_if_it_is();
  a_flipped_bit_costs_a_block_at_most();
  a_lost_sector_costs_what_is_in_it();
  the_last_footer_may_be_cut_off();
  return failures() != 0;
}
