#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Commands on files of a mebibyte take a fraction of a second, also in frames that held code before.
# timeout: 240
from machine import Machine, case, passed

LIMIT = 3.0  # seconds of QEMU's processor time: five times what the slowest needs, a tenth of what
             # a stack costs whose every write QEMU checks

CASES = [
    ("grep -c 77 /n", "5490"),
    ("grep -c '^7.*1$' /n", "1111"),
    ("grep -i -c A7 /n", "0"),
    ("grep -E -c '(12|34)+5' /n", "2072"),
    ("grep -F 123456 /n", "123456"),
    ("grep -x 99999 /n", "99999"),
    ("sort /n | tail -n 1", "99999"),
    ("sort -r /n | tail -n 1", "1"),
    ("sort -n /n | tail -n 1", "166479"),
    ("wc -l /n", "166479 /n"),
    ("head -n 150000 /n | tail -n 1", "150000"),
    ("cat /n | wc -c", "1054248"),
    ("cp /n /m; cmp /n /m && echo same", "same"),
    ("uniq /n | wc -l", "166479"),
    ("cut -c 1 /n | wc -l", "166479"),
    ("tr 1 2 < /n | wc -c", "1054248"),
    ("hexdump /n | tail -n 1", "0101628"),
    ("grep -F xx /z", ""),
    ("sort /z | wc -c", "1048577"),
]


def fast(m, command, wanted):
    before = m.processor_seconds()
    got = m.run(command, timeout=60, status=None)
    used = m.processor_seconds() - before
    assert got == wanted, "%r gave %r, wanted %r" % (command, got[-200:], wanted)
    assert used < LIMIT, "%r took %.2f s" % (command, used)


def main():
    with Machine() as m:
        m.wait_prompt()
        m.run("seq 1 166479 > /n; head -c 1048576 /dev/zero | tr '\\000' a > /z")
        for command, wanted in CASES:
            fast(m, command, wanted)
            case(command.split("|")[0])
        digest = m.run("sha256sum /n", timeout=60)
        for _ in range(5):
            fast(m, "sha256sum /n", digest)
            fast(m, "grep -c 77 /n", "5490")
            fast(m, "hexdump /n | wc -l", "65892")
        case("frames that held code")
    passed()


main()
