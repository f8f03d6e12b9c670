#pragma once
// The indexes of a searchd as a store.
#include <memory>

#include "lib/config.h"
#include "lib/sphinx/client.h"
#include "lib/sphinx/connections.h"
#include "lib/store/store.h"

namespace alco::sphinx {

class SphinxStore : public Store {
 public:
  SphinxStore(const Address& address, Config config)
      : connections_(std::make_shared<Connections>(address)), config_(std::move(config)) {}

  std::vector<IndexName> indexes() override;
  std::shared_ptr<Reader> reader(const IndexName& index) override;
  std::unique_ptr<Writer> writer(const IndexName& index) override;
  std::string url() const override { return connections_->address().url(); }

 private:
  std::shared_ptr<Connections> connections_;
  Config config_;
};

}  // namespace alco::sphinx
