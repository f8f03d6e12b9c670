#pragma once
// alco-httpd --passwd and --token: lines for the files of lib/http/access_rules.h, on stdout.
#include <string>

namespace alco::http {

// Asks for the password on a terminal (twice, unseen), else reads one line of stdin. Throws Error(EX_USAGE) for a name
// or a password that cannot be used.
int print_password_line(const std::string& name);

// The token itself goes to stderr: it is shown this once.
int print_token_line(const std::string& name);

}  // namespace alco::http
