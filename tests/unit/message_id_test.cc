#include "lib/delivery/message_id.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "lib/error.h"
#include "tests/unit/check.h"

namespace alco {
namespace {

// As `openssl mac -macopt size:16 -macopt hexkey:000102…0f SIPHASH` prints it for nothing and for 00 01 … 07.
void agrees_with_the_reference() {
  IdKey key;
  for (uint8_t i = 0; i < 16; ++i) key[i] = i;
  IdHash hash(key);
  hash.add(uint64_t{0x0706050403020100});
  const MessageId id = hash.finish();
  CHECK(id.low == 0x61f55862baa9623b && id.high == 0xb49714f364e2830f);
  IdHash none(key);
  const MessageId empty = none.finish();
  CHECK(empty.low == 0xe6a825ba047f81a3);
  CHECK(empty.high == 0x930255c71472f66d);
}

void tells_parts_apart() {
  const IdKey key{1, 2, 3};
  const auto id_of = [&](std::initializer_list<std::string_view> parts) {
    IdHash hash(key);
    for (const auto part : parts) hash.add(part);
    return hash.finish();
  };
  CHECK(id_of({"ab", "c"}) == id_of({"ab", "c"}));
  CHECK(!(id_of({"ab", "c"}) == id_of({"a", "bc"})));
  CHECK(!(id_of({"abcdefgh"}) == id_of({"abcdefgh", ""})));
  CHECK(!(id_of({"0123456789"}) == id_of({"0123456788"})));
  IdHash other(IdKey{1, 2, 4});
  other.add("ab");
  other.add("c");
  CHECK(!(other.finish() == id_of({"ab", "c"})));
}

void writes_and_reads_hex() {
  MessageId id;
  CHECK(parse_hex("00112233445566778899aabbccddeeff", id));
  CHECK(id.high == 0x0011223344556677 && id.low == 0x8899aabbccddeeff);
  CHECK(to_hex(id) == "00112233445566778899aabbccddeeff");
  CHECK(!parse_hex("00112233445566778899AABBCCDDEEFF", id));
  CHECK(!parse_hex("00112233445566778899aabbccddeef", id));
}

void keeps_the_key() {
  char folder[] = "/tmp/alco-message-id-XXXXXX";
  CHECK(mkdtemp(folder) != nullptr);
  const std::string path = std::string(folder) + "/sub/key";
  const IdKey key = load_id_key(real_disk(), path);
  CHECK(load_id_key(real_disk(), path) == key);
  struct stat st;
  CHECK(stat(path.c_str(), &st) == 0 && (st.st_mode & 0777) == 0600 && st.st_size == 16);
  real_disk().replace_file(path, "short");
  try {
    load_id_key(real_disk(), path);
    CHECK(false);
  } catch (const Error& error) {
    CHECK(error.code() == EX_CONFIG);
  }
  real_disk().unlink(path);
  real_disk().remove_folder(std::string(folder) + "/sub");
  real_disk().remove_folder(folder);
}

}  // namespace
}  // namespace alco

int main() {
  alco::agrees_with_the_reference();
  alco::tells_parts_apart();
  alco::writes_and_reads_hex();
  alco::keeps_the_key();
  return failures() != 0;
}
