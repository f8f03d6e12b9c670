#include "lib/delivery/run_dir.h"

#include <stdlib.h>
#include <unistd.h>

#include "lib/disk.h"
#include "tests/unit/check.h"

namespace alco {
namespace {

void shows_what_tools_wrote_for_the_indexes_asked_for() {
  char folder[] = "/tmp/alco-run-XXXXXX";
  CHECK(mkdtemp(folder) != nullptr);
  setenv("ALCO_RUN_DIR", folder, 1);
  const std::string pid = std::to_string(getpid());
  {
    CountersFile app("alco-consume", "app"), secret("alco-consume", "secret");
    app.write({{"received_total", 5}, {"lag_seconds", 0.5}});
    secret.write({{"received_total", 7}});
    real_disk().replace_file(std::string(folder) + "/x.prom",
                             "evil 1\nalco_x{index=\"app\"} 1\nalco_X{index=\"app\"} 2\nalco_y");
    CHECK(running_counters([](std::string_view index) { return index == "app"; }) ==
          "# TYPE alco_consume_lag_seconds gauge\nalco_consume_lag_seconds{index=\"app\",pid=\"" + pid + "\"} 0.5\n" +
              "# TYPE alco_consume_received_total counter\nalco_consume_received_total{index=\"app\",pid=\"" + pid +
              "\"} 5\n# TYPE alco_x gauge\nalco_x{index=\"app\"} 1\n");
    real_disk().unlink(std::string(folder) + "/x.prom");
  }
  CHECK(running_counters([](std::string_view) { return true; }).empty());
  CHECK(rmdir(folder) == 0);
  CHECK(running_counters([](std::string_view) { return true; }).empty());
}

}  // namespace
}  // namespace alco

int main() {
  alco::shows_what_tools_wrote_for_the_indexes_asked_for();
  return failures() != 0;
}
