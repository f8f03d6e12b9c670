#include "lib/collect/offset_file.h"

#include <fcntl.h>
#include <sysexits.h>

#include <nlohmann/json.hpp>

#include "lib/collect/file_names.h"
#include "lib/error.h"

namespace alco {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

// A path need not be UTF-8: each byte becomes the character of the same number.
std::string bytes_to_json(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

std::string json_to_bytes(const std::string& text) {
  std::string bytes;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    bytes += byte < 0x80 || at + 1 == text.size() ? text[at] : static_cast<char>((byte & 3) << 6 | (text[++at] & 0x3f));
  }
  return bytes;
}

FileOffset from_json(const Json& file) {
  FileOffset offset;
  offset.path = json_to_bytes(file.at("path").get<std::string>());
  offset.identity.device = file.at("device").get<uint64_t>();
  offset.identity.inode = file.at("inode").get<uint64_t>();
  offset.identity.born = file.at("born").get<int64_t>();
  offset.identity.first = file.at("first").get<std::string>();
  offset.identity.generation = file.at("generation").get<uint64_t>();
  offset.offset = file.at("offset").get<uint64_t>();
  offset.before = file.at("before").get<std::string>();
  return offset;
}

Json to_json(const FileOffset& offset) {
  return {{"path", bytes_to_json(offset.path)},
          {"device", offset.identity.device},
          {"inode", offset.identity.inode},
          {"born", offset.identity.born},
          {"first", offset.identity.first},
          {"generation", offset.identity.generation},
          {"offset", offset.offset},
          {"before", offset.before}};
}

}  // namespace

OffsetFile::OffsetFile(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {
  disk_.make_folder(folder_of(path_));
  const std::string lock = path_ + ".lock";
  lock_ = disk_.open(lock, O_RDWR | O_CREAT);
  if (!disk_.lock(lock_.get(), lock, /*wait=*/false))
    throw Error(EX_TEMPFAIL, path_ + ": another alco-consume follows with these offsets (see --state)");
}

std::vector<FileOffset> OffsetFile::load() {
  if (!disk_.open_if_exists(path_, O_RDONLY)) return {};
  std::vector<FileOffset> offsets;
  try {
    const Json all = Json::parse(disk_.read_file(path_));
    if (all.at("version") != kVersion)
      throw Error(EX_CONFIG, path_ + ": version " + all.at("version").dump() + " is not known to this alco-consume");
    for (const Json& file : all.at("files")) offsets.push_back(from_json(file));
  } catch (const Json::exception& error) {
    throw Error(EX_CONFIG, path_ + ": not a file of offsets: " + error.what() + " (remove it to read all files anew)");
  }
  return offsets;
}

void OffsetFile::save(const std::vector<FileOffset>& offsets) {
  Json files = Json::array();
  for (const FileOffset& offset : offsets) files.push_back(to_json(offset));
  const Json all = {{"version", kVersion}, {"files", std::move(files)}};
  disk_.replace_file(path_, all.dump(1) + "\n");
}

}  // namespace alco
