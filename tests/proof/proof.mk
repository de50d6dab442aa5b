# Proofs by CBMC; included by the Makefile.  SPDX-License-Identifier: MIT
.PHONY: proof proof-seeded proof-tools

proof-tools:
	@sh tests/setup.sh source
	@sh tests/proof/cbmc.sh build/cbmc
proof: proof-tools ## memory safety and termination by CBMC, to docs/PROOF.md
	@python3 tests/proof/proof.py $(PROOFS)
proof-seeded: proof-tools ## planted mistakes, which the proofs must find
	@python3 tests/proof/proof.py --seeded
