#include "lib/http/archive.h"

#include <algorithm>

#include "lib/error.h"
#include "lib/http/message.h"
#include "lib/log.h"

namespace alco::http {
namespace {

constexpr Nanoseconds kFieldsKept = 3 * kSecond;

}  // namespace

Archive::Archive(Store& store, const Config& config, Catalogue* catalogue, Leases& leases)
    : store_(store), config_(config), catalogue_(catalogue), leases_(leases) {}

std::shared_ptr<Reader> Archive::reader_of(const IndexName& name) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[name];
  if (!entry.reader) entry.reader = store_.reader(name);
  return entry.reader;
}

// Of an index that is there; nullopt if it is not allowed.
std::optional<AuthorizedIndex> Archive::open(const Request& request, const IndexName& name, Right right) {
  auto lease = leases_.take(request, name, right);
  if (!lease) return std::nullopt;
  return AuthorizedIndex(std::move(lease), name, reader_of(name), config_.index(name));
}

AuthorizedIndex Archive::authorize(const Request& request, std::string_view name, Right right) {
  const auto index = IndexName::parse(name);
  if (index && request.principal.allows(*index, right)) {
    const auto there = store_.indexes();
    if (std::find(there.begin(), there.end(), *index) != there.end())
      if (auto opened = open(request, *index, right)) return std::move(*opened);
  }
  throw HttpError(404, "there is no index '" + std::string(name) + "', or you may not read it");
}

std::vector<AuthorizedIndex> Archive::all(const Request& request, Right right) {
  std::vector<AuthorizedIndex> found;
  for (const IndexName& name : store_.indexes())
    if (request.principal.allows(name, right))
      if (auto opened = open(request, name, right)) found.push_back(std::move(*opened));
  return found;
}

std::shared_ptr<const std::vector<FieldInfo>> Archive::fields(const AuthorizedIndex& index) {
  const Nanoseconds time = now();
  {
    std::lock_guard lock(mutex_);
    const Entry& entry = entries_[index.name()];
    if (entry.fields && time - entry.fields_read < kFieldsKept && time >= entry.fields_read) return entry.fields;
  }
  auto fields = std::make_shared<const std::vector<FieldInfo>>(index.reader().fields());
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[index.name()];
  entry.fields = fields;
  entry.fields_read = time;
  return fields;
}

Archive::KnownValues Archive::known_values(const AuthorizedIndex& index, const std::string& field) {
  KnownValues known;
  if (!catalogue_) return known;
  std::lock_guard lock(catalogue_mutex_);
  try {
    for (ListedValue& value : catalogue_->values(index.name(), field)) known.values.push_back(std::move(value.value));
    known.overflowed = catalogue_->overflowed(index.name(), field);
  } catch (const Error& error) {  // values are a help: the search goes on without them
    log::warning_limited("catalogue", "%s", error.what());
  }
  return known;
}

}  // namespace alco::http
