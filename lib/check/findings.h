#pragma once
// What --check prints: one line a finding, on stdout, and the status that they come to.
//
//   ok: /etc/alco/alco.json: 2 indexes
//   note: rabbitmq 127.0.0.1:5672: queue app is not there: alco-consume declares it
//   error: redis 127.0.0.1:6379: connect: Connection refused
#include <functional>
#include <string>

#include "lib/line_writer.h"

namespace alco::check {

class Findings {
 public:
  Findings();
  void ok(const std::string& what);
  void note(const std::string& what);  // worth knowing, and no error
  void error(int code, const std::string& what);

  // Runs `look`; an Error that it throws is a finding.
  void look(const std::function<void()>& look);

  int finish();  // the code of the first error, 0 if there was none; the last call

 private:
  void line(const char* kind, const std::string& what);

  LineWriter out_;
  int status_ = 0;
};

}  // namespace alco::check
