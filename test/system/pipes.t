#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# What goes through pipes arrives, at every size around the pipe's own, and pipelines end.
# builds: release debug
# timeout: 400
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


def many(memory):
    """A pipeline of eight beside twenty programs, and shells in shells, with little memory and with much."""
    with Machine(memory=memory) as m:
        m.wait_prompt(60)
        assert m.run("(echo $(echo $(fsh -c 'echo $(echo deep | cat)')))", timeout=60) == "deep"
        case("shells in shells at %d MiB" % memory)
        got = m.run("for i in $(seq 1 20); do sleep 60 & done; "
                    "yes | cat | cat | cat | cat | cat | head -n 2000 | wc -l; ps | grep -c sleep", timeout=60)
        assert got.split("\n")[-2:] == ["2000", "20"], got
        case("eight commands beside twenty at %d MiB" % memory)


def cut_short(m):
    """Pipelines whose last member does not start, or only at the second attempt, end."""
    assert "No such file" in m.run("yes | /nosuch", status=127)
    m.run("echo no program > /plain")
    assert "ermission" in m.run("yes | /plain", status=126)
    m.run("printf 'head -n 1\n' > /script; chmod 755 /script")
    assert m.run("yes | /script") == "y"
    case("a last member that is no program")
    m.send("n=0; while sleep 600 & do n=$((n+1)); done\n")
    m.expect("too many programs run: end one", 60)
    m.wait_prompt()
    m.run("kill $!; wait $!", status=None)
    assert "too many programs" in m.run("yes | head -n 1", status=126)
    assert m.run("head -n 1 /n") == "1"
    case("a last member without a place")


def main():
    many(64)
    many(256)
    with Machine() as m:
        m.wait_prompt()
        for size in SIZES:
            carry(m, size)
        m.run("seq 1 20000 > /n")
        assert m.run("echo $(cat /n | wc -l)") == "20000"
        assert m.run("cat /n | sort -n | uniq | wc -l", timeout=60) == "20000"
        assert m.run("for i in 1 2 3; do cat /n; done | tail -n 1") == "20000"
        case("lines")
        cut_short(m)
    passed()


main()
