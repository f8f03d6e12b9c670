#include "lib/store/block_format.h"

#include "tests/unit/check.h"

using namespace alco;
using namespace alco::store;

namespace {

bool is_read(const ColumnInfo& column, bool message_op) {
  BlockHeader header;
  header.columns.push_back(column);
  header.shape_list.push_back({ShapeOp{column.type, message_op, 0, "message"}});
  std::string bytes;
  put_block_header(bytes, header);
  try {
    const BlockHeader read = get_block_header(ByteReader(bytes));
    return read.columns[0].coding == column.coding && read.shape_list[0][0].is_message == message_op;
  } catch (const Corrupt&) {
    return false;
  }
}

ColumnInfo column_of(Type type, bool is_message, Coding coding) {
  ColumnInfo column;
  column.path = "message";
  column.type = type;
  column.is_message = is_message;
  column.coding = coding;
  return column;
}

// Only messages have a text for each value: taken for others, values would be looked up behind the end of the texts.
void refuses_codings_that_do_not_fit_the_column() {
  CHECK(is_read(column_of(Type::string, true, Coding::direct), true));
  CHECK(is_read(column_of(Type::string, false, Coding::codes), false));
  CHECK(is_read(column_of(Type::raw, false, Coding::recency), false));
  CHECK(!is_read(column_of(Type::string, true, Coding::codes), true));
  CHECK(!is_read(column_of(Type::string, false, Coding::direct), false));
}

void refuses_members_in_the_column_of_messages() {
  CHECK(!is_read(column_of(Type::string, true, Coding::direct), false));
  CHECK(!is_read(column_of(Type::string, false, Coding::codes), true));
  CHECK(!is_read(column_of(Type::integer, true, Coding::direct), true));
}

}  // namespace

int main() {
  refuses_codings_that_do_not_fit_the_column();
  refuses_members_in_the_column_of_messages();
  return failures() != 0;
}
