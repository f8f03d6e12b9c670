# ALCO. One Makefile for GNU make and bmake: no % rules, no $^, no conditionals. Sources are listed by hand: the file
# is the map. The user's CXXFLAGS and LDFLAGS come last.

PREFIX ?= /usr/local
DESTDIR ?=

HTTPLIB_CFLAGS != pkg-config --cflags cpp-httplib 2>/dev/null || true
ALL_CXXFLAGS = -std=c++20 -O2 -Wall -Wextra -Wpedantic -Wshadow -fstack-protector-strong -D_FORTIFY_SOURCE=2 \
	-D_GLIBCXX_ASSERTIONS -fPIE -I. -pthread $(HTTPLIB_CFLAGS) $(CXXFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -pthread $(LDFLAGS)

BASE_SRCS = lib/disk.cc lib/error.cc lib/index_name.cc lib/line_reader.cc lib/line_writer.cc lib/log.cc \
	lib/printable.cc lib/stop.cc lib/timestamp.cc lib/tool.cc lib/utf8.cc
EVENT_SRCS =
QUERY_SRCS =
STORE_SRCS =
COLLECT_SRCS =
DELIVERY_SRCS =
CATALOGUE_SRCS =
HTTP_SRCS =
OUTPUT_SRCS =
LIB_SRCS = $(BASE_SRCS) $(EVENT_SRCS) $(QUERY_SRCS) $(STORE_SRCS) $(COLLECT_SRCS) $(DELIVERY_SRCS) \
	$(CATALOGUE_SRCS) $(HTTP_SRCS) $(OUTPUT_SRCS)
LIB_OBJS = $(LIB_SRCS:.cc=.o)

# Each tool and each unit test is one .cc file linked with libalco.a; what it does not use is not linked in.
TOOLS =
UNIT_TESTS =

# The C libraries; --as-needed drops those that a tool does not use.
LIBS = -Wl,--as-needed -lsimdjson -lzstd -lxxhash -lre2 -lsqlite3 -lhiredis -lrabbitmq -lmysqlclient \
	-lcpp-httplib -lcrypto -lcrypt -lz

all: $(TOOLS)

lib/libalco.a: $(LIB_OBJS)
	rm -f $@
	ar rcs $@ $(LIB_OBJS)

.SUFFIXES: .cc .o
.cc.o:
	$(CXX) $(ALL_CXXFLAGS) -MMD -MP -c -o $@ $<

# One rule a program, since neither make can write this as a pattern for both.

clean:
	rm -rf bin lib/libalco.a
	find cmd lib tests -name '*.o' -o -name '*.d' | xargs rm -f

.PHONY: all clean
-include $(LIB_SRCS:.cc=.d)
