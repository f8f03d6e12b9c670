#include "lib/delivery/message_id.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <random>

#include "lib/error.h"

namespace alco {
namespace {

constexpr uint64_t rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

void round(uint64_t (&v)[4]) {
  v[0] += v[1];
  v[1] = rotate(v[1], 13) ^ v[0];
  v[0] = rotate(v[0], 32);
  v[2] += v[3];
  v[3] = rotate(v[3], 16) ^ v[2];
  v[0] += v[3];
  v[3] = rotate(v[3], 21) ^ v[0];
  v[2] += v[1];
  v[1] = rotate(v[1], 17) ^ v[2];
  v[2] = rotate(v[2], 32);
}

uint64_t load_little(const void* bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

std::string random_key() {
  std::random_device random;  // /dev/urandom or better
  std::string key(sizeof(IdKey), '\0');
  for (char& byte : key) byte = static_cast<char>(random());
  return key;
}

// A link appears whole or not at all, and never replaces the key of another program that was faster.
void create_key(Disk& disk, const std::string& path) {
  const size_t slash = path.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
  disk.make_folder(folder);
  const std::string temporary = path + ".new" + std::to_string(getpid());
  Fd fd = disk.open(temporary, O_WRONLY | O_CREAT | O_TRUNC);
  fchmod(fd.get(), 0600);
  disk.write(fd.get(), temporary, random_key());
  disk.sync(fd.get(), temporary);
  const bool failed = link(temporary.c_str(), path.c_str()) != 0 && errno != EEXIST;
  const int reason = errno;
  disk.unlink(temporary);
  if (failed) throw system_error(path, "link", reason);
  disk.sync_folder(folder);
}

}  // namespace

IdKey load_id_key(Disk& disk, const std::string& path) {
  if (!disk.open_if_exists(path, O_RDONLY)) create_key(disk, path);
  const std::string text = disk.read_file(path);
  IdKey key;
  if (text.size() != key.size())
    throw Error(EX_CONFIG, path +
                               ": not a key of 16 bytes; move it away and a new one is made (messages that come again "
                               "after that are stored twice)");
  memcpy(key.data(), text.data(), key.size());
  return key;
}

IdHash::IdHash(const IdKey& key) {
  const uint64_t k0 = load_little(key.data()), k1 = load_little(key.data() + 8);
  v_[0] = k0 ^ 0x736f6d6570736575;
  v_[1] = k1 ^ 0x646f72616e646f6d ^ 0xee;  // 0xee: the variant with 128 bits
  v_[2] = k0 ^ 0x6c7967656e657261;
  v_[3] = k1 ^ 0x7465646279746573;
}

void IdHash::block(uint64_t word) {
  v_[3] ^= word;
  round(v_);
  round(v_);
  v_[0] ^= word;
}

void IdHash::update(std::string_view bytes) {
  length_ += bytes.size();
  while (!bytes.empty() && (filled_ > 0 || bytes.size() < 8)) {
    word_ |= uint64_t{static_cast<unsigned char>(bytes.front())} << (8 * filled_);
    bytes.remove_prefix(1);
    if (++filled_ < 8) continue;
    block(word_);
    word_ = 0;
    filled_ = 0;
  }
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) block(load_little(bytes.data()));
  if (!bytes.empty()) {
    length_ -= bytes.size();
    update(bytes);
  }
}

void IdHash::add(std::string_view part) {
  add(part.size());
  update(part);
}

void IdHash::add(uint64_t number) {
  char bytes[8];
  for (char& byte : bytes) {
    byte = static_cast<char>(number & 0xff);
    number >>= 8;
  }
  update({bytes, sizeof bytes});
}

MessageId IdHash::finish() {
  block(word_ | length_ << 56);
  v_[2] ^= 0xee;
  for (int i = 0; i < 4; ++i) round(v_);
  const uint64_t low = v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
  v_[1] ^= 0xdd;
  for (int i = 0; i < 4; ++i) round(v_);
  return {v_[0] ^ v_[1] ^ v_[2] ^ v_[3], low};
}

std::string to_hex(const MessageId& id) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(32, '0');
  for (size_t i = 0; i < 16; ++i) {
    text[i] = kDigits[id.high >> (60 - 4 * i) & 15];
    text[16 + i] = kDigits[id.low >> (60 - 4 * i) & 15];
  }
  return text;
}

bool parse_hex(std::string_view text, MessageId& id) {
  if (text.size() != 32) return false;
  uint64_t words[2] = {0, 0};
  for (size_t i = 0; i < 32; ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return false;
    words[i / 16] = words[i / 16] << 4 | static_cast<uint64_t>(digit);
  }
  id = {words[0], words[1]};
  return true;
}

}  // namespace alco
