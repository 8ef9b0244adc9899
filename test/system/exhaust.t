#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Who takes all memory or all room for files hits its own budget: everybody else starts, computes and writes as before,
# and at its end everything comes back.
# presets: qemu-virt qemu-virt-debug
# timeout: 240
import re

from machine import Machine, case, passed

BUDGET = 6 << 20  # of a program that the shell starts
SLACK = 256 << 10  # what servers and the nucleus may keep for good


def free(m):
    return int(re.search(r"free\t(\d+)", m.run("cat /proc/memory")).group(1))


def rows(m, name):
    return [row.split("\t") for row in m.run("cat /proc/tasks").splitlines() if row.split("\t")[2] == name]


def servers(m):
    """State and restarts of each component that the manifest declares."""
    return {row[2]: row[3:4] + row[10:11] for row in map(lambda r: r.split("\t"), m.run("cat /proc/tasks").splitlines()[1:])
            if row[1] == "0"}


def others_work(m):
    assert m.run("echo one two | wc -w") == "2"
    assert m.run("ls /etc | sort | head -n 1") == "group"
    m.run("echo x > /dev/null; cat /etc/motd > /dev/null")


def memory(m, kind):
    m.send("/test/exhaust %s &\n" % kind)
    taken = int(m.expect(r"^exhaust: refused after (\d+) KiB$", 60).group(1)) << 10
    m.run("true")
    assert BUDGET // 2 < taken < BUDGET, "%d bytes" % taken
    row, = rows(m, "exhaust")
    assert BUDGET - (256 << 10) <= int(row[8]) <= int(row[9]) == BUDGET, row
    others_work(m)
    m.run("echo more > /more; cat /more; rm /more")
    m.run("kill -KILL $!; wait", status=None)
    assert not rows(m, "exhaust")


def whole_shell(m):
    """Programs for more than the shell's own budget: some are refused, and only the shell lacks memory."""
    out = m.run("for i in 1 2 3 4 5 6; do /test/exhaust map & done; echo $!", status=None)
    assert "Out of memory" in out, "a shell of 16 MiB has started programs of 36 MiB:\n" + out
    assert m.run("echo alive") == "alive"
    first = int(re.findall(r"^(\d+)$", out, re.M)[0])
    m.run("kill -KILL %s; wait" % " ".join(map(str, range(first, first + 6))), status=None)
    assert not rows(m, "exhaust")
    others_work(m)


def files(m):
    before = m.run("df")
    out = m.run("cat /dev/zero > /full", timeout=120, status=1)
    assert "No space left on device" in out, out
    assert "No space left on device" in m.run("echo x > /other", status=1)
    others_work(m)
    assert int(m.run("wc -c < /full")) > 8 << 20
    m.run("rm /full; rm -f /other; echo x > /other; rm /other")
    assert m.run("df") == before


with Machine() as m:
    m.wait_prompt()
    others_work(m)
    m.run("head -c 100000 /dev/zero > /warm; rm /warm; df", status=0)
    before, state = free(m), servers(m)
    for kind in ("heap", "map"):
        memory(m, kind)
        case("all memory of a program: " + kind)
    whole_shell(m)
    case("all memory of the shell")
    files(m)
    case("all room for files")
    assert free(m) >= before - SLACK, "%d bytes did not come back" % (before - free(m))
    assert servers(m) == state
    case("everything comes back")
passed()
