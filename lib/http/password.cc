#include "lib/http/password.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cerrno>
#include <memory>

#include "lib/error.h"

namespace alco::http {
namespace {

std::string to_hex(const unsigned char* bytes, size_t size) {
  static const char digits[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

// Empty if crypt(3) fails.
std::string crypt_text(const std::string& password, const std::string& setting) {
  const auto data = std::make_unique<crypt_data>();  // 32 KiB: too much for a worker's stack
  const char* hash = crypt_r(password.c_str(), setting.c_str(), data.get());
  return hash && hash[0] != '*' ? hash : "";
}

}  // namespace

std::string hash_password(const std::string& password) {
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  if (!crypt_gensalt_rn(nullptr, 0, nullptr, 0, setting, sizeof setting))
    throw system_error("password", "crypt_gensalt", errno);
  const std::string hash = crypt_text(password, setting);
  if (hash.empty()) throw system_error("password", "crypt", errno);
  return hash;
}

bool password_matches(const std::string& password, const std::string& hash) {
  if (password.find('\0') != std::string::npos) return false;  // crypt(3) would not see what is behind it
  const std::string computed = crypt_text(password, hash);
  return !computed.empty() && equal_in_constant_time(computed, hash);
}

bool is_password_hash(const std::string& text) {
  for (const char* method : {"$y$", "$2b$", "$2y$", "$2a$", "$6$", "$5$", "$7$", "$gy$"})
    if (text.starts_with(method)) return true;
  return false;
}

std::string random_token() {
  unsigned char bytes[32];
  if (RAND_bytes(bytes, sizeof bytes) != 1) throw Error(EX_OSERR, "token: no random bytes");
  return to_hex(bytes, sizeof bytes);
}

std::string sha256_hex(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return to_hex(digest, sizeof digest);
}

std::string keyed_hash(std::string_view key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), digest, &size);
  return std::string(reinterpret_cast<const char*>(digest), size);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace alco::http
