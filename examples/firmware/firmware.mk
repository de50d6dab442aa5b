# Firmware; included by the Makefile.  SPDX-License-Identifier: MIT
#
# FW/NAME-CPU.elf: an image of examples/firmware/main_NAME.c for a Cortex-M.
# Objects of one set of limits, port and processor lie in a folder of their
# own, named by the three.

FW = build/firmware
FW_MK = examples/firmware/firmware.mk
FW_TOOLS = arm-none-eabi-
FW_CFLAGS = -std=c99 -mthumb -Os -g -ffunction-sections -fdata-sections \
	-fcallgraph-info=su
FW_LDFLAGS = -mthumb --specs=nano.specs -nostartfiles -Wl,--gc-sections \
	-Wl,--fatal-warnings -Lplatform/baremetal
FW_INC = -Icore -Iport -Iplatform/baremetal -Iexamples/firmware \
	-Iport/mbedtls_core -Iport/mbedtls
# The boards' clocks read what the messages of the tests want, years ago; an
# image for people names the date of its build here, or nothing.
FW_DATE = -DUKEY_SOURCE_DATE=1

# What an image is made of: limits, port, board.
FW_SMALL = -DUKEY_SIGNATURES_MAX=1 -DUKEY_BODY_CANONS=1 \
	-DUKEY_RSA_BITS_MAX=2048 -DUKEY_HEADER_MAX=4096 -DUKEY_FIELDS_MAX=64 \
	-DUKEY_TXT_MAX=1024
FW_LARGE = -DVERIFY_PACKET=16384
FW_CPUS = m3 m4
FW_IMAGES = verify_8k-m3 verify_low-m3 $(foreach p,verify sign relay fault, \
	$(FW_CPUS:%=$(p)-%))

# The sources of each image, of its port, and of Mbed TLS for that.
FW_MBEDTLS_core = sha256 bignum_core constant_time platform_util
FW_MBEDTLS_full = $(FW_MBEDTLS_core) asn1parse bignum md oid platform rsa \
	rsa_alt_helpers
FW_PORT_core = $(wildcard port/mbedtls_core/*.c)
FW_PORT_full = $(patsubst %,port/mbedtls/ukey_%.c,drbg_direct key key_der \
	port_rsa port_sha256)
fw_source = $(patsubst %,examples/firmware/%.c,$(1))
FW_ALL = $(wildcard core/*.c) port/ukey_pkcs1.c \
	platform/baremetal/ukey_start.c $(call fw_source,semihost)
FW_KEYS = $(FW)/keys.c $(call fw_source,key_slot) \
	$(patsubst %,platform/baremetal/ukey_%.c,arena flash)
FW_verify = $(FW_ALL) $(call fw_source,main_verify board_semihost report \
	verify)
FW_sign = $(FW_ALL) $(FW_KEYS) $(call fw_source,main_sign sign \
	board_semihost report verify)
FW_relay = $(FW_ALL) $(FW_KEYS) $(call fw_source,main_relay relay \
	relay_settings frame board_serial)
FW_fault = $(FW_ALL) $(FW_KEYS) $(call fw_source,board_semihost report) \
	tests/firmware/main_fault.c

# The flash UKD, with keys of this build's own.
$(FW)/keys.c: tests/firmware/keys.sh
	@mkdir -p $(@D)
	@$(MAKE) --no-print-directory -s $(B)/userkeys
	sh tests/firmware/keys.sh $(B)/userkeys $@

# FW_MBEDTLS, the folder of Mbed TLS's source, comes from the outer make.
firmware: ## the Cortex-M images, in build/firmware
	@sh tests/setup.sh firmware
	@$(MAKE) --no-print-directory -s firmware-images \
	    FW_MBEDTLS="$$(sh tests/mbedtls36.sh source)"
firmware-images: $(FW_IMAGES:%=$(FW)/%.elf)
firmware-built:
	@sh tests/setup.sh firmware
	@$(MAKE) --no-print-directory -s firmware-images firmware-host \
	    FW_MBEDTLS="$$(sh tests/mbedtls36.sh source)"
firmware-test: firmware-built ## run them in QEMU, compare with the host
	@sh tests/firmware/run.sh $(FW)
firmware-host: $(patsubst %,$(FW)/%,host-verify host-sign host-relay \
	test_port_rsa test_port_sha256)

FW_CC = $(FW_TOOLS)gcc $(FW_CFLAGS)
FW_CC_MBEDTLS = -isystem $(FW_MBEDTLS)/include -isystem $(FW_MBEDTLS)/library \
	-Iplatform/baremetal
# fw_objects FOLDER,CPU,LIMITS: rules for objects that know no port; FOLDER's
# name and the port's make the folders of those that do, fw_port adds them.
define fw_objects
$(FW)/$(1)/%.o: %.c $$(FW_MK)
	@mkdir -p $$(@D)
	$$(FW_CC) -mcpu=$(2) $$(WARN) $$(FW_INC) $$(FW_DATE) $(3) -MMD -MP -c -o $$@ $$<
$(call fw_port,$(1),$(2),core,mbedtls_core,ukey_mbedtls_verify.h,$(3))
$(call fw_port,$(1),$(2),full,mbedtls,ukey_mbedtls_sign.h,$(3))
endef
# fw_port FOLDER,CPU,NAME,PORT,CONFIG,LIMITS
define fw_port
$(FW)/$(1)-$(3)/mbedtls/%.o: $$(FW_MBEDTLS)/library/%.c $$(FW_MK)
	@mkdir -p $$(@D)
	$$(FW_CC) -mcpu=$(2) $$(FW_CC_MBEDTLS) \
	    -DMBEDTLS_CONFIG_FILE='"$(5)"' -c -o $$@ $$<
$(FW)/$(1)-$(3)/%.o: %.c $$(FW_MK)
	@mkdir -p $$(@D)
	$$(FW_CC) -mcpu=$(2) $$(WARN) $$(FW_INC) -Iport/$(4) \
	    $$(FW_CC_MBEDTLS) -DMBEDTLS_CONFIG_FILE='"$(5)"' $(6) -MMD -MP \
	    -c -o $$@ $$<
endef
# fw_image IMAGE,FOLDER,CPU,SCRIPT,PROGRAM,PORT: one image.
define fw_image
$(FW)/$(1).elf: $(patsubst %.c,$(FW)/$(2)/%.o,$(FW_$(5))) \
    $(patsubst %.c,$(FW)/$(2)-$(6)/%.o,$(FW_PORT_$(6))) \
    $(FW_MBEDTLS_$(6):%=$(FW)/$(2)-$(6)/mbedtls/%.o) \
    platform/baremetal/ukey_sections.ld examples/firmware/$(4).ld
	$(FW_TOOLS)gcc -mcpu=$(3) $$(FW_LDFLAGS) -Texamples/firmware/$(4).ld \
	    $$(FW_LINK) -Wl,-Map=$$@.map -o $$@ $$(filter %.o,$$^)
endef
define fw_cpu
$(call fw_objects,$(1),cortex-$(1),$(FW_LARGE))
$(call fw_image,verify-$(1),$(1),cortex-$(1),mps2,verify,core)
$(call fw_image,sign-$(1),$(1),cortex-$(1),mps2,sign,full)
$(call fw_image,relay-$(1),$(1),cortex-$(1),mps2,relay,full)
$(call fw_image,fault-$(1),$(1),cortex-$(1),mps2,fault,full)
endef
$(foreach cpu,$(FW_CPUS),$(eval $(call fw_cpu,$(cpu))))
# The verifier in 8 kB, where it needs less stack than signing does; and on a
# stack that is too small, which must show.
$(eval $(call fw_objects,m3-8k,cortex-m3,$(FW_SMALL)))
$(eval $(call fw_image,verify_8k-m3,m3-8k,cortex-m3,lm3s811,verify,core))
$(eval $(call fw_image,verify_low-m3,m3,cortex-m3,mps2,verify,core))
$(FW)/verify_8k-m3.elf: FW_LINK = -Wl,--defsym=ukey_ld_stack_size=1792
$(FW)/verify_low-m3.elf: FW_LINK = -Wl,--defsym=ukey_ld_stack_size=768

# The same programs on the host, whose answers the images must give.
FW_HOST_INC = -Iexamples/firmware -Iplatform/baremetal -Iport/mbedtls_core \
	-Itests/support
$(FW)/host/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -std=gnu99 $(WARN) $(CFLAGS) $(PLATFORM_INC) $(FW_HOST_INC) \
	    $(FW_DATE) $(FW_LARGE) -MMD -MP -c -o $@ $<
FW_HOST = $(call fw_source,report verify) tests/firmware/board_host.c \
	core/ukey_clock.c
FW_HOST_verify = $(FW_HOST) $(call fw_source,main_verify) \
	port/mbedtls_core/ukey_selftest.c
FW_HOST_sign = $(FW_HOST) $(call fw_source,main_sign sign key_slot) \
	$(FW)/keys.c
FW_HOST_relay = $(call fw_source,frame relay_settings) $(FW)/keys.c \
	$(wildcard tests/firmware/relay_*.c)
define fw_host
$(FW)/host-$(1): $(patsubst %.c,$(FW)/host/%.o,$(FW_HOST_$(1))) \
    $(B)/libukey_support.a $(LIBS)
	$(CC) $$(CFLAGS) -o $$@ $$(filter %.o,$$^) $(B)/libukey_support.a $(LINK) \
	    $(CMOCKA_LIBS)
endef
$(foreach program,verify sign relay,$(eval $(call fw_host,$(program))))

# port/mbedtls_core on the host: the unit tests of a port, which ask it more
# than any message does.
FW_CORE_CC = $(CC) $(CFLAGS) -ffunction-sections -Icore -Iport \
	-Iplatform/baremetal -Itests/support -isystem $(FW_MBEDTLS)/include \
	-isystem $(FW_MBEDTLS)/library \
	-DMBEDTLS_CONFIG_FILE='"ukey_mbedtls_verify.h"'
$(FW)/host-core/mbedtls/%.o: $(FW_MBEDTLS)/library/%.c
	@mkdir -p $(@D)
	$(FW_CORE_CC) -c -o $@ $<
$(FW)/host-core/%.o: %.c
	@mkdir -p $(@D)
	$(FW_CORE_CC) -std=gnu99 $(WARN) -MMD -MP -c -o $@ $<
$(FW)/test_port_%: $(FW)/host-core/tests/unit/test_port_%.o \
    $(patsubst %.c,$(FW)/host-core/%.o,$(wildcard port/mbedtls_core/*.c) \
    port/ukey_pkcs1.c tests/support/fault.c) \
    $(FW_MBEDTLS_core:%=$(FW)/host-core/mbedtls/%.o)
	$(CC) $(CFLAGS) -Wl,--gc-sections -Wl,--wrap=calloc -Wl,--wrap=free \
	    -o $@ $^ $(CMOCKA_LIBS)

# What of platform/baremetal knows no machine is tested on the host.
FW_UNIT = $(B)/tests/unit/test_arena.o $(B)/tests/unit/test_flash.o
$(FW_UNIT): PLATFORM_INC += -Iplatform/baremetal
$(B)/libukey_support.a: $(patsubst %,$(B)/platform/baremetal/ukey_%.o,\
    arena flash)

-include $(shell find $(FW) -name '*.d' 2>/dev/null)
.PHONY: firmware firmware-built firmware-images firmware-host firmware-test
