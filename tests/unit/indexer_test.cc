// The loop of alco-index over a store that only counts: commits, answers, waiting.
#include "lib/delivery/indexer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/error.h"
#include "tests/unit/check.h"

namespace alco {
namespace {

struct FakeWriter : Writer {
  std::vector<std::string> pending, stored;
  std::vector<size_t> commits;
  int refusals = 0;  // commits to refuse with EX_TEMPFAIL
  int idles = 0;

  void add(const Event& event, const std::optional<MessageId>&) override {
    pending.emplace_back();
    append_json(pending.back(), event);
  }
  uint64_t pending_events() const override { return pending.size(); }
  uint64_t pending_bytes() const override { return 0; }
  CommitResult commit() override {
    if (refusals > 0) {
      --refusals;
      throw Error(EX_TEMPFAIL, "disk: full");
    }
    commits.push_back(pending.size());
    for (auto& line : pending) stored.push_back(std::move(line));
    CommitResult result{pending.size(), 0};
    pending.clear();
    return result;
  }
  void idle() override { ++idles; }
};

struct Bench {
  char folder[32] = "/tmp/alco-indexer-XXXXXX";
  int acks[2];
  FakeWriter writer;
  IndexerOptions options;
  std::string answers;
  std::string rejected_text;
  int code = -1;

  Bench() {
    CHECK(mkdtemp(folder) != nullptr && pipe(acks) == 0);
    fcntl(acks[0], F_SETFL, O_NONBLOCK);
  }

  void run(const std::string& text) {
    const std::string file = std::string(folder) + "/input";
    real_disk().replace_file(file, text);
    const Fd input = real_disk().open(file, O_RDONLY);
    real_disk().unlink(file);
    LineReader in(input.get(), "stdin", size_t{1} << 20);
    const std::string path = std::string(folder) + "/rejected";
    RejectedFile rejected(real_disk(), path);
    code = Indexer(in, writer, rejected, options).run();
    char buffer[4096];
    ssize_t n;
    while ((n = read(acks[0], buffer, sizeof buffer)) > 0) answers.append(buffer, static_cast<size_t>(n));
    if (rejected.count() > 0) rejected_text = real_disk().read_file(path);
    unlink(path.c_str());
  }

  ~Bench() {
    for (const int fd : {acks[0], acks[1]}) close(fd);
    rmdir(folder);
  }
};

std::string placed(int from, int to) {
  std::string text;
  for (int i = from; i <= to; ++i)
    text += "{\"@alco\":{\"p\":\"00000000000000ab:" + std::to_string(i) + "\"},\"time\":1,\"n\":" + std::to_string(i) +
            "}\n";
  return text;
}

void commits_small_batches_with_positions() {
  Bench bench;
  bench.options.ack_fd = bench.acks[1];
  bench.run(placed(1, 1200));
  CHECK(bench.code == 0);
  CHECK((bench.writer.commits == std::vector<size_t>{500, 500, 200}));
  CHECK(bench.answers ==
        "hello 1 alco-index/0.1.0\nok 00000000000000ab 1-500\nok 00000000000000ab 501-1000\n"
        "ok 00000000000000ab 1001-1200\n");
}

void commits_all_at_once_without() {
  Bench bench;
  bench.run("{\"time\":1}\n{\"time\":2}\n\nplain\n{\"time\":3}");
  CHECK(bench.code == 0);
  CHECK(bench.writer.commits == std::vector<size_t>{4});
  CHECK(bench.answers.empty());
}

void answers_exactly_what_it_saw() {
  Bench bench;
  bench.options.ack_fd = bench.acks[1];
  bench.run(placed(1, 3) + placed(5, 6) + placed(4, 4));
  CHECK(bench.answers.ends_with("ok 00000000000000ab 1-3\nok 00000000000000ab 5-6\nok 00000000000000ab 4-4\n"));
}

void does_not_answer_for_halves() {
  Bench bench;
  bench.options.ack_fd = bench.acks[1];
  bench.run(placed(1, 1) + "{\"@alco\":{\"p\":\"00000000000000ab:2\"},\"ti\n" +
            "{\"@alco\":{\"p\":\"00000000000000ab:3\"}");
  CHECK(bench.code == EX_DATAERR);
  CHECK(bench.writer.stored.size() == 1);
  CHECK(bench.answers == "hello 1 alco-index/0.1.0\nok 00000000000000ab 1-1\n");
  CHECK(bench.rejected_text.find("00000000000000ab:2") != std::string::npos);
  CHECK(bench.rejected_text.find("00000000000000ab:3") == std::string::npos);
}

void cuts_what_is_too_long() {
  Bench bench;
  bench.options.ack_fd = bench.acks[1];
  bench.options.max_record = 1000;
  bench.run("{\"@alco\":{\"p\":\"00000000000000ab:1\"},\"message\":\"" + std::string(5000, 'x') + "\"}\n");
  CHECK(bench.code == 0);
  CHECK(bench.writer.stored.size() == 1);
  CHECK(bench.writer.stored[0].find("_truncated") != std::string::npos);
  CHECK(bench.writer.stored[0].find("@alco\":") == std::string::npos);
  CHECK(bench.answers.ends_with("ok 00000000000000ab 1-1\n"));
  CHECK(bench.rejected_text.size() > 5000);
}

void cuts_what_has_too_many_members() {
  Bench bench;
  bench.options.ack_fd = bench.acks[1];
  bench.options.max_fields = 3;
  bench.run(
      "{\"@alco\":{\"p\":\"00000000000000ab:1\"},\"a\":1,\"b\":[1,2],\"c\":\"x\"}\n"
      "{\"@alco\":{\"p\":\"00000000000000ab:2\"},\"a\":1,\"b\":{\"c\":1},\"d\":4}\n");
  CHECK(bench.code == 0);
  CHECK(bench.writer.stored.size() == 2);
  CHECK(bench.writer.stored[0].find("_truncated") == std::string::npos);
  CHECK(bench.writer.stored[1].find("_truncated") != std::string::npos);
  CHECK(bench.answers.ends_with("ok 00000000000000ab 1-2\n"));
  CHECK(bench.rejected_text.find("record of 5 fields is over the limit") != std::string::npos);
  CHECK(bench.rejected_text.find("\\\"d\\\":4") != std::string::npos);
}

void waits_while_the_store_is_full() {
  Bench bench;
  bench.options.ack_fd = bench.acks[1];
  bench.writer.refusals = 1;
  bench.run(placed(1, 2));
  CHECK(bench.code == 0);
  CHECK(bench.answers == "hello 1 alco-index/0.1.0\nbusy 00000000000000ab 5\nok 00000000000000ab 1-2\n");
}

void leaves_out_excluded_members() {
  Bench bench;
  bench.options.index.columns = {{"password", {.excluded = true}}, {"http.cookie", {.excluded = true}}};
  bench.run("{\"time\":1,\"password\":{\"a\":{\"b\":1}},\"http\":{\"cookie\":[1],\"path\":\"/\"},\"z\":1}\n");
  CHECK(bench.writer.stored.size() == 1);
  CHECK(bench.writer.stored[0] == R"({"@timestamp":"1970-01-01T00:00:01.000000Z","http":{"path":"/"},"z":1})");
}

}  // namespace
}  // namespace alco

int main() {
  alco::commits_small_batches_with_positions();
  alco::commits_all_at_once_without();
  alco::answers_exactly_what_it_saw();
  alco::does_not_answer_for_halves();
  alco::cuts_what_is_too_long();
  alco::cuts_what_has_too_many_members();
  alco::waits_while_the_store_is_full();
  alco::leaves_out_excluded_members();
  return failures() != 0;
}
