#include "lib/store/int_codec.h"

#include <limits>
#include <random>

#include "lib/store/int_stream.h"
#include "tests/unit/check.h"

using namespace alco::store;

namespace {

std::vector<uint64_t> round_trip(const std::vector<uint64_t>& values, std::string& bytes) {
  bytes.clear();
  put_ints(bytes, values, Effort::fast);
  ByteReader in(bytes);
  std::vector<uint64_t> out;
  get_ints(in, values.size(), out);
  CHECK(in.empty());
  const IntStream stream(bytes, values.size());
  stream.check();
  for (size_t i = 0; i < values.size(); ++i) CHECK(stream.at(i) == values[i]);
  return out;
}

void gives_back_what_it_was_given() {
  std::mt19937_64 random(1);
  const auto number = [&](int kind, size_t i) -> uint64_t {
    switch (kind) {
      case 0:
        return random();
      case 1:
        return random() >> (random() % 64);
      case 2:
        return random() % 3;
      case 3:
        return i * 7;
      case 4:
        return random() % 50 == 0 ? random() : 100;
      case 5:
        return from_signed(static_cast<int64_t>(random() >> 50) - 5000);
      case 6:
        return 1'700'000'000'000'000 + i * 1000 + random() % 900;
      case 7:
        return uint64_t{1} << (random() % 64);
      case 8:
        return (random() % 40) * 0x123456789abcdefu;
      default:
        return i % 1000 + 1;
    }
  };
  std::string bytes;
  for (int kind = 0; kind < 10; ++kind)
    for (size_t size : {0, 1, 2, 3, 15, 16, 17, 63, 64, 65, 1000, 5000}) {
      std::vector<uint64_t> values;
      for (size_t i = 0; i < size; ++i) values.push_back(number(kind, i));
      CHECK(round_trip(values, bytes) == values);
    }
  const std::vector<uint64_t> edges = {0, std::numeric_limits<uint64_t>::max(), 1, uint64_t{1} << 63,
                                       (uint64_t{1} << 63) - 1};
  CHECK(round_trip(edges, bytes) == edges);
}

// The lines of a program that does the same thing again and again.
void costs_little_for_what_comes_again() {
  std::mt19937_64 random(2);
  for (unsigned shift : {0, 24, 40, 52}) {
    std::vector<uint64_t> period, values, sums;
    for (int i = 0; i < 500; ++i) period.push_back(300 + (random() >> shift));
    for (int i = 0; i < 20'000; ++i) values.push_back(period[static_cast<size_t>(i) % period.size()]);
    for (uint64_t value : values) sums.push_back((sums.empty() ? 0 : sums.back()) + value % 100'000);
    std::string bytes;
    CHECK(round_trip(values, bytes) == values);
    CHECK(bytes.size() < 500 * 8 + 200);
    CHECK(round_trip(sums, bytes) == sums);
    CHECK(bytes.size() < 500 * 8 + 200);
  }
}

void costs_nothing_for_constants_and_sequences() {
  std::string bytes;
  round_trip(std::vector<uint64_t>(60'000, 12345), bytes);
  CHECK(bytes.size() < 16);
  std::vector<uint64_t> sequence, period;
  for (uint64_t i = 0; i < 60'000; ++i) {
    sequence.push_back(5'000'000 + i);
    period.push_back(i % 16);
  }
  round_trip(sequence, bytes);
  CHECK(bytes.size() < 16);
  round_trip(period, bytes);
  CHECK(bytes.size() < 200);
}

// The codes of a dictionary look as if another one would pay, when its size is a little above a power of two.
void ends_with_one_dictionary() {
  std::mt19937_64 random(3);
  std::string bytes;
  for (size_t distinct : {290, 300, 350, 600, 1200})
    for (size_t size : {16'384, 40'000}) {
      std::vector<uint64_t> values;
      for (size_t i = 0; i < size; ++i) values.push_back(random() % distinct);
      CHECK(round_trip(values, bytes) == values);
    }
}

void refuses_damaged_bytes_without_harm() {
  std::mt19937_64 random(2);
  std::string good;
  std::vector<uint64_t> values;
  for (size_t i = 0; i < 3000; ++i) values.push_back(random() % 7 == 0 ? random() : i % 300);
  put_ints(good, values, Effort::fast);
  for (int round = 0; round < 3000; ++round) {
    std::string bad = good;
    if (round % 3 == 0)
      bad.resize(random() % bad.size());
    else
      bad[random() % bad.size()] ^= static_cast<char>(1 << (random() % 8));
    std::vector<uint64_t> out;
    try {
      ByteReader in(bad);
      get_ints(in, values.size(), out);
    } catch (const Corrupt&) {
    }
  }
}

}  // namespace

int main() {
  gives_back_what_it_was_given();
  costs_nothing_for_constants_and_sequences();
  costs_little_for_what_comes_again();
  ends_with_one_dictionary();
  refuses_damaged_bytes_without_harm();
  return failures() != 0;
}
