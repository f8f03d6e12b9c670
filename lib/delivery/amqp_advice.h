#pragma once
// What a person can do about what a broker or the network refused. Each begins with "; ", or is empty if nothing is
// known to help.
#include <string>

#include "lib/delivery/amqp_connection.h"

namespace alco {

std::string connect_advice(const AmqpUrl& url, int status);                    // of amqp_socket_open()
std::string login_advice(const AmqpUrl& url, const std::string& said);         // `said`: text of the broker or library
std::string refusal_advice(const AmqpRefusal& said, const std::string& user);  // of a declaration or of consuming
std::string closing_advice(const std::string& said);                           // the broker closed the channel

}  // namespace alco
