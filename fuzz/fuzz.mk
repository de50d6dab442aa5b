# Fuzzing; included by the Makefile.  SPDX-License-Identifier: MIT
#
# A new harness fuzz/fuzz_PART.c needs no line here; its seeds are in
# fuzz/seeds/PART, its dictionary in fuzz/dict/PART.dict, what was found in
# fuzz/findings/PART.

FUZZ_PARTS = $(patsubst fuzz/fuzz_%.c,%,$(sort $(wildcard fuzz/fuzz_*.c)))
FUZZ_CC = clang
FUZZ_CFLAGS = -g -O1 -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=all
FUZZ_INC = -std=gnu99 -Icore -Iport/mbedtls -Iplatform/milter \
	-Iplatform/posix -Iexamples/milter -Itests/support -Ifuzz
# All of core, on a port whose RSA can say yes; and the parsers beside it.
FUZZ_SRC = $(wildcard core/*.c) fuzz/port_fuzz.c \
	platform/milter/ukey_milter_codec.c platform/posix/ukey_zone.c \
	platform/posix/ukey_zone_read.c platform/posix/ukey_zone_token.c \
	examples/milter/conf.c examples/milter/conf_network.c \
	tests/support/support_dns.c
FUZZ_DEPS = $(FUZZ_SRC) $(wildcard core/*.h fuzz/*.h examples/milter/*.h)
FUZZ_BIN = $(FUZZ_PARTS:%=build/fuzz/%)
REPLAY_BIN = $(FUZZ_PARTS:%=$(B)/replay/%)
TIME = 1h
.PHONY: fuzz-build fuzz-smoke fuzz replay fuzz-seeds

fuzz-build: $(FUZZ_BIN)
build/fuzz/libfuzzed.a: $(FUZZ_DEPS)
	@mkdir -p build/fuzz/objects
	cd build/fuzz/objects && $(FUZZ_CC) $(FUZZ_CFLAGS) \
	    $(FUZZ_INC:-I%=-I../../../%) -c $(FUZZ_SRC:%=../../../%)
	rm -f $@
	ar rcs $@ build/fuzz/objects/*.o
build/fuzz/%: fuzz/fuzz_%.c build/fuzz/libfuzzed.a
	$(FUZZ_CC) $(FUZZ_CFLAGS) $(FUZZ_INC) -o $@ $< build/fuzz/libfuzzed.a

fuzz-smoke: ## fuzz every harness for three seconds
	@sh tests/setup.sh fuzz
	@$(MAKE) --no-print-directory -s fuzz-build
	@sh fuzz/run.sh 3 $(FUZZ_PARTS)
fuzz: ## fuzz TIME=1h, going on with what was found before
	@sh tests/setup.sh fuzz
	@$(MAKE) --no-print-directory -s fuzz-build
	@sh fuzz/run.sh $(TIME) $(FUZZ_PARTS)

$(B)/libfuzzed.a: $(call objects,$(FUZZ_SRC))
$(B)/fuzz/%.o: fuzz/%.c
	@mkdir -p $(@D)
	$(CC) $(WARN) $(CFLAGS) $(FUZZ_INC) -MMD -MP -c -o $@ $<
$(B)/replay/%: $(B)/fuzz/fuzz_%.o $(B)/fuzz/replay.o $(B)/libfuzzed.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
replay: $(REPLAY_BIN) ## all seeds and findings, with any compiler
	@sh fuzz/replay.sh $(B)/replay $(FUZZ_PARTS)
