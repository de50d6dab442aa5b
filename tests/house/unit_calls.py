"""Whether the systemd unit FILE allows each call of the milter's sandbox.

SPDX-License-Identifier: MIT
"""
import re
import subprocess
import sys


def members(name):
    """The calls of a set, with those of the sets within it."""
    out = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager",
                          name], capture_output=True, text=True).stdout
    found = set()
    for line in out.splitlines():
        word = line.strip()
        if re.fullmatch(r"@[a-z-]+", word) and word != name:
            found |= members(word)
        elif re.fullmatch(r"[a-z_0-9]+", word):
            found.add(word)
    return found


def main():
    with open(sys.argv[1]) as f:
        words = re.findall(r"(?m)^SystemCallFilter=(.*)$", f.read())
    allowed = set()
    for word in " ".join(words).split():
        allowed |= members(word) if word[0] == "@" else {word}
    used = {"landlock_create_ruleset", "landlock_add_rule",
            "landlock_restrict_self", "prctl", "signalfd4", "clone", "wait4",
            "rt_sigtimedwait", "setuid", "setgid", "setgroups"}
    with open("platform/linux/ukey_sandbox_calls.c") as f:
        used |= set(re.findall(r"__NR_([a-z_0-9]+)", f.read()))
    # Those of other machines are in no set of this one's.
    other = re.compile(r".*(32|64_?|_time64|llseek)$|send$|recv$|socketcall")
    lack = sorted(c for c in used - allowed if not other.match(c))
    if lack:
        sys.exit("not allowed: " + " ".join(lack))


main()
