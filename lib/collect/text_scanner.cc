#include "lib/collect/text_scanner.h"

#include <algorithm>

#include "lib/collect/text_level.h"

namespace alco {

TextScanner::TextScanner()
    : order_{iso_format,       syslog_format, access_format, ctime_format,      android_format,
             day_month_format, bgl_format,    packed_format, short_date_format, glog_format,
             apt_format,       audit_format,  kernel_format, tai64n_format} {}

bool TextScanner::scan(std::string_view line, Nanoseconds reference, LineHead& head) {
  state_.clock.set_reference(reference);
  for (size_t i = 0; i < kFormats; ++i) {
    head = LineHead();
    const Format format = order_[i];
    if (!format(line, state_, head)) continue;
    std::move_backward(order_.begin(), order_.begin() + static_cast<ptrdiff_t>(i),
                       order_.begin() + static_cast<ptrdiff_t>(i) + 1);
    order_[0] = format;
    ++sure_;
    if (head.level.empty()) head.level = find_level(line.substr(head.text));
    return true;
  }
  head = LineHead();
  if (sure_ > doubtful_ || !scan_doubtful(line, head)) return false;
  ++doubtful_;
  if (head.level.empty()) head.level = find_level(line.substr(head.text));
  return true;
}

bool TextScanner::scan_doubtful(std::string_view line, LineHead& head) {
  if (epoch_format(line, state_, head)) return true;
  head = LineHead();
  if (time_only_format(line, state_, head)) return true;
  head = LineHead();
  size_t place = 0;
  if (!inner_format(line, state_, head, place) || place >= kPlaces) return false;
  // A date somewhere in the text of a continuation line is no new event: the time must be where it mostly is.
  ++places_[place];
  uint64_t all = 0;
  for (const uint64_t count : places_) all += count;
  return all < 10 || places_[place] * 10 >= all;
}

}  // namespace alco
