# The bench; included by the Makefile.  SPDX-License-Identifier: MIT

BENCH_SRC = $(wildcard tests/bench/*.c)
.PHONY: bench bench-build

bench: ## speed against peers and floors, to docs/BENCH.md
	@sh tests/setup.sh bench
	@$(MAKE) --no-print-directory -s bench-build
	@$(MAKE) --no-print-directory -s TARGET=plain \
	    CFLAGS='-O2 -g -DUKEY_SHA256_CPU=0' SIMD=0 bench-build
	@python3 tests/bench/bench.py build/host-mbedtls build/plain-mbedtls

bench-build: $(B)/tests/bench/bench
$(B)/tests/bench/bench: $(call objects,$(BENCH_SRC)) $(B)/libukey_support.a \
    $(LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
	    $(B)/libukey_support.a $(LINK) -lopendkim

.PHONY: bench-ukd
bench-ukd: $(B)/tests/bench/ukd/ukd ## a lookup among 10^3 and 10^6 addresses
	@folder=$$(mktemp -d) && $(B)/tests/bench/ukd/ukd $$folder; \
	    status=$$?; rm -rf $$folder; exit $$status
$(B)/tests/bench/ukd/ukd: $(B)/tests/bench/ukd/ukd.o $(LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LINK)
