# Twin: today's core beside that of 0.1; included by fuzz/fuzz.mk.
# SPDX-License-Identifier: MIT
#
# Both are linked into one program; the old one's symbols begin with old_.
# There are three programs: with the limits of PROTOCOL 8, with those of the
# small board of examples/firmware, and with few of everything.

TWIN_COMMIT = 01709baf804cfeec9b2724e8186062c5d9530d54
TWIN = $(FUZZ_O)/twin
TWIN_OLD = $(TWIN)/0.1
TWIN_PARTS = twin twin_small twin_few
TWIN_LIMITS_twin =
TWIN_LIMITS_twin_small = $(FW_SMALL)
TWIN_LIMITS_twin_few = -DUKEY_SIGNATURES_MAX=3 -DUKEY_BODY_CANONS=1 \
	-DUKEY_H_NAMES_MAX=8 -DUKEY_TAGS_MAX=10 -DUKEY_TAG_LIST_MAX=600 \
	-DUKEY_TXT_MAX=500 -DUKEY_AUTHRES_MAX=8
# What belongs to neither core is not looked at.
TWIN_OWN = fuzz_twin result records dns rewrite results ending submission \
	claims verifying signing changed
# Counters alone: a call for every comparison would take half of the time, and
# the dictionary knows the words.
TWIN_COUNTERS = -fsanitize-coverage=inline-8bit-counters,pc-table
# The old core only has to be fast: other runs have shown its memory sound.
TWIN_OLD_CFLAGS = -g -O1 $(TWIN_COUNTERS)
TWIN_NEW_CFLAGS = -g -O1 $(TWIN_COUNTERS) -fsanitize=address,undefined \
	-fno-sanitize-recover=all
.PHONY: fuzz-twin fuzz-twin-smoke twin-built

$(TWIN_OLD)/core: fuzz/twin/old.sh
	@mkdir -p $(TWIN)
	@sh fuzz/twin/old.sh $(TWIN_COMMIT) $(TWIN_OLD)

TWIN_SIDES = $(patsubst fuzz/twin/%.c,%,$(wildcard fuzz/twin/side*.c)) port
twin_old = $(TWIN_SIDES:%=$(TWIN)/$(1)/old/%.o) \
	$(patsubst $(TWIN_OLD)/core/%.c,$(TWIN)/$(1)/old/%.o, \
	$(wildcard $(TWIN_OLD)/core/*.c))
twin_new = $(patsubst core/%.c,$(TWIN)/$(1)/new/%.o,$(FUZZ_CORE)) \
	$(patsubst fuzz/twin/%.c,$(TWIN)/$(1)/new/%.o, \
	$(wildcard fuzz/twin/*.c))
twin_cc = @mkdir -p $(@D); $(FUZZ_CC) -std=gnu99 $(TWIN_LIMITS_$(1)) -MMD -MP \
	-Ifuzz/twin

define twin_rules
$(TWIN)/$(1)/old/%.o: $(TWIN_OLD)/core/%.c
	$$(call twin_cc,$(1)) $$(TWIN_OLD_CFLAGS) -c -o $$@ $$<
$(TWIN)/$(1)/old/%.o: fuzz/twin/%.c
	$$(call twin_cc,$(1)) $$(TWIN_OLD_CFLAGS) -I$(TWIN_OLD)/core -DTWIN_OLD \
	    -c -o $$@ $$<
$(TWIN)/$(1)/new/%.o: core/%.c
	$$(call twin_cc,$(1)) $$(TWIN_NEW_CFLAGS) -c -o $$@ $$<
$(TWIN)/$(1)/new/%.o: fuzz/twin/%.c
	$$(call twin_cc,$(1)) $$(TWIN_NEW_CFLAGS) $(WARN) -Icore -c -o $$@ $$<
$(TWIN_OWN:%=$(TWIN)/$(1)/new/%.o): $(TWIN)/$(1)/new/%.o: fuzz/twin/%.c
	$$(call twin_cc,$(1)) -g -O2 $(WARN) -c -o $$@ $$<
$(TWIN)/$(1)/old.a: $(call twin_old,$(1))
	rm -f $$@
	$(AR) rcs $$@ $$^
	nm -g --defined-only $$@ | awk '$$$$3 ~ /^(ukey|side)_/ { print $$$$3, \
	    "old_" $$$$3 }' | sort -u >$$@.names
	objcopy --redefine-syms=$$@.names $$@
$(FUZZ_OUT)/$(1): $(call twin_new,$(1)) $(TWIN)/$(1)/old.a \
    $(filter %.o,$(FUZZ_ENGINE))
	$$(fuzz_link)
endef
$(foreach part,$(TWIN_PARTS),$(eval $(call twin_rules,$(part))))
-include $(shell find $(TWIN) -name '*.d' 2>/dev/null)

twin-built: $(TWIN_PARTS:%=$(FUZZ_OUT)/%) $(FUZZ_SEEDS)
# In two steps: what the old core consists of is known when it is there.
fuzz-twin: ## TIME=10m: today's core beside that of 0.1
	@sh tests/setup.sh fuzz
	@$(MAKE) --no-print-directory -s $(TWIN_OLD)/core
	@$(MAKE) --no-print-directory -s twin-built
	@sh fuzz/run.sh $(TIME) $(TWIN_PARTS)
fuzz-twin-smoke: ## the same, its seeds and half a minute
	@$(MAKE) --no-print-directory -s fuzz-twin TIME=40s
