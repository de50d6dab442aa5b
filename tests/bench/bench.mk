# The bench; included by the Makefile.  SPDX-License-Identifier: MIT

# rspamd's server library, whose DKIM code is a peer, where there is one: it
# has a program of its own, as it replaces the heap.
RSPAMD = $(dir $(firstword $(wildcard /usr/lib/rspamd/librspamd-server.so \
	/usr/lib/*/rspamd/librspamd-server.so)))
RSPAMD_LINK = -L$(RSPAMD) -Wl,-rpath,$(RSPAMD) -l:librspamd-server.so
BENCH_OBJ = $(call objects,$(filter-out %/rspamd.c,\
	$(wildcard tests/bench/*.c))) $(B)/libukey_support.a $(LIBS)
.PHONY: bench bench-build

# By the processor's SHA-256 and vectors; with vectors alone; with neither;
# and with all and Mbed TLS 3.6.
bench: ## speed against peers and floors, to docs/BENCH.md
	@sh tests/setup.sh peers source
	@$(MAKE) --no-print-directory -s bench-build
	@$(MAKE) --no-print-directory -s TARGET=nosha \
	    CFLAGS='-O2 -g -DUKEY_SHA256_CPU=0' bench-build
	@$(MAKE) --no-print-directory -s TARGET=plain \
	    CFLAGS='-O2 -g -DUKEY_SHA256_CPU=0' SIMD=0 bench-build
	@sh tests/mbedtls36.sh bench-build || echo "bench: without Mbed TLS 3.6"
	@python3 tests/bench/bench.py build/host-mbedtls build/nosha-mbedtls \
	    build/plain-mbedtls build/host36-mbedtls

bench-build: $(B)/tests/bench/bench $(B)/tests/bench/heap.so \
    $(if $(RSPAMD),$(B)/tests/bench/bench-rspamd)
$(B)/tests/bench/bench: $(B)/tests/bench/absent/rspamd.o $(BENCH_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	    $(B)/libukey_support.a $(LINK) -lopendkim
$(B)/tests/bench/bench-rspamd: $(B)/tests/bench/rspamd.o $(BENCH_OBJ)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	    $(B)/libukey_support.a $(LINK) -lopendkim $(RSPAMD_LINK)
$(B)/tests/bench/heap.so: tests/bench/heap/heap.c
	@mkdir -p $(@D)
	$(CC) $(WARN) -O2 -shared -fPIC -o $@ $<

.PHONY: bench-mbedtls
bench-mbedtls: ## Mbed TLS's own settings, to docs/BENCH-MBEDTLS.md
	@sh tests/setup.sh bench firmware
	@sh tests/deb-source.sh bookworm mbedtls build/sources/mbedtls-bookworm
	@python3 tests/bench/mbedtls.py build/sources/mbedtls-bookworm \
	    "$$(sh tests/mbedtls36.sh source)"

.PHONY: bench-ukd
bench-ukd: $(B)/tests/bench/ukd/ukd ## a lookup among 10^3 and 10^6 addresses
	@folder=$$(mktemp -d) && $(B)/tests/bench/ukd/ukd $$folder; \
	    status=$$?; rm -rf $$folder; exit $$status
$(B)/tests/bench/ukd/ukd: $(B)/tests/bench/ukd/ukd.o $(LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LINK)
