// Fuzz target: any bytes as a message of the broker. Each record is one line of valid JSON; what comes again after a
// reconnect is the same message; what is packed unpacks to itself.
#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "lib/delivery/amqp_payload.h"
#include "lib/event_parser.h"
#include "lib/utf8.h"

using namespace alco;

namespace {

void require(bool condition) {
  if (!condition) abort();
}

// Swallows the rejected file.
class NoDisk : public Disk {
 public:
  void write(int, const std::string&, std::string_view line) override {
    require(utf8::valid(line) && line.find('\n') == line.size() - 1);
    EventParser parser;
    parser.parse(line.substr(0, line.size() - 1), 0);
    require(parser.was_json());
  }
  void make_folder(const std::string&) override {}
  void sync_folder(const std::string&) override {}
  void sync(int, const std::string&) override {}
  uint64_t size(int, const std::string&) override { return 0; }
  bool lock(int, const std::string&, bool) override { return true; }
};

std::string packed(std::string_view text, int window_bits) {
  z_stream stream{};
  require(deflateInit2(&stream, 1, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  require(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

// Headers whose names and values are bytes of the input.
std::string headers_of(std::string_view bytes) {
  amqp_table_entry_t entries[8];
  int count = 0;
  for (; bytes.size() >= 10 && count < 8; bytes.remove_prefix(10), ++count) {
    constexpr char kKinds[] = "tbBiIlLfdSxTV";
    amqp_table_entry_t& entry = entries[count];
    entry.key = {static_cast<size_t>(bytes[0] & 1), const_cast<char*>(bytes.data())};
    entry.value.kind = static_cast<uint8_t>(kKinds[static_cast<unsigned char>(bytes[1]) % 13]);
    entry.value.value = {};
    if (entry.value.kind == AMQP_FIELD_KIND_UTF8 || entry.value.kind == AMQP_FIELD_KIND_BYTES)
      entry.value.value.bytes = {8, const_cast<char*>(bytes.data() + 2)};
    else if (entry.value.kind == AMQP_FIELD_KIND_BOOLEAN)
      entry.value.value.boolean = bytes[2] & 1;
    else
      memcpy(&entry.value.value, bytes.data() + 2, 8);
  }
  const amqp_table_t table{count, entries};
  std::string out;
  append_json(out, table);
  return out;
}

void check(const std::vector<Record>& records, const AmqpOptions& options) {
  static EventParser parser;
  require(!records.empty());
  for (const Record& record : records) {
    require(record.id && record.json.find('\n') == record.json.npos && utf8::valid(record.json));
    const Event& event = parser.parse(record.json, 0);
    require(parser.was_json() && event.position.empty() && event.id.empty());
    require(record.json.size() <= options.max_record + 70'000);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 12) return 0;
  const uint8_t kind = data[0];
  NoDisk disk;
  RejectedFile rejected(disk, "/dev/null");
  AmqpOptions options;
  options.settings.amqp_fields = kind & 8;
  options.max_record = kind & 16 ? 100 : 4 << 20;
  options.id = kind & 32 ? AmqpId::message_id : AmqpId::content;
  AmqpPayload payload(rejected, options);

  AmqpMessage message;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t head = std::min<size_t>(input.size(), static_cast<unsigned char>(input[0]) % 40);
  message.headers = headers_of(input.substr(0, head));
  message.routing_key = std::string(input.substr(0, head / 2));
  if (kind & 64) message.message_id = "a\"\n";
  if (kind & 128) memcpy(&message.timestamp.emplace(), input.data(), 8);
  const std::string_view body = input.substr(head);
  const int encoding = kind & 7;  // packed by us, said to be packed, or not
  message.content_encoding = encoding == 1 || encoding == 2 ? "gzip" : encoding == 3 ? "deflate" : "";
  message.body = encoding == 1 ? packed(body, 31) : encoding == 3 ? packed(body, 15) : std::string(body);
  message.length = message.body.size() + (encoding == 4 ? 1000 : 0);

  const Nanoseconds arrival = 1'795'000'000 * kSecond + 1;
  std::vector<Record> first, again;
  payload.records(message, arrival, first);
  check(first, options);
  if (encoding == 1 || encoding == 3) {
    require(payload.rejected() == (body.size() > size_t{8} << 20 ? 1 : 0));
    AmqpMessage plain = message;
    plain.content_encoding.clear();
    plain.body = body;
    plain.length = body.size();
    payload.records(plain, arrival, again);
    require(again.size() == first.size());
    if (!options.settings.amqp_fields)
      for (size_t i = 0; i < first.size(); ++i) require(first[i].json == again[i].json);
    again.clear();
  }
  // What has an identity keeps it.
  payload.new_epoch();
  payload.records(message, arrival + kSecond, again);
  check(again, options);
  require(again.size() == first.size());
  for (size_t i = 0; i < first.size() && kind & 64; ++i)
    require(first[i].id->low == again[i].id->low && first[i].id->high == again[i].id->high);
  return 0;
}
