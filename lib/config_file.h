#pragma once
// Reading the files of the configuration, with the checks on who may read and write them.
#include <sys/types.h>

#include <optional>
#include <string>

namespace alco {

struct ConfigFile {
  std::string text;
  mode_t mode = 0;
};

// nullopt if the file is not there. Throws Error(EX_CONFIG) for a symbolic link, what is no regular file or larger
// than 4 MiB, and a file that others can write.
std::optional<ConfigFile> read_config_file(const std::string& path);

// "mode 0644", for messages.
std::string mode_text(mode_t mode);

// Throws Error(EX_CONFIG) "OBJECT: REASON".
[[noreturn]] void refuse_config(const std::string& object, const std::string& reason);

}  // namespace alco
