#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# A hostile program: random system calls on everything that it holds, then wild accesses, each of which ends it, while
# the shell keeps answering, everybody's authority stays what it was, and the memory comes back.
# builds: release debug
# timeout: 600
# needs: test.cpio
import os
import re

import board
from machine import Machine, case, passed, record

DEBUG = os.environ["FUTURA_PRESET_DIR"].endswith("debug")
ROUNDS = 10
CALLS = 10000 if DEBUG else 100000  # a round: 10^5 and 10^6 in all
WILD = 100  # a round: 10^3 in all
KIND = "_debug" if DEBUG else ""
SLACK = 512 << 10  # bytes that servers may keep for themselves after the first round


def free(m):
    return int(re.search(r"free\t(\d+)", m.run("cat /proc/memory")).group(1))


calls = wild = 0
with Machine(image="test") as m:
    m.wait_prompt()
    m.run("cat /etc/motd; /test/attack wild 1; /test/attack calls 100 1", status=None)
    report = m.run("log attack")
    assert re.search(r" error +attack +attack: .* pc 0x[0-9a-f]{16}, sp 0x", report), report
    assert re.search(r" error +attack +" + board.current().crash_registers, report), report
    case("a program's end is reported with its registers")
    before, memory = m.run("cat /proc/graph"), free(m)
    for seed in range(1, ROUNDS + 1):
        out = m.run("/test/attack calls %d %d; echo ended $?" % (CALLS, seed), timeout=60)
        made = re.search(r"attack: (\d+) calls", out)
        assert made and int(made.group(1)) == CALLS, "it ended before its time:\n" + out
        calls += int(made.group(1))
        assert re.search(r"^ended 1(39|35)$", out, re.M), out
        assert m.run("echo alive") == "alive"
    case("random calls")
    for first in range(1, ROUNDS * WILD, WILD):
        out = m.run("for i in $(seq %d %d); do /test/attack wild $i; echo ended $?; done | sort | uniq -c" %
                    (first, first + WILD - 1), timeout=60)
        ends = re.findall(r"^ *(\d+) ended (\d+)$", out, re.M)
        assert "attack: the access" not in out, out
        ended = sum(int(count) for count, status in ends if status in ("139", "135"))
        assert ended == WILD, out
        wild += ended
        assert m.run("echo alive") == "alive"
    case("wild accesses")
    assert m.run("cat /etc/motd | wc -l") == "1"
    after = m.run("cat /proc/graph")
    assert before == after, "authority changed:\n%s\n--\n%s" % (before, after)
    case("authority")
    assert free(m) >= memory - SLACK, "%d bytes did not come back" % (memory - free(m))
    case("memory")
record("hostile.syscalls" + KIND, calls)
record("hostile.wild" + KIND, wild)
passed()
