#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Who takes all memory or all room for files hits its own cap: everybody else starts, computes and writes as before,
# and at its end everything comes back.
# builds: release debug
# timeout: 240
# needs: test.cpio
import re
import time

from machine import Machine, case, passed

SLACK = 512 << 10  # what servers and the nucleus may keep for good


def free(m):
    return int(re.search(r"free\t(\d+)", m.run("cat /proc/memory")).group(1))


def tasks(m):
    lines = [line.split("\t") for line in m.run("cat /proc/tasks").splitlines()]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def rows(m, name):
    return [row for row in tasks(m) if row["name"] == name]


def servers(m):
    """Number and state of each component that the manifest declares: another number is another life."""
    return {row["name"]: (row["pid"], row["state"]) for row in tasks(m) if row["ppid"] == "0"}


def others_work(m):
    assert m.run("echo one two | wc -w") == "2"
    assert m.run("ls /etc | sort | head -n 1") == "group"
    m.run("echo x > /dev/null; cat /etc/motd > /dev/null")


def memory(m, kind):
    m.send("/test/exhaust %s &\n" % kind)
    taken = int(m.expect(r"^exhaust: refused after (\d+) KiB$", 60).group(1)) << 10
    m.run("true")
    row, = rows(m, "exhaust")
    held, cap = int(row["memory"]), int(row["budget"])
    assert cap - (1 << 20) <= held <= cap and taken <= held, (taken, row)
    shell, = rows(m, "shell")
    assert cap < int(shell["budget"]) * 7 // 8, "it may take all that the shell has"
    others_work(m)
    m.run("echo more > /more; cat /more; rm /more")
    m.run("kill -KILL $!; wait", status=None)
    assert not rows(m, "exhaust")


def whole_shell(m):
    """Greedy programs until there is nothing left: the next is refused, and only the shell lacks memory."""
    m.send("for i in 1 2 3 4 5 6; do /test/exhaust map > /dev/null & done; echo all $! started\n")
    last = int(m.expect(r"all (\d+) started", 60).group(1))
    deadline = time.monotonic() + 90
    while "the shell's memory is used up" not in m.run("ls", status=None):
        assert time.monotonic() < deadline, "there is still memory for a program"
    m.run("ls", status=126)
    assert m.run("echo alive") == "alive"
    m.run("kill -KILL %s; wait" % " ".join(str(last - i) for i in range(6)), status=None)
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


with Machine(image="test") as m:
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
