#include <random>

#include "lib/store/segment_writer.h"
#include "lib/store/template_table.h"
#include "lib/store/text_column.h"
#include "tests/unit/check.h"

using alco::kSecond;
using alco::Nanoseconds;
using namespace alco::store;

namespace {

std::string words(std::string_view text, const Nanoseconds* time = nullptr) {
  Tokens tokens;
  tokenize(text, tokens, time);
  std::string out;
  walk_template(
      tokens.key, [&](std::string_view part) { out += part; },
      [&](SlotType slot) {
        out += '<';
        if (slot.is_time()) {
          out += "EWmsfe"[static_cast<uint8_t>(slot.kind) - static_cast<uint8_t>(Slot::hour_east)];
          out += std::to_string(slot.width) + ">";
          return;
        }
        out += "NLZxXUISW"[static_cast<uint8_t>(slot.kind) - static_cast<uint8_t>(Slot::number)];
        out += '>';
      });
  return out;
}

void finds_the_values_in_a_text() {
  CHECK(words("Found child 6725 in slot 10") == "Found child <N> in slot <N>");
  CHECK(words("blk_-7000000000000000001 size 67108864") == "blk_-<L> size <L>");
  CHECK(words("from 10.3.70.152 port 22") == "from <I> port <N>");
  CHECK(words("version 1.2.3.4.5 of 300.1.1.1") == "version <N>.<N>.<N>.<N>.<N> of <N>.<N>.<N>.<N>");
  CHECK(words("at 09:05:00,007") == "at <Z>:<Z>:<Z>,<Z>");
  CHECK(words("id 39bb6504e6b7c7d3 of web09") == "id <x> of web<Z>");
  CHECK(words("0xDEADBEEF and 0xff") == "0x<X> and 0x<x>");
  CHECK(words("de305d54-75b4-431b-adb2-eb6b9e546014.") == "<U>.");
  CHECK(words("token aB3xZ9q1") == "token <S>");
  CHECK(words("no values here") == "no values here");
  CHECK(words("99999999999999999999999") == "<S>");
  CHECK(words("") == "");
}

void finds_the_time_of_the_event() {
  const Nanoseconds time = *alco::parse_rfc3339("2026-11-22T08:01:05.070809Z");
  CHECK(words("[Sun Nov 22 08:01:05 2026] up", &time) == "[Sun Nov <N> <E0>:<m0>:<s0> <N>] up");
  CHECK(words("22T08:01:05.070Z 1", &time) == "<N>T<E0>:<m0>:<s0>.<f3>Z <N>");
  CHECK(words("261122 080105 148", &time) == "<L> <E0><m0><s0> <N>");
  CHECK(words("13.46.05,070809 x", &time) == "<E23>.<m3>.<s0>,<f6> x");  // Nepal
  CHECK(words("00:01:05+0000", &time) == "<W32>:<m0>:<s0>+<Z>");
  CHECK(words("1795334465 1795334465070 1795334465.07", &time) == "<e10> <e13> <e10>.<f2>");
  CHECK(words("1795334465070809000 1795334466", &time) == "<e19> <L>");
  CHECK(words("08:01:05.0070", &time) == "<E0>:<m0>:<s0>.<Z>");  // another fraction: any digits
  CHECK(words("08:01:06 08:02:05", &time) == "<Z>:<Z>:<Z> <Z>:<Z>:<Z>");
  CHECK(words("08:01:05x 108:01:05 08:01:0", &time) == "<Z>:<Z>:<Z>x <N>:<Z>:<Z> <Z>:<Z>:<N>");
  const Nanoseconds before_1970 = -1;
  CHECK(words("23:59:59.999", &before_1970) == "<E0>:<m0>:<s0>.<f3>");
}

void splits_a_template_as_its_texts() {
  const Nanoseconds time = *alco::parse_rfc3339("2026-11-22T08:01:05.070809Z");
  for (const char* text : {"22T08:01:05.070Z", "080105", "08:01:05.123456 4", "1795334465.070 08.01.05"}) {
    Tokens first, again;
    tokenize(text, first, &time);
    tokenize(first.key, again);
    CHECK(again.key == first.key);
    CHECK(again.values.size() == first.values.size());
  }
}

// Texts through collector, column and back.
std::vector<std::string> stored(const std::vector<std::string>& texts, Effort effort,
                                const std::vector<Nanoseconds>& times = {}) {
  TemplateCollector collector;
  TextBuffer buffer;
  for (size_t i = 0; i < texts.size(); ++i) buffer.add(texts[i], collector, times.empty() ? nullptr : &times[i]);
  std::string table_bytes, column_bytes;
  const auto finals = collector.finish();
  collector.put(table_bytes, effort);
  buffer.encode(column_bytes, finals, effort);
  const TemplateTable table(table_bytes, kFormatVersion);
  TextColumn column(column_bytes, table);
  column.set_times([&] { return std::span<const int64_t>(times); });
  std::vector<std::string> out(texts.size());
  for (size_t row = texts.size(); row-- > 0;) column.append_text(out[row], row);
  return out;
}

void gives_times_back() {
  std::mt19937_64 random(5);
  std::vector<std::string> texts;
  std::vector<Nanoseconds> times;
  for (int i = 0; i < 5000; ++i) {
    const int64_t zone = (static_cast<int64_t>(random() % 110) - 50) * 15 * 60 * kSecond;
    const int64_t range = i % 3 == 0 ? int64_t{1} << 62 : 4'000'000'000 * kSecond;
    const Nanoseconds time =
        static_cast<int64_t>(random() % static_cast<uint64_t>(range)) - (i % 5 == 0 ? range / 2 : 0);
    const std::string local = alco::to_rfc3339(time + zone);
    const std::string second = std::to_string(time / kSecond), ns = std::to_string(time);
    times.push_back(time);
    switch (random() % 5) {
      case 0:
        texts.push_back(local);
        break;
      case 1:
        texts.push_back("a " + local.substr(11, 8) + "," + local.substr(20, 1 + random() % 6) + " b");
        break;
      case 2:
        texts.push_back(local.substr(11, 2) + local.substr(14, 2) + local.substr(17, 2) + "|" + second + ".5");
        break;
      case 3:
        texts.push_back(second + " " + ns + " " + ns.substr(0, ns.size() - 3) + "Z");
        break;
      default:
        texts.push_back(local.substr(11, 8) + "." + std::to_string(random() % 1'000'000) + " x");
    }
  }
  CHECK(stored(texts, Effort::fast, times) == texts);
}

void splits_a_template_again_as_its_texts() {
  Tokens first, again;
  for (const char* text : {"at 0x1f by 7", "0x12ab", "web09 x86y ab12cd34", "10.0.0.1:0xABC 007 aB3xZ9",
                           "de305d54-75b4-431b-adb2-eb6b9e546014"}) {
    tokenize(text, first);
    tokenize(first.key, again);
    CHECK(again.key == first.key);
  }
}

void gives_texts_back_byte_for_byte() {
  std::mt19937 random(3);
  const std::vector<std::string> parts = {"error ",
                                          "0",
                                          "007",
                                          "12",
                                          "123456",
                                          "-",
                                          ".",
                                          "10.0.0.1",
                                          "0x1f",
                                          "0xABC",
                                          "web",
                                          "deadbeef1",
                                          "BEEF7",
                                          "aB3xZ9",
                                          "\xc3\xa4",
                                          "\xf0\x9f\x98\x80",
                                          " ",
                                          ":",
                                          std::string("\0", 1),
                                          "\n",
                                          "de305d54-75b4-431b-adb2-eb6b9e546014",
                                          "18446744073709551615",
                                          "9999999999999999999",
                                          "00000000000000000001",
                                          "x",
                                          "1.2.3.4.",
                                          "/",
                                          "_"};
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> texts;
    const size_t kinds = 1 + random() % 40;
    std::vector<std::vector<size_t>> shapes(kinds);
    for (auto& shape : shapes)
      for (size_t n = random() % 9; n > 0; --n) shape.push_back(random() % parts.size());
    for (size_t i = 0; i < 300; ++i) {
      std::string text;
      for (size_t part : shapes[random() % kinds])
        text += random() % 4 == 0 ? std::to_string(random() % 100000) : parts[part];
      texts.push_back(text);
    }
    texts.push_back(std::string(20'000, 'x') + "1");
    CHECK(stored(texts, Effort::fast) == texts);
  }
}

void merged_tables_still_fit() {
  TemplateCollector first, second;
  TextBuffer a, b;
  std::vector<std::string> texts_a, texts_b;
  for (int i = 0; i < 50; ++i) {
    texts_a.push_back("slot 7 took " + std::to_string(i) + " ms from 10.0.0." + std::to_string(i));
    texts_b.push_back("slot " + std::to_string(i % 3) + " took 5 ms from 10.0.0.9");
  }
  for (const auto& text : texts_a) a.add(text, first, nullptr);
  for (const auto& text : texts_b) b.add(text, second, nullptr);
  std::string bytes_a, bytes_b;
  first.finish();
  first.put(bytes_a, Effort::fast);
  second.finish();
  second.put(bytes_b, Effort::fast);
  TemplateCollector merged;
  merged.add_table(TemplateTable(bytes_a, kFormatVersion), 0, ~uint64_t{0});
  merged.add_table(TemplateTable(bytes_b, kFormatVersion), 0, ~uint64_t{0});
  merged.freeze();
  CHECK(merged.size() == 2);  // one for both, and the whole text
  std::string bytes, column_bytes;
  const auto finals = merged.finish();
  merged.put(bytes, Effort::fast);
  TextBuffer buffer;
  std::vector<std::string> texts = texts_a;
  texts.insert(texts.end(), texts_b.begin(), texts_b.end());
  texts.push_back("never seen 1");
  for (const auto& text : texts) buffer.add(text, merged, nullptr);
  buffer.encode(column_bytes, finals, Effort::fast);
  const TemplateTable table(bytes, kFormatVersion);
  TextColumn column(column_bytes, table);
  for (size_t row = 0; row < texts.size(); ++row) {
    std::string text;
    column.append_text(text, row);
    CHECK(text == texts[row]);
  }
}

}  // namespace

int main() {
  splits_a_template_again_as_its_texts();
  finds_the_values_in_a_text();
  finds_the_time_of_the_event();
  splits_a_template_as_its_texts();
  gives_times_back();
  gives_texts_back_byte_for_byte();
  merged_tables_still_fit();
  return failures() != 0;
}
