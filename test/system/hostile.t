#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# A hostile program: random system calls on everything that it holds, then wild accesses, each of which ends it, while
# the shell keeps answering and everybody's authority stays what it was.
# presets: qemu-virt qemu-virt-debug
# timeout: 400
import os

from machine import Machine, passed

DEBUG = os.environ["FUTURA_PRESET_DIR"].endswith("debug")
CALLS = 10000 if DEBUG else 100000  # ten rounds of each
WILD = 200 if DEBUG else 1000

with Machine() as m:
    m.wait_prompt()
    before = m.run("cat /proc/graph")
    for seed in range(1, 11):
        m.run("/test/attack calls %d %d" % (CALLS, seed), timeout=60, status=None)
        assert m.run("echo alive") == "alive"
    out = m.run("for i in $(seq 1 %d); do /test/attack wild $i; echo ended $?; done | sort | uniq" % WILD, timeout=240, status=None)
    ends = {line for line in out.splitlines() if line.startswith(("ended", "attack"))}
    assert ends and ends <= {"ended 139", "ended 135"}, "wild accesses ended as %s" % out
    assert m.run("cat /etc/motd | wc -l") == "1"
    after = m.run("cat /proc/graph")
    assert before == after, "authority changed:\n%s\n--\n%s" % (before, after)
passed()
