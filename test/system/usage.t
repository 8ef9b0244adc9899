#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Every command of the running system: `help` knows it; an unknown option, an operand that is missing and a file that
# is missing are said in its name, with a line of usage and status 2, or 1 (what cmp, grep and ls make 2).
# timeout: 300
from machine import Machine, case, passed

# What each needs to complain: operands that are too few ("": any number will do), and operands with a file that is
# missing (None: it takes no files).
COMMANDS = {
    "basename": (" ", None), "caps": ("", "nosuch"), "cat": ("", "/nosuch"), "chmod": ("644", "644 /nosuch"),
    "clear": ("", None), "cmp": ("/etc/motd", "/etc/motd /nosuch"), "cp": ("/etc/motd", "/nosuch /x"),
    "cut": (" ", "-c 1 /nosuch"), "date": ("", None), "describe": (" ", "nosuch"), "df": ("", "/nosuch"),
    "dirname": (" ", None), "du": ("", "/nosuch"), "env": ("", None), "find": ("", "/nosuch"), "graph": ("", None),
    "grep": (" ", "x /nosuch"), "head": ("-n", "/nosuch"), "hexdump": ("", "/nosuch"), "hostname": ("", None),
    "id": ("", None), "kill": (" ", "nosuch"), "ln": (" ", "/nosuch/a /nosuch/b"), "log": ("-n", "nosuch"),
    "ls": ("", "/nosuch"), "lspci": ("", None), "mem": ("", None), "mkdir": (" ", "/nosuch/a"), "mount": ("", None),
    "mv": ("/etc/motd", "/nosuch /x"), "poweroff": ("", None), "ps": ("", None), "random": ("", None),
    "readlink": (" ", "/nosuch"), "reboot": ("", None), "rm": (" ", "/nosuch"), "rmdir": (" ", "/nosuch"),
    "seq": (" ", None), "sha256sum": ("", "/nosuch"), "sleep": (" ", None), "sort": ("-k", "/nosuch"),
    "stat": (" ", "/nosuch"), "tail": ("-n", "/nosuch"), "tee": ("", "/nosuch/a"), "top": ("", None),
    "touch": (" ", "/nosuch/a"), "tr": (" ", None), "uniq": ("", "/nosuch"), "uptime": ("", None), "wc": ("", "/nosuch"),
    "which": (" ", "nosuch"), "xargs": ("-n", None),
}
# Words of the shell and programs to which an option is an operand like another, or that have no complaints.
PLAIN = {"echo", "printf", "true", "false", "yes", "pwd", "fsh"}


def complains(m, line, usage):
    output, _, status = m.run(line + " < /dev/null; echo status $?", timeout=20).rpartition("status ")
    name = line.split()[0].split("/")[-1]
    wanted = "2" if usage or name in ("cmp", "grep", "ls") else "1"
    assert status == wanted, "%s: status %s" % (line, status)
    assert ("usage: " + name if usage else name + ": ") in output, "%s says %r" % (line, output)


def main():
    with Machine() as m:
        m.wait_prompt()
        programs = set(m.run("ls /bin").split())
        assert programs - PLAIN == set(COMMANDS), "not in the table: %s" % sorted((programs - PLAIN) ^ set(COMMANDS))
        assert len(programs) >= 32
        for name in sorted(programs):
            assert m.run("help %s | head -n 1" % name).startswith("usage: " + name), name
            case("help " + name)
        for name, (few, missing) in sorted(COMMANDS.items()):
            complains(m, "/bin/%s -@" % name, True)
            if few:
                complains(m, "/bin/%s %s" % (name, few), True)
            if missing:
                complains(m, "/bin/%s %s" % (name, missing), False)
            case("complaints of " + name)
    passed()


main()
