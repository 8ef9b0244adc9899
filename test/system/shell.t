#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The shell's everyday commands, each a program in a domain of its own.
# builds: release debug
# timeout: 180
from machine import Machine, case, passed

CASES = [
    ("echo hello", "hello"),
    ("cat /etc/motd", "Welcome to Futura. `help` lists the commands, `help COMMAND` explains one."),
    ("mkdir /t; echo hi > /t/a; echo there >> /t/a; cat /t/a", "hi\nthere"),
    ("cp /t/a /t/b; mv /t/b /t/c; cat /t/c | wc -l", "2"),
    ("ln -s a /t/l; readlink /t/l; cat /t/l | head -n 1", "a\nhi"),
    ("ls /t", "a  c  l"),
    ("rm /t/c /t/l /t/a; rmdir /t; ls /t 2> /dev/null || echo gone", "gone"),
    ("echo b > /x; echo a >> /x; sort /x; rm /x", "a\nb"),
    ("for i in 1 2 3; do echo n $i; done | grep -c n", "3"),
    ("head -c 100000 /dev/zero | wc -c", "100000"),
    ("false || echo no; true && echo yes", "no\nyes"),
    ("seq 1 5 | tail -n 1", "5"),
    ("sleep 1 && echo slept", "slept"),
    ("grep root /etc/passwd | cut -d : -f 1", "root"),
    ("cd /etc; pwd; cd /", "/etc"),
]


def main():
    with Machine() as m:
        m.wait_prompt()
        for command, wanted in CASES:
            got = m.run(command)
            assert got == wanted, "%r gave %r, wanted %r" % (command, got, wanted)
            case(command.split(";")[0])
        # The shell closes what it hands on before the program has it: the ticket alone holds the file.
        got = m.run("for i in 1 2 3 4 5; do cat /etc/motd > /bg$i & done; wait; cat /bg1 /bg2 /bg3 /bg4 /bg5 | wc -l; rm /bg?")
        assert got.split("\n")[-1] == "5", got
        case("files are handed on")
        assert m.run("grep -c :$HOME: /etc/passwd; env -i HOME= fsh -l -c 'cd; pwd' | tail -n 1") == "1\n/"
        case("a home")
        modes = "touch /mf; mkdir /md; ls -l / | grep -E ' m[fd]$' | cut -c 1-10; rm -r /mf /md"
        assert m.run(modes) == "drwxr-xr-x\n-rw-r--r--"
        assert m.run("umask; umask 077; " + modes + "; umask") == "0022\ndrwx------\n-rw-------\n0077"
        assert m.run("echo x > /mr; (touch /ms); ls -l / | grep -E ' m[rs]$' | cut -c 1-10; rm /m[rs]; umask 22") == \
            "-rw-------\n-rw-------"
        case("umask")
        m.send("cat > /long; echo do'n'e\n")
        m.never(r"^done", 1)
        m.send("y" * 3000 + "\n\x04")
        m.expect(r"^done", 60)
        m.wait_prompt()
        assert m.run("wc -c < /long; rm /long").split() == ["3001"]
        case("a line of 3000 bytes")
        m.send("for i in 1 2\ndo echo n$i\ndone\n")
        m.expect(r"^n1\nn2\n", 20)
        m.wait_prompt()
        assert "for i in 1 2; do echo n$i; done" in m.run("history")
        case("history of several lines")
        assert "command not found" in m.run("nosuch", status=127)
        assert "No such file" in m.run("cat /nosuch", status=1)
        assert "interface futura.fs.Directory" in m.run("describe vfs")
        for name in ("uart", "console", "vfs", "ramfs", "init"):
            assert name in m.run("ps"), name
    passed()


main()
