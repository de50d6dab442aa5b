# Mbed TLS's crypto half and cmocka for another machine.
# SPDX-License-Identifier: MIT
FLAGS = -O2
OBJ = $(patsubst $(MBEDTLS)/library/%.c,$(OUT)/%.o,\
	$(wildcard $(MBEDTLS)/library/*.c))
all: $(OUT)/libmbedcrypto.a $(OUT)/libcmocka.a
$(OUT)/%.o: $(MBEDTLS)/library/%.c
	$(CC) $(FLAGS) -w -I$(MBEDTLS)/include -I$(MBEDTLS)/library -c -o $@ $<
$(OUT)/libmbedcrypto.a: $(OBJ)
	$(AR) rcs $@ $^
HAVE = SETJMP_H SIGNAL_H UNISTD_H INTTYPES_H STDINT_H STDLIB_H STRING_H \
	STRINGS_H TIME_H MALLOC_H CLOCK_GETTIME STRUCT_TIMESPEC SNPRINTF \
	VSNPRINTF STRSIGNAL
$(OUT)/cmocka.o: $(CMOCKA)/src/cmocka.c
	$(CC) -O2 -w $(HAVE:%=-DHAVE_%=1) -I$(CMOCKA)/include -c -o $@ $<
$(OUT)/libcmocka.a: $(OUT)/cmocka.o
	$(AR) rcs $@ $^
