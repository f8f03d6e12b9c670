#pragma once
// Passwords and tokens as hashes.
#include <string>
#include <string_view>

namespace alco::http {

// crypt(3) with the system's best method. Throws Error(EX_OSERR).
std::string hash_password(const std::string& password);
// In constant time for one hash. False for a hash that crypt(3) does not know.
bool password_matches(const std::string& password, const std::string& hash);
bool is_password_hash(const std::string& text);  // one that crypt(3) can check, and not a weak old one

std::string random_token();  // 256 bits, as 64 hex digits
std::string sha256_hex(std::string_view text);
std::string keyed_hash(std::string_view key, std::string_view text);  // HMAC-SHA-256, 32 bytes
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace alco::http
