#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The interrupt character ends what runs in the foreground, whatever it does; kill ends what the shell started.
# presets: qemu-virt qemu-virt-debug
# timeout: 180
from machine import PROMPT, Machine, case, passed

FOREGROUND = ["sleep 1000", "cat", "yes > /dev/null", "sleep 1000 | sleep 1000", "sleep 1000 | cat",
              "yes | cat > /dev/null", "cat | sort | uniq"]


def main():
    with Machine() as m:
        m.wait_prompt()
        for command in FOREGROUND:
            m.send("echo on; %s\n" % command)
            m.expect(r"^on$", 10)
            m.never(PROMPT, 0.5)  # it runs; the character may come at any moment of its start
            m.send("\x03")
            m.wait_prompt(20)
            m.send("echo sta'tus' $? end\n")
            assert m.expect(r"^status (\d+) end", 10).group(1) == "130", command
            m.wait_prompt()
            case("interrupted: " + command)
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
        assert m.run("kill 1", status=1) != ""
        assert "no such signal" in m.run("kill -NONSENSE 5", status=2)
        assert "not a process number" in m.run("kill x", status=1)
        case("kill refuses the rest")
        left = [line for line in m.run("ps").splitlines() if line.split()[-1] in ("sleep", "cat", "yes", "sort")]
        assert not left, "still there: %s" % left
        case("nothing is left behind")
    passed()


main()
