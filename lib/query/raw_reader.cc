#include "lib/query/raw_reader.h"

#include <algorithm>
#include <atomic>
#include <set>

#include "lib/error.h"
#include "lib/query/evaluate.h"
#include "lib/query/event_hit.h"
#include "lib/query/line_filter.h"
#include "lib/query/raw_file.h"
#include "lib/query/tally.h"
#include "lib/stop.h"

namespace alco::query {
namespace {

constexpr uint64_t kSample = uint64_t{16} << 20;  // of each file, for the names of fields
constexpr uint64_t kCheckEvery = 256;

struct Place {
  Nanoseconds time;
  uint64_t offset : 48;
  uint64_t file : 16;
  uint32_t length;
  uint32_t id;  // its number as it stands in the files

  Position at() const { return {time, id}; }
};

Place place_of(const Event& event, const RawEvents& events, size_t file, uint64_t id) {
  const uint64_t length = events.end() - events.begin();
  if (length > UINT32_MAX) throw Error(EX_DATAERR, "an event of over 4 GiB");
  return {event.time, events.begin(), static_cast<uint16_t>(file), static_cast<uint32_t>(length),
          static_cast<uint32_t>(id)};
}

bool cancelled(const ScanRequest& request) {
  return stop::requested() || (request.cancel && request.cancel->load(std::memory_order_relaxed));
}

class RawReader : public Reader {
 public:
  explicit RawReader(const RawOptions& options) : options_(options) {
    for (const std::string& path : options.paths) files_.push_back(std::make_unique<RawFile>(path));
    if (files_.size() > UINT16_MAX) throw Error(EX_USAGE, "too many files");
  }

  std::unique_ptr<Scan> scan(const ScanRequest& request) override;
  CountResult count(const ScanRequest& request) override;
  Histogram histogram(const ScanRequest& request, Nanoseconds origin, Nanoseconds width, size_t buckets,
                      const std::string& split_field) override;
  TopValues top(const ScanRequest& request, const std::string& field, size_t limit) override;
  std::optional<Position> find_id(uint64_t id, const std::atomic<bool>* cancel) override;
  std::vector<FieldInfo> fields() override;
  Summary summary(const std::atomic<bool>* cancel) override;
  uint64_t newest_mark() override { return summary(nullptr).newest_id; }

  // Where every event stands, in the total order.
  const std::vector<Place>& places(const ScanRequest* request);

  std::vector<std::unique_ptr<RawFile>>& files() { return files_; }
  const RawOptions& options() const { return options_; }

  // Where Order::arrival goes on.
  struct Tail {
    std::unique_ptr<RawEvents> events;
    uint64_t quiet_since = 0;
  };
  std::vector<Tail> tails;
  uint64_t last_arrived = 0;

 private:
  bool read_places(size_t file, const ScanRequest* request);

  RawOptions options_;
  std::vector<std::unique_ptr<RawFile>> files_;
  std::vector<Place> places_;
  std::vector<uint64_t> ends_;  // of the files, when they were read
  bool placed_ = false;
};

// What the two kinds of scan share.
class RawScan : public Scan {
 public:
  explicit RawScan(const ScanRequest& request) : request_(request), hit_of_(request) {
    if (request.query) evaluator_ = std::make_unique<Evaluator>(*request.query);
  }
  ScanStats stats() const override { return stats_; }
  uint64_t mark() const override { return mark_; }

 protected:
  bool due() { return ++stats_.events % kCheckEvery == 0; }
  bool in_range(Nanoseconds time) const {
    return time >= request_.since && (time < request_.until || request_.until == kMaxTime);
  }
  bool take(const Event& event, Position at, Hit& hit) {
    if (evaluator_ && !evaluator_->matches(event)) return false;
    ++hits_;
    mark_ = at.id;
    hit_of_.make(event, at, hit);
    return true;
  }

  ScanRequest request_;
  EventHit hit_of_;
  std::unique_ptr<Evaluator> evaluator_;
  ScanStats stats_;
  uint64_t hits_ = 0;
  uint64_t mark_ = 0;
};

// One text or pipe from its beginning, nothing remembered.
class StreamScan : public RawScan {
 public:
  StreamScan(RawFile& file, const Multiline& multiline, const ScanRequest& request)
      : RawScan(request), events_(file, 0, multiline) {}

  bool next(Hit& hit) override {
    while (hits_ < request_.limit) {
      if (due() && cancelled(request_)) return false;
      const Event* event = events_.next();
      if (!event) return false;
      latest_ = std::max(latest_, event->time);
      stats_.bytes = events_.end();
      ++id_;
      if (in_range(latest_) && take(*event, {latest_, id_}, hit)) return true;
    }
    return false;
  }

 private:
  RawEvents events_;
  Nanoseconds latest_ = kMinTime;
  uint64_t id_ = 0;
};

// By the table of places, forwards or backwards.
class PlaceScan : public RawScan {
 public:
  PlaceScan(RawReader& reader, const ScanRequest& request)
      : RawScan(request),
        reader_(reader),
        places_(reader.places(&request)),
        backwards_(request.order == Order::newest_first) {
    for (auto& file : reader.files()) at_.push_back(std::make_unique<RawEventAt>(*file));
    const auto before = [](const Place& place, Nanoseconds time) { return place.time < time; };
    const auto index = [&](auto it) { return static_cast<size_t>(it - places_.begin()); };
    first_ = index(std::lower_bound(places_.begin(), places_.end(), request.since, before));
    last_ = request.until == kMaxTime ? places_.size()
                                      : index(std::lower_bound(places_.begin(), places_.end(), request.until, before));
    last_ = std::max(first_, last_);
    if (request.after) {
      const auto behind = [](const Position& at, const Place& place) { return at < place.at(); };
      const auto reaches = [](const Place& place, const Position& at) { return place.at() < at; };
      if (backwards_)
        last_ = std::min(last_, index(std::lower_bound(places_.begin(), places_.end(), *request.after, reaches)));
      else
        first_ = std::max(first_, index(std::upper_bound(places_.begin(), places_.end(), *request.after, behind)));
      if (first_ > last_) first_ = last_;
    }
    total_ = last_ - first_;
  }

  bool next(Hit& hit) override {
    while (first_ < last_ && hits_ < request_.limit) {
      if (due()) {
        if (cancelled(request_)) return false;
        stats_.progress = 1 - static_cast<double>(last_ - first_) / static_cast<double>(total_);
        if (request_.progress) *request_.progress = stats_.progress;
      }
      const size_t index = backwards_ ? --last_ : first_++;
      const Place& place = places_[index];
      stats_.bytes += place.length;
      const Event& event = at_[place.file]->read(place.offset, place.length, backwards_);
      if (take(event, place.at(), hit)) return true;
    }
    return false;
  }

 private:
  RawReader& reader_;
  const std::vector<Place>& places_;
  bool backwards_;
  std::vector<std::unique_ptr<RawEventAt>> at_;
  size_t first_, last_, total_;
};

// One pass over files of NDJSON: only the places of hits are kept, and most lines need not be parsed.
class FoundScan : public RawScan {
 public:
  FoundScan(std::vector<std::unique_ptr<RawFile>>& files, const ScanRequest& request)
      : RawScan(request), files_(files), filter_(*request.query) {}

  bool next(Hit& hit) override {
    if (!searched_) search();
    if (next_ == found_.size() || hits_ == request_.limit || cancelled(request_)) return false;
    const Place& place = found_[next_++];
    ++hits_;
    hit_of_.make(at_[place.file]->read(place.offset, place.length, false), place.at(), hit);
    return true;
  }

 private:
  void search() {
    searched_ = true;
    uint64_t before = 0;  // events in the files before this one
    for (size_t file = 0; file < files_.size(); ++file) {
      at_.push_back(std::make_unique<RawEventAt>(*files_[file]));
      RawEvents events(*files_[file], 0, {}, &filter_);
      uint64_t read = 0;
      while (const Event* event = events.next()) {
        if (++read % kCheckEvery == 0 && cancelled(request_)) return;
        if (!in_range(event->time) || !evaluator_->matches(*event)) continue;
        found_.push_back(place_of(*event, events, file, before + read + events.excluded()));
      }
      before += read + events.excluded();
      stats_.bytes += events.end();
    }
    stats_.events = before;
    std::sort(found_.begin(), found_.end(), [](const Place& a, const Place& b) { return a.at() < b.at(); });
  }

  std::vector<std::unique_ptr<RawFile>>& files_;
  LineFilter filter_;
  std::vector<std::unique_ptr<RawEventAt>> at_;
  std::vector<Place> found_;
  size_t next_ = 0;
  bool searched_ = false;
};

// What came since the last scan of this kind.
class ArrivalScan : public RawScan {
 public:
  ArrivalScan(RawReader& reader, const ScanRequest& request) : RawScan(request), reader_(reader) {}

  bool next(Hit& hit) override {
    while (file_ < reader_.tails.size() && hits_ < request_.limit) {
      if (due() && cancelled(request_)) return false;
      RawReader::Tail& tail = reader_.tails[file_];
      const Event* event = tail.events->next(true);
      if (!event) {
        const auto quiet = static_cast<uint64_t>(now());
        if (read_any_) tail.quiet_since = quiet;
        read_any_ = false;
        // Nothing came for a while: what waits for its next line is whole.
        RawFile& file = *reader_.files()[file_];
        if ((file.ended() || quiet - tail.quiet_since > kQuiet) && !released_) {
          tail.events->release();
          released_ = true;
          continue;
        }
        if (file.reopened()) {
          tail.events = std::make_unique<RawEvents>(file, 0, reader_.options().multiline);
          continue;
        }
        released_ = false;
        ++file_;
        ended_ += file.ended();
        if (ended_ == reader_.files().size()) stats_.progress = 1;
        continue;
      }
      read_any_ = true;
      const uint64_t id = ++reader_.last_arrived;
      if (in_range(event->time) && take(*event, {event->time, id}, hit)) return true;
    }
    return false;
  }

 private:
  static constexpr uint64_t kQuiet = 150'000'000;  // ns
  RawReader& reader_;
  size_t file_ = 0, ended_ = 0;
  bool read_any_ = false, released_ = false;
};

std::unique_ptr<Scan> RawReader::scan(const ScanRequest& request) {
  for (const auto& file : files_) file->stop_on(request.cancel);
  if (request.order == Order::arrival) {
    if (tails.empty()) {
      last_arrived = places_.size();
      for (size_t i = 0; i < files_.size(); ++i)
        tails.push_back({std::make_unique<RawEvents>(*files_[i], placed_ ? ends_[i] : 0, options_.multiline), 0});
    }
    return std::make_unique<ArrivalScan>(*this, request);
  }
  const bool streams = options_.one_pass && files_.size() == 1 && request.order == Order::oldest_first &&
                       !request.after && !placed_ && !files_[0]->json();
  if (streams) return std::make_unique<StreamScan>(*files_[0], options_.multiline, request);
  const bool once = options_.one_pass && request.query && request.order == Order::oldest_first && !request.after &&
                    !placed_ && std::all_of(files_.begin(), files_.end(), [](auto& file) { return file->json(); });
  if (once) {
    for (const auto& file : files_) file->spool();
    return std::make_unique<FoundScan>(files_, request);
  }
  return std::make_unique<PlaceScan>(*this, request);
}

bool RawReader::read_places(size_t number, const ScanRequest* request) {
  RawFile& file = *files_[number];
  file.spool();
  RawEvents events(file, 0, options_.multiline);
  const bool text = !file.json();
  Nanoseconds latest = kMinTime;
  for (uint64_t n = 1; const Event* event = events.next(); ++n) {
    if (n % kCheckEvery == 0 && (request ? cancelled(*request) : stop::requested())) return false;
    latest = text ? std::max(latest, event->time) : event->time;
    places_.push_back(place_of(*event, events, number, places_.size() + 1));
    places_.back().time = latest;
  }
  ends_.push_back(events.end());
  return true;
}

const std::vector<Place>& RawReader::places(const ScanRequest* request) {
  if (placed_) return places_;
  places_.clear();
  ends_.clear();
  for (size_t i = 0; i < files_.size(); ++i)
    if (!read_places(i, request)) return places_;
  const auto earlier = [](const Place& a, const Place& b) { return a.time < b.time; };
  if (!std::is_sorted(places_.begin(), places_.end(), earlier))
    std::stable_sort(places_.begin(), places_.end(), earlier);
  placed_ = true;
  return places_;
}

CountResult RawReader::count(const ScanRequest& request) { return count_hits(*this, request); }

Histogram RawReader::histogram(const ScanRequest& request, Nanoseconds origin, Nanoseconds width, size_t buckets,
                               const std::string& split_field) {
  return tally_times(*this, request, origin, width, buckets, split_field);
}

TopValues RawReader::top(const ScanRequest& request, const std::string& field, size_t limit) {
  return tally_values(*this, request, field, limit);
}

std::optional<Position> RawReader::find_id(uint64_t id, const std::atomic<bool>*) {
  for (const Place& place : places(nullptr))
    if (place.id == id) return place.at();
  return std::nullopt;
}

std::vector<FieldInfo> RawReader::fields() {
  std::map<std::string, FieldInfo> found;
  for (const auto& file : files_) {
    if (!file->seekable()) {
      if (options_.one_pass && !file->json()) {  // a stream of text: what its lines may have
        for (const char* name : {"host", "level", "pid", "program", "source"}) found[name].types = {Type::string};
        continue;
      }
      file->spool();
    }
    RawEvents events(*file, 0, options_.multiline);
    while (const Event* event = events.next()) {
      for_each_leaf(*event, [&](std::string_view path, const Member& member) {
        FieldInfo& info = found[std::string(path)];
        ++info.events;
        if (std::count(info.types.begin(), info.types.end(), member.type) == 0) info.types.push_back(member.type);
      });
      if (events.end() > kSample) break;
    }
  }
  std::vector<FieldInfo> all;
  for (auto& [name, info] : found) {
    info.name = name;
    all.push_back(std::move(info));
  }
  return all;
}

Summary RawReader::summary(const std::atomic<bool>*) {
  Summary summary;
  const auto& all = places(nullptr);
  summary.events = all.size();
  for (const uint64_t end : ends_) summary.bytes += end;
  if (all.empty()) return summary;
  summary.oldest = all.front().at();
  summary.newest = all.back().at();
  summary.newest_id = std::max<uint64_t>(all.size(), last_arrived);
  for (const Place& place : all) {
    std::string day = day_name(utc_day(place.time));
    if (summary.days.empty() || summary.days.back().first != day) summary.days.emplace_back(std::move(day), 0);
    ++summary.days.back().second;
  }
  return summary;
}

}  // namespace

std::unique_ptr<Reader> open_raw(const RawOptions& options) { return std::make_unique<RawReader>(options); }

}  // namespace alco::query
