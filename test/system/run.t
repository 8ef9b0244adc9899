#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 900
"""./futura run -c: the commands' own bytes, their status, their end."""
import os
import subprocess

import board
from machine import case, passed

ROOT, BUILD = os.environ["FUTURA_ROOT"], os.path.dirname(os.environ["FUTURA_PRESET_DIR"])
LONG = "x=%s; echo ${#x}; false" % ("0123456789" * 12000)

# (what, commands, output or None for any, status)
CASES = [
    ("output and status", "echo one; echo two >&2; exit 7", "one\ntwo\n", 7),
    ("no final newline", "echo -n abc", "abc", 0),
    ("empty lines", "echo; echo a; echo; echo", "\na\n\n\n", 0),
    ("tab, quotes and carriage return", "echo 'a\tb' \"it's\"; printf 'c\\r\\nd\\n'", "a\tb it's\nc\r\nd\n", 0),
    ("several lines", "if true\nthen echo yes\nfi", "yes\n", 0),
    ("120000 bytes", LONG, "120000\n", 1),
    ("markers that are not ours", "echo 'futura-1 end 9'; exit 4", "futura-1 end 9\n", 4),
    ("one entry a line", "cd /dev; ls", "console\nfull\nnull\nrandom\nzero\n", 0),
    ("no input and no screen", "read x; echo $?; cat; top > /etc/top; top -d 9", None, 0),
    ("no test program", "ls /test", None, 2),
    ("syntax error", "if", None, 2),
    ("poweroff", "echo bye; poweroff; sleep 60; exit 5", "bye\n", 0),
]


def run(commands, *arguments, **environment):
    done = subprocess.run([ROOT + "/futura", "run", board.current().name, "-c", commands, *arguments], capture_output=True, timeout=60,
                          env={**os.environ, "FUTURA_BUILD": BUILD, **environment})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


for what, commands, output, status in CASES:
    got = run(commands, FUTURA_RUN_SECONDS="30")
    assert got[0] == status and output in (None, got[1]), "%s: %r" % (what, got)
    case(what)
got = run("/test/attack wild 1", "--image", "test", FUTURA_RUN_SECONDS="30")
assert got[0] == 139, got
case("status of a signal in another image")
got = run("true", "--image", "nowhere")
assert got[0] == 2 and "no image nowhere; there are: " in got[2] and " test" in got[2], got
case("no such image")
got = run("echo here; sleep 100", FUTURA_RUN_SECONDS="5")
assert got[:2] == (1, "here\n") and "did not end within 5 s" in got[2], got
case("too long")
got = run("echo never", "--", "-nosuchoption")
assert got[:2] == (1, "") and "invalid option" in got[2] and "QEMU ended" in got[2], got
case("no QEMU")
passed()
