# userkeys.  SPDX-License-Identifier: MIT
# `make help` lists the targets.  Everything built lands in build/.

CC = cc
AR = ar
CFLAGS = -O2 -g
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef -Werror
TARGET = host
PORT = mbedtls
B = build/$(TARGET)-$(PORT)

# Where Mbed TLS is: the system's by default.
MBEDTLS_CFLAGS =
MBEDTLS_LIBS = -lmbedcrypto
SQLITE_LIBS = -lsqlite3

# Layers see only what ARCHITECTURE lets them see.
CORE_INC = -Icore
PORT_INC = $(CORE_INC) -Iport/$(PORT) $(MBEDTLS_CFLAGS)
PLATFORM_INC = $(PORT_INC) -Iplatform/posix -Iplatform/milter

CORE_SRC = $(wildcard core/*.c)
PORT_SRC = $(wildcard port/$(PORT)/*.c)
PLATFORM_SRC = $(wildcard platform/posix/*.c platform/milter/*.c)
USERKEYS_SRC = $(wildcard examples/userkeys/*.c)
MILTER_SRC = $(wildcard examples/milter/*.c)
SUPPORT_SRC = $(wildcard tests/support/*.c)
UNIT_SRC = $(wildcard tests/unit/test_*.c)

objects = $(patsubst %.c,$(B)/%.o,$(1))
UNIT_BIN = $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(UNIT_SRC))
PROGRAMS = $(if $(USERKEYS_SRC),$(B)/userkeys) \
	$(if $(MILTER_SRC),$(B)/userkeys-milter)

LIBS = $(B)/libukey_platform.a $(B)/libukey_port.a $(B)/libukey_core.a
# core asks the port for its four functions, hence the group.
LINK = -Wl,--start-group $(LIBS) -Wl,--end-group $(MBEDTLS_LIBS) \
	$(SQLITE_LIBS)

.DELETE_ON_ERROR:
.SUFFIXES:

all: $(LIBS) $(PROGRAMS)	## build the libraries and the programs

help:	## list the targets
	@awk -F '[:#]+' '/^[a-z-]+:.*##/ { printf "  %-16s%s\n", $$1, $$NF }' \
	    Makefile

unit: $(UNIT_BIN)	## build and run the unit tests
	@for t in $(UNIT_BIN); do echo "== $$t"; $$t || exit 1; done

clean:	## remove everything built
	rm -rf build

$(B)/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(CC) -std=c99 $(WARN) $(CFLAGS) $(CORE_INC) -MMD -MP -c -o $@ $<
$(B)/port/%.o: port/%.c
	@mkdir -p $(@D)
	$(CC) -std=c99 $(WARN) $(CFLAGS) $(PORT_INC) -MMD -MP -c -o $@ $<
$(B)/platform/%.o: platform/%.c
	@mkdir -p $(@D)
	$(CC) -std=c99 $(WARN) $(CFLAGS) $(PLATFORM_INC) -MMD -MP -c -o $@ $<
$(B)/examples/%.o: examples/%.c
	@mkdir -p $(@D)
	$(CC) -std=c99 $(WARN) $(CFLAGS) $(PLATFORM_INC) -MMD -MP -c -o $@ $<
$(B)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu99 $(WARN) $(CFLAGS) $(PLATFORM_INC) -Itests/support \
	    -MMD -MP -c -o $@ $<

$(B)/libukey_core.a: $(call objects,$(CORE_SRC))
$(B)/libukey_port.a: $(call objects,$(PORT_SRC))
$(B)/libukey_platform.a: $(call objects,$(PLATFORM_SRC))
$(B)/libukey_support.a: $(call objects,$(SUPPORT_SRC))
$(B)/%.a:
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

$(B)/userkeys: $(call objects,$(USERKEYS_SRC)) $(LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LINK)
$(B)/userkeys-milter: $(call objects,$(MILTER_SRC)) $(LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LINK)
$(UNIT_BIN): $(B)/tests/unit/%: $(B)/tests/unit/%.o $(B)/libukey_support.a \
    $(LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(B)/libukey_support.a $(LINK) \
	    -lcmocka

-include $(shell find $(B) -name '*.d' 2>/dev/null)

.PHONY: all help unit clean
