// Fuzz target: any bytes as the configuration file. It is taken or refused as a configuration; a refusal never quotes
// a password, and a password in a file that others can read is never taken.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "lib/config.h"
#include "lib/error.h"

using namespace alco;

namespace {

constexpr std::string_view kPassword = "pa55word";

void require(bool condition) {
  if (!condition) abort();
}

// One file for all runs of the process, removed at its end.
struct File {
  std::string path = "/dev/shm/alco-config-fuzz-" + std::to_string(getpid());
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  ~File() { unlink(path.c_str()); }
};

// Some name of a member holds the password, and names are quoted; or what is no JSON may hold it anywhere.
bool named(const nlohmann::json& value) {
  if (value.is_discarded()) return true;
  if (!value.is_structured()) return false;
  for (const auto& item : value.items())
    if ((value.is_object() && item.key().find(kPassword) != std::string::npos) || named(item.value())) return true;
  return false;
}

void check_urls(const Config& config, bool others_read) {
  const std::string& url = config.rabbitmq ? config.rabbitmq->url : config.store;
  const std::string masked = masked_url(url);
  const size_t slashes = url.find("://");
  if (slashes == url.npos) return;
  const size_t at = url.substr(0, url.find_first_of("/?#", slashes + 3)).rfind('@');
  const size_t colon = url.find(':', slashes + 3);
  if (at == url.npos || colon >= at || at - colon < 2) return;
  require(masked.find(url.substr(colon, at - colon + 1)) == masked.npos || url.substr(colon, at - colon) == ":***");
  require(!others_read || url.substr(slashes + 3, at - slashes - 3) == "guest:guest");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const File file;
  if (size == 0) return 0;
  const bool others_read = data[0] % 2 == 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (text.find("file:") != text.npos) return 0;  // secrets from other files: config_test
  require(ftruncate(file.fd, 0) == 0 &&
          pwrite(file.fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
          fchmod(file.fd, others_read ? 0644 : 0640) == 0);
  try {
    const Config config = load_config(file.path);
    for (const auto& [name, index] : config.indexes) {
      require(IndexName::parse(name).has_value() && index.processes > 0);
      index.column("host");
      config.index(IndexName::require(name));
    }
    config.catalogue_url();
    check_urls(config, others_read);
  } catch (const Error& error) {
    const std::string what = error.what();
    require(error.code() == EX_CONFIG && what.starts_with(file.path));
    if (what.find(kPassword) != what.npos) require(named(nlohmann::json::parse(text, nullptr, false, true)));
  }
  return 0;
}
