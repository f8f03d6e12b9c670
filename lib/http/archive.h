#pragma once
// The indexes as a person may see them. Handlers get a Reader from an AuthorizedIndex and from nowhere else, and that
// only comes from authorize(): no handler can forget to ask. When the right is withdrawn while there is an
// AuthorizedIndex of it, the request's answer is broken off.
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/catalogue/catalogue.h"
#include "lib/config.h"
#include "lib/http/leases.h"
#include "lib/store/store.h"

namespace alco::http {

class AuthorizedIndex {
 public:
  const IndexName& name() const { return name_; }
  Reader& reader() const { return *reader_; }
  const IndexConfig& config() const { return config_; }

 private:
  friend class Archive;
  AuthorizedIndex(std::shared_ptr<void> lease, IndexName name, std::shared_ptr<Reader> reader, IndexConfig config)
      : lease_(std::move(lease)), name_(std::move(name)), reader_(std::move(reader)), config_(std::move(config)) {}

  std::shared_ptr<void> lease_;
  IndexName name_;
  std::shared_ptr<Reader> reader_;
  IndexConfig config_;
};

// Thread-safe.
class Archive {
 public:
  // Borrows all of them; `catalogue` may be null.
  Archive(Store& store, const Config& config, Catalogue* catalogue, Leases& leases);

  // Throws HttpError(404), with the same words for an index that is not there and for one that is not allowed.
  AuthorizedIndex authorize(const Request& request, std::string_view name, Right right);
  std::vector<AuthorizedIndex> all(const Request& request, Right right);

  // Names of the fields of an index, at most a few seconds old.
  std::shared_ptr<const std::vector<FieldInfo>> fields(const AuthorizedIndex& index);

  struct KnownValues {
    std::vector<std::string> values;
    bool overflowed = false;
  };
  // Of the catalogue; empty if that is not there (which is logged).
  KnownValues known_values(const AuthorizedIndex& index, const std::string& field);

 private:
  struct Entry {
    std::shared_ptr<Reader> reader;
    std::shared_ptr<const std::vector<FieldInfo>> fields;
    Nanoseconds fields_read = 0;
  };
  std::optional<AuthorizedIndex> open(const Request& request, const IndexName& name, Right right);
  std::shared_ptr<Reader> reader_of(const IndexName& name);

  Store& store_;
  const Config& config_;
  Catalogue* catalogue_;
  Leases& leases_;
  std::mutex mutex_;  // guards entries_
  std::map<IndexName, Entry> entries_;
  std::mutex catalogue_mutex_;  // a Catalogue is for one thread
};

}  // namespace alco::http
