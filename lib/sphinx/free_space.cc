#include "lib/sphinx/free_space.h"

#include <algorithm>
#include <filesystem>

#include "lib/error.h"

namespace alco::sphinx {
namespace {

constexpr uint64_t kLeast = uint64_t{256} << 20;

}  // namespace

void check_free_space(Disk& disk, const std::string& path, std::optional<uint64_t> reserve) {
  const uint64_t free = disk.free_space(path);
  if (!reserve) {
    std::error_code problem;
    const auto space = std::filesystem::space(path, problem);
    reserve = std::max(kLeast, problem ? 0 : space.capacity / 20);
  }
  if (free >= *reserve) return;
  throw Error(EX_TEMPFAIL, path + ": disk is full: " + std::to_string(free >> 20) + " MiB left, " +
                               std::to_string(*reserve >> 20) + " MiB are kept free");
}

}  // namespace alco::sphinx
