#pragma once
// An event as a row of a day's real-time index: the names of the columns, the number of the document, and the text of
// the values for REPLACE INTO. doc/sphinx.md describes the columns for users.
//
// What searchd 2.2.11 gives back for a JSON attribute is not always JSON, nor always what it was given: reals come with
// six decimals and wreck the output from about 1e300 on, control characters come unescaped, \ud83d\ude00 as two
// surrogates, integers above 2^63-1 clipped, 4 MB and more as NULL. An event for which `logline` and `js` would not
// give every value back has its JSON in `raw`; js then holds what searchd can filter by, no more. With `raw` empty
// `logline` is the message and `js` an object of the other members in their order, in which '/' comes back as "\/" and
// a real as %f.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lib/event.h"
#include "lib/store/store.h"

namespace alco::sphinx {

inline constexpr std::string_view kMessage = "logline";  // full-text field and string attribute; NUL as a space
inline constexpr std::string_view kMarks = "marks";      // full-text field: "odd" if the words of `logline` as searchd
                                                         // sees them are not those of the message
inline constexpr std::string_view kJson = "js";
inline constexpr std::string_view kRaw = "raw";   // '' or the event's JSON; see unpack_raw()
inline constexpr std::string_view kTime = "ts";   // bigint, µs since 1970, rounded down
inline constexpr std::string_view kNanos = "ns";  // uint, what `ts` lacks: 0 to 999
inline constexpr std::string_view kArrival =
    "arrival";                               // bigint: grows with each event of a writer; the id that readers show
inline constexpr unsigned kWriterBits = 11;  // the lowest of `arrival`: the writer's number; above them µs since 1970
inline constexpr std::string_view kIdHigh = "id_high";  // bigint, the MessageId
inline constexpr std::string_view kIdLow = "id_low";
inline constexpr std::string_view kFlags = "flags";     // uint
inline constexpr std::string_view kFieldPrefix = "f_";  // f_NAME: full-text field of an indexed column

// The lowest bit of `flags`: searchd's idea of js is not to be trusted as a filter: there is a `raw`, a member's name
// is no plain_name() or stands twice in its object, a value is null or holds a character that folds to an ASCII letter.
inline constexpr unsigned kFlagJson = 1;

// The other 31 bits: RowJson::shape. Grouped by `flags`, there is a row for each name and type that an index has.
inline constexpr unsigned kShapeShift = 1;

// The document of a message: 17 bits of the second of its day and 46 of its id; for the one message in 10^12 that finds
// it taken by another of the same second, the next `probe`. With the second in front, a look for documents that are
// there already touches only what searchd has of these seconds. From 1 to 2^63-1.
int64_t document_id(Nanoseconds time, const MessageId& id, unsigned probe);

// The columns of append_row() in its order, without parentheses: "id,arrival,ts,…". `indexed` are the names of indexed
// columns, without prefix.
std::string row_columns(std::span<const std::string> indexed);

// Appends the values behind the id, with the closing parenthesis: ",17,…)". Before it stand "(" and the document's id.
// Every byte that comes from the event is inside a quoted literal that searchd reads back as it was. False, and nothing
// appended, if searchd can't hold the event: it is over 4 MB even when packed.
[[nodiscard]] bool append_row(std::string& out, const Event& event, const MessageId& id, int64_t arrival,
                              std::span<const std::string> indexed);

// Appends ",'…'" for each of `indexed`.
void append_indexed(std::string& out, const Event& event, std::span<const std::string> indexed);

// The event of a row, as JSON, from what append_row() made.
std::string row_event(std::string_view values);

// The JSON of an event from the text of `raw`. A view into `raw` or `buffer`. nullopt: damaged.
std::optional<std::string_view> unpack_raw(std::string_view raw, std::string& buffer);

}  // namespace alco::sphinx
