#pragma once
// Exchange, queue and bindings as the configuration says.
#include <string>
#include <vector>

#include "lib/delivery/amqp_connection.h"
#include "lib/delivery/amqp_source.h"

namespace alco {

// Declares and binds. Throws Error: EX_CONFIG with the property that differs from what exists and what to do about
// it, EX_NOPERM, EX_UNAVAILABLE.
void declare_topology(AmqpConnection& connection, const AmqpSettings& settings);

// Binds and unbinds what differs between two lists of routing keys.
void change_bindings(AmqpConnection& connection, const AmqpSettings& before, const AmqpSettings& after);

// The routing keys that bind the exchange to the queue, from the management API. Throws Error(EX_UNAVAILABLE).
std::vector<std::string> management_bindings(const AmqpSettings& settings, const AmqpUrl& url);

// Removes bindings that the configuration does not list; says so if they can't be seen.
void remove_stale_bindings(AmqpConnection& connection, const AmqpSettings& settings, const AmqpUrl& url);

}  // namespace alco
