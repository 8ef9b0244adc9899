#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Stacks of their own: a debugger takes the nucleus' stack away, and the double fault still says so; a non-maskable interrupt
# comes while a user's stack is loaded, and nothing is seen of it.
# boards: qemu-x86_64
# builds: debug
# timeout: 120
# needs: suite.cpio
import os
import tempfile

import debugger
from machine import Machine, case, passed

NOWHERE = 0xffff900000000000  # canonical, and in no table of the nucleus
RSP = 7                       # its number in the debugger's protocol


def machine(path):
    return Machine(machine="q35", cpu="max", memory=64, image="suite",
                   extra=debugger.options(path))


def without_stack(path, where):
    with machine(path) as m:
        stub = debugger.stopped_at(m, path, where)
        stub.ask("P%x=%s" % (RSP, NOWHERE.to_bytes(8, "little").hex()), "OK")
        stub.send("c")
        m.expect(r"^futura: panic: exception in the nucleus, vector 0x0*8 error 0x0* pc 0xffffffff8", 60)
        m.wait_end()
    case("the stack vanishes in " + where)


def interrupted(path, where):
    with machine(path) as m:
        stub = debugger.stopped_at(m, path, where)
        stub.monitor("nmi")
        stub.send("c")
        m.expect(r"^ok domain life$", 60)
    case("a non-maskable interrupt in " + where)


with tempfile.TemporaryDirectory() as folder:
    without_stack(os.path.join(folder, "1"), "trap_syscall")
    without_stack(os.path.join(folder, "2"), "trap_resume")
    interrupted(os.path.join(folder, "3"), "entry_syscall")
passed()
