# Firmware; included by the Makefile.  SPDX-License-Identifier: MIT
#
# FW/NAME-CPU.elf: an image of examples/firmware/main_NAME.c for a Cortex-M.
# Objects of one set of limits, port and processor lie in a folder of their
# own, named by the three.

FW = build/firmware
FW_TOOLS = arm-none-eabi-
FW_CFLAGS = -std=c99 -mthumb -Os -g -ffunction-sections -fdata-sections \
	-fcallgraph-info=su
FW_LDFLAGS = -mthumb --specs=nano.specs -nostartfiles -Wl,--gc-sections \
	-Wl,--fatal-warnings -Lplatform/baremetal
FW_INC = -Icore -Iport -Iplatform/baremetal -Iexamples/firmware

# What an image is made of: limits, port, board.
FW_SMALL = -DUKEY_SIGNATURES_MAX=1 -DUKEY_BODY_CANONS=1 \
	-DUKEY_RSA_BITS_MAX=2048 -DUKEY_HEADER_MAX=4096 -DUKEY_FIELDS_MAX=64
FW_LARGE = -DVERIFY_PACKET=16384
FW_IMAGES = verify_8k-m3 verify-m3 verify-m4

# The sources of Mbed TLS that each port needs.
FW_MBEDTLS_core = sha256 bignum_core constant_time platform_util
FW_BOARD = examples/firmware/board_semihost.c examples/firmware/semihost.c
FW_VERIFY = $(wildcard core/*.c port/mbedtls_core/*.c) port/ukey_pkcs1.c \
	platform/baremetal/ukey_start.c $(FW_BOARD) \
	examples/firmware/main_verify.c examples/firmware/verify.c \
	examples/firmware/report.c

# FW_MBEDTLS, the folder of Mbed TLS's source, comes from the outer make.
firmware: ## the Cortex-M images, in build/firmware
	@sh tests/setup.sh firmware
	@$(MAKE) --no-print-directory -s firmware-images \
	    FW_MBEDTLS="$$(sh tests/mbedtls36.sh source)"
firmware-images: $(FW_IMAGES:%=$(FW)/%.elf)
firmware-test: ## run them in QEMU, compare with the host
	@sh tests/setup.sh firmware
	@$(MAKE) --no-print-directory -s firmware-images firmware-host \
	    FW_MBEDTLS="$$(sh tests/mbedtls36.sh source)"
	@sh tests/firmware/run.sh $(FW)
firmware-host: $(FW)/host-verify $(FW)/test_port_rsa $(FW)/test_port_sha256

# fw_objects FOLDER,CPU,PORT,CONFIG,DEFINES: rules for the objects of one kind.
define fw_objects
$(FW)/$(1)/mbedtls/%.o: $$(FW_MBEDTLS)/library/%.c
	@mkdir -p $$(@D)
	$(FW_TOOLS)gcc -mcpu=$(2) $$(FW_CFLAGS) -Iplatform/baremetal \
	    -I$$(FW_MBEDTLS)/include -DMBEDTLS_CONFIG_FILE='"$(4)"' -c -o $$@ $$<
$(FW)/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$(FW_TOOLS)gcc -mcpu=$(2) $$(WARN) $$(FW_CFLAGS) $$(FW_INC) \
	    -Iport/$(3) -isystem $$(FW_MBEDTLS)/include \
	    -isystem $$(FW_MBEDTLS)/library -DMBEDTLS_CONFIG_FILE='"$(4)"' \
	    $(5) -MMD -MP -c -o $$@ $$<
endef
# fw_image IMAGE,FOLDER,CPU,SCRIPT,SOURCES,MBEDTLS: one image.
define fw_image
$(FW)/$(1).elf: $(patsubst %.c,$(FW)/$(2)/%.o,$(5)) \
    $(6:%=$(FW)/$(2)/mbedtls/%.o) platform/baremetal/ukey_sections.ld \
    examples/firmware/$(4).ld
	$(FW_TOOLS)gcc -mcpu=$(3) $$(FW_LDFLAGS) -Texamples/firmware/$(4).ld \
	    -Wl,-Map=$$@.map -o $$@ $$(filter %.o,$$^)
endef
$(eval $(call fw_objects,core-8k-m3,cortex-m3,mbedtls_core,ukey_mbedtls_verify.h,$(FW_SMALL)))
$(eval $(call fw_image,verify_8k-m3,core-8k-m3,cortex-m3,lm3s811,$(FW_VERIFY),$(FW_MBEDTLS_core)))
define fw_cpu
$(call fw_objects,core-$(1),cortex-$(1),mbedtls_core,ukey_mbedtls_verify.h,$(FW_LARGE))
$(call fw_image,verify-$(1),core-$(1),cortex-$(1),mps2,$(FW_VERIFY),$(FW_MBEDTLS_core))
endef
$(foreach cpu,m3 m4,$(eval $(call fw_cpu,$(cpu))))

# The same programs on the host, whose answers the images must give.
FW_HOST_INC = -Iexamples/firmware -Iplatform/baremetal -Iport/mbedtls_core \
	-Itests/support
FW_HOST = examples/firmware/report.c examples/firmware/verify.c \
	tests/firmware/board_host.c
$(FW)/host/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -std=gnu99 $(WARN) $(CFLAGS) $(PLATFORM_INC) $(FW_HOST_INC) \
	    $(FW_LARGE) -MMD -MP -c -o $@ $<
$(FW)/host-verify: $(patsubst %.c,$(FW)/host/%.o,$(FW_HOST) \
    examples/firmware/main_verify.c port/mbedtls_core/ukey_selftest.c) \
    $(B)/libukey_support.a $(LIBS)
	$(CC) $(CFLAGS) -o $@ $(filter %.o,$^) $(B)/libukey_support.a $(LINK) \
	    $(CMOCKA_LIBS)

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
.PHONY: firmware firmware-images firmware-host firmware-test
