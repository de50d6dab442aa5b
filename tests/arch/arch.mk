# Other machines; included by the Makefile.  SPDX-License-Identifier: MIT
.PHONY: mips arch routers routers-check

mips: ## unit tests and vectors on a big-endian machine (qemu)
	@sh tests/setup.sh mips
	@sh tests/arch/run.sh mips
arch: ## the same on every architecture at hand
	@sh tests/setup.sh arch
	@sh tests/arch/run.sh mips mipsel armhf aarch64 riscv64
routers: ## static commands for routers, tried and measured: docs/ROUTERS.md
	@sh tests/setup.sh arch
	@sh tests/arch/routers.sh
routers-check: ## whether docs/ROUTERS.md is still true
	@sh tests/setup.sh arch
	@sh tests/arch/routers.sh --check
