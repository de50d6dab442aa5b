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
	-DUKEY_RSA_BITS_MAX=2048 -DUKEY_HEADER_MAX=4096 -DUKEY_FIELDS_MAX=64 \
	-DUKEY_TXT_MAX=1024
FW_LARGE = -DVERIFY_PACKET=16384
FW_CPUS = m3 m4
FW_IMAGES = verify_8k-m3 verify_low-m3 $(foreach p,verify sign fault, \
	$(FW_CPUS:%=$(p)-%))

# The sources of each image, and of Mbed TLS, by the port.
FW_MBEDTLS_core = sha256 bignum_core constant_time platform_util
FW_MBEDTLS_full = $(FW_MBEDTLS_core) asn1parse bignum md oid platform rsa \
	rsa_alt_helpers
fw_source = $(patsubst %,examples/firmware/%.c,$(1))
FW_BOTH = $(wildcard core/*.c) port/ukey_pkcs1.c \
	platform/baremetal/ukey_start.c \
	$(call fw_source,board_semihost semihost report verify)
FW_CORE = $(FW_BOTH) $(wildcard port/mbedtls_core/*.c)
FW_FULL = $(FW_BOTH) $(FW)/keys.c $(call fw_source,sign) \
	$(patsubst %,port/mbedtls/ukey_%.c,drbg_direct key key_der port_rsa \
	port_sha256) $(patsubst %,platform/baremetal/ukey_%.c,arena flash)

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
firmware-test: ## run them in QEMU, compare with the host
	@sh tests/setup.sh firmware
	@$(MAKE) --no-print-directory -s firmware-images firmware-host \
	    FW_MBEDTLS="$$(sh tests/mbedtls36.sh source)"
	@sh tests/firmware/run.sh $(FW)
firmware-host: $(FW)/host-verify $(FW)/host-sign $(FW)/test_port_rsa $(FW)/test_port_sha256

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
	    $$(FW_LINK) -Wl,-Map=$$@.map -o $$@ $$(filter %.o,$$^)
endef
define fw_cpu
$(call fw_objects,core-$(1),cortex-$(1),mbedtls_core,ukey_mbedtls_verify.h,$(FW_LARGE))
$(call fw_objects,full-$(1),cortex-$(1),mbedtls,ukey_mbedtls_sign.h,$(FW_LARGE))
$(call fw_image,verify-$(1),core-$(1),cortex-$(1),mps2,$(FW_CORE) \
    $(call fw_source,main_verify),$(FW_MBEDTLS_core))
$(call fw_image,sign-$(1),full-$(1),cortex-$(1),mps2,$(FW_FULL) \
    $(call fw_source,main_sign),$(FW_MBEDTLS_full))
$(call fw_image,fault-$(1),full-$(1),cortex-$(1),mps2,$(FW_FULL) \
    tests/firmware/main_fault.c,$(FW_MBEDTLS_full))
endef
$(foreach cpu,$(FW_CPUS),$(eval $(call fw_cpu,$(cpu))))
# The verifier in 8 kB; and on a stack that is too small, which must show.
$(eval $(call fw_objects,core-8k-m3,cortex-m3,mbedtls_core,ukey_mbedtls_verify.h,$(FW_SMALL)))
$(eval $(call fw_image,verify_8k-m3,core-8k-m3,cortex-m3,lm3s811,$(FW_CORE) \
    $(call fw_source,main_verify),$(FW_MBEDTLS_core)))
$(eval $(call fw_image,verify_low-m3,core-m3,cortex-m3,mps2,$(FW_CORE) \
    $(call fw_source,main_verify),$(FW_MBEDTLS_core)))
# Verifying needs less stack than signing.
$(FW)/verify_8k-m3.elf: FW_LINK = -Wl,--defsym=ukey_ld_stack_size=1792
$(FW)/verify_low-m3.elf: FW_LINK = -Wl,--defsym=ukey_ld_stack_size=768

# The same programs on the host, whose answers the images must give.
FW_HOST_INC = -Iexamples/firmware -Iplatform/baremetal -Iport/mbedtls_core \
	-Itests/support
$(FW)/host/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -std=gnu99 $(WARN) $(CFLAGS) $(PLATFORM_INC) $(FW_HOST_INC) \
	    $(FW_LARGE) -MMD -MP -c -o $@ $<
FW_HOST = $(call fw_source,report verify) tests/firmware/board_host.c
FW_HOST_verify = $(call fw_source,main_verify) \
	port/mbedtls_core/ukey_selftest.c
FW_HOST_sign = $(call fw_source,main_sign sign) $(FW)/keys.c
define fw_host
$(FW)/host-$(1): $(patsubst %.c,$(FW)/host/%.o,$(FW_HOST) $(FW_HOST_$(1))) \
    $(B)/libukey_support.a $(LIBS)
	$(CC) $$(CFLAGS) -o $$@ $$(filter %.o,$$^) $(B)/libukey_support.a $(LINK) \
	    $(CMOCKA_LIBS)
endef
$(foreach program,verify sign,$(eval $(call fw_host,$(program))))

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
