# ALCO. One Makefile for GNU make and bmake: no % rules, no $^, no conditionals. Sources are listed by hand: the file
# is the map. The user's CXXFLAGS and LDFLAGS come last.

PREFIX ?= /usr/local
DESTDIR ?=

HTTPLIB_CFLAGS != pkg-config --cflags cpp-httplib 2>/dev/null || true
ALL_CXXFLAGS = -std=c++20 -O2 -Wall -Wextra -Wpedantic -Wshadow -fstack-protector-strong -D_FORTIFY_SOURCE=2 \
	-D_GLIBCXX_ASSERTIONS -fPIE -I. -pthread $(HTTPLIB_CFLAGS) $(SANITIZE:%=-O1 -g $(SANITIZERS)) $(CXXFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now -pthread $(SANITIZE:%=$(SANITIZERS)) $(LDFLAGS)

# thread, or address,undefined. It is no dependency of what is built: make clean first.
SANITIZE ?=
SANITIZERS = -fsanitize=$(SANITIZE) -fno-sanitize-recover=all

BASE_SRCS = lib/config.cc lib/config_file.cc lib/disk.cc lib/error.cc lib/index_name.cc lib/line_reader.cc lib/line_writer.cc lib/log.cc \
	lib/printable.cc lib/stop.cc lib/supervisor.cc lib/timestamp.cc lib/tool.cc lib/utf8.cc

EVENT_SRCS = lib/event.cc lib/event_parser.cc lib/json_tokens.cc lib/json_value.cc

QUERY_SRCS = lib/query/byte_scan.cc lib/query/canonical.cc lib/query/compare.cc lib/query/evaluate.cc \
	lib/query/field_text.cc lib/query/fold.cc lib/query/line_filter.cc lib/query/literal_search.cc lib/query/matcher.cc lib/query/nodes.cc \
	lib/query/parse.cc lib/query/required_literals.cc lib/query/scanner.cc lib/query/suggest.cc \
	lib/query/wildcard.cc

STORE_SRCS = lib/store/block.cc lib/store/block_builder.cc lib/store/block_cache.cc lib/store/block_format.cc lib/store/block_json.cc lib/store/block_query.cc lib/store/block_source.cc \
	lib/store/compress.cc lib/store/condition.cc lib/store/dir_reader.cc lib/store/dir_scan.cc lib/store/dir_store.cc lib/store/dir_writer.cc lib/store/event_limits.cc \
	lib/store/filter.cc lib/store/index_folder.cc lib/store/int_codec.cc lib/store/int_stream.cc lib/store/maintenance.cc lib/store/merge.cc \
	lib/store/message_id_set.cc lib/store/open_block.cc lib/store/open_store.cc lib/store/parity.cc lib/store/segment.cc lib/store/segment_footer.cc lib/store/segment_index.cc lib/store/segment_plan.cc lib/store/segment_writer.cc lib/store/snapshot.cc \
	lib/store/string_dictionary.cc lib/store/table_cache.cc lib/store/template.cc lib/store/template_match.cc lib/store/template_table.cc \
	lib/store/text_column.cc lib/store/text_json.cc lib/store/time_slot.cc lib/store/value_search.cc \
	lib/store/value_tally.cc lib/store/workers.cc

COLLECT_SRCS = lib/collect/file_identity.cc lib/collect/file_names.cc lib/collect/file_reader.cc \
	lib/collect/folder_watch.cc lib/collect/follow_names.cc lib/collect/follow_source.cc lib/collect/journald_record.cc \
	lib/collect/json_record.cc lib/collect/last_time.cc lib/collect/line_clock.cc \
	lib/collect/line_input.cc lib/collect/line_records.cc \
	lib/collect/offset_file.cc lib/collect/read_source.cc lib/collect/text_cursor.cc lib/collect/text_date.cc \
	lib/collect/text_events.cc lib/collect/text_format_digits.cc lib/collect/text_format_epoch.cc \
	lib/collect/text_format_named.cc lib/collect/text_level.cc lib/collect/text_scanner.cc

DELIVERY_SRCS = lib/delivery/ack_stream.cc lib/delivery/ack_window.cc lib/delivery/amqp_advice.cc lib/delivery/amqp_connection.cc \
	lib/delivery/amqp_consumer.cc lib/delivery/amqp_management.cc lib/delivery/amqp_message.cc \
	lib/delivery/amqp_payload.cc lib/delivery/amqp_source.cc lib/delivery/amqp_topology.cc lib/delivery/amqp_url.cc lib/delivery/collecting.cc \
	lib/delivery/deliver.cc lib/delivery/delivery_stats.cc lib/delivery/delivery_status.cc lib/delivery/indexer.cc lib/delivery/message_id.cc \
	lib/delivery/pipeline.cc lib/delivery/poison_hunt.cc lib/delivery/processes.cc lib/delivery/rejected_file.cc \
	lib/delivery/run_dir.cc lib/delivery/unpack.cc

SPHINX_SRCS = lib/sphinx/client.cc lib/sphinx/day_tables.cc lib/sphinx/dialect.cc lib/sphinx/escape.cc lib/sphinx/free_space.cc lib/sphinx/journal.cc \
	lib/sphinx/journal_feed.cc lib/sphinx/journal_frame.cc lib/sphinx/mysql_library.cc lib/sphinx/row.cc lib/sphinx/row_json.cc lib/sphinx/row_writer.cc \
	lib/sphinx/sphinx_sender.cc lib/sphinx/sphinx_store.cc lib/sphinx/sphinx_writer.cc

SPHINX_READ_SRCS = lib/sphinx/arrivals.cc lib/sphinx/narrow.cc lib/sphinx/row_stream.cc lib/sphinx/select.cc \
	lib/sphinx/sphinx_reader.cc lib/sphinx/sphinx_scan.cc lib/sphinx/stored_row.cc lib/sphinx/tables.cc \
	lib/sphinx/word_rules.cc

OPS_SRCS = lib/check/broker.cc lib/check/findings.cc lib/check/local.cc lib/check/servers.cc lib/http_fetch.cc \
	lib/retention.cc lib/rotation.cc lib/sphinx_conf.cc lib/sphinx_doctor.cc lib/sphinx_rotation.cc

CATALOGUE_SRCS = lib/catalogue/catalogue.cc lib/catalogue/catalogue_feed.cc lib/catalogue/catalogue_report.cc \
	lib/catalogue/field_filter.cc lib/catalogue/redis_catalogue.cc lib/catalogue/redis_client.cc \
	lib/catalogue/sqlite.cc lib/catalogue/sqlite_catalogue.cc lib/catalogue/value_tracker.cc

HTTP_SRCS = lib/http/access.cc \
	lib/http/access_rules.cc \
	lib/http/api.cc \
	lib/http/api_context.cc \
	lib/http/api_counts.cc \
	lib/http/api_description.cc \
	lib/http/api_export.cc \
	lib/http/api_fields.cc \
	lib/http/api_gaps.cc \
	lib/http/api_grep.cc \
	lib/http/api_indices.cc \
	lib/http/api_metrics.cc \
	lib/http/api_pages.cc \
	lib/http/api_progress.cc \
	lib/http/api_saved.cc \
	lib/http/api_sphinx.cc \
	lib/http/api_tail.cc \
	lib/http/archive.cc \
	lib/http/connection.cc \
	lib/http/context.cc \
	lib/http/credentials.cc \
	lib/http/cursor.cc \
	lib/http/gate.cc \
	lib/http/head.cc \
	lib/http/json_members.cc \
	lib/http/leases.cc \
	lib/http/library.cc \
	lib/http/listener.cc \
	lib/http/marks.cc \
	lib/http/message.cc \
	lib/http/outbox.cc \
	lib/http/password.cc \
	lib/http/places.cc \
	lib/http/progress.cc \
	lib/http/rejected_lines.cc \
	lib/http/results.cc \
	lib/http/router.cc \
	lib/http/saved_searches.cc \
	lib/http/search.cc \
	lib/http/server.cc \
	lib/http/service.cc \
	lib/http/static_files.cc \
	lib/http/tail_hub.cc \
	lib/http/url.cc \
	lib/http/work_pool.cc

OUTPUT_SRCS = lib/time_zone.cc lib/time_range.cc lib/query/context.cc lib/query/event_hit.cc lib/query/raw_file.cc \
	lib/query/raw_reader.cc lib/query/tally.cc lib/output/count.cc lib/output/events.cc lib/output/explain.cc \
	lib/output/follow.cc lib/output/format.cc lib/output/highlight.cc lib/output/histogram.cc lib/output/level.cc \
	lib/output/link.cc lib/output/pager.cc lib/output/printer.cc lib/output/run_query.cc lib/output/search.cc \
	lib/output/sink.cc lib/output/styled_text.cc lib/output/table_format.cc lib/output/terminal.cc \
	lib/output/text_format.cc lib/output/value_table.cc lib/output/values.cc

LIB_SRCS = $(BASE_SRCS) $(EVENT_SRCS) $(QUERY_SRCS) $(STORE_SRCS) $(COLLECT_SRCS) $(DELIVERY_SRCS) \
	$(CATALOGUE_SRCS) $(OPS_SRCS) $(SPHINX_SRCS) $(SPHINX_READ_SRCS) $(HTTP_SRCS) $(OUTPUT_SRCS)
LIB_OBJS = $(LIB_SRCS:.cc=.o)

# Each tool is cmd/NAME.cc, each unit test tests/unit/NAME.cc, linked with libalco.a: what one does not use is not linked in.
TOOLS = bin/alco-consume bin/alco-fields bin/alco-rotate bin/alco-sphinxconf
TOOLS += bin/alco-query
TOOLS += bin/alco-index
TOOLS += bin/alco-httpd

# By area, so that developers of different areas do not meet on one line.
BASE_TESTS = bin/test/timestamp_test bin/test/config_test

EVENT_TESTS = bin/test/event_parser_test

QUERY_TESTS = bin/test/matcher_test bin/test/query_parse_test bin/test/evaluate_test bin/test/raw_equality_test

STORE_TESTS = bin/test/block_cache_test bin/test/block_format_test bin/test/block_rows_test bin/test/dir_equality_test bin/test/dir_store_test bin/test/int_codec_test bin/test/segment_damage_test bin/test/store_crash_test bin/test/store_limits_test bin/test/template_test bin/test/top_values_test bin/test/workers_test

COLLECT_TESTS = bin/test/file_names_test bin/test/follow_source_test bin/test/line_records_test bin/test/text_events_test \
	bin/test/text_scanner_test

DELIVERY_TESTS = bin/test/ack_stream_test bin/test/ack_window_test bin/test/amqp_payload_test \
	bin/test/indexer_test bin/test/message_id_test bin/test/run_dir_test

OPS_TESTS = bin/test/retention_test

SPHINX_TESTS = bin/test/journal_test bin/test/sphinx_row_test

SPHINX_READ_TESTS = bin/test/sphinx_equality_test bin/test/sphinx_escape_test

CATALOGUE_TESTS = bin/test/catalogue_test bin/test/value_tracker_test

HTTP_TESTS = bin/test/http_access_test bin/test/http_head_test bin/test/http_gate_test

OUTPUT_TESTS = bin/test/context_test bin/test/styled_text_test bin/test/time_range_test

UNIT_TESTS = $(BASE_TESTS) $(EVENT_TESTS) $(QUERY_TESTS) $(STORE_TESTS) $(COLLECT_TESTS) $(DELIVERY_TESTS) \
	$(CATALOGUE_TESTS) $(SPHINX_TESTS) $(SPHINX_READ_TESTS) $(OPS_TESTS) $(HTTP_TESTS) $(OUTPUT_TESTS)

# The C libraries; --as-needed drops those that a tool does not use. Of these the archive is taken where there is one: a
# search that takes 10 ms has no time to load them. That of MariaDB is loaded when it is needed.
ARCHIVES != for name in zstd xxhash re2 hiredis; do file=`$(CXX) -print-file-name=lib$$name.a`; \
	case $$file in /*) echo $$file;; *) echo -l$$name;; esac; done
LIBS = -Wl,--as-needed -lsimdjson $(ARCHIVES) -lsqlite3 -lrabbitmq -lcpp-httplib -lssl -lcrypto -lcrypt -lz

# Fuzz targets with a main() that gives them the seeds: tried where there is no clang, too.
REPLAYS = bin/replay/amqp_payload_fuzz bin/replay/config_fuzz bin/replay/event_parser_fuzz bin/replay/http_head_fuzz \
	bin/replay/http_request_fuzz bin/replay/query_fuzz bin/replay/segment_fuzz bin/replay/sphinx_fuzz \
	bin/replay/text_events_fuzz bin/replay/time_fuzz

# The page as it is served: its modules as one script for each of its two pages, without comments.
PAGE_FILES = web/favicon.svg web/grep.html web/index.html web/css/base.css web/css/grep.css web/css/indexes.css \
	web/js/api.js web/js/canvas.js web/js/chips.js web/js/columns.js web/js/dom.js web/js/exports.js web/js/filters.js \
	web/js/find.js web/js/first.js web/js/gaps.js web/js/grep.js web/js/histogram.js web/js/indexes.js web/js/keys.js \
	web/js/keytable.js web/js/level.js web/js/lineactions.js web/js/lines.js web/js/list.js web/js/menu.js \
	web/js/notices.js web/js/numbers.js web/js/popover.js web/js/query.js web/js/rail.js web/js/reader.js web/js/row.js \
	web/js/saved.js web/js/search.js web/js/state.js web/js/statusbar.js web/js/surroundings.js web/js/survey.js \
	web/js/tail.js web/js/theme.js web/js/timerange.js web/js/tree.js web/js/zone.js

all: $(TOOLS)

bin/web/favicon.svg: $(PAGE_FILES)
	rm -rf bin/web
	mkdir -p bin/web
	esbuild --bundle --format=esm --target=es2022 --minify-whitespace --minify-syntax --charset=utf8 \
	  --log-level=warning --outdir=bin/web/js web/js/grep.js web/js/indexes.js
	cp -R web/css web/grep.html web/index.html web/favicon.svg bin/web

tests: $(UNIT_TESTS) $(REPLAYS)

lib/libalco.a: $(LIB_OBJS)
	rm -f $@
	ar rcs $@ $(LIB_OBJS)

.SUFFIXES: .cc .o
.cc.o:
	$(CXX) $(ALL_CXXFLAGS) -MMD -MP -c -o $@ $<

$(TOOLS): lib/libalco.a
	@mkdir -p bin
	$(CXX) $(ALL_LDFLAGS) -o $@ cmd/$(@F).o lib/libalco.a $(LIBS)

$(UNIT_TESTS): lib/libalco.a
	@mkdir -p bin/test
	$(CXX) $(ALL_LDFLAGS) -o $@ tests/unit/$(@F).o lib/libalco.a $(LIBS)

$(REPLAYS): lib/libalco.a tests/fuzz/replay.o
	@mkdir -p bin/replay
	$(CXX) $(ALL_LDFLAGS) -o $@ tests/fuzz/$(@F).o tests/fuzz/replay.o lib/libalco.a $(LIBS)

# What each program is made of beside the library.
bin/alco-consume: cmd/alco-consume.o
bin/alco-fields: cmd/alco-fields.o
bin/alco-query: cmd/alco-query.o
bin/alco-httpd: cmd/alco-httpd.o bin/web/favicon.svg
bin/alco-index: cmd/alco-index.o
bin/alco-rotate: cmd/alco-rotate.o
bin/alco-sphinxconf: cmd/alco-sphinxconf.o
bin/replay/amqp_payload_fuzz: tests/fuzz/amqp_payload_fuzz.o
bin/replay/config_fuzz: tests/fuzz/config_fuzz.o
bin/replay/event_parser_fuzz: tests/fuzz/event_parser_fuzz.o
bin/replay/http_head_fuzz: tests/fuzz/http_head_fuzz.o
bin/replay/http_request_fuzz: tests/fuzz/http_request_fuzz.o
bin/replay/query_fuzz: tests/fuzz/query_fuzz.o
bin/replay/segment_fuzz: tests/fuzz/segment_fuzz.o
bin/replay/sphinx_fuzz: tests/fuzz/sphinx_fuzz.o
bin/replay/text_events_fuzz: tests/fuzz/text_events_fuzz.o
bin/replay/time_fuzz: tests/fuzz/time_fuzz.o
bin/test/timestamp_test: tests/unit/timestamp_test.o
bin/test/http_head_test: tests/unit/http_head_test.o
bin/test/http_access_test: tests/unit/http_access_test.o
bin/test/http_gate_test: tests/unit/http_gate_test.o
bin/test/block_format_test: tests/unit/block_format_test.o
bin/test/int_codec_test: tests/unit/int_codec_test.o
bin/test/segment_damage_test: tests/unit/segment_damage_test.o
bin/test/store_crash_test: tests/unit/store_crash_test.o
bin/test/store_limits_test: tests/unit/store_limits_test.o
bin/test/template_test: tests/unit/template_test.o
bin/test/block_cache_test: tests/unit/block_cache_test.o
bin/test/block_rows_test: tests/unit/block_rows_test.o
bin/test/top_values_test: tests/unit/top_values_test.o
bin/test/workers_test: tests/unit/workers_test.o
bin/test/dir_equality_test: tests/unit/dir_equality_test.o

bin/test/dir_store_test: tests/unit/dir_store_test.o

bin/test/time_range_test: tests/unit/time_range_test.o
bin/test/context_test: tests/unit/context_test.o
bin/test/styled_text_test: tests/unit/styled_text_test.o

bin/test/config_test: tests/unit/config_test.o

bin/test/event_parser_test: tests/unit/event_parser_test.o

bin/test/matcher_test: tests/unit/matcher_test.o

bin/test/evaluate_test: tests/unit/evaluate_test.o

bin/test/raw_equality_test: tests/unit/raw_equality_test.o

bin/test/query_parse_test: tests/unit/query_parse_test.o
bin/test/catalogue_test: tests/unit/catalogue_test.o

bin/test/file_names_test: tests/unit/file_names_test.o
bin/test/follow_source_test: tests/unit/follow_source_test.o

bin/test/line_records_test: tests/unit/line_records_test.o

bin/test/text_scanner_test: tests/unit/text_scanner_test.o

bin/test/text_events_test: tests/unit/text_events_test.o

bin/test/retention_test: tests/unit/retention_test.o

bin/test/journal_test: tests/unit/journal_test.o

bin/test/sphinx_row_test: tests/unit/sphinx_row_test.o

bin/test/sphinx_equality_test: tests/unit/sphinx_equality_test.o

bin/test/sphinx_escape_test: tests/unit/sphinx_escape_test.o

bin/test/value_tracker_test: tests/unit/value_tracker_test.o

bin/test/ack_stream_test: tests/unit/ack_stream_test.o

bin/test/ack_window_test: tests/unit/ack_window_test.o

bin/test/amqp_payload_test: tests/unit/amqp_payload_test.o

bin/test/indexer_test: tests/unit/indexer_test.o

bin/test/message_id_test: tests/unit/message_id_test.o

bin/test/run_dir_test: tests/unit/run_dir_test.o

unit: $(UNIT_TESTS)
	@SANITIZE='$(SANITIZE)' scripts/sanitized sh -c 'for t in $(UNIT_TESTS); do $$t || exit 1; done'

deps:
	scripts/deps check

# The long form of tests/alco-query-grep.bats.
oracle: all
	PATH="$$PWD/bin:$$PATH" tests/grep-oracle 2000

check:
	MAKE='$(MAKE)' SANITIZE='$(SANITIZE)' scripts/check

lint:
	scripts/deps lint
	scripts/lint

# BENCH_ARGS: see tests/bench/store --help.
bench: all
	tests/bench/store $(BENCH_ARGS)
	tests/bench/peers

# Private instances of RabbitMQ, Redis and searchd, the tools and the page; stopped together.
demo-sphinx:
	MAKE='$(MAKE)' scripts/demo-sphinx

# An hour of RabbitMQ at 5,000 messages a second: SOAK_SECONDS=600 RATE=5000.
soak: all
	tests/torture/soak

# The long forms of what make check does in short: hours. One line a script.
torture: all bin/test/dir_equality_test
	tests/torture/rabbitmq
	tests/torture/sphinx-kills
	bats tests/torture/page-on-sphinx.bats
	tests/torture/sphinx-hostile
	tests/torture/deb
	tests/torture/syslog-ng
	tests/torture/rotation
	tests/torture/load
	tests/torture/damage
	tests/torture/store-equality
	tests/torture/valgrind

demo:
	MAKE='$(MAKE)' scripts/demo

# Nothing is enabled or started: see "Install" in README.md.
install: all
	mkdir -p $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/etc $(DESTDIR)$(PREFIX)/share/alco \
	  $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 755 $(TOOLS) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(TOOLS:bin/%=man/%.1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 man/*.7 $(DESTDIR)$(PREFIX)/share/man/man7
	rm -rf $(DESTDIR)$(PREFIX)/share/alco/web
	cp -R bin/web $(DESTDIR)$(PREFIX)/share/alco/web
	install -m 644 etc/alco.json $(DESTDIR)$(PREFIX)/etc/alco.json.sample
	DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' scripts/install-services
	mkdir -p $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 644 etc/completions/alco-query.bash \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/alco-query
	install -m 644 etc/completions/_alco-query $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -m 644 etc/completions/alco-query.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

# bin/alco_VERSION_ARCH.deb; what is in it is what `make install` puts down, see packaging/debian.
deb: all
	MAKE='$(MAKE)' scripts/deb

help:
	@echo 'make            build the tools into bin/'
	@echo 'make demo       install what is needed, build, collect the logs of this machine and show them'
	@echo 'make demo-sphinx  the same with private instances of RabbitMQ, Redis and SphinxSearch'
	@echo 'make check      install what is missing, build, run every test'
	@echo 'make bench      measure storing and queries on 2,000,000 made events'
	@echo 'make soak       an hour of RabbitMQ at 5,000 messages a second: memory, descriptors, lag'
	@echo 'make torture    the long forms of the tests: kills by the hundred, full disks, bad stages'
	@echo 'make deps       install the packages that building and testing need'
	@echo 'make unit       build and run the unit tests of lib/ alone'
	@echo 'make fuzz       run the fuzz targets (clang), FUZZ_SECONDS each'
	@echo 'make lint       clang-format, clang-tidy, cppcheck, shellcheck, mandoc, banned calls, sizes'
	@echo 'make install    into DESTDIR, PREFIX (/usr/local)'
	@echo 'make deb        a Debian package of it, in bin/'
	@echo 'make oracle     alco-query against GNU grep, 2,000 made cases'
	@echo 'make clean      remove what was built'
	@echo 'CXXFLAGS and LDFLAGS are added to ours. With SANITIZE=thread, or SANITIZE=address,undefined, all is built and run'
	@echo 'under these: make clean first'

# Fuzz targets, each run for FUZZ_SECONDS; they need clang. New inputs are kept in bin/fuzz.
FUZZ_CXX ?= clang++-14
FUZZ_SECONDS ?= 60
FUZZ_FLAGS = -std=c++20 -O1 -g -I. -pthread -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
FUZZ_SRCS = $(LIB_SRCS)
FUZZERS = bin/fuzz/amqp_payload_fuzz bin/fuzz/config_fuzz bin/fuzz/event_parser_fuzz bin/fuzz/http_head_fuzz bin/fuzz/http_request_fuzz \
	bin/fuzz/query_fuzz bin/fuzz/segment_fuzz bin/fuzz/sphinx_fuzz bin/fuzz/text_events_fuzz bin/fuzz/time_fuzz

.SUFFIXES: .fuzz
.cc.fuzz:
	$(FUZZ_CXX) $(FUZZ_FLAGS) -MMD -MP -MF $@.d -MT $@ -c -o $@ $<

bin/fuzz/libalco.a: $(FUZZ_SRCS:.cc=.fuzz)
	@mkdir -p bin/fuzz
	rm -f $@
	ar rcs $@ $(FUZZ_SRCS:.cc=.fuzz)

$(FUZZERS): bin/fuzz/libalco.a
	$(FUZZ_CXX) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ tests/fuzz/$(@F).cc bin/fuzz/libalco.a $(LIBS)

bin/fuzz/amqp_payload_fuzz: tests/fuzz/amqp_payload_fuzz.cc
bin/fuzz/config_fuzz: tests/fuzz/config_fuzz.cc
bin/fuzz/event_parser_fuzz: tests/fuzz/event_parser_fuzz.cc
bin/fuzz/http_head_fuzz: tests/fuzz/http_head_fuzz.cc
bin/fuzz/http_request_fuzz: tests/fuzz/http_request_fuzz.cc
bin/fuzz/query_fuzz: tests/fuzz/query_fuzz.cc
bin/fuzz/segment_fuzz: tests/fuzz/segment_fuzz.cc
bin/fuzz/sphinx_fuzz: tests/fuzz/sphinx_fuzz.cc
bin/fuzz/text_events_fuzz: tests/fuzz/text_events_fuzz.cc
bin/fuzz/time_fuzz: tests/fuzz/time_fuzz.cc

fuzz: $(FUZZERS)
	@for f in $(FUZZERS); do \
	  mkdir -p $$f.corpus tests/fuzz/seeds/$${f##*/}; \
	  $$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -artifact_prefix=$$f.found. $$f.corpus \
	    tests/fuzz/seeds/$${f##*/} || exit 1; \
	done

clean:
	rm -rf bin lib/libalco.a
	find cmd lib tests -name '*.o' -o -name '*.d' -o -name '*.fuzz' | xargs rm -f

.PHONY: deb oracle bench soak torture all tests unit deps check lint demo install fuzz help clean
-include $(LIB_SRCS:.cc=.d) $(TOOLS:bin/%=cmd/%.d) $(UNIT_TESTS:bin/test/%=tests/unit/%.d)
-include $(REPLAYS:bin/replay/%=tests/fuzz/%.d) tests/fuzz/replay.d $(FUZZ_SRCS:.cc=.fuzz.d)
