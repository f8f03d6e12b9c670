#pragma once
// Who a message is, so that what comes again is stored once: rule R12 of doc/delivery.md.
//
// SipHash-2-4-128 with a secret of this installation: whoever can write logs
// cannot make two bodies with one id, which would suppress a line.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/disk.h"
#include "lib/store/store.h"

namespace alco {

using IdKey = std::array<uint8_t, 16>;

// Reads the key at `path`; makes it (0600, random) the first time, also when two programs do so at once.
// Throws Error: EX_CONFIG for a file that is no key, EX_IOERR.
IdKey load_id_key(Disk& disk, const std::string& path);

// The id of the concatenation of the parts that were added, each with its length, so that ("ab","c") is not ("a","bc").
class IdHash {
 public:
  explicit IdHash(const IdKey& key);
  void add(std::string_view part);
  void add(uint64_t number);
  MessageId finish();  // once

 private:
  void update(std::string_view bytes);
  void block(uint64_t word);
  uint64_t v_[4];
  uint64_t word_ = 0;
  unsigned filled_ = 0;  // bytes of word_
  uint64_t length_ = 0;
};

std::string to_hex(const MessageId& id);               // 32 lower-case digits
bool parse_hex(std::string_view text, MessageId& id);  // exactly that; false otherwise

}  // namespace alco
