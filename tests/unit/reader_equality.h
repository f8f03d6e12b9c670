#pragma once
// Any Reader against the naive answer over the lines that it holds.
#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "lib/query/canonical.h"
#include "lib/query/evaluate.h"
#include "lib/store/store.h"
#include "tests/unit/random_queries.h"

class ReaderEquality {
 public:
  // `lines` are what was stored, in the order of arrival, parsed with `arrival`.
  ReaderEquality(alco::Reader& reader, const std::vector<std::string>& lines, alco::Nanoseconds arrival, unsigned seed)
      : reader_(reader), lines_(lines), arrival_(arrival), random_(seed), queries_(seed, lines) {}

  // For a Reader whose Order::arrival waits for more at the end.
  void skip_arrival() { orders_ = 2; }

  // Compares all events, then `rounds` queries. False at the first difference, which is printed with its query.
  bool holds(int rounds) {
    if (!learn_positions() || !exports_the_same()) return false;
    for (int i = 0; i < rounds; ++i)
      if (!compare_one()) return false;
    return true;
  }

 private:
  struct Expected {
    size_t line;
    alco::Position at;
  };

  size_t below(size_t n) { return n == 0 ? 0 : random_() % n; }
  bool one_in(size_t n) { return below(n) == 0; }

  bool differs(const std::string& what) {
    fprintf(stderr, "difference: %s\n query: %s\n known: %s\n", what.c_str(), text_.c_str(),
            describe(request_).c_str());
    return false;
  }

  static std::string describe(const alco::ScanRequest& request) {
    std::string out = "order " + std::to_string(static_cast<int>(request.order)) + " since " +
                      std::to_string(request.since) + " until " + std::to_string(request.until) + " limit " +
                      std::to_string(request.limit);
    if (request.after) out += " after " + std::to_string(request.after->time) + "/" + std::to_string(request.after->id);
    for (const std::string& column : request.columns) out += " column '" + column + "'";
    return out;
  }

  const alco::Event& event(size_t line) { return parser_.parse(lines_[line], arrival_); }

  std::string json_of(size_t line) {
    std::string out;
    append_json(out, event(line));
    return out;
  }

  // Everything, oldest first: it must be the lines by time, those of one time in the order of arrival. Gives their ids.
  bool learn_positions() {
    for (size_t line = 0; line < lines_.size(); ++line) all_.push_back({line, {event(line).time, 0}});
    std::stable_sort(all_.begin(), all_.end(),
                     [](const Expected& a, const Expected& b) { return a.at.time < b.at.time; });
    request_ = {};
    request_.json = true;
    const auto scan = reader_.scan(request_);
    std::set<uint64_t> ids;
    size_t got = 0;
    for (alco::Hit hit; scan->next(hit); ++got) {
      if (got >= all_.size()) return differs("more events than lines");
      Expected& expected = all_[got];
      if (hit.json != json_of(expected.line))
        return differs("event\n " + std::string(hit.json) + "\nis not\n " + json_of(expected.line));
      if (hit.at.time != expected.at.time) return differs("time of a hit is not its event's");
      if (hit.at.id == 0 || hit.at.id >> 63 || !ids.insert(hit.at.id).second)
        return differs("the id " + std::to_string(hit.at.id) +
                       " is 0, too large, or was another event's: " + json_of(expected.line));
      if (got > 0 && hit.at <= all_[got - 1].at) return differs("ids do not grow within one time");
      expected.at = hit.at;
    }
    if (got != all_.size()) return differs("only " + std::to_string(got) + " events");
    return true;
  }

  // As an export does: JSON alone, some of it in runs of lines.
  bool exports_the_same() {
    request_ = {};
    request_.json = true;
    request_.message = false;
    const auto scan = reader_.scan(request_);
    size_t got = 0;
    std::string_view lines;
    for (alco::Hit hit; scan->next(hit); ++got) {
      if (got >= all_.size() || hit.json != json_of(all_[got].line)) return differs("export: " + std::string(hit.json));
      while (scan->next_lines(lines) > 0) {
        for (size_t end; (end = lines.find('\n')) != lines.npos; lines.remove_prefix(end + 1))
          if (++got >= all_.size() || lines.substr(0, end) != json_of(all_[got].line))
            return differs("export: " + std::string(lines.substr(0, end)));
        if (scan->mark() != all_[got].at.id) return differs("mark of an export");
      }
    }
    return got == all_.size() || differs("export of " + std::to_string(got) + " events");
  }

  static bool before(const alco::Position& a, const alco::Position& b, alco::Order order) {
    if (order == alco::Order::arrival) return a.id < b.id;
    return order == alco::Order::oldest_first ? a < b : b < a;
  }

  // What matches within the time range, in no order that counts.
  std::vector<Expected> matching(const alco::query::Node& node) {
    const alco::query::Evaluator evaluator(node);
    std::vector<Expected> result;
    for (const Expected& each : all_)
      if (each.at.time >= request_.since && (each.at.time < request_.until || request_.until == alco::kMaxTime) &&
          evaluator.matches(event(each.line)))
        result.push_back(each);
    return result;
  }

  bool compare_one() {
    const alco::query::Node node = queries_.next();
    text_ = alco::query::canonical(node);
    request_ = {};
    request_.query = std::make_shared<alco::query::Node>(node);
    if (!(alco::query::parse(text_, queries_.fields()).node == node))
      return differs("the canonical form is another tree");
    if (one_in(3)) request_.since = all_[below(all_.size())].at.time + static_cast<int64_t>(below(3)) - 1;
    if (one_in(3)) request_.until = all_[below(all_.size())].at.time + static_cast<int64_t>(below(3)) - 1;
    const std::vector<Expected> expected = matching(node);
    if (reader_.count(request_).count != expected.size())
      return differs("count is " + std::to_string(reader_.count(request_).count) + ", not " +
                     std::to_string(expected.size())) ||
             show_scan_difference(expected);
    return compare_scan(expected) && compare_histogram(expected) && compare_top(expected);
  }

  bool show_scan_difference(std::vector<Expected> expected) {
    compare_scan(std::move(expected));
    return false;
  }

  bool compare_scan(std::vector<Expected> expected) {
    request_.order = static_cast<alco::Order>(below(orders_));
    request_.json = one_in(2);
    request_.message = one_in(2);
    request_.columns.clear();
    for (size_t n = below(4); n > 0; --n) request_.columns.push_back(queries_.field());
    std::erase(request_.columns, "message");
    std::sort(expected.begin(), expected.end(),
              [&](const Expected& a, const Expected& b) { return before(a.at, b.at, request_.order); });
    if (one_in(3)) {
      request_.after =
          expected.empty() || one_in(4) ? all_[below(all_.size())].at : expected[below(expected.size())].at;
      std::erase_if(expected, [&](const Expected& each) { return !before(*request_.after, each.at, request_.order); });
    }
    if (one_in(2)) request_.limit = below(one_in(2) ? 5 : expected.size() + 3);
    if (expected.size() > request_.limit) expected.resize(request_.limit);
    const auto scan = reader_.scan(request_);
    size_t got = 0;
    for (alco::Hit hit; scan->next(hit); ++got) {
      if (got >= expected.size()) return differs("hit too many: " + json_of(hit_line(hit)));
      const Expected& want = expected[got];
      if (hit.at != want.at)
        return differs("hit " + std::to_string(got) + " is\n " + json_of(hit_line(hit)) + "\nnot\n " +
                       json_of(want.line));
      if (!same_content(hit, want.line)) return false;
    }
    if (got < expected.size()) return differs("no hit: " + json_of(expected[got].line));
    if (!scan->stats().incomplete.empty()) return differs("incomplete: " + scan->stats().incomplete[0]);
    return true;
  }

  size_t hit_line(const alco::Hit& hit) const {
    for (const Expected& each : all_)
      if (each.at.id == hit.at.id) return each.line;
    return 0;
  }

  bool same_content(const alco::Hit& hit, size_t line) {
    if (request_.json && hit.json != json_of(line))
      return differs("event\n " + std::string(hit.json) + "\nis not\n " + json_of(line));
    const alco::Event& wanted = event(line);
    if (request_.message && hit.message != wanted.message) return differs("message of " + lines_[line]);
    if (hit.columns.size() != request_.columns.size()) return differs("number of columns");
    for (size_t i = 0; i < hit.columns.size(); ++i) {
      bool any = false, same = false;  // of a field given twice any value will do
      std::string scratch;
      for_each_leaf(wanted, [&](std::string_view path, const alco::Member& member) {
        if (path != request_.columns[i]) return;
        any = true;
        same |= hit.columns[i].type == member.type && hit.columns[i].text == alco::query::column_text(member, scratch);
      });
      if (any ? !same : hit.columns[i].type != alco::Type::absent)
        return differs("column '" + request_.columns[i] + "' is '" + std::string(hit.columns[i].text) + "' (" +
                       std::to_string(static_cast<int>(hit.columns[i].type)) + ") in " + lines_[line]);
    }
    return true;
  }

  // The value of a field in an event by which it is counted; nullopt without one. `several`: it is given twice.
  std::optional<std::string> counted_value(size_t line, const std::string& field, bool& several) {
    std::optional<std::string> value;
    std::string scratch;
    const alco::Event& wanted = event(line);
    if (field == "message") return wanted.message ? std::optional(std::string(*wanted.message)) : std::nullopt;
    for_each_leaf(wanted, [&](std::string_view path, const alco::Member& member) {
      if (path != field) return;
      if (value)
        several = true;
      else
        value = alco::query::column_text(member, scratch);
    });
    return value;
  }

  bool compare_histogram(const std::vector<Expected>& expected) {
    const alco::Nanoseconds widths[] = {1, 1'000'000, alco::kSecond, 3600 * alco::kSecond, alco::kDay};
    const alco::Nanoseconds width = widths[below(5)];
    const alco::Nanoseconds origin = all_[below(all_.size())].at.time - static_cast<int64_t>(below(10)) * width;
    const size_t buckets = 1 + below(100);
    const std::string split = one_in(2) ? "" : queries_.field();
    std::map<std::string, std::vector<uint64_t>> counts;
    bool several = false;
    for (const Expected& each : expected) {
      const auto value = split.empty() ? std::nullopt : counted_value(each.line, split, several);
      if (each.at.time < origin ||
          static_cast<uint64_t>(each.at.time - origin) / static_cast<uint64_t>(width) >= buckets)
        continue;
      auto& row = counts[value.value_or("")];
      row.resize(buckets);
      ++row[static_cast<size_t>((each.at.time - origin) / width)];
    }
    if (several) return true;
    const alco::Histogram got = reader_.histogram(request_, origin, width, buckets, split);
    if (got.origin != origin || got.width != width) return differs("histogram of another shape");
    if (got.counts != counts)
      return differs("histogram from " + std::to_string(origin) + " by " + std::to_string(width) + " * " +
                     std::to_string(buckets) + " split by '" + split + "'");
    return true;
  }

  bool compare_top(const std::vector<Expected>& expected) {
    const std::string field = queries_.field();
    const size_t limit = below(20);
    std::map<std::string, uint64_t> counts;
    uint64_t without = 0;
    bool several = false;
    for (const Expected& each : expected) {
      if (const auto value = counted_value(each.line, field, several))
        ++counts[*value];
      else
        ++without;
    }
    if (several) return true;
    std::vector<std::pair<std::string, uint64_t>> rows(counts.begin(), counts.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    const alco::TopValues got = reader_.top(request_, field, limit);
    if (got.distinct != counts.size() || got.without != without)
      return differs("top of '" + field + "': distinct " + std::to_string(got.distinct) + " not " +
                     std::to_string(counts.size()) + ", without " + std::to_string(got.without) + " not " +
                     std::to_string(without));
    if (got.values.size() != std::min(limit, rows.size())) return differs("top of '" + field + "': number of values");
    for (size_t i = 0; i < got.values.size(); ++i)
      if (got.values[i].value != rows[i].first || got.values[i].count != rows[i].second)
        return differs("top of '" + field + "': '" + got.values[i].value + "' " + std::to_string(got.values[i].count) +
                       " not '" + rows[i].first + "' " + std::to_string(rows[i].second));
    return true;
  }

  alco::Reader& reader_;
  const std::vector<std::string>& lines_;
  alco::Nanoseconds arrival_;
  std::mt19937 random_;
  RandomQueries queries_;
  size_t orders_ = 3;
  alco::EventParser parser_;
  std::vector<Expected> all_;
  std::string text_;
  alco::ScanRequest request_;
};
