#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Open files without vfs: reads and writes cost it nothing, a filesystem that dies takes its files along, waiting costs
# nothing, mapped files need no call, /dev/console is the console.
# builds: release debug
# timeout: 180
# needs: files.cpio
import re

from machine import Machine, case, passed


def numbers(text, pattern):
    match = re.search(pattern, text)
    assert match, "%r does not say %r" % (text, pattern)
    return [int(n) for n in match.groups()]


with Machine(image="files") as m:
    m.wait_prompt()
    # The looks at /proc/tasks are what is left: each opens a file. 4 calls a round are the program's own.
    rounds, vfs, own = numbers(m.run("/test/files reads"), r"(\d+) rounds: vfs (\d+) self (\d+)")
    assert vfs < 40, "vfs made %d calls while %d files were read and written" % (vfs, rounds)
    assert 4 * rounds <= own < 4 * rounds + 40, "%d calls for %d rounds" % (own, rounds)
    case("reads do not pass vfs")
    assert m.run("/test/files names") == "names are right"
    case("names")
    own, = numbers(m.run("/test/files map"), r"mapped: sum \d+ self (\d+)")
    assert own < 20, "%d calls to read what is mapped" % own
    case("mapped reads cost no call")
    assert "FAILED" not in m.run("/test/files cut", status=139)
    case("a mapping ends where the file is cut")
    for name in ("reader", "writer", "timeout"):
        own, = numbers(m.run("/test/files poll-" + name), name + r": waited self (\d+)")
        assert own < 60, "poll-%s: %d calls" % (name, own)
        case("poll " + name)
    m.send("/test/files poll-terminal\n")
    m.expect(r"^type$")
    m.never("terminal:", 0.6)
    m.send("abc\n")
    own, = numbers(m.expect(r"^terminal: .*\n").group(0), r"terminal: abc waited self (\d+)")
    assert own < 30, "%d calls while the terminal had nothing" % own
    m.wait_prompt()
    case("poll terminal")
    m.send("/test/files console\n")
    m.expect(r"^written to the console, type$")
    m.send("to be read\n")
    m.expect(r"^console read to be read\n")
    m.wait_prompt()
    assert m.run("echo shown > /dev/console") == "shown"
    case("console")
    assert m.run("/test/files cancel") == "reads can be cancelled"
    case("reads of pipes can be cancelled")
    m.send("/test/files greedy &\n")
    said = m.expect(r"(?s)pipes .*greedy has all$").group(0)
    for what in ("pipes 16: error 24 limit 16", "objects 128: error 24 limit 128", "tickets 16: error 11 limit 16"):
        assert what in said, said
    m.run("true")
    assert m.run("yes | head -n 3 | cat | wc -l; ls /etc | head -n 1; echo shown > /dev/console").endswith("shown")
    m.run("kill -KILL $!; wait", status=None)
    case("a client that takes all it can takes nothing from others")
    # Debug builds print the log in between.
    assert m.run("/test/files stale", timeout=60).endswith("stale files say so")
    assert "Welcome" in m.run("cat /etc/motd") and "null" in m.run("ls /dev")
    case("death of filesystems")
passed()
