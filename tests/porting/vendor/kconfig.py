"""A Kconfig file with settings, read as Zephyr's build reads them.

SPDX-License-Identifier: MIT

kconfig.py KCONFIG PRJ-CONF OUTPUT: as in Zephyr, a setting that does not get
the value that was asked for is an error.
"""
import os
import sys
import tempfile

import kconfiglib

TOP = """mainmenu "test"
config MBEDTLS
	bool "Mbed TLS"
source "%s"
"""


def main(kconfig, settings, output):
    with tempfile.TemporaryDirectory() as folder:
        top = os.path.join(folder, "Kconfig")
        with open(top, "w", encoding="utf-8") as f:
            f.write(TOP % os.path.abspath(kconfig))
        tree = kconfiglib.Kconfig(top)
    tree.warn_assign_undef = True
    tree.load_config(settings)
    bad = list(tree.warnings)
    for symbol in tree.unique_defined_syms:
        if symbol.user_value is None:
            continue
        wanted = symbol.user_value
        if symbol.type == kconfiglib.BOOL:
            wanted = kconfiglib.TRI_TO_STR[wanted]
        if wanted != symbol.str_value:
            bad.append("%s: %s was asked for, it is %s" %
                       (symbol.name, wanted, symbol.str_value))
    for text in bad:
        print(text)
    tree.write_config(output)
    return bool(bad)


sys.exit(main(*sys.argv[1:]))
