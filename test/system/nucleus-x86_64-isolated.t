#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The nucleus suite where users' roots lack the nucleus, as on a processor that is open to Meltdown; and what a user's root
# still has of it, seen while a system call begins.
# boards: qemu-x86_64
# builds: debug
# timeout: 240
# needs: suite.cpio
import os
import re
import tempfile

import debugger
import suite
from machine import Machine, case

UPPER = 0x800000000000  # the nucleus lies above
SHARED_MAX = 64 * 1024


def nucleus_part(append, cpu="max", told="1g"):
    """Bytes of the nucleus in the root that a user's system call finds. `told`: how the line of the processor ends."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gdb")
        with Machine(machine="q35", cpu=cpu, memory=64, append=append, image="suite",
                     extra=debugger.options(path)) as m:
            m.expect(r"^futura: x86-64: .*%s$" % told, 60)
            text = debugger.stopped_at(m, path, "entry_syscall").monitor("info mem")
    ranges = re.findall(r"^([0-9a-f]{16})-[0-9a-f]{16} ([0-9a-f]{16}) (\S)r", text, re.MULTILINE)
    assert any(who == "u" for _, _, who in ranges), "no memory of the user's:\n" + text
    return sum(int(size, 16) for start, size, who in ranges if who != "u" and int(start, 16) >= UPPER)


whole = nucleus_part("isolated")  # another word than the option
for name, part in (("for the option", nucleus_part("isolate", told="; the nucleus isolated")),
                   ("for the processor", nucleus_part("", cpu="max,vendor=GenuineIntel",
                                                      told="; open to meltdown; the nucleus isolated"))):
    assert 0 < part <= SHARED_MAX < whole, "a user's root has %d bytes of the nucleus, of %d" % (part, whole)
    case("what a user's root has of the nucleus, isolated " + name)
suite.run_x86_64(machine="q35", cpu="max", memory=64, append="isolate")
