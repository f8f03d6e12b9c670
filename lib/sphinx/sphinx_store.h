#pragma once
// The indexes of a searchd as a store.
#include <memory>
#include <optional>

#include "lib/config.h"
#include "lib/sphinx/client.h"
#include "lib/sphinx/connections.h"
#include "lib/store/store.h"

namespace alco::sphinx {

class SphinxStore : public Store {
 public:
  // `rotated`: alco-rotate removes its days by this configuration.
  SphinxStore(const Address& address, Config config, bool rotated)
      : connections_(std::make_shared<Connections>(address)), config_(std::move(config)), rotated_(rotated) {}

  std::vector<IndexName> indexes() override;
  std::shared_ptr<Reader> reader(const IndexName& index) override;
  std::unique_ptr<Writer> writer(const IndexName& index) override;
  std::string url() const override { return connections_->address().url(); }

 private:
  std::optional<int> days_kept(const IndexName& index) const;

  std::shared_ptr<Connections> connections_;
  Config config_;
  bool rotated_;
};

}  // namespace alco::sphinx
