#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# /proc and /dev: the formats of docs/proc.md, live authority, what may be written, what is refused.
# builds: release debug
# timeout: 180
import board
from machine import Machine, case, passed

BOARD = board.current()

HEADERS = {
    "tasks": "pid ppid name state prio cpu_ns calls memory budget threads restarts",
    "memory": "kind bytes",
    "uptime": "uptime_ns idle_ns boot_ns clock",
    "mounts": "source target type options total used files free_files",
    "log": "time_ns severity component message",
    "log.levels": "component level",
    "graph": "from to interface rights",
    "version": "name version board machine",
    "processor": "machine model features",
    "caps/uart": "slot type object rights badge origin",
    "interfaces/timer": "interface major minor method ordinal signature flags source",
}
REFUSED = [
    ("cat /proc/power", "Permission denied"),
    ("echo sleep > /proc/power", "Invalid argument"),
    ("echo x > /proc/tasks", "Permission denied"),
    ("rm /proc/tasks", "Read-only file system"),
    ("cat /proc/caps/nobody", "No such file or directory"),
    ("log -L nobody debug", "there is no component of this name"),
    ("caps nobody", "there is no component of this name or number"),
    ("describe shell", "it offers no interfaces"),
    ("hostname 'a b'", "Invalid argument"),
    ("echo x > /dev/full", "No space left on device"),
    ("echo x > /dev/foo", "Read-only file system"),
]


def table(m, name):
    lines = m.run("cat /proc/" + name).split("\n")
    return [line.split("\t") for line in lines]


def check_formats(m):
    for name, header in HEADERS.items():
        rows = table(m, name)
        assert rows[0] == header.split(), (name, rows[0])
        assert len(rows) > 1, name + " is empty"
        for row in rows:
            assert len(row) == len(rows[0]), (name, row)


def check_authority(m):
    edges = {(row[0], row[1]): row[3] for row in table(m, "graph")[1:]}
    assert edges[("shell", "vfs")] == "oc" and edges[("vfs", "procfs")] == "oc"
    assert all(("uart", device) in edges for device in BOARD.uart_edges), edges
    assert [row[2] for row in table(m, "graph")[1:] if row[:2] == ["shell", "capmgr"]] == ["futura.capmgr/1.Supervise"]
    assert ("shell", "uart") not in edges
    assert ("cat", "vfs") in edges, "a running program is in the graph"
    assert ["", "device", BOARD.uart_edges[-1], "r", "", "manifest"] in table(m, "caps/uart")
    methods = {row[3]: row for row in table(m, "interfaces/timer")[1:]}
    assert methods["sleep"][4:] == ["0x13", "(until: u64)", methods["sleep"][6], "describe"]
    assert "interface futura.capmgr.Log" in m.run("describe capmgr")


def check_writes(m):
    log = [(row[2], row[3]) for row in table(m, "log")]
    for component, wanted in (*(("capmgr", text) for text in BOARD.boot_records), ("capmgr", "nucleus: code "),
                              ("capmgr", "memory: "), ("capmgr", "board: "), ("capmgr", "boot archive: "),
                              ("uart", "offers tty"), ("vfs", "ramfs is mounted on /"),
                              ("ramfs", "holds the boot archive"), ("loader", "offers loader")):
        assert any(row[0] == component and row[1].startswith(wanted) for row in log), (component, wanted, log)
    m.run("log -L loader debug; true | cat")
    assert "started /bin/cat as" in m.run("log loader")
    m.run("log -L loader info")  # debug builds print the log on the console, between what programs print
    case("early records")
    m.run("log -L uart debug")
    assert ["uart", "debug"] in table(m, "log.levels")
    assert m.run("hostname") == "futura"
    m.run("hostname box-1")
    assert m.run("hostname") == "box-1"
    m.run("sleep 100 & true")
    first = m.run("echo $!")
    m.run("sleep 100 & true")
    second = m.run("echo $!")
    assert "several components have this name; give a number" in m.run("caps sleep", status=1)
    assert "endpoint" in m.run("caps " + second)
    assert "endpoint" in m.run("cat /proc/caps/sleep.%s /proc/caps/sleep.%s" % (first, second))
    m.run("kill %s %s; wait" % (first, second), status=None)
    assert "access() -> (rights: FileRights{READ, WRITE, MODE, OWNER, SHARE})" in m.run("describe vfs")
    held = m.run("cat /proc/caps/cat < /etc/motd; echo x | cat /proc/caps/cat")
    assert "\tc:READ,MODE,OWNER,SHARE\t" in held and "\tc:USE,SHARE\t" in held, held
    case("rights of what was handed on")
    case("two of one name")
    for command, wanted in REFUSED:
        assert wanted in m.run(command, status=1), command


def check_devices(m):
    assert m.run("cat /dev/null | wc -c") == "0"
    assert m.run("head -c 4 /dev/zero | hexdump | head -n 1") == "0000000 0000 0000"
    pieces = {m.run("head -c 16 /dev/random | hexdump | head -n 1") for _ in range(3)}
    assert len(pieces) == 3, "randomness repeats itself"
    m.run("echo seed > /dev/random; echo x > /dev/null")


def main():
    with Machine() as m:
        m.wait_prompt()
        for check in (check_formats, check_authority, check_writes, check_devices):
            check(m)
            case(check.__name__[6:])
        for _ in range(10):  # open files and connections are given back: there are fewer than 80
            m.run("for i in 1 2 3 4 5 6 7 8; do cat /proc/mounts /proc/interfaces/timer > /dev/null; done")
    passed()


main()
