#include "lib/sphinx/sphinx_scan.h"

#include <algorithm>

namespace alco::sphinx {
namespace {

bool reads_members(const query::Node& node) {
  using Kind = query::Node::Kind;
  if (node.kind == Kind::contains || node.kind == Kind::equals || node.kind == Kind::compare ||
      node.kind == Kind::exists)
    return node.field != "message";
  return std::any_of(node.children.begin(), node.children.end(), reads_members);
}

}  // namespace

bool needs_members(const ScanRequest& request) {
  return request.json || !request.columns.empty() || (request.query && reads_members(*request.query));
}

RowHits::RowHits(const ScanRequest& request) : members_(needs_members(request)), hit_of_(request) {
  if (request.query) evaluator_ = std::make_unique<query::Evaluator>(*request.query);
}

bool RowHits::take(const StoredRow& row, Hit& hit) {
  bool damaged = false;
  const Event& event = parser_.parse(row, members_, damaged);
  damaged_ += damaged;
  if (evaluator_ && !evaluator_->matches(event)) return false;
  hit_of_.make(event, row.at, hit);
  return true;
}

SphinxScan::SphinxScan(std::shared_ptr<Connections> connections, std::vector<std::vector<Source>> lists,
                       const ScanRequest& request)
    : request_(request), hits_(request) {
  StreamRequest stream;
  stream.range = {request.since, request.until, request.order, request.after};
  stream.members = hits_.members();
  stream.cancel = request.cancel;
  const bool all = request.limit == std::numeric_limits<uint64_t>::max();
  if (all && !request.message && !request.json)
    stream.expected = std::numeric_limits<uint64_t>::max();  // a count of something
  else if (!all && !request.query)
    stream.expected = request.limit;
  for (auto& list : lists) {
    sources_ += list.size();
    if (request.order == Order::newest_first) std::reverse(list.begin(), list.end());
    streams_.emplace_back(connections, std::move(list), stream);
  }
}

// The stream with the next row in order.
RowStream* SphinxScan::first() {
  RowStream* best = nullptr;
  for (RowStream& stream : streams_) {
    const StoredRow* const row = stream.front();
    if (!row) continue;
    const bool before =
        !best || (request_.order == Order::newest_first ? best->front()->at < row->at : row->at < best->front()->at);
    if (before) best = &stream;
  }
  return best;
}

bool SphinxScan::next(Hit& hit) {
  if (given_) given_->pop();
  given_ = nullptr;
  while (hit_count_ < request_.limit) {
    if (request_.cancel && *request_.cancel) return false;
    RowStream* const stream = first();
    if (!stream) return false;
    if (rows_++ % 256 == 0) tell_progress();
    if (hits_.take(*stream->front(), hit)) {
      ++hit_count_;
      given_ = stream;
      return true;
    }
    stream->pop();
  }
  return false;
}

void SphinxScan::tell_progress() {
  size_t done = 0;
  for (const RowStream& stream : streams_) done += stream.sources_done();
  progress_ = sources_ == 0 ? 1 : std::min(1.0, static_cast<double>(done) / static_cast<double>(sources_));
  if (request_.progress) *request_.progress = progress_;
}

ScanStats SphinxScan::stats() const {
  ScanStats stats;
  stats.segments = sources_;
  stats.events = rows_;
  stats.progress = progress_;
  for (const RowStream& stream : streams_) {
    stats.blocks += stream.pages();
    stats.bytes += stream.bytes();
    stats.incomplete.insert(stats.incomplete.end(), stream.incomplete().begin(), stream.incomplete().end());
  }
  if (hits_.damaged() > 0)
    stats.incomplete.push_back(std::to_string(hits_.damaged()) + " events whose column 'raw' can't be read");
  return stats;
}

}  // namespace alco::sphinx
