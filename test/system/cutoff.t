#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Clients that are killed in the middle of a call to a real server: in a pipe's read (vfs), a sleep (timer), a read of
# the console (console, through devfs) and a stream of writes (ramfs). The server goes on answering others, its late
# reply reaches nobody, and nothing leaks.
# builds: release debug
# timeout: 240
import re

from machine import Machine, case, passed

ROUNDS = 8
SERVERS = ("uart", "timer", "console", "ramfs", "devfs", "vfs", "loader", "procfs")
PAGE = 4096
SLACK = ROUNDS * PAGE  # less than a page a kill

# name, what blocks, what another client of the same server does meanwhile, its answer
KINDS = [
    ("pipe read in vfs", "sleep 1000 | cat", "echo x | cat", "x"),
    ("sleep in the timer", "sleep 1000", "sleep 0.05 && echo slept", "slept"),
    ("sleep that ends after its client", "sleep 1.5", "sleep 0.05 && echo slept", "slept"),
    ("read of the console", "cat /dev/console", "echo x > /dev/console", "x"),
    ("writes in ramfs", "cat /dev/zero > /z", "cat /etc/motd | wc -l", "1"),
]


def state(m):
    """Memory and number of capabilities of each server; free memory of the system."""
    out = m.run("cat /proc/tasks; for s in %s; do wc -l < /proc/caps/$s; done; cat /proc/memory" % " ".join(SERVERS))
    tasks = {row.split("\t")[2]: int(row.split("\t")[8]) for row in re.findall(r"^\d+\t.*$", out, re.M)}
    return {s: tasks[s] for s in SERVERS}, re.findall(r"^\d+$", out, re.M), int(re.search(r"free\t(\d+)", out).group(1))


def cut(m, rounds, client, other, answer):
    out = m.run("for i in $(seq 1 %d); do %s & sleep 0.2; %s; kill -KILL $!; wait $!; echo ended $?; done; rm -f /z" %
                (rounds, client, other), timeout=60)
    assert len(re.findall(r"^%s$" % answer, out, re.M)) == rounds, out
    assert len(re.findall(r"^ended 137$", out, re.M)) == rounds, out


with Machine() as m:
    m.wait_prompt()
    for _, client, other, answer in KINDS:
        cut(m, 2, client, other, answer)
    state(m)
    before = state(m)
    for name, client, other, answer in KINDS:
        cut(m, ROUNDS, client, other, answer)
        case(name)
    m.run("sleep 2")  # the last of the timers is over
    after = state(m)
    assert all(after[0][s] < before[0][s] + SLACK for s in SERVERS), "memory of servers: %r, before %r" % (after[0], before[0])
    assert after[1] == before[1], "capabilities of servers: %r, before %r" % (after[1], before[1])
    assert after[2] >= before[2] - 2 * SLACK, "%d bytes leaked" % (before[2] - after[2])
    case("nothing leaks")
    left = [line for line in m.run("ps").splitlines() if line.split()[-1] in ("sleep", "cat")]
    assert not left, "still there: %s" % left
passed()
