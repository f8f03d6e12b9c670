#pragma once
// A searchd of its own on alco-sphinxconf's configuration, there as long as the object.
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "lib/config.h"
#include "lib/disk.h"
#include "lib/error.h"
#include "lib/sphinx/client.h"
#include "lib/sphinx_conf.h"
#include "tests/unit/temp_folder.h"

class PrivateSearchd {
 public:
  // `config`: its data_dir, listen and journal are replaced. The days are those of the retention before `today`.
  PrivateSearchd(alco::Config config, int64_t today) : config_(std::move(config)) {
    const std::string data = folder_.path() + "/data";
    config_.sphinx.data_dir = data;
    config_.sphinx.searchd["listen"] = folder_.path() + "/socket:mysql41";
    config_.sphinx.reserve_bytes = 0;
    std::filesystem::create_directories(data);
    alco::prepare_sphinx_folders(alco::real_disk(), alco::sphinx_days(config_, today, std::nullopt));
    std::ofstream(folder_.path() + "/sphinx.conf") << alco::sphinx_conf(config_, today, std::nullopt);
    start();
  }
  ~PrivateSearchd() { stop(); }

  void start() {
    pid_ = fork();
    if (pid_ == 0) {
#ifdef __linux__
      prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
      const std::string log = folder_.path() + "/out", conf = folder_.path() + "/sphinx.conf";
      if (!freopen(log.c_str(), "a", stdout) || dup2(1, 2) < 0) _exit(127);
      execlp("searchd", "searchd", "--config", conf.c_str(), "--nodetach", static_cast<char*>(nullptr));
      _exit(127);
    }
    alco::sphinx::Client client(address());
    for (int tries = 0; tries < 1000; ++tries) {
      try {
        client.connect();
        return;
      } catch (const alco::Error&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    }
    fprintf(stderr, "searchd does not start: %s\n", folder_.path().c_str());
    abort();
  }

  void stop(int signal = SIGTERM) {
    if (pid_ <= 0) return;
    kill(pid_, signal);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  alco::sphinx::Address address() const {
    return *alco::sphinx::Address::parse("sphinx:" + folder_.path() + "/socket");
  }
  const alco::Config& config() const { return config_; }

 private:
  TempFolder folder_;
  alco::Config config_;
  pid_t pid_ = 0;
};
