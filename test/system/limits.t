#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# What is too long, too much or not there is said, or works; nothing hangs, and the login shell lives on.
# builds: release debug
# timeout: 240
import board
from machine import Machine, case, passed

LONG = "a" * 60


def long_paths(m):
    """Folders 1,500 bytes deep are listed, searched, copied and removed; paths of 4,096 are refused."""
    m.run("mkdir /deep; cd /deep; for i in $(seq 1 25); do mkdir %s; cd %s; done; echo found > %s; cd /" %
          (LONG, LONG, "needle"), timeout=60)
    assert m.run("ls -R /deep | grep -c needle") == "1"
    assert m.run("find /deep -name needle | wc -c") == str(len("/deep") + 25 * 61 + len("/needle") + 1)
    m.run("cp -r /deep /copy", timeout=60)
    assert m.run("grep -r found /copy | wc -l") == "1"
    m.run("rm -r /deep /copy", timeout=60)
    assert "No such file" in m.run("ls /deep", status=None)
    case("long paths")


def much_output(m):
    assert "the output is too long" in m.run("x=$(yes)", timeout=120, status=1)
    assert m.run("x=$(seq 1 20000); echo ${#x}", timeout=60) == "108893"
    assert m.run("x=; echo alive") == "alive"
    case("a substitution without end")


def long_variables(m):
    m.run("v=%s" % LONG)
    m.run("for i in $(seq 1 9); do v=$v$v; done")
    m.run("v=$v$v")
    assert "variables are too long for a subshell" in m.run("(echo ${#v})", status=126)
    assert m.run("echo ${#v}; v=; (echo back)") == "61440\nback"
    case("variables too long for a subshell")


def environment(m):
    """24 KiB of exported variables reach a program; more is refused, and the shell says which limit it is."""
    m.run("v=%s; export v" % LONG)
    m.run("for i in 1 2 3 4 5 6 7 8; do v=$v$v; done")
    assert m.run("env | grep ^v= | wc -c") == str(256 * 60 + 3)
    assert m.run("fsh -c 'echo ${#v}'") == str(256 * 60)
    m.run("v=$v$v")
    assert "env: the exported variables are longer than 24 KiB" in m.run("env", status=126)
    assert "exported variables are longer than 24 KiB" in m.run("(true)", status=126)
    m.run("unset v; v=%s; for i in 1 2 3 4 5 6 7 8 9 10; do v=$v$v; done" % LONG)
    assert "cat: the arguments are longer than 32 KiB" in m.run("cat $v", status=126)
    assert m.run("v=; (echo back)") == "back"
    case("a long environment")


def memory(m):
    """What needs more memory than there is is given up; the shell, its variables and its children are not."""
    m.send("keep=kept; sleep 100 &\n")
    m.wait_prompt()
    for command, why in (("x=a; while true; do x=$x$x; done", "a text is longer than 4 MiB"),
                         ("set -- a b; while true; do set -- \"$@\" \"$@\"; done", "out of memory")):
        m.send(command + "\n")
        m.expect("^fsh: " + why, 120)
        m.wait_prompt(60)
        assert m.run("x=; set -- ; echo $keep | cat") == "kept"
        case("given up: " + why)
    m.run("kill $!")


def sessions(m):
    """Programs hold two sessions of devfs each (for descriptors 0 and 1) until its `max` of 128 is reached: the next say so
    and end, the others and what needs no devfs go on, and it is the programs' end that makes room."""
    refusal = ": descriptor 0: its server has as many sessions as the manifest allows (`max`)"
    m.send("echo on; for i in $(seq 1 70); do sleep 1000 & done > /dev/null\n")
    m.expect("^on$", 20)
    m.wait_prompt(120)
    m.run("wait $!", status=126)
    assert "sleep" + refusal in m.text
    running = m.run("ps | grep -c ' sleep$'")
    assert 40 <= int(running) < 64, running
    assert m.run("cat < /dev/null", status=126) == "cat" + refusal
    assert m.run("echo alive | cat; cat /etc/group | head -n 1 | wc -l") == "alive\n1"
    m.run("kill $(ps | grep ' sleep$' | cut -c 1-4); wait", status=None)
    assert m.run("cat < /dev/null") == ""
    case("a server's sessions are taken")


def moving(m):
    m.run("echo q > /q; mkdir /f")
    assert "Read-only" in m.run("mv /q /dev/q", status=1)
    assert m.run("cat /q") == "q"
    assert "cannot move" in m.run("mv /dev/null /x", status=1)
    m.run("ls /x", status=2)
    assert "into itself" in m.run("mv /f /f/p", status=1)
    case("what cannot move")


def main():
    with Machine() as m:
        m.wait_prompt()
        long_paths(m)
        much_output(m)
        long_variables(m)
        moving(m)
        assert "usage" in m.run("mount ramfs /f", status=2)
        assert "ramfs on / " in m.run("mount")
        case("mount lists")
    with Machine(memory=96) as m:
        m.wait_prompt()
        environment(m)
        memory(m)
    with Machine() as m:
        m.wait_prompt()
        sessions(m)
    with Machine(extra=("-rtc", "base=" + board.current().unset_clock)) as m:
        m.wait_prompt()
        assert "the clock is not set" in m.run("date", status=1)
        m.run("echo new > /new; touch /new; ls -l /new")
        case("a clock that is not set")
    passed()


main()
