#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# What goes through pipes arrives, at every size around the pipe's own, and pipelines end.
# presets: qemu-virt qemu-virt-debug
# timeout: 300
from machine import Machine, case, passed

# Below, at and above what a write never splits, what a pipe holds and what a call carries.
SIZES = (1024, 4096, 16384, 60000, 65536, 65537, 2000000)


def carry(m, size):
    """A file through cat into each kind of reader."""
    m.run("yes futura | head -c %d > /a" % size)
    for command, wanted in (
            ("cat /a | wc -c", str(size)),
            ("cat /a | cat | cat > /b; cmp /a /b && echo same", "same"),
            ("cat /a | grep -F -c nothing", "0"),
            ("cat /a | head -c 10 | wc -c", "10")):
        got = m.run(command, timeout=60, status=None)
        assert got == wanted, "%d: %r gave %r, wanted %r" % (size, command, got, wanted)
    case("%d bytes" % size)


def main():
    with Machine() as m:
        m.wait_prompt()
        for size in SIZES:
            carry(m, size)
        m.run("seq 1 20000 > /n")
        assert m.run("echo $(cat /n | wc -l)") == "20000"
        assert m.run("cat /n | sort -n | uniq | wc -l", timeout=60) == "20000"
        assert m.run("for i in 1 2 3; do cat /n; done | tail -n 1") == "20000"
        case("lines")
    passed()


main()
