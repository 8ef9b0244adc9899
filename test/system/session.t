#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
"""./futura run on a terminal: the banner, the keys, and that no QEMU is left behind however it ends."""
import contextlib
import glob
import os
import pty
import re
import select
import signal
import time

import board
from machine import PlainText, case, passed

ROOT, BUILD = os.environ["FUTURA_ROOT"], os.path.dirname(os.environ["FUTURA_PRESET_DIR"])
BOARD = board.current().name
PROMPT = r"/ \$ $"
# Exit statuses that are signals come back negative.


def command_of(pid):
    """A process' arguments; nothing of one that has ended."""
    with contextlib.suppress(OSError), open("/proc/%d/cmdline" % pid, "rb") as file:
        return file.read()
    return b""


def processes_with(mark):
    """Processes whose arguments name the mark, but this one."""
    pids = [int(path.split("/")[2]) for path in glob.glob("/proc/[0-9]*")]
    return [p for p in pids if mark.encode() in command_of(p) and p != os.getpid()]


def until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Terminal:
    """./futura run on a terminal of its own, marked so that its QEMU can be told from others."""

    def __init__(self, *arguments):
        self.mark = "session-%d-%d" % (os.getpid(), time.monotonic_ns())
        self.text, self.plain = "", PlainText()
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.environ["FUTURA_BUILD"] = BUILD
            os.execv(ROOT + "/futura", ["futura", "run", BOARD, *arguments, "--", "-name", self.mark])

    def expect(self, pattern, seconds=60):
        """What comes after the last match must match within the time."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            try:
                piece = os.read(self.master, 65536) if ready else b""
            except OSError:
                piece = b""
            assert piece, "%r did not come; there was:\n%s" % (pattern, self.text[-2000:])
            self.text += self.plain.of(piece)
        self.text = self.text[re.search(pattern, self.text).end():]

    def type(self, text):
        os.write(self.master, text.encode())

    def ended(self, seconds=20):
        """The exit status; afterwards nothing of it may live."""
        status = []

        def gone():
            pid, how = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                status.append(os.waitstatus_to_exitcode(how))
            return bool(pid)
        assert until(gone, seconds), "it did not end"
        assert until(lambda: not processes_with(self.mark), 5), "a QEMU was left behind"
        return status[0]

    def close(self):
        with contextlib.suppress(OSError):
            os.close(self.master)
        for pid in processes_with(self.mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def keys(t):
    t.expect(r"Quit with Ctrl-A X")
    t.expect(PROMPT)
    t.type("sleep 100\r")
    t.expect("sleep 100")
    time.sleep(1)
    t.type("\x03")
    t.expect(PROMPT)
    t.type("echo still-$((1+1))\r")
    t.expect("still-2\n")
    t.type("\x01x")
    assert t.ended() == 0


def outside(number):
    def interrupted(t):
        t.expect(PROMPT)
        os.killpg(t.pid, number)
        t.ended()
    return interrupted


def window_closed(t):
    t.expect(PROMPT)
    os.close(t.master)
    t.ended()


def commands_interrupted(t):
    assert until(lambda: any(b"qemu-system" in command_of(p) for p in processes_with(t.mark)), 60), "QEMU did not start"
    time.sleep(2)
    t.type("\x03")
    assert t.ended() == 130


for what, steps, arguments in (("banner, Ctrl-C inside, Ctrl-A X", keys, ()),
                               ("interrupt from outside", outside(signal.SIGINT), ()),
                               ("termination from outside", outside(signal.SIGTERM), ()),
                               ("the terminal goes away", window_closed, ()),
                               ("Ctrl-C while -c runs", commands_interrupted, ("-c", "sleep 100"))):
    terminal = Terminal(*arguments)
    try:
        steps(terminal)
    finally:
        terminal.close()
    case(what)
passed()
