#pragma once
// The indexes of a searchd as a store.
#include "lib/config.h"
#include "lib/sphinx/client.h"
#include "lib/store/store.h"

namespace alco::sphinx {

class SphinxStore : public Store {
 public:
  SphinxStore(Address address, Config config) : address_(std::move(address)), config_(std::move(config)) {}

  std::vector<IndexName> indexes() override;
  std::shared_ptr<Reader> reader(const IndexName& index) override;
  std::unique_ptr<Writer> writer(const IndexName& index) override;
  std::string url() const override { return address_.url(); }

 private:
  Address address_;
  Config config_;
};

}  // namespace alco::sphinx
