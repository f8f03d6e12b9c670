#include "lib/http/access.h"

namespace alco::http {

bool Access::allows(const Principal&, const IndexName&, Right) const { return true; }

}  // namespace alco::http
