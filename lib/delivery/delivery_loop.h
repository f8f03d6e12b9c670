#pragma once
// The state of deliver(): one pipeline run after the other, until the source has no more.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/delivery/ack_stream.h"
#include "lib/delivery/ack_window.h"
#include "lib/delivery/collecting.h"
#include "lib/delivery/deliver.h"
#include "lib/delivery/delivery_stats.h"
#include "lib/delivery/pipeline.h"
#include "lib/delivery/poison_hunt.h"
#include "lib/delivery/rejected_file.h"

namespace alco {

class DeliveryLoop {
 public:
  DeliveryLoop(Source& source, const DeliveryOptions& options);
  ~DeliveryLoop();
  int run();

 private:
  enum class Phase {
    down,  // no pipeline; a new one is started when respawn_ is reached
    running,
    closing,  // the run is ending as it should: hand on what is composed, close the input, wait for the stages
    dying,    // a stage ended too early: the others are given time to finish and answer
  };

  bool piped() const { return !options_.stages.empty(); }
  void start();
  void step();
  void step_closing();
  void step_dying();
  void end_of_run();
  void after_death(const std::string& verdict);
  void set_aside(const std::vector<uint64_t>& records, const std::string& reason);

  void fill();
  void send();
  void write_out();
  void read_acks();
  void on_ack(const Ack& ack);
  void return_safe();

  bool unavailable_for_long() const;
  void read_again();
  bool stalled() const;
  void explain_waiting();
  void check_signals();
  void tell_supervisor();
  std::string status() const;
  void wait();
  std::optional<int> finished();
  int leave(int code);

  Source& source_;
  const DeliveryOptions& options_;
  AckWindow window_;
  PoisonHunt hunt_;
  std::optional<CollectingSign> sign_;
  DeliveryStats stats_;
  RejectedFile rejected_;
  AckParser parser_;
  std::unique_ptr<Pipeline> pipeline_;

  Phase phase_ = Phase::down;
  std::string out_;     // composed and not yet written
  size_t written_ = 0;  // of out_
  bool more_ = false;   // there is more to do without waiting
  bool source_drained_ = false;
  uint64_t taken_ = 0;  // records from the source

  bool announced_ = false;  // the service manager knows that this works
  Clock::time_point begun_ = Clock::now();
  Clock::time_point status_due_{};

  bool stopping_ = false;
  bool hello_ = false;       // from this run's last stage
  bool progressed_ = false;  // this run answered for a record
  bool input_open_ = false;
  bool absurd_ = false;
  bool reader_gone_ = false;
  bool given_back_ = false;  // all was given back because nothing can be stored
  unsigned deaths_ = 0;      // in a row without an answer
  bool hopeless_ = false;
  std::string waiting_for_;  // the last verdict
  uint64_t unread_ = 0;      // bytes that the first stage had still to take when last looked at

  Clock::time_point started_{};  // this run
  Clock::time_point phase_since_{};
  Clock::time_point progress_{};  // the newest answer, or the first record sent after there was nothing to wait for
  Clock::time_point busy_until_{};
  Clock::time_point given_back_since_{};
  Clock::time_point respawn_{};
  Clock::time_point drain_until_{};
};

}  // namespace alco
