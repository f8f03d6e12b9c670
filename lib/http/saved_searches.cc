#include "lib/http/saved_searches.h"

#include <fcntl.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/error.h"
#include "lib/http/message.h"
#include "lib/utf8.h"

namespace alco::http {
namespace {

using nlohmann::json;

constexpr size_t kMostName = 100, kMostLink = 3000;  // bytes; a link must fit into the URI of a request
constexpr size_t kMostSearches = 500;                // of one index

json read_all(Disk& disk, const std::string& path) {
  if (!disk.open_if_exists(path, O_RDONLY)) return json::object();
  json all = json::parse(disk.read_file(path), nullptr, false);
  const auto is_search = [](const json& search) {
    return search.is_object() && search.contains("name") && search.contains("link") &&
           std::all_of(search.begin(), search.end(), [](const json& value) { return value.is_string(); });
  };
  const bool valid = all.is_object() && std::all_of(all.begin(), all.end(), [&](const json& list) {
                       return list.is_array() && std::all_of(list.begin(), list.end(), is_search);
                     });
  if (!valid) throw Error(EX_IOERR, path + ": this is no file of saved searches: move it away");
  return all;
}

json::iterator find(json& list, const std::string& name) {
  return std::find_if(list.begin(), list.end(), [&](const json& search) { return search["name"] == name; });
}

void check(const SavedSearch& search) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const auto is_text = [&](const std::string& text) {
    return utf8::valid(text) && std::none_of(text.begin(), text.end(), is_control);
  };
  if (search.name.empty() || search.name.size() > kMostName || !is_text(search.name))
    throw HttpError(400, "name: give the search a name of at most 100 bytes");
  if (search.link.size() > kMostLink || !is_text(search.link))
    throw HttpError(400, "link: the search is too long to be saved");
}

// Held while the file is read and replaced.
class FileLock {
 public:
  FileLock(Disk& disk, const std::string& path) : fd_(disk.open(path, O_RDWR | O_CREAT)) {
    disk.lock(fd_.get(), path, true);
  }

 private:
  Fd fd_;
};

}  // namespace

std::string saved_searches_path(const std::string& store_url, const std::string& sphinx_dir) {
  return (store_url.starts_with("dir:") ? store_url.substr(4) : sphinx_dir) + "/saved-searches.json";
}

std::vector<SavedSearch> SavedSearches::of(const IndexName& index) {
  const json all = read_all(disk_, path_);
  std::vector<SavedSearch> searches;
  if (const auto list = all.find(index.str()); list != all.end())
    for (const json& search : *list)
      searches.push_back({search["name"], search["link"], search.value("by", ""), search.value("at", "")});
  std::sort(searches.begin(), searches.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return searches;
}

void SavedSearches::save(const IndexName& index, SavedSearch search) {
  check(search);
  std::lock_guard lock(mutex_);
  const FileLock held(disk_, path_ + ".lock");
  json all = read_all(disk_, path_);
  json& list = all[index.str()];
  if (list.is_null()) list = json::array();
  const json fresh = {{"name", search.name}, {"link", search.link}, {"by", search.by}, {"at", search.at}};
  if (const auto there = find(list, search.name); there != list.end())
    *there = fresh;
  else if (list.size() >= kMostSearches)
    throw HttpError(409, "this index has 500 saved searches: delete some first");
  else
    list.push_back(fresh);
  disk_.replace_file(path_, all.dump(1) + "\n");
}

bool SavedSearches::remove(const IndexName& index, const std::string& name) {
  std::lock_guard lock(mutex_);
  const FileLock held(disk_, path_ + ".lock");
  json all = read_all(disk_, path_);
  json& list = all[index.str()];
  const auto there = find(list, name);
  if (there == list.end()) return false;
  list.erase(there);
  disk_.replace_file(path_, all.dump(1) + "\n");
  return true;
}

}  // namespace alco::http
