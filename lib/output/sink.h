#pragma once
// Where the answer goes: stdout, or a pager when the answer is longer than the screen. A thread of its own
// sends what has waited for 20 ms, notices at once when the reader goes away or a signal comes, and draws the progress.
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "lib/output/pager.h"
#include "lib/output/terminal.h"

namespace alco::output {

class Sink {
 public:
  struct Options {
    bool pager = true;     // allowed, if stdout is a terminal
    bool progress = true;  // allowed, if stderr is a terminal
    std::string subject;   // for the progress line: "app"
  };
  explicit Sink(Options options);
  ~Sink();

  // One or more whole lines. Throws Error: EX_IOERR, or kExitReaderGone when the reader of a pipe went away. Quitting
  // the pager is no error: what is written after that vanishes, and cancel() is set.
  void write(std::string_view lines);
  void flush();
  void finish();  // the last call: waits for the pager; throws as write()

  // For ScanRequest: true as soon as nobody wants the rest.
  const std::atomic<bool>* cancel() const { return &cancel_; }
  std::atomic<double>* progress() { return &progress_; }
  std::atomic<uint64_t>& hits() { return hits_; }
  void stop_after(std::chrono::milliseconds time);  // cancel() becomes true then

  // Called every 20 ms from another thread until it is replaced by nullptr; may write(). The replacement waits for a
  // call that is under way.
  void on_tick(std::function<void()> hook);

  bool terminal() const { return terminal_; }
  size_t columns() const;  // of the terminal now, 0 if stdout is none

 private:
  void watch();
  void send();  // what has waited; locked
  void send(std::string_view data);
  void check_error();
  void draw_progress();
  void erase_progress();
  bool pager_due() const;

  Options options_;
  bool terminal_;
  size_t rows_;
  std::string pager_command_;
  Pager pager_;
  bool pager_left_ = false;  // the user quit it

  std::mutex mutex_;
  std::string buffer_;
  size_t lines_held_ = 0;  // while it is not known whether a pager is needed
  bool decided_ = false;   // between pager and screen
  bool begun_ = false;     // something was sent
  std::chrono::steady_clock::time_point waiting_since_, started_, drawn_, deadline_;
  bool progress_shown_ = false;
  std::exception_ptr error_;
  std::mutex hook_mutex_;
  std::function<void()> hook_;

  std::atomic<bool> cancel_ = false;
  std::atomic<double> progress_ = 0;
  std::atomic<uint64_t> hits_ = 0;
  std::atomic<bool> done_ = false;
  Fd wake_read_, wake_write_;
  std::thread watcher_;
};

}  // namespace alco::output
