# The milter's bench; included by the Makefile.  SPDX-License-Identifier: MIT

.PHONY: bench-milter bench-milter-build
bench-milter: ## OpenDKIM's milter and ours under one load
	@sh tests/setup.sh bench mail
	@$(MAKE) --no-print-directory -s all bench-milter-build
	@python3 tests/bench/milter/run.py $(B)

bench-milter-build: $(B)/tests/bench/milter/load $(B)/tests/bench/milter/floor
$(B)/tests/bench/milter/load: $(call objects,tests/bench/milter/load.c \
    tests/bench/milter/script.c)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^
$(B)/tests/bench/milter/floor: $(B)/tests/bench/milter/floor.o $(LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LINK)
