# Fuzzing; included by the Makefile.  SPDX-License-Identifier: MIT
#
# A new harness fuzz/fuzz_PART.c needs no line here; its seeds come from
# fuzz/make_seeds.py (a default one where that knows none), its dictionary is
# fuzz/dict/PART.dict, what was found is in fuzz/findings/PART.

FUZZ_PARTS = $(patsubst fuzz/fuzz_%.c,%,$(sort $(wildcard fuzz/fuzz_*.c)))
# These are linked with Mbed TLS and SQLite; the others with a port whose RSA
# can say yes (port_fuzz.c).
FUZZ_REAL = check connection explain key_private port ukd_import why
FUZZ_INC = -std=gnu99 -Icore -Iport -Iport/mbedtls -Iplatform/milter \
	-Iplatform/posix -Iexamples/milter -Iexamples/userkeys -Itests/support \
	-Ifuzz -Ifuzz/diff -D_FILE_OFFSET_BITS=64 $(MBEDTLS_CFLAGS)
FUZZ_CORE = $(wildcard core/*.c)
FUZZ_CHEAP_SRC = $(FUZZ_CORE) fuzz/port_fuzz.c \
	$(filter-out $(addprefix fuzz/help_,real.c ukd.c connection.c command.c),\
	$(wildcard fuzz/help_*.c)) \
	platform/milter/ukey_milter_codec.c platform/posix/ukey_zone.c \
	platform/posix/ukey_zone_read.c platform/posix/ukey_zone_token.c \
	platform/posix/ukey_resolver_wire.c \
	platform/posix/ukey_resolver_cache.c \
	platform/posix/ukey_resolver_conf.c \
	platform/posix/ukey_resolver_address.c \
	examples/milter/conf.c examples/milter/conf_network.c \
	examples/milter/conf_results.c \
	$(addprefix tests/support/support_,dns.c lines.c results.c)
FUZZ_REAL_SRC = $(filter-out core/ukey_scan.c,$(FUZZ_CORE)) \
	$(wildcard port/*.c port/mbedtls/*.c port/simd/*.c platform/posix/*.c) \
	$(addprefix fuzz/help_,pieces.c real.c ukd.c canon.c connection.c \
	command.c) \
	$(addprefix examples/milter/,conf.c conf_network.c conf_results.c \
	connection.c \
	field.c journal.c keys.c log.c notice.c output.c spare.c \
	answer.c folder.c replace.c transaction.c) $(wildcard platform/milter/*.c) \
	tests/support/support_dns.c \
	$(filter-out %/main.c %_no_sqlite.c,$(wildcard examples/userkeys/*.c))

# What OSS-Fuzz and its like set (fuzz/build.sh): compiler, flags, engine,
# folder for the programs.  Objects are kept apart from those of the tests.
FUZZ_CC = clang
FUZZ_LD = $(FUZZ_CC)
FUZZ_CFLAGS = -g -O1 -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all
FUZZ_ENGINE = -fsanitize=fuzzer
FUZZ_LIBS = -lsqlite3 -lmbedcrypto
FUZZ_OUT = build/fuzz
FUZZ_O = build/fuzz/objects
FUZZ_SEEDS = build/fuzz/seeds/.made
TIME = 1h
.PHONY: fuzz-build fuzz-smoke fuzz fuzz-diff fuzz-coverage planted replay

$(FUZZ_SEEDS): fuzz/make_seeds.py tests/vectors/signer.py \
    tests/support/rsa_keys.h $(wildcard tests/vectors/cases/*/case \
    fuzz/fuzz_*.c)
	@mkdir -p $(@D)
	python3 $< build/fuzz/seeds $(patsubst fuzz/fuzz_%.c,%, \
	    $(wildcard fuzz/fuzz_*.c))
	touch $@

fuzz_objects = $(patsubst %.c,$(FUZZ_O)/%.o,$(1))
fuzz-build: $(FUZZ_PARTS:%=$(FUZZ_OUT)/%) $(FUZZ_SEEDS)
$(FUZZ_O)/%.o: %.c
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) $(FUZZ_INC) -MMD -MP -c -o $@ $<
$(FUZZ_O)/libcheap.a: $(call fuzz_objects,$(FUZZ_CHEAP_SRC))
$(FUZZ_O)/libreal.a: $(call fuzz_objects,$(FUZZ_REAL_SRC))
$(FUZZ_O)/lib%.a:
	rm -f $@
	$(AR) rcs $@ $^
fuzz_link = $(FUZZ_LD) $(FUZZ_CFLAGS) -o $@ \
	$(filter-out $(FUZZ_ENGINE),$^) $(FUZZ_ENGINE)
$(FUZZ_REAL:%=$(FUZZ_OUT)/%): $(FUZZ_OUT)/%: $(FUZZ_O)/fuzz/fuzz_%.o \
    $(FUZZ_O)/libreal.a $(filter %.o,$(FUZZ_ENGINE))
	$(fuzz_link) $(FUZZ_LIBS)
$(FUZZ_OUT)/%: $(FUZZ_O)/fuzz/fuzz_%.o $(FUZZ_O)/libcheap.a \
    $(filter %.o,$(FUZZ_ENGINE))
	$(fuzz_link)
# Beside libopendkim (diff) and, case by case, dkimpy.
FUZZ_DIFF = diff diff_dump
$(FUZZ_OUT)/diff: $(call fuzz_objects,$(addprefix fuzz/diff/,diff_opendkim.c \
    case.c ours.c opendkim.c explained.c)) $(FUZZ_O)/libreal.a
	$(fuzz_link) $(FUZZ_LIBS) -lopendkim
$(FUZZ_OUT)/diff_dump: $(call fuzz_objects,fuzz/diff/dump.c fuzz/diff/case.c \
    fuzz/diff/ours.c fuzz/replay.c) $(FUZZ_O)/libreal.a
	$(FUZZ_LD) $(FUZZ_CFLAGS) -o $@ $^ $(FUZZ_LIBS)
-include $(shell find $(FUZZ_O) -name '*.d' 2>/dev/null)

fuzz-smoke: ## fuzz every harness, a minute in all
	@sh tests/setup.sh fuzz
	@$(MAKE) --no-print-directory -s fuzz-build
	@sh fuzz/run.sh 60s $(FUZZ_PARTS)
fuzz: ## fuzz TIME=1h, going on with what was found before
	@sh tests/setup.sh fuzz
	@$(MAKE) --no-print-directory -s fuzz-build
	@sh fuzz/run.sh $(TIME) $(FUZZ_PARTS)
fuzz-diff: ## TIME=10m beside libopendkim, then all cases by dkimpy
	@sh tests/setup.sh fuzz test
	@$(MAKE) --no-print-directory -s $(FUZZ_DIFF:%=$(FUZZ_OUT)/%) $(FUZZ_SEEDS)
	@sh fuzz/run.sh $(TIME) diff
	@find build/fuzz/corpus/diff build/fuzz/seeds/diff -type f -print0 | \
	    xargs -0 $(FUZZ_OUT)/diff_dump | \
	    /usr/bin/python3 fuzz/diff/peers.py batch
planted: ## one bug of each kind, which the gate named for it must see
	@sh tests/setup.sh fuzz test bench
	@sh tests/planted.sh
fuzz-coverage: ## what the corpora reach, file by file
	@sh tests/setup.sh fuzz
	@sh fuzz/coverage.sh $(FUZZ_PARTS)

-include fuzz/twin/twin.mk

# Seeds and findings with any compiler.
REPLAY_PARTS = $(if $(SQLITE_LIBS),$(FUZZ_PARTS),\
	$(filter-out $(FUZZ_REAL),$(FUZZ_PARTS)))
$(B)/fuzz/%.o: fuzz/%.c
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) $(FUZZ_INC) -MMD -MP -c -o $@ $<
$(B)/libcheap.a: $(call objects,$(FUZZ_CHEAP_SRC))
$(B)/libreal.a: $(call objects,$(FUZZ_REAL_SRC))
$(FUZZ_REAL:%=$(B)/replay/%): $(B)/replay/%: $(B)/fuzz/fuzz_%.o \
    $(B)/fuzz/replay.o $(B)/libreal.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(MBEDTLS_LIBS) $(SQLITE_LIBS)
$(B)/replay/%: $(B)/fuzz/fuzz_%.o $(B)/fuzz/replay.o $(B)/libcheap.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
replay: $(REPLAY_PARTS:%=$(B)/replay/%) $(FUZZ_SEEDS) ## all seeds and findings, with any compiler
	@sh fuzz/replay.sh $(B)/replay build/fuzz/seeds $(REPLAY_PARTS)
