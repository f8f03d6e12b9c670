#include "lib/delivery/amqp_payload.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cmath>

#include "lib/timestamp.h"
#include "tests/unit/check.h"

namespace alco {
namespace {

const Nanoseconds kArrival = *parse_rfc3339("2026-11-22T10:00:00.5Z");

struct Bench {
  char folder[32] = "/tmp/alco-payload-XXXXXX";
  AmqpOptions options;
  RejectedFile rejected{real_disk(), std::string(mkdtemp(folder)) + "/rejected"};
  AmqpPayload payload{rejected, options};

  ~Bench() {
    unlink(rejected.path().c_str());
    rmdir(folder);
  }
  std::vector<Record> records(const AmqpMessage& message) {
    std::vector<Record> out;
    payload.records(message, kArrival, out);
    return out;
  }
  std::vector<Record> records(const std::string& body, const std::string& encoding = "") {
    AmqpMessage message;
    message.body = body;
    message.length = body.size();
    message.content_encoding = encoding;
    return records(message);
  }
};

std::string packed(const std::string& text, int window_bits) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

const std::string kEvent = R"({"@timestamp":"2026-11-22T09:00:00Z","message":"a"})";

void passes_an_object_as_it_is() {
  Bench bench;
  const auto all = bench.records(kEvent);
  CHECK(all.size() == 1 && all[0].json == kEvent && all[0].id);
}

void splits_arrays_of_objects_only() {
  Bench bench;
  CHECK(bench.records("[" + kEvent + " ,\n{\"b\":[1,\"]}\\\"\"]} ]").size() == 2);
  for (const char* text :
       {"[]", "[1,2]", "[{\"a\":1},2]", "[{\"a\":1}", "[{\"a\":1},]", "[{\"a\":1}]x", "[{", "[\"", "["}) {
    const auto all = bench.records(text);
    CHECK(all.size() == 1 && all[0].json.find("_jsonparsefailure") != std::string::npos);
  }
}

void gives_a_time_to_what_has_none() {
  Bench bench;
  CHECK(bench.records("{\"a\":1}")[0].json == R"({"@timestamp":"2026-11-22T10:00:00.500000Z","a":1})");
  CHECK(bench.records("{}")[0].json == R"({"@timestamp":"2026-11-22T10:00:00.500000Z"})");
  AmqpMessage message;
  message.body = "{\"a\":1}";
  message.length = message.body.size();
  message.timestamp = 1763769600;
  CHECK(bench.records(message)[0].json == R"({"@timestamp":"2025-11-22T00:00:00.000000Z","a":1})");
  // A time of its own stays as it is, though it be the same; such a message has an identity.
  message.body = R"({"time":1763769600,"a":1})";
  message.length = message.body.size();
  const Record first = bench.records(message)[0];
  bench.payload.new_epoch();
  const Record again = bench.records(message)[0];
  CHECK(first.json == message.body && first.id->low == again.id->low);
}

void unpacks_gzip_and_zlib() {
  Bench bench;
  CHECK(bench.records(packed(kEvent, 31), "gzip")[0].json == kEvent);
  CHECK(bench.records(packed(kEvent, 15), "deflate")[0].json == kEvent);
  CHECK(bench.records(packed("[" + kEvent + "," + kEvent + "]", 31), "gzip").size() == 2);
  CHECK(bench.rejected.count() == 0);
}

void sets_a_bomb_aside() {
  Bench bench;
  const std::string bomb = packed(std::string(size_t{64} << 20, 'a'), 31);
  const auto all = bench.records(bomb, "gzip");
  CHECK(all.size() == 1 && all[0].json.find("_unpackfailure") != std::string::npos);
  CHECK(all[0].json.find("more than 8388608 bytes when unpacked") != std::string::npos);
  CHECK(bench.rejected.count() == 1);
  const std::string whole = packed(kEvent, 31);
  CHECK(bench.records(whole.substr(0, whole.size() / 2), "gzip")[0].json.find("cut short") != std::string::npos);
  CHECK(bench.records("no gzip", "gzip")[0].json.find("_unpackfailure") != std::string::npos);
  CHECK(bench.payload.rejected() == 3);
}

void writes_headers_as_json() {
  amqp_table_entry_t entries[3] = {};
  entries[0].key = amqp_cstring_bytes("x");
  entries[0].value.kind = AMQP_FIELD_KIND_F64;
  entries[0].value.value.f64 = std::nan("");
  entries[1].key = amqp_cstring_bytes("y");
  entries[1].value.kind = AMQP_FIELD_KIND_F32;
  entries[1].value.value.f32 = 0.5F;
  entries[2].key = amqp_cstring_bytes("z\xff");
  entries[2].value.kind = AMQP_FIELD_KIND_UTF8;
  entries[2].value.value.bytes = amqp_cstring_bytes("a\"b");
  std::string json;
  append_json(json, amqp_table_t{3, entries});
  CHECK(json == "{\"x\":null,\"y\":0.5,\"z\uFFFD\":\"a\\\"b\"}");
}

void wraps_text_and_bytes() {
  Bench bench;
  CHECK(bench.records("connection refused")[0].json.find("\"message\":\"connection refused\"") != std::string::npos);
  CHECK(bench.records("")[0].json.find("\"message\":\"\"") != std::string::npos);
  CHECK(bench.records("caf\xe9")[0].json.find("caf\xef\xbf\xbd") != std::string::npos);
}

void gives_the_same_id_when_a_message_comes_again() {
  Bench bench;
  const auto first = bench.records(kEvent)[0].id;
  const auto copy = bench.records(kEvent)[0].id;
  CHECK(first && copy && !(*first == *copy));  // a real repetition inside one tick
  bench.payload.new_epoch();
  CHECK(*bench.records(kEvent)[0].id == *first);
  CHECK(*bench.records(kEvent)[0].id == *copy);
  const std::string numbered = R"({"@timestamp":"2026-11-22T09:00:00Z","seq":5})";
  CHECK(*bench.records(numbered)[0].id == *bench.records(numbered)[0].id);
  CHECK(!(*bench.records("refused")[0].id == *bench.records("refused")[0].id));  // no time: never merged
  AmqpMessage named;
  named.body = "refused";
  named.length = named.body.size();
  named.message_id = "m1";
  CHECK(*bench.records(named)[0].id == *bench.records(named)[0].id);
}

void keeps_amqp_fields_when_asked() {
  Bench bench;
  bench.options.settings.amqp_fields = true;
  AmqpMessage message;
  message.body = kEvent;
  message.length = message.body.size();
  message.exchange = "logstash";
  message.routing_key = "logstash.app";
  message.headers = R"({"x":1})";
  const std::string json = bench.records(message)[0].json;
  CHECK(json.starts_with(
      R"({"amqp":{"exchange":"logstash","routing_key":"logstash.app","headers":{"x":1}},"@timestamp")"));
  message.body = R"({"amqp":1,"time":1763769600})";
  message.length = message.body.size();
  CHECK(bench.records(message)[0].json.starts_with(R"({"_amqp":{)"));
}

}  // namespace
}  // namespace alco

int main() {
  alco::passes_an_object_as_it_is();
  alco::writes_headers_as_json();
  alco::splits_arrays_of_objects_only();
  alco::gives_a_time_to_what_has_none();
  alco::unpacks_gzip_and_zlib();
  alco::sets_a_bomb_aside();
  alco::wraps_text_and_bytes();
  alco::gives_the_same_id_when_a_message_comes_again();
  alco::keeps_amqp_fields_when_asked();
  return failures() != 0;
}
