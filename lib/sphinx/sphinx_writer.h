#pragma once
// Stores events in searchd by way of a journal: a commit is durable, and acknowledged, when the journal has it; a
// thread brings it into searchd, where it can be found a moment later, or when searchd is back.
#include <memory>
#include <optional>

#include "lib/config.h"
#include "lib/disk.h"
#include "lib/sphinx/client.h"
#include "lib/store/store.h"

namespace alco::sphinx {

// The journal is JOURNAL/HOST_PORT/INDEX/N with the first N that no other process has. searchd need not be there.
// `days_kept`: by alco-rotate; new events of older days are set aside.
std::unique_ptr<Writer> make_sphinx_writer(Disk& disk, const Address& address, const Config& config,
                                           const IndexName& index, std::optional<int> days_kept);

}  // namespace alco::sphinx
