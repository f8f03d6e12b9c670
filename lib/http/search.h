#pragma once
// The parameters that all searches share: query, conditions on fields, time range, letter case, marks.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/event_parser.h"
#include "lib/http/archive.h"
#include "lib/http/json_writer.h"
#include "lib/http/marks.h"
#include "lib/http/message.h"
#include "lib/query/evaluate.h"
#include "lib/time_zone.h"

namespace alco::http {

struct Search {
  ScanRequest scan;  // query, since, until and cancel are set
  // Of `q` and the conditions or, if given, of `mark`.
  std::vector<std::string> notes;
  std::vector<query::Pattern> patterns;  // for the message
  std::string canonical;
  std::vector<std::string> clauses;
  std::shared_ptr<const Marks> marks;  // what to highlight

  // By `mark`: says which of all events are hits. Empty without that parameter.
  std::shared_ptr<query::Evaluator> mark;
  std::shared_ptr<EventParser> parser;  // for it
};

// Throws HttpError(400) or Error(EX_USAGE) with a sentence for the client.
Search parse_search(const Request& request, const AuthorizedIndex& index, Archive& archive);

// The zone of `tz`, else that of the server.
TimeZone zone_of(const Request& request);

void write_query(JsonWriter& json, const Search& search);  // the value of "query"
void write_incomplete(JsonWriter& json, const Request& request, const std::vector<std::string>& reasons);

// The value of a parameter as a number in [least, most], or `otherwise`. Throws HttpError(400).
uint64_t number_param(const Request& request, std::string_view name, uint64_t otherwise, uint64_t least, uint64_t most);
std::vector<std::string> list_param(const Request& request, std::string_view name);  // "a,b"; empty if not given

}  // namespace alco::http
