#pragma once
// Counters of running tools, for alco-httpd's /metrics: each tool writes FOLDER/TOOL-INDEX-PID.prom, samples in
// Prometheus' text format without comments. A name that ends in _total is a counter, others are gauges. A file that
// was not written for two minutes belongs to a tool that is gone.
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace alco {

// $ALCO_RUN_DIR, else /run/alco (where there is no /run: /var/run/alco).
std::string run_folder();

class CountersFile {
 public:
  CountersFile(std::string tool, std::string index);
  ~CountersFile();  // removes the file
  CountersFile(const CountersFile&) = delete;
  CountersFile& operator=(const CountersFile&) = delete;

  struct Sample {
    std::string_view name;  // "received_total": written as alco_consume_received_total{index="app",pid="812"}
    double value;
  };
  // Replaces the file, at most every five seconds; does nothing in between, or when the folder is not there.
  void write(const std::vector<Sample>& samples);
  bool due() const;

 private:
  std::string prefix_, labels_, path_;
  std::chrono::steady_clock::time_point next_{};
};

// The counters of all running tools for which `wanted(index)` holds, grouped by name, each group with its # TYPE line.
std::string running_counters(const std::function<bool(std::string_view)>& wanted);

}  // namespace alco
