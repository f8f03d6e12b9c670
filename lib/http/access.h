#pragma once
// Who may do what.
#include "lib/http/principal.h"
#include "lib/index_name.h"

namespace alco::http {

enum class Right { read, tail, fields, admin };

class Access {
 public:
  bool allows(const Principal& principal, const IndexName& index, Right right) const;
};

}  // namespace alco::http
