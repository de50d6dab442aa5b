# Tests in which the system fails; included by the Makefile.
# SPDX-License-Identifier: MIT

FAULTS_OBJ = $(patsubst %,$(B)/tests/faults/%.o,faults faults_net faults_file)
FAULTS_BIN = $(call programs,faults)

$(FAULTS_BIN): $(FAULTS_OBJ)
$(FAULTS_BIN): WRAPPED = $(FAULTS_OBJ)

# The same for programs that are tested as they are.
$(B)/tests/faults/faults.so: $(wildcard tests/faults/faults*.[ch])
	@mkdir -p $(@D)
	$(CC) -std=gnu99 $(WARN) -O2 -g -fPIC -shared -o $@ $(filter %.c,$^)
faults-built: $(B)/tests/faults/faults.so
