#pragma once
// Several consumers of one queue, each a process with a pipeline of its own ("processes" in the configuration).
#include <functional>

namespace alco {

// Runs `body` in `count` children and starts one that ended with an error again, after a growing delay. SIGTERM, SIGINT
// and SIGHUP are passed on; a child that finds its parent gone stops. Returns when all have ended after a stop, or with
// 0, or one with a status that starting again can't mend (64, 70, 76, 77, 78): then the others are stopped. The status
// is the first that is not 0.
int run_processes(int count, const std::function<int()>& body);

}  // namespace alco
