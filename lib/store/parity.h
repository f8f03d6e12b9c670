#pragma once
// Bytes kept beside others, from which a run of those that was damaged can be made again: a bad sector of a disk, a
// flipped bit. For what many blocks need; the damage of a single block costs no more than the block.
#include <cstdint>
#include <string>
#include <string_view>

namespace alco::store {

// A 32nd of the data, at least 1024 bytes, and never more than the data.
size_t parity_size(size_t data);
std::string parity_of(std::string_view data);

// Mends `data` if no more is wrong with it than a run of half as many bytes as `parity` has. False, and `data` as it
// was, if that does not lead to `checksum` (checksum32()).
bool mend(std::string& data, std::string_view parity, uint32_t checksum);

}  // namespace alco::store
