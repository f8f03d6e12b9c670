#pragma once
// What the tools look at for --check. Nothing is written, made or declared; each look waits for some seconds at most.
#include <optional>
#include <string>
#include <vector>

#include "lib/check/findings.h"
#include "lib/config.h"
#include "lib/delivery/amqp_source.h"

namespace alco::check {

// The configuration, or nullopt if it can't be used.
std::optional<Config> configuration(Findings& findings, const std::string& path);

enum class Purpose { read, write };

// The store and, if one is named, an index in it. For writing: whether this user may, and how much space there is.
void store(Findings& findings, const std::string& url, const Config& config, const std::string& index, Purpose purpose);

void catalogue(Findings& findings, const Config& config, const std::string& index);

// Logs in, and looks at exchange, queue and bindings.
void broker(Findings& findings, const AmqpSettings& settings);

// Whether a file or folder can be read, or a pattern fits anything.
void source(Findings& findings, const std::string& name);

// The folder that this user must be able to write, or to make.
void folder(Findings& findings, const std::string& what, const std::string& path);

// "host:port" takes connections.
void reachable(Findings& findings, const std::string& what, const std::string& address);

// What is removed when, by the configuration.
void retention(Findings& findings, const Config& config);

}  // namespace alco::check
