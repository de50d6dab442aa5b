# userkeys.  SPDX-License-Identifier: MIT
# `make help` lists the targets.  Everything built lands in build/.
#
# A new source file in core, port, platform, examples, tests or fuzz needs no
# line here: the wildcards find it.

CC = cc
AR = ar
CFLAGS = -O2 -g
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef -Werror
TARGET = host
PORT = mbedtls
B = build/$(TARGET)-$(PORT)

# Where Mbed TLS and SQLite are: the system's by default.  An empty
# SQLITE_LIBS builds without the User Key Database.
MBEDTLS_CFLAGS =
MBEDTLS_LIBS = -lmbedcrypto
SQLITE_LIBS = -lsqlite3
CMOCKA_CFLAGS =
CMOCKA_LIBS = -lcmocka

# For `make install`.
PREFIX = /usr/local
DESTDIR =
LIBDIR = $(PREFIX)/lib
DEST = $(DESTDIR)$(PREFIX)
# A service file, with the folder of the program: $(call service,EXT,TO,MODE).
service = install -d $(DEST)/$(2) && sed 's|/usr/local/bin|$(PREFIX)/bin|' \
	examples/milter/userkeys-milter$(1) >$(DEST)/$(2)/userkeys-milter$(1) \
	&& chmod $(3) $(DEST)/$(2)/userkeys-milter$(1)
# What goes from examples/userkeys to a place in share: FROM:TO.
share = install -D -m 644 examples/userkeys/$(firstword $(subst :, ,$(1))) \
	$(DEST)/share/$(lastword $(subst :, ,$(1)))
# What an application includes; all other headers are private.
HEADERS = core/ukey.h $(patsubst %,core/ukey%.h,_address _authres _canon_body \
	_canon_header _clock _config _dns _err _field _keyrecord _message _name \
	_origin _out _policy _port _reason _sender _session _sign _text _verify) \
	port/$(PORT)/ukey_key.h platform/posix/ukey_random.h \
	$(patsubst %,platform/posix/ukey_%.h,inquiry resolver resolver_conf) \
	platform/milter/ukey_milter_codec.h \
	platform/milter/ukey_milter_reply.h $(if $(SQLITE_LIBS),\
	platform/posix/ukey_ukd.h platform/posix/ukey_ukd_admin.h)

# What runs the programs of another machine (WRAP=qemu-mips); with CROSS=1
# tests that are scripts are left out.
export WRAP =
CROSS =
export BUILD = $(B)
VERSION = $(shell sed -n 's/^.define UKEY_VERSION "\(.*\)"/\1/p' core/ukey.h)

# ---- parts ----------------------------------------------------------------

# Layers see only what docs/DESIGN.md lets them see.
CORE_INC = -Icore
PORT_INC = $(CORE_INC) -Iport -Iport/$(PORT) $(MBEDTLS_CFLAGS)
# 64 bits of file sizes and inodes on machines of 32, too.
PLATFORM_INC = $(PORT_INC) -Iplatform/posix -Iplatform/milter \
	-D_FILE_OFFSET_BITS=64

# What needs SQLite, by its include line; *_no_sqlite.c stands in for it.
NEED_SQLITE = $(if $(SQLITE_LIBS),$(wildcard examples/*/*_no_sqlite.c),\
	$(shell grep -lE '(sqlite3|_ukd)[a-z_]*\.h' -r --include='*.[c]' \
	platform examples tests 2>/dev/null))
sources = $(filter-out $(NEED_SQLITE),$(sort $(wildcard $(1))))

# Where the processor has vectors, their scan takes the portable one's place.
SIMD = $(shell $(CC) $(CFLAGS) -dM -E -x c /dev/null 2>/dev/null | \
	grep -cE '__(SSE2|aarch64)__ 1')
CORE_SRC = $(call sources,$(if $(filter 0,$(SIMD)),core/*.c, \
	$(filter-out core/ukey_scan.c,$(wildcard core/*.c)) port/simd/*.c))
PORT_SRC = $(call sources,port/*.c port/$(PORT)/*.c)
# A sandbox where this is Linux; not under sanitizers, which need what it
# forbids.
SANDBOX = $(if $(findstring -fsanitize,$(CFLAGS)),0,$(shell printf \
	'\043include <%s>\n' sys/syscall.h linux/audit.h linux/filter.h \
	linux/seccomp.h | $(CC) $(CFLAGS) -dM -E -x c - 2>/dev/null | \
	grep -cE '__NR_(landlock_create_ruleset|futex|mmap2?) '))
PLATFORM_SRC = $(call sources,platform/milter/*.c \
	$(if $(filter 0 1 2,$(SANDBOX)),platform/posix/*.c, platform/linux/*.c \
	$(filter-out platform/posix/ukey_sandbox.c,$(wildcard platform/posix/*.c))))
USERKEYS_SRC = $(call sources,examples/userkeys/*.c)
# The milter needs the database.
MILTER_SRC = $(if $(SQLITE_LIBS),$(call sources,examples/milter/*.c))
SUPPORT_SRC = $(call sources,tests/support/*.c)

# Tests: tests/GROUP/test_*.c is a cmocka program of its own; a script is
# tests/GROUP/test_*.sh or .py; run by `make GROUP`.
objects = $(patsubst %.c,$(B)/%.o,$(1))
programs = $(patsubst %.c,$(B)/%,$(call sources,tests/$(1)/test_*.c))
scripts = $(if $(CROSS),,$(sort $(wildcard tests/$(1)/test_*.sh \
	tests/$(1)/test_*.py)))
GROUPS = unit vectors house interop resolver cli milter faults field mail sendmail
TEST_BIN = $(foreach g,$(GROUPS),$(call programs,$(g)))
run = sh tests/run.sh $(1) $(call programs,$(1)) $(call scripts,$(1))

PROGRAMS = $(if $(filter %/main.c,$(USERKEYS_SRC)),$(B)/userkeys) \
	$(if $(MILTER_SRC),$(B)/userkeys-milter)
LIBS = $(B)/libukey_platform.a $(B)/libukey_port.a $(B)/libukey_core.a
# core asks the port for its four functions, hence the group.
LINK = -Wl,--start-group $(LIBS) -Wl,--end-group $(MBEDTLS_LIBS) \
	$(SQLITE_LIBS)

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:

# ---- for users ------------------------------------------------------------

all: $(LIBS) $(PROGRAMS) ## build the libraries and the programs

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / \
	    { printf "  make %-16s%s\n", $$1, $$2 }' $(filter-out %.d,$(MAKEFILE_LIST))

demo: ## fresh machine: set up, build, sign, verify, tamper, explained
	@sh tests/setup.sh demo
	@$(MAKE) --no-print-directory -s all
	@sh examples/demo.sh
	@sh examples/demo-mail.sh --if-there

demo-mail: ## the same between two real mail servers, on loopback
	@sh tests/setup.sh mail
	@$(MAKE) --no-print-directory -s all
	@sh examples/demo-mail.sh

test: ## fresh machine: set up, then unit, vectors, interop, mail, replay
	@sh tests/setup.sh test mail
	@$(MAKE) --no-print-directory -s check mail

install: all $(B)/libuserkeys.a $(B)/userkeys.pc ## to PREFIX, under DESTDIR
	install -d $(DEST)/bin $(DEST)/include/userkeys \
	    $(DESTDIR)$(LIBDIR)/pkgconfig
	install -m 644 $(HEADERS) $(DEST)/include/userkeys
	install -m 644 $(B)/libuserkeys.a $(DESTDIR)$(LIBDIR)
	install -m 644 $(B)/userkeys.pc $(DESTDIR)$(LIBDIR)/pkgconfig
	$(if $(strip $(PROGRAMS)),install -m 755 $(PROGRAMS) $(DEST)/bin)
	$(if $(strip $(PROGRAMS)),$(foreach f,setup-postfix.sh:userkeys/setup-postfix.sh \
	    completion.bash:bash-completion/completions/userkeys \
	    completion.zsh:zsh/site-functions/_userkeys,$(call share,$(f));))
	$(if $(MILTER_SRC),$(call service,.service,lib/systemd/system,644))
	$(if $(MILTER_SRC),$(call service,.openrc,share/userkeys,755))
	for page in $(wildcard docs/man/*.[1-8]); do \
	    install -D -m 644 $$page \
	    $(DEST)/share/man/man$${page##*.}/$${page##*/}; done

public: # what `make install` puts into include
	@printf '%s\n' $(notdir $(HEADERS))

uninstall: ## what `make install` put there
	rm -rf $(DEST)/include/userkeys $(DEST)/share/userkeys
	rm -f $(DESTDIR)$(LIBDIR)/libuserkeys.a \
	    $(DESTDIR)$(LIBDIR)/pkgconfig/userkeys.pc \
	    $(DEST)/lib/systemd/system/userkeys-milter.service \
	    $(DEST)/share/bash-completion/completions/userkeys \
	    $(DEST)/share/zsh/site-functions/_userkeys \
	    $(patsubst %,$(DEST)/bin/%,userkeys userkeys-milter)
	for page in $(wildcard docs/man/*.[1-8]); do \
	    rm -f $(DEST)/share/man/man$${page##*.}/$${page##*/}; done

dist: ## userkeys-VERSION.tar.gz of what is committed
	@mkdir -p build
	git archive --format=tar.gz --prefix=userkeys-$(VERSION)/ \
	    -o build/userkeys-$(VERSION).tar.gz HEAD

clean: ## remove everything built
	rm -rf build

# ---- tests ----------------------------------------------------------------

check: unit vectors field house cli milter faults resolver interop replay ## all but real mail servers

unit: unit-built ## build and run the unit tests
	@$(call run,unit)
vectors: vectors-built ## messages with records and verdicts
	@$(call run,vectors)
house: house-built ## documents, demo, install, other builds
	@$(call run,house)
resolver: resolver-built ## our resolver and real name servers
	@$(call run,resolver)
cli: cli-built ## the command, as its users call it
	@$(call run,cli)
milter: milter-built ## the milter, with a small client of our own
	@$(call run,milter)
field: field-built ## bugs of others, each as a test
	@$(call run,field)
faults: faults-built ## the n-th call of the system fails
	@$(call run,faults)
interop: interop-built ## OpenDKIM, dkimpy, Mail::DKIM, both ways
	@$(call run,interop)
mail: mail-built ## a real mail server with our milter
	@$(call run,mail)
sendmail: sendmail-built ## another real mail server
	@sh tests/setup.sh sendmail
	@$(call run,sendmail)
test-mail: ## set up, then real mail servers alone
	@sh tests/setup.sh mail
	@$(MAKE) --no-print-directory -s mail

test-all: ## what `make test` leaves out: hours on a slow machine
	@sh tests/setup.sh test mail sendmail sanitize arch
	@$(MAKE) --no-print-directory -s sendmail asan asan-clang asan-mail msan valgrind arch routers-check linear newcomer

newcomer: ## what a stranger does in a bare Debian, as the pages print it
	@sh tests/setup.sh newcomer
	@sh tests/house/newcomer.sh

lint: ## every rule of the house that a command can check
	@sh tests/setup.sh lint
	@sh tests/lint/all.sh

SAN = CFLAGS='-O1 -g -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all'
asan: ## unit tests, vectors, faults, milter, replay under ASan and UBSan
	@$(MAKE) --no-print-directory -s TARGET=asan $(SAN) unit vectors \
	    field faults milter replay
asan-clang: ## the same with clang
	@$(MAKE) --no-print-directory -s TARGET=asan-clang CC=clang $(SAN) \
	    unit vectors field faults milter replay
asan-mail: ## the command and real mail servers under both, by gcc and clang
	@sh tests/setup.sh test mail sanitize
	@$(MAKE) --no-print-directory -s TARGET=asan $(SAN) cli mail
	@$(MAKE) --no-print-directory -s TARGET=asan-clang CC=clang $(SAN) \
	    cli mail
msan: ## unit tests, vectors, bugs of the field under MemorySanitizer
	@sh tests/setup.sh sanitize source
	@sh tests/msan.sh
valgrind: all ## unit tests and vectors under valgrind
	@$(MAKE) --no-print-directory -s unit vectors \
	    WRAP='valgrind -q --error-exitcode=99 --leak-check=full'
test-mbedtls36: ## unit tests and vectors against Mbed TLS 3.6 from source
	@sh tests/setup.sh test source
	@sh tests/mbedtls36.sh
linear: all ## instruction counts of hostile shapes at n, 2n, 4n
	@sh tests/setup.sh bench
	@sh tests/house/linear.sh
size: ## flash, memory, stack, instructions on Cortex-M3, to docs/SIZE.md
	@$(MAKE) --no-print-directory -s firmware-built
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/size/size.py
size-check: ## whether they grew, and whether that would be seen
	@$(MAKE) --no-print-directory -s firmware-built
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/size/size.py --selftest
	@PYTHONDONTWRITEBYTECODE=1 python3 tests/size/size.py --check
coverage: ## of core: at least 95 % of lines, 90 % of branches
	@sh tests/setup.sh coverage
	@sh tests/house/coverage.sh

# ---- rules ----------------------------------------------------------------

$(B)/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(CC) -std=c99 $(WARN) $(CFLAGS) $(CORE_INC) $(DATE) -MMD -MP -c -o $@ $<
# What no clock may read earlier than: the release's date, or SOURCE_DATE_EPOCH
# where that is later (some builders set one of long ago).
RELEASE_DATE = $(shell sed -n 's/^.define UKEY_RELEASE_DATE \([0-9]*\).*/\1/p' \
	core/ukey_clock.h)
LATER_DATE = $(if $(SOURCE_DATE_EPOCH),$(shell [ '$(SOURCE_DATE_EPOCH)' \
	-le $(RELEASE_DATE) ] || echo '$(SOURCE_DATE_EPOCH)'))
$(B)/core/ukey_clock.o: DATE = $(LATER_DATE:%=-DUKEY_SOURCE_DATE=%)
$(B)/core/ukey_clock.o: $(B)/source-date
$(B)/source-date: FORCE
	@mkdir -p $(@D)
	@echo '$(LATER_DATE)' | cmp -s - $@ || echo '$(LATER_DATE)' >$@
$(B)/port/simd/%.o: port/simd/%.c
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
	$(CC) -std=gnu99 $(WARN) $(CFLAGS) $(PLATFORM_INC) $(CMOCKA_CFLAGS) \
	    -Itests/support $(DEFINES) -MMD -MP -c -o $@ $<

$(B)/libukey_core.a: $(call objects,$(CORE_SRC))
$(B)/libukey_port.a: $(call objects,$(PORT_SRC))
$(B)/libukey_platform.a: $(call objects,$(PLATFORM_SRC))
$(B)/libukey_support.a: $(call objects,$(SUPPORT_SRC))
# For `make install`: one library of all three layers.
$(B)/libuserkeys.a: $(call objects,$(CORE_SRC) $(PORT_SRC) $(PLATFORM_SRC))
$(B)/%.a:
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcs $@ $^

$(B)/userkeys.pc: Makefile core/ukey.h
	@mkdir -p $(@D)
	printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' \
	    'includedir=$${prefix}/include/userkeys' '' 'Name: userkeys' \
	    'Description: signatures of mailboxes, a profile of DKIM' \
	    'Version: $(VERSION)' 'Cflags: -I$${includedir}' \
	    'Libs: -L$${libdir} -luserkeys $(MBEDTLS_LIBS) $(SQLITE_LIBS)' >$@

$(B)/setup-postfix.sh: examples/userkeys/setup-postfix.sh
	@mkdir -p $(@D)
	cp $< $@
$(B)/userkeys: $(call objects,$(USERKEYS_SRC)) $(LIBS) | $(B)/setup-postfix.sh
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LINK)
$(B)/userkeys-milter: $(call objects,$(MILTER_SRC)) $(LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LINK)
# Tests in which memory runs out: the static Mbed TLS, its calls wrapped.
FAULT_BIN = $(B)/tests/unit/test_port_rsa $(B)/tests/unit/test_key
$(FAULT_BIN): WRAPPED = -Wl,--wrap=calloc -Wl,--wrap=free
$(FAULT_BIN): MBEDTLS_LIBS := $(MBEDTLS_LIBS:-l%=-l:lib%.a)
# Tests in which the port fails.
PORT_WRAP = $(foreach f,sha256_start sha256_update sha256_finish rsa_verify, \
	-Wl,--wrap=ukey_port_$(f))
$(foreach t,unit/test_sign unit/test_verify field/test_field,$(B)/tests/$(t)): \
	WRAPPED = $(PORT_WRAP)
# Tests of what is chosen at run time: they make the choice.
$(B)/tests/unit/test_scan: WRAPPED = -Wl,--wrap=ukey_scan_has_avx2
$(B)/tests/unit/test_scan.o: DEFINES = -DVECTORS=$(if $(filter 0,$(SIMD)),0,1)
$(B)/tests/unit/test_port_sha256: WRAPPED = -Wl,--wrap=ukey_sha256_cpu_has
$(B)/tests/interop/test_opendkim: CMOCKA_LIBS += -lopendkim
$(TEST_BIN): %: %.o $(B)/libukey_support.a $(LIBS)
	$(CC) $(CFLAGS) $(LDFLAGS) $(WRAPPED) -o $@ $< $(B)/libukey_support.a $(LINK) \
	    $(CMOCKA_LIBS)

# All that the tests of one group need.
define group
$(1)-built: $(call programs,$(1)) $(if $(call scripts,$(1)),all)
.PHONY: $(1) $(1)-built
endef
$(foreach g,$(GROUPS),$(eval $(call group,$(g))))

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# Parts that bring rules of their own.
-include fuzz/fuzz.mk
-include examples/firmware/firmware.mk
-include tests/faults/faults.mk
-include tests/bench/bench.mk
-include tests/bench/milter/milter.mk
-include tests/arch/arch.mk
-include tests/proof/proof.mk

.PHONY: FORCE all help demo demo-mail test install uninstall public dist \
	clean check test-mail \
	test-all newcomer lint asan asan-clang asan-mail msan valgrind coverage linear size size-check test-mbedtls36 replay
