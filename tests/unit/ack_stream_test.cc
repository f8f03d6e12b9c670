#include "lib/delivery/ack_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/check.h"

namespace alco {
namespace {

std::vector<Ack> parse(AckParser& parser, std::string_view bytes) {
  std::vector<Ack> all;
  parser.feed(bytes, [&](const Ack& ack) { all.push_back(ack); });
  return all;
}

void reads_every_verb() {
  AckParser parser;
  const auto all = parse(parser, "hello 1 alco-index/0.1\nok 9f 1-500\ndrop 9f 501-501\nbad 9f 502-503\nbusy 9f 5\n");
  CHECK(all.size() == 5);
  CHECK(all[0].verb == AckVerb::hello);
  CHECK(all[1].verb == AckVerb::ok && all[1].epoch == 0x9f && all[1].first == 1 && all[1].last == 500);
  CHECK(all[3].verb == AckVerb::bad && all[3].last == 503);
  CHECK(all[4].verb == AckVerb::busy && all[4].first == 5);
  CHECK(parser.ignored() == 0);
}

void reads_pieces_of_any_size() {
  const std::string text = "ok 1 1-2\nbusy 1 9\nok 1 3-3\n";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    AckParser parser;
    auto all = parse(parser, text.substr(0, cut));
    for (const Ack& ack : parse(parser, text.substr(cut))) all.push_back(ack);
    CHECK(all.size() == 3 && all[2].first == 3);
  }
}

void ignores_what_it_does_not_know() {
  AckParser parser;
  const std::string long_line(5000, 'x');
  const auto all = parse(parser, "ok\nok 1\nok 1 0-5\nok 1 7-3\nok zz 1-2\nok 1 1-2 3\nok 1 -5\nfine 1 1-2\n\n" +
                                     long_line + "\nok 1 99999999999999999999-1\nhello 2 x\nok 1 4-4\n");
  CHECK(all.size() == 1 && all[0].first == 4);
  CHECK(parser.ignored() == 12);
}

void merges_only_what_follows() {
  AckRanges ranges;
  for (const uint64_t seq : {1, 2, 3, 5, 6, 4}) ranges.add(AckVerb::ok, {1, seq});
  ranges.add(AckVerb::bad, {1, 7});
  ranges.add(AckVerb::ok, {2, 8});
  CHECK(ranges.ranges().size() == 5);
  CHECK(ranges.ranges()[0].first == 1 && ranges.ranges()[0].last == 3);
  CHECK(ranges.ranges()[1].first == 5 && ranges.ranges()[1].last == 6);
  CHECK(ranges.ranges()[2].first == 4 && ranges.ranges()[2].last == 4);
}

void keeps_what_does_not_fit_into_the_pipe() {
  int ends[2];
  CHECK(pipe(ends) == 0);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  AckWriter writer(ends[1]);
  constexpr uint64_t kMany = 20'000;
  AckRanges ranges;
  for (uint64_t i = 1; i <= kMany; ++i) ranges.add(AckVerb::ok, {0xabcdef, 2 * i});
  writer.send(ranges);
  CHECK(!writer.flush());
  AckParser parser;
  uint64_t seen = 0;
  for (bool done = false; !done;) {
    char buffer[1000];
    ssize_t n;
    while ((n = read(ends[0], buffer, sizeof buffer)) > 0)
      for (const Ack& ack : parse(parser, {buffer, static_cast<size_t>(n)})) CHECK(ack.first == 2 * ++seen);
    done = seen == kMany;
    writer.flush();
    if (n == 0) break;
  }
  CHECK(seen == kMany && parser.ignored() == 0);
  close(ends[0]);
  close(ends[1]);
}

void reads_places() {
  CHECK(parse_place("9f86d081884c7d65:12")->seq == 12);
  CHECK(!parse_place("9f86d081884c7d65"));
  CHECK(!parse_place("9f:0"));
  CHECK(!parse_place("9f86d081884c7d6512:1"));
  CHECK(!parse_place("9f:1x"));
}

}  // namespace
}  // namespace alco

int main() {
  alco::reads_every_verb();
  alco::reads_pieces_of_any_size();
  alco::ignores_what_it_does_not_know();
  alco::merges_only_what_follows();
  alco::keeps_what_does_not_fit_into_the_pipe();
  alco::reads_places();
  return failures() != 0;
}
