#include "lib/collect/line_clock.h"

#include <ctime>

namespace alco {
namespace {

constexpr int64_t kDaySeconds = 86400;
constexpr int64_t kSlot = 900;  // no zone changes its offset but at a quarter of an hour

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

bool leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int days_in_month(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[month - 1];
}

int64_t civil_seconds(int year, const CivilTime& civil) {
  const int64_t days = days_from_civil(year, static_cast<unsigned>(civil.month), static_cast<unsigned>(civil.day));
  return days * kDaySeconds + civil.hour * 3600 + civil.minute * 60 + civil.second;
}

struct NamedZone {
  std::string_view name;
  int offset;
};
constexpr NamedZone kZones[] = {{"UTC", 0},          {"GMT", 0},         {"Z", 0},           {"WET", 0},
                                {"WEST", 3600},      {"BST", 3600},      {"CET", 3600},      {"MET", 3600},
                                {"CEST", 7200},      {"MEST", 7200},     {"EET", 7200},      {"EEST", 3 * 3600},
                                {"MSK", 3 * 3600},   {"JST", 9 * 3600},  {"KST", 9 * 3600},  {"AEST", 10 * 3600},
                                {"AEDT", 11 * 3600}, {"EST", -5 * 3600}, {"EDT", -4 * 3600}, {"CDT", -5 * 3600},
                                {"MST", -7 * 3600},  {"MDT", -6 * 3600}, {"PST", -8 * 3600}, {"PDT", -7 * 3600}};

}  // namespace

LineClock::LineClock() {
  tzset();
  set_reference(0);
}

void LineClock::set_reference(Nanoseconds reference) {
  if (reference == reference_) return;
  reference_ = reference;
  const time_t seconds = static_cast<time_t>(floor_div(reference, kSecond));
  tm local{};
  localtime_r(&seconds, &local);
  reference_local_ = seconds + local.tm_gmtoff;
}

int64_t LineClock::to_utc(int64_t local) {
  const int64_t slot = floor_div(local, kSlot);
  if (slot != slot_) {
    const int64_t day = floor_div(local, kDaySeconds), rest = local - day * kDaySeconds;
    const Civil date = civil_from_days(day);
    tm civil{};
    civil.tm_year = static_cast<int>(date.year - 1900);
    civil.tm_mon = static_cast<int>(date.month) - 1;
    civil.tm_mday = static_cast<int>(date.day);
    civil.tm_hour = static_cast<int>(rest / 3600);
    civil.tm_min = static_cast<int>(rest / 60 % 60);
    civil.tm_sec = static_cast<int>(rest % 60);
    civil.tm_isdst = -1;
    offset_ = local - static_cast<int64_t>(mktime(&civil));
    slot_ = slot;
  }
  return local - offset_;
}

bool LineClock::resolve(CivilTime civil, Nanoseconds& time) {
  if (civil.hour > 23 || civil.minute > 59 || civil.second > 60) return false;
  if (civil.second == 60) civil.second = 59;
  const int64_t latest = reference_local_ + kDaySeconds;
  int64_t seconds;
  if (civil.month == 0) {
    seconds =
        floor_div(reference_local_, kDaySeconds) * kDaySeconds + civil.hour * 3600 + civil.minute * 60 + civil.second;
    if (seconds > reference_local_ + 3600) seconds -= kDaySeconds;  // written after midnight: yesterday's
  } else {
    if (civil.month > 12 || civil.day < 1) return false;
    int year = civil.year;
    if (year == 0) {
      year = static_cast<int>(civil_from_days(floor_div(latest, kDaySeconds)).year);
      if (civil.day > days_in_month(4, civil.month)) return false;
      while (civil.day > days_in_month(year, civil.month)) --year;  // 29 February: the last leap year
      if (civil_seconds(year, civil) > latest) {
        --year;
        while (civil.day > days_in_month(year, civil.month)) --year;
      }
    }
    if (year < 1800 || year > 2261 || civil.day > days_in_month(year, civil.month)) return false;
    seconds = civil_seconds(year, civil);
  }
  seconds = civil.zoned ? seconds - civil.offset : to_utc(seconds);
  time = seconds * kSecond + civil.nanoseconds;
  return true;
}

bool LineClock::zone_named(std::string_view name, CivilTime& civil) {
  if (name == tzname[0] || name == tzname[1]) {
    civil.zoned = name == "UTC";
    civil.offset = 0;
    return true;  // the local rules decide
  }
  for (const NamedZone& zone : kZones) {
    if (zone.name != name) continue;
    civil.zoned = true;
    civil.offset = zone.offset;
    return true;
  }
  return false;
}

}  // namespace alco
