// Fuzz target: any bytes as a segment file. Nothing is read out of bounds, nothing hangs, damage is told as damage.
// Checksums are not compared in this build (lib/store/segment.cc), or nothing behind them would be reached.
#include <algorithm>
#include <cstring>
#include <vector>

#include "lib/disk.h"
#include "lib/error.h"
#include "lib/store/block_query.h"
#include "lib/store/segment.h"

using namespace alco;
using namespace alco::store;

namespace {

// One file in memory.
class MemoryDisk : public Disk {
 public:
  explicit MemoryDisk(std::string_view data) : data_(data) {}

  size_t read_at(int, const std::string&, char* data, size_t size, uint64_t offset) override {
    if (offset >= data_.size()) return 0;
    const size_t count = std::min<size_t>(size, data_.size() - offset);
    memcpy(data, data_.data() + offset, count);
    return count;
  }
  uint64_t size(int, const std::string&) override { return data_.size(); }

 private:
  std::string_view data_;
};

void read_block(const std::shared_ptr<Segment>& segment, size_t index, BlockQuery& query) {
  query.plan(segment)->count(index / segment->index().group_blocks());
  Block block(segment, index);
  const Bitmap rows = query.rows(block, Bitmap(block.rows(), true));
  block.message_ids();
  std::string out;
  rows.for_each([&](size_t row) {
    if (row % 61 != 0 && row > 40) return;
    out.clear();
    block.append_json(out, row);
    block.id(row);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size > 1 << 20) return 0;
  MemoryDisk disk({reinterpret_cast<const char*>(bytes), size});
  static const std::vector<query::Node> nodes = [] {
    query::Node everything, word, number, equal, regex, large, present;
    word.kind = number.kind = regex.kind = query::Node::Kind::contains;
    word.field = number.field = regex.field = "message";
    word.pattern.text = "a";
    number.pattern.text = "0:0";
    regex.pattern = {query::Pattern::Kind::regex, "[0-9]+ t", false, false, false};
    equal.kind = query::Node::Kind::equals;
    equal.field = "host";
    equal.pattern.text = "web1";
    large.kind = query::Node::Kind::compare;
    large.field = "ms";
    large.op = query::Node::Op::greater;
    large.number = 7;
    present.kind = query::Node::Kind::exists;
    present.field = "http.path";
    return std::vector{everything, word, number, equal, regex, large, present};
  }();
  for (const query::Node& node : nodes) {
    BlockQuery query(std::make_shared<query::Node>(node), nullptr);
    std::shared_ptr<Segment> segment;
    try {
      segment = std::make_shared<Segment>(disk, "/dev/null", 1);
      if (query.plan(segment)->blocks().none()) continue;
    } catch (const Corrupt&) {
      return 0;
    }
    for (size_t i = 0; i < std::min<size_t>(segment->blocks().size(), 4); ++i) {
      try {
        read_block(segment, i, query);
      } catch (const Corrupt&) {
      }
    }
  }
  return 0;
}
