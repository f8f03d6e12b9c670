#pragma once
// Searches that readers keep for everyone: one JSON file beside the store, replaced as a whole.
//
//   {"app": [{"name": "…", "link": "q=…&since=1d", "by": "anna", "at": "2026-11-22T10:00:00Z"}, …], …}
#include <mutex>
#include <string>
#include <vector>

#include "lib/disk.h"
#include "lib/index_name.h"

namespace alco::http {

struct SavedSearch {
  std::string name;  // unique in its index
  std::string link;  // parameters of the page
  std::string by;    // who saved it; may be empty
  std::string at;    // RFC 3339
};

// Thread-safe; several servers may share one file.
class SavedSearches {
 public:
  SavedSearches(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

  // By name. Throws Error(EX_IOERR) for a file that cannot be read or is none of ours: it is not touched then.
  std::vector<SavedSearch> of(const IndexName& index);

  // Adds it or takes the place of the one with this name; on disk when it returns. Throws HttpError(400) for a name or
  // link that is none, HttpError(409) if the index has too many.
  void save(const IndexName& index, SavedSearch search);

  // False if there is none of this name.
  bool remove(const IndexName& index, const std::string& name);

 private:
  Disk& disk_;
  std::string path_;
  std::mutex mutex_;
};

// The file of a store ("dir:PATH" or "sphinx://…", whose files are below `sphinx_dir`).
std::string saved_searches_path(const std::string& store_url, const std::string& sphinx_dir);

}  // namespace alco::http
