#include "lib/rotation.h"

#include "lib/catalogue/catalogue_report.h"
#include "lib/delivery/collecting.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/store/maintenance.h"
#include "lib/timestamp.h"

namespace alco {
namespace {

std::string count_of(uint64_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

bool Rotation::drop_days(const IndexName& index, const Retention& retention, Force force, Catalogue& catalogue) {
  std::vector<KeptDay> days;
  for (const store::DayUsage& day : store::usage(real_disk(), root_, index)) days.push_back({day.day, day.bytes});
  const int64_t today = utc_day(now());
  const RetentionPlan plan = plan_retention(days, retention, today, force);
  if (!dry_run_) store::finish_drops(real_disk(), root_, index);
  for (const std::string& day : plan.drop) {
    if (!dry_run_) {
      note_rotated(collecting_folder("dir:" + root_, ""), index.str(), day);  // first: half a day is not shown
      store::drop_day(real_disk(), root_, index, day);
    }
    out_.put(index.str() + "/" + day + (dry_run_ ? ": would be removed" : ": removed"));
    out_.flush();
  }
  if (retention.days && plan.warning.empty()) {
    const std::string done = trim_catalogue(catalogue, index, today - *retention.days + 1, dry_run_);
    if (!done.empty()) out_.put(done);
  }
  if (!plan.warning.empty()) log::warning("%s: %s", index.str().c_str(), plan.warning.c_str());
  return plan.warning.empty();
}

void Rotation::merge(const IndexName& index) {
  for (const store::DayUsage& day : store::usage(real_disk(), root_, index)) {
    if (stop::requested()) return;
    if (day.segments < 2) continue;
    const std::string name = index.str() + "/" + day.day;
    if (dry_run_) {
      out_.put(name + ": would merge " + count_of(day.segments, "segment"));
      continue;
    }
    const store::MergeSummary done = store::merge(real_disk(), root_, index, day.day);
    if (done.segments == 0) continue;
    out_.put(name + ": merged " + count_of(done.segments, "segment") + ", " + std::to_string(done.bytes_before) +
             " to " + std::to_string(done.bytes_after) + " bytes");
    out_.flush();
  }
}

bool Rotation::verify(const IndexName& index) {
  uint64_t segments = 0, events = 0;
  for (const store::DayUsage& day : store::usage(real_disk(), root_, index)) {
    segments += day.segments;
    events += day.events;
  }
  const std::vector<store::Damage> damage = store::verify(real_disk(), root_, index);
  for (const store::Damage& found : damage) out_.put(found.object + ": " + found.reason);
  if (damage.empty())
    out_.put(index.str() + ": " + count_of(events, "event") + " in " + count_of(segments, "segment") + ", no damage");
  out_.flush();
  return damage.empty();
}

}  // namespace alco
