#pragma once
// What every main() shares: options, signals, errors, exit codes. The only
// header beside cmd/*.cc that knows CLI11.
#include <sysexits.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "lib/version.h"

namespace alco {

struct ToolExits {
  int usage = EX_USAGE;
  int trouble = 0;  // if not 0: the exit code of every Error but kExitReaderGone (alco-query: 2)
};

// Parses argv, then runs `body` with signals set up (lib/stop.h) and descriptors
// 0-2 open. Returns body's value, or the code of the Error that it threw after
// printing it. --help and --version go to stdout with 0; a usage error gives 64.
int run_tool(std::string_view name, CLI::App& app, int argc, char** argv, const std::function<int()>& body,
             ToolExits exits = {});

}  // namespace alco
