#pragma once
// Who asks, and what that person may do.
#include <memory>
#include <string>
#include <vector>

#include "lib/index_name.h"

namespace alco::http {

enum class Right : unsigned char { read = 1, tail = 2, fields = 4, admin = 8, save = 16 };

// Rights on the indexes that one of the patterns names: a name, or the beginning of names with '*' at its end.
struct Grant {
  unsigned rights = 0;  // bits of Right
  std::vector<std::string> indexes;

  bool allows(const IndexName& index, Right right) const;
};

struct Principal {
  enum class Proof : unsigned char { none, password, token, proxy };

  std::string name;                    // empty: nobody in particular (nobody has to say who they are)
  std::shared_ptr<const Grant> grant;  // null: nothing is allowed; as the files said when the request came
  Proof proof = Proof::none;
  std::string hash = {};  // of the password or token, as the file has it

  bool allows(const IndexName& index, Right right) const { return grant && grant->allows(index, right); }
};

}  // namespace alco::http
