#include "lib/sphinx_conf.h"

#include <fcntl.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "lib/error.h"
#include "lib/sphinx/dialect.h"
#include "lib/timestamp.h"

namespace alco {
namespace {

using sphinx::Engine;
using sphinx::Settings;

constexpr const char* kHead = "# Made by alco-sphinxconf; changes are lost. Settings: alco.json(5), \"sphinx\".\n";

// Letters and digits of Latin and Cyrillic, in one case; everything else parts words.
constexpr const char* kCharset =
    "0..9, A..Z->a..z, _, a..z, U+410..U+42F->U+430..U+44F, U+430..U+44F, U+401->U+451, U+451";

// Ours, single ones replaced by the configuration, others added.
Settings merged(Settings settings, const std::map<std::string, std::string>& overrides) {
  for (const auto& [key, value] : overrides) {
    const auto it =
        std::find_if(settings.begin(), settings.end(), [&key = key](const auto& known) { return known.first == key; });
    if (it == settings.end())
      settings.emplace_back(key, value);
    else
      it->second = value;
  }
  return settings;
}

void append_section(std::string& out, const std::string& head, const Settings& settings) {
  out += "\n" + head + "\n{\n";
  for (const auto& [key, value] : settings) {
    if (key != "listen") {
      out += "\t" + key + " = " + value + "\n";
      continue;
    }
    std::istringstream addresses(value);  // parted by commas; searchd wants a line for each
    for (std::string address; std::getline(addresses >> std::ws, address, ',');) out += "\tlisten = " + address + "\n";
  }
  out += "}\n";
}

bool plain(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void check_name(const Config& config, const std::string& name) {
  const std::string place = (config.file.empty() ? "" : config.file + ": ") + "indexes." + name + ": ";
  if (name.find('-') != std::string::npos) throw Error(EX_CONFIG, place + "searchd takes no name with '-' in it");
  if (name[0] >= '0' && name[0] <= '9')
    throw Error(EX_CONFIG, place + "searchd takes no name that begins with a digit");
  const size_t last = name.rfind('_');
  if (last != std::string::npos && (name.substr(last) == "_distr" || parse_day_name(name.substr(last + 1))))
    throw Error(EX_CONFIG, place + "ends like the names that are made for searchd");
}

Settings index_settings(const Config& config, const IndexConfig& index, const SphinxDay& day) {
  Settings settings = {{"type", "rt"}, {"path", day.folder + "/rt"}};
  settings.insert(settings.end(), {{"rt_mem_limit", "128M"},
                                   {"dict", "keywords"},
                                   {"min_word_len", "1"},
                                   {"min_infix_len", "2"},
                                   {"charset_table", kCharset}});
  settings = merged(settings, config.sphinx.index);
  settings.emplace_back("rt_field", "logline");
  std::map<std::string, std::string> indexed;  // by the name that searchd makes of it
  for (const auto& [name, column] : index.columns) {
    if (!column.indexed || column.excluded || !plain(name)) continue;
    const auto [other, first] = indexed.emplace(sphinx::lower_case(name), name);
    if (!first)
      throw Error(EX_CONFIG, (config.file.empty() ? "" : config.file + ": ") + "indexes." + day.index + ".columns: '" +
                                 other->second + "' and '" + name + "' are indexed, and one for searchd");
    settings.emplace_back("rt_field", "f_" + name);
  }
  settings.insert(settings.end(), {{"rt_field", "marks"},
                                   {"rt_attr_string", "logline"},
                                   {"rt_attr_json", "js"},
                                   {"rt_attr_string", "raw"},
                                   {"rt_attr_bigint", "ts"},
                                   {"rt_attr_uint", "ns"},
                                   {"rt_attr_bigint", "arrival"},
                                   {"rt_attr_bigint", "id_high"},
                                   {"rt_attr_bigint", "id_low"},
                                   {"rt_attr_uint", "flags"}});
  return settings;
}

// Over `days` here and on the other hosts.
Settings distributed_settings(const Config& config, const std::vector<SphinxDay>& days) {
  Settings settings = {{"type", "distributed"}};
  std::string names;
  for (const SphinxDay& day : days) {
    settings.emplace_back("local", day.name);
    names += (names.empty() ? "" : ",") + day.name;
  }
  for (const std::string& agent : config.sphinx.agents) settings.emplace_back("agent", agent + ":" + names);
  if (!config.sphinx.agents.empty())
    settings.insert(settings.end(), {{"agent_connect_timeout", "1000"}, {"agent_query_timeout", "10000"}});
  return settings;
}

// Of the searchd that runs on this configuration.
Engine engine(const Config& config) { return config.sphinx.manticore ? Engine::manticore : Engine::sphinx; }

Settings searchd_settings(const Config& config) {
  const Settings settings =
      merged(sphinx::searchd_settings(engine(config), config.sphinx.data_dir), config.sphinx.searchd);
  const auto refuse = [&](const std::string& key, const std::string& why) {
    throw Error(EX_CONFIG, (config.file.empty() ? "" : config.file + ": ") + "sphinx.searchd." + key + ": " + why);
  };
  for (const auto& [key, value] : settings) {
    if (key == "binlog_flush" && sphinx::loses_rows(engine(config), value))
      refuse(key, "1 loses what searchd has acknowledged; use 2 or 0");
    if (key == "collation_server" && value != "libc_ci" && value != "utf8_general_ci")
      refuse(key, "'" + value + "' minds the case, and searches would miss events");
    if (key == "data_dir")
      refuse(key, "Manticore's tables would not be those of the configuration; set sphinx.data_dir");
  }
  return settings;
}

}  // namespace

std::vector<SphinxDay> sphinx_days(const Config& config, int64_t today, std::optional<int> days) {
  std::vector<SphinxDay> list;
  for (const auto& [name, index] : config.indexes) {
    check_name(config, name);
    const int kept = days ? *days : index.searchd_days();
    for (int64_t day = today - kept + 1; day <= today + 1; ++day) {
      const std::string full = name + "_" + day_name(day);
      list.push_back({name, day_name(day), full, config.sphinx.data_dir + "/" + full});
    }
  }
  return list;
}

std::string sphinx_conf(const Config& config, int64_t today, std::optional<int> days) {
  std::map<std::string, std::vector<SphinxDay>> indexes;
  for (const SphinxDay& day : sphinx_days(config, today, days)) indexes[day.index].push_back(day);
  std::string out = kHead;
  for (auto& [name, list] : indexes) {
    const IndexConfig index = config.index(IndexName::require(name));
    const std::string word = sphinx::section_word(engine(config)) + " ";
    for (const SphinxDay& day : list) append_section(out, word + day.name, index_settings(config, index, day));
    append_section(out, word + name, distributed_settings(config, list));
    for (; !list.empty(); list.erase(list.begin()))
      append_section(out, word + list.front().name + "_distr", distributed_settings(config, list));
  }
  append_section(out, "searchd", searchd_settings(config));
  return out;
}

std::string create_day(const Config& config, const SphinxDay& day) {
  return sphinx::create_table(day.name, index_settings(config, config.index(IndexName::require(day.index)), day));
}

std::map<std::string, std::string> create_distributed(const Config& config, int64_t today) {
  std::map<std::string, std::vector<SphinxDay>> indexes;
  for (const SphinxDay& day : sphinx_days(config, today, {})) indexes[day.index].push_back(day);
  std::map<std::string, std::string> statements;
  const auto add = [&](const std::string& table, const std::vector<SphinxDay>& days) {
    statements[table] = sphinx::create_distributed(table, distributed_settings(config, days));
  };
  for (auto& [name, list] : indexes) {
    add(name, list);
    for (; !list.empty(); list.erase(list.begin())) add(list.front().name + "_distr", list);
  }
  return statements;
}

std::vector<SphinxDay> days_of_sphinx_conf(const std::string& text) {
  constexpr std::string_view kPath = "path = ", kFile = "/rt";
  std::vector<SphinxDay> days;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line(text.data() + at, end - at);
    at = end + 1;
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!line.starts_with(kPath) || !line.ends_with(kFile)) continue;
    const std::string folder(line.substr(kPath.size(), line.size() - kPath.size() - kFile.size()));
    const size_t slash = folder.rfind('/'), last = folder.rfind('_');
    if (!folder.starts_with('/') || last == folder.npos || last < slash || folder.find("/..") != folder.npos) continue;
    const std::string day = folder.substr(last + 1);
    if (!parse_day_name(day)) continue;
    days.push_back({folder.substr(slash + 1, last - slash - 1), day, folder.substr(slash + 1), folder});
  }
  return days;
}

namespace {

// searchd holds a lock on the index while it serves it, and dies if the folder goes away under it.
bool in_use(Disk& disk, const std::string& folder) {
  const Fd fd = disk.open_if_exists(folder + "/rt.lock", O_RDWR);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  if (fd && fcntl(fd.get(), F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK) return true;
  return fd && !disk.lock(fd.get(), folder + "/rt.lock", false);  // Manticore's
}

}  // namespace

void prepare_sphinx_folders(Disk& disk, const std::vector<SphinxDay>& days) {
  std::map<std::pair<std::string, std::string>, std::string> first_kept;  // by folder of folders and index
  for (const SphinxDay& day : days) {
    disk.make_folder(day.folder);
    const std::string parent = day.folder.substr(0, day.folder.rfind('/'));
    std::string& first = first_kept.try_emplace({parent, day.index}, day.day).first->second;
    first = std::min(first, day.day);
  }
  for (const auto& [place, first] : first_kept) {
    const auto& [parent, index] = place;
    std::vector<std::string> expired;  // by rising day
    for (const std::string& name : disk.list(parent)) {
      if (!name.starts_with(index + "_")) continue;
      const std::string day = name.substr(index.size() + 1);
      if (parse_day_name(day) && day < first) expired.push_back(parent + "/" + name);
    }
    for (size_t i = 0; i + 1 < expired.size(); ++i) {
      if (in_use(disk, expired[i])) continue;
      const std::vector<std::string> files = disk.list(expired[i]);
      if (!std::all_of(files.begin(), files.end(), [](const std::string& file) { return file.starts_with("rt."); }))
        throw Error(EX_CONFIG, expired[i] + ": holds files that searchd did not make; remove it by hand");
      for (const std::string& file : files) disk.unlink(expired[i] + "/" + file);
      disk.remove_folder(expired[i]);
    }
  }
}

}  // namespace alco
