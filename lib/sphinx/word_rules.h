#pragma once
// Whether searchd takes the words of a table as narrow() expects them: asked of searchd itself, since its
// configuration may have other settings than alco-sphinxconf's, and keeps those with which an index was made.
#include <string>

#include "lib/sphinx/client.h"
#include "lib/sphinx/narrow.h"

namespace alco::sphinx {

// Of a real-time index on this host. Rules that promise nothing if it answers anything unexpected.
WordRules probe_word_rules(Client& client, const std::string& table);

}  // namespace alco::sphinx
