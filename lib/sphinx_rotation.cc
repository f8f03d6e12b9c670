#include "lib/sphinx_rotation.h"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <map>

#include "lib/catalogue/catalogue_report.h"
#include "lib/delivery/collecting.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/timestamp.h"

namespace alco {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience(30'000), kLook(100);

sphinx::Address address_of(const Config& config) {
  const auto address = sphinx::Address::parse(config.store);
  if (!address) throw Error(EX_USAGE, masked_url(config.store) + ": no searchd, write sphinx://host:port");
  return *address;
}

pid_t searchd_pid(const Config& config) {
  const std::string path = searchd_setting(config, "pid_file", config.sphinx.data_dir + "/searchd.pid");
  const std::string text = real_disk().read_file(path);
  pid_t pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  if (pid <= 1) throw Error(EX_DATAERR, path + ": holds no process id");
  return pid;
}

bool same(const SphinxDay& a, const SphinxDay& b) { return a.name == b.name; }

bool contains(const std::vector<SphinxDay>& days, const SphinxDay& day) {
  return std::any_of(days.begin(), days.end(), [&](const SphinxDay& other) { return same(day, other); });
}

}  // namespace

std::string searchd_setting(const Config& config, const std::string& key, const std::string& otherwise) {
  const auto it = config.sphinx.searchd.find(key);
  return it == config.sphinx.searchd.end() ? otherwise : it->second;
}

SphinxRotation::SphinxRotation(const Config& config, LineWriter& out, bool dry_run)
    : config_(config),
      out_(out),
      dry_run_(dry_run),
      today_(utc_day(now())),
      client_(address_of(config), {milliseconds(3000), kPatience}) {}

// Real-time indexes of days that searchd has now, of the indexes of the configuration.
std::vector<SphinxDay> SphinxRotation::served() {
  std::vector<SphinxDay> days;
  sphinx::Rows rows = client_.query("SHOW TABLES");
  while (rows.next()) {
    const std::string name(rows.text(0));
    const size_t last = name.rfind('_');
    if (rows.text(1) != "rt" || last == name.npos) continue;
    if (!config_.indexes.contains(name.substr(0, last)) || !parse_day_name(name.substr(last + 1))) continue;
    days.push_back({name.substr(0, last), name.substr(last + 1), name, config_.sphinx.data_dir + "/" + name});
  }
  return days;
}

SphinxRotation::Plan SphinxRotation::make_plan(const std::string& only, Force force) {
  Plan plan;
  const std::vector<SphinxDay> wanted = sphinx_days(config_, today_, {}), have = served();
  std::map<std::string, std::string> first;  // kept, by index
  for (const SphinxDay& day : wanted) first.try_emplace(day.index, day.day);
  for (const SphinxDay& day : wanted)
    if ((only.empty() || day.index == only) && !contains(have, day)) plan.missing.push_back(day);
  std::map<std::string, SphinxDay> newest;  // that stays, by index
  for (const SphinxDay& day : have) {
    if (day.day >= first[day.index]) {
      SphinxDay& last = newest.try_emplace(day.index, day).first->second;
      if (last.day < day.day) last = day;
    } else if (only.empty() || day.index == only) {
      plan.expired.push_back(day);
    }
  }
  for (const auto& [index, day] : newest) plan.staying.push_back(day);
  const size_t allowed = std::max<size_t>(first.size(), have.size() / 5);
  plan.too_many = plan.expired.size() > allowed && force == Force::no;
  return plan;
}

bool SphinxRotation::rotate(const std::string& only, Force force, Catalogue& catalogue) {
  const Plan plan = make_plan(only, force);
  if (plan.too_many) {
    log::warning(
        "%zu days are too old, more than a fifth at once: nothing was done; if the clock is right, use --force",
        plan.expired.size());
    return false;
  }
  if (!dry_run_ && (!plan.missing.empty() || !plan.expired.empty())) {
    const bool statements = client_.engine() == sphinx::Engine::manticore && !config_.sphinx.manticore;
    if (!client_.address().on_this_host() && !statements)
      throw Error(EX_USAGE, client_.address().name() + " has days to make or to remove: run alco-rotate on its host");
    if (statements)
      create_and_drop(plan);
    else
      reload(plan);
  }
  for (const SphinxDay& day : plan.missing)
    out_.put(day.index + "/" + day.day + (dry_run_ ? ": would be made" : ": made"));
  for (const SphinxDay& day : plan.expired) {
    if (!dry_run_) note_rotated(collecting_folder(config_.store, config_.sphinx.data_dir), day.index, day.day);
    out_.put(day.index + "/" + day.day + (dry_run_ ? ": would be removed" : ": removed"));
  }
  for (const auto& [name, index] : config_.indexes) {
    if ((!only.empty() && name != only) || !index.retention_days) continue;
    const std::string done =
        trim_catalogue(catalogue, IndexName::require(name), today_ - *index.retention_days + 1, dry_run_);
    if (!done.empty()) out_.put(done);
  }
  out_.flush();
  return true;
}

// searchd runs the #! line of its configuration again, takes what is new and drops what is gone; queries in flight end
// on the indexes that they began with.
void SphinxRotation::reload(const Plan& plan) {
  const std::vector<SphinxDay> days = sphinx_days(config_, today_, {});
  for (const SphinxDay& day : days) real_disk().make_folder(day.folder);
  hold_binlog(plan);
  wait_for_searches(plan);
  const pid_t pid = searchd_pid(config_);
  if (kill(pid, SIGHUP) != 0)
    throw Error(EX_UNAVAILABLE, "searchd, process " + std::to_string(pid) + ": " + strerror(errno));
  bool followed = false;
  try {
    followed = wait_until_it_follows(plan);
  } catch (const sphinx::NoAnswer& error) {
    if (plan.expired.empty()) throw;
    throw Error(error.code(), std::string(error.what()) +
                                  " since SIGHUP; if it stays so, a search of a day that goes has locked it up: " +
                                  "start it again, nothing is lost");
  }
  if (!followed)
    throw Error(EX_UNAVAILABLE, client_.address().name() +
                                    ": does not follow SIGHUP: its configuration has to be a #! file of " +
                                    "alco-sphinxconf with the same settings; see its log");
  prepare_sphinx_folders(real_disk(), days);
}

bool SphinxRotation::wait_until_it_follows(const Plan& plan) {
  for (milliseconds waited(0); !follows(plan); waited += kLook) {
    if (waited >= kPatience || stop::requested()) return false;
    stop::wait({}, kLook);
    hold_binlog(plan);
  }
  return true;
}

// Searches of a day that goes have to end first: searchd 2.2 takes the lock of all indexes and that of the one in both
// orders then, and may stand still for good.
void SphinxRotation::wait_for_searches(const Plan& plan) {
  const auto searched = [&]() -> std::string {
    sphinx::Rows rows = client_.query("SHOW THREADS OPTION columns=1000");
    std::string found;
    while (rows.next())
      for (const SphinxDay& day : plan.expired)
        if (rows.text(rows.columns() - 1).find(day.name) != std::string_view::npos) found = day.name;
    return found;
  };
  for (milliseconds waited(0);; waited += kLook) {
    const std::string day = searched();
    if (day.empty()) return;
    if (waited >= kPatience || stop::requested())
      throw Error(EX_TEMPFAIL, client_.address().name() + ": " + day + " is still being searched: nothing was done");
    stop::wait({}, kLook);
  }
}

// When an index goes and no other has rows in the binlog that are not on disk yet, searchd 2.2 closes the binlog, opens
// no new one and crashes at the next write. A deletion of nothing is such a row.
void SphinxRotation::hold_binlog(const Plan& plan) {
  if (searchd_setting(config_, "binlog_path", config_.sphinx.data_dir).empty()) return;
  if (plan.staying.empty() && !plan.expired.empty())
    throw Error(EX_TEMPFAIL, client_.address().name() +
                                 ": no day that it has is kept any more, and it can't drop its last while it keeps a "
                                 "binlog: start it again");
  for (const SphinxDay& day : plan.staying) client_.execute("DELETE FROM " + day.name + " WHERE id=1");
}

bool SphinxRotation::follows(const Plan& plan) {
  const std::vector<SphinxDay> have = served();
  return std::all_of(plan.missing.begin(), plan.missing.end(), [&](const auto& day) { return contains(have, day); }) &&
         std::none_of(plan.expired.begin(), plan.expired.end(), [&](const auto& day) { return contains(have, day); });
}

// Manticore that does not run on alco-sphinxconf keeps its tables itself. A distributed table can't be replaced: for an
// instant there is none, never one that names a day that is gone.
void SphinxRotation::create_and_drop(const Plan& plan) {
  for (const SphinxDay& day : plan.missing) client_.execute(create_day(config_, day));
  for (const auto& [table, statement] : create_distributed(config_, today_)) {
    client_.execute(sphinx::drop_table(table));
    client_.execute(statement);
  }
  for (const SphinxDay& day : plan.expired) {
    client_.execute(sphinx::drop_table(day.name + "_distr"));
    client_.execute(sphinx::drop_table(day.name));
  }
}

void SphinxRotation::merge(const std::string& only) {
  for (const SphinxDay& day : served()) {
    if ((!only.empty() && day.index != only) || day.day >= day_name(today_)) continue;
    if (!dry_run_) client_.execute(sphinx::merge_table(client_.engine(), day.name));
    out_.put(day.index + "/" + day.day + (dry_run_ ? ": would be merged" : ": searchd merges it"));
  }
  out_.flush();
}

}  // namespace alco
