#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Signal characters end what runs in the foreground, whatever it does; kill ends what the shell started.
# builds: release debug
# timeout: 300
import re
import time

from machine import PROMPT, Machine, case, passed

# A loop of builtins makes no call, and a shell of its own is not told: the one at the terminal ends it.
FOREGROUND = ["sleep 1000", "cat", "yes > /dev/null", "while true; do true; done",
              "i=0; while [ $i -lt 10000000 ]; do i=$((i+1)); done", "read x", "sleep 1000 | while read x; do :; done",
              "x=$(sleep 1000)", "for i in 1 2 3; do sleep 1000; done", "fsh -c 'while :; do :; done'",
              "fsh -c 'sleep 1000; echo more'", "(sleep 1000)", "sleep 1000 & wait", "sleep 1000 | sleep 1000",
              "sleep 1000 | cat", "yes | cat > /dev/null", "cat | sort | uniq"]


def interrupt(m, command, character, wanted):
    m.send("echo on; %s; echo mo're'\n" % command)
    m.expect(r"^on$", 10)
    m.never(PROMPT, 0.5)  # it runs; the character may come at any moment of its start
    m.send(character)
    m.wait_prompt(20)
    m.send("echo sta'tus' $? end\n")
    match = m.expect(r"^(more|status (\d+) end)", 10)
    assert match.group(2) == wanted, "%s: %s" % (command, match.group(0))
    m.wait_prompt()
    m.run("kill -KILL $! 2> /dev/null; wait", status=None)
    case(("interrupted: " if character == "\x03" else "quit: ") + command)


def check_nested(m):
    """A shell in the shell has the foreground while it lives."""
    outer = m.run("echo $$")
    m.send("fsh\n")
    m.wait_prompt()
    assert m.run("echo $$") != outer
    interrupt(m, "sleep 1000", "\x03", "130")
    interrupt(m, "while true; do true; done", "\x03", "130")
    m.send("\x04")
    m.wait_prompt()
    m.mark = len(m.text)
    assert m.run("echo $$") == outer
    interrupt(m, "sleep 1000", "\x03", "130")
    m.send("fsh -c true; while true; do true; done\n")
    m.never(PROMPT, 2)
    m.send("\x03")
    m.wait_prompt(20)
    case("a shell in the shell")


def check_terminal(m):
    m.send("top\n")
    m.expect("q ends", 20)
    m.send("\x03")
    m.wait_prompt(10)
    m.send("cat\n")
    m.never(PROMPT, 1)
    m.send("echoed\n")
    m.expect(r"^echoed\nechoed\n", 10)
    m.send("\x1a\n")  # there is nobody to suspend it for
    m.expect("\x1a", 10)
    m.send("\x04")
    m.wait_prompt()
    case("modes of a program that was ended")


def table(m, column):
    """What `ps` shows in that column, by name."""
    head, *rows = [line.split() for line in m.run("ps").splitlines()]
    return {row[-1]: row[head.index(column)] for row in rows if len(row) == len(head)}


def check_servers(m):
    """The shell may end what the manifest starts again: each server comes back, and the terminal with its modes."""
    killed = ("vfs", "ramfs", "devfs", "procfs", "timer", "loader", "uart", "console")
    for name in killed:
        m.run("kill " + name)
        got = m.run("ls /etc | grep -c motd", timeout=60)  # log lines of what starts again may stand before it
        assert got.split("\n")[-1] == "1", (name, got)
        case("the shell goes on: " + name)
    count = table(m, "restarts")
    assert all(count[name] == "1" for name in killed) and count["init"] == "0", count
    case("ps counts restarts")
    log = m.run("log -n 40")
    assert "shell ends console" in log and "console: killed" in log, log
    interrupt(m, "sleep 1000", "\x03", "130")
    for command in ("sleep 1000", "sleep 1000 | cat", "cat"):
        m.send("echo on; kill console; %s\n" % command)
        m.expect(r"^on$", 10)
        m.never(PROMPT, 2)
        m.send("\x03")
        m.wait_prompt(20)
        case("the terminal is claimed again: " + command)
    m.send("sleep 1000 & sleep 1; kill console; wait\n")
    m.never(PROMPT, 3)
    m.send("\x03")
    m.wait_prompt(20)
    m.run("kill $!; wait", status=None)
    case("waiting ends, too")
    own = m.run("echo $$")
    m.send("kill $$\n")
    m.wait_prompt(30)
    assert m.run("echo $$") != own
    case("the shell may end itself")


def told(m, pattern):
    """That a job has ended is told before a prompt: before the first one that comes after its end."""
    for _ in range(60):
        m.run("true")
        if re.search(pattern, m.text, re.MULTILINE):
            return
        time.sleep(0.2)
    raise AssertionError("not told: %r" % pattern)


def check_jobs(m):
    m.send("sleep 1000 & sleep 1001 &\n")
    m.wait_prompt()
    listed = m.run("jobs").splitlines()
    assert [line.split()[0] + line.split(None, 2)[2] for line in listed] == \
        ["[1]running  sleep 1000", "[2]running  sleep 1001"], listed
    m.run("kill %1")
    told(m, r"^\[1\] +\d+  terminated  sleep 1000$")
    assert len(m.run("jobs").splitlines()) == 1
    m.send("fg\n")
    m.expect(r"^sleep 1001$", 10)
    m.never(PROMPT, 0.5)
    m.send("\x03")
    m.wait_prompt(20)
    assert m.run("jobs") == ""
    assert "nothing runs in the background" in m.run("fg", status=1)
    m.send("true & fsh -c nothing 2> /dev/null &\n")
    m.wait_prompt()
    told(m, r"^\[1\] +\d+  done  true$")
    told(m, r"^\[2\] +\d+  status 127  fsh -c nothing 2> /dev/null$")
    m.send("fsh -c 'exit 7' &\n")
    m.wait_prompt()
    m.run("wait $!", status=7)
    m.send("fsh -c 'sleep 0.5; exit 7' &\n")
    m.wait_prompt()
    m.run("wait $!", status=7)
    assert "there is no such job" in m.run("wait %9", status=127)
    assert "takes no operands" in m.run("jobs x", status=2)
    case("jobs, fg, wait")


def main():
    with Machine() as m:
        m.wait_prompt()
        for command in FOREGROUND:
            interrupt(m, command, "\x03", "130")
        for command in FOREGROUND[:6]:
            interrupt(m, command, "\x1c", "131")
        check_nested(m)
        check_terminal(m)
        m.send("echo one; sleep 1000; echo t'w'o\n")
        m.expect(r"^one$", 10)
        m.never(r"^two$", 0.5)
        m.send("\x03")
        m.wait_prompt(20)
        assert "two" not in m.text.split("\n"), "the rest of an interrupted line ran"
        case("the rest of the line is dropped")
        m.send("half a line\x03")
        m.wait_prompt(10)
        assert m.run("echo alive") == "alive"
        case("a line at the prompt is dropped")
        assert m.run("sleep 1000 & kill $!; wait $!; echo $?").split("\n")[-1] == "143"
        assert m.run("sleep 1000 & kill -KILL $!; wait $!; echo $?").split("\n")[-1] == "137"
        case("kill ends a program that the shell started")
        assert m.run("kill $!; kill $!", status=1).endswith(": No such process")
        init = table(m, "pid")["init"]
        final = ": not permitted: the manifest does not let it be started again"
        assert m.run("kill " + init, status=1) == "kill: " + init + final
        assert m.run("kill init", status=1) == "kill: init" + final
        refusal = ": not permitted: it was not started by this program, which has no use \"supervise\""
        m.run("sleep 1000 & true")
        child = m.run("echo $!")
        assert m.run("/bin/kill " + child, status=1) == "kill: " + child + refusal
        m.run("kill %s; wait" % child, status=None)
        assert m.run("kill 99999", status=1) == "kill: 99999: No such process"
        assert "no such signal" in m.run("kill -NONSENSE 5", status=2)
        assert "no component has this number or name" in m.run("kill x", status=1)
        assert "there is no such job" in m.run("kill %7", status=1)
        case("kill refuses the rest")
        check_servers(m)
        check_jobs(m)
        left = [line for line in m.run("ps").splitlines() if line.split()[-1] in ("sleep", "cat", "yes", "sort", "fsh", "top")]
        assert not left, "still there: %s" % left
        case("nothing is left behind")
    passed()


main()
