# SPDX-License-Identifier: Apache-2.0
"""A booted Futura for tests: starts QEMU, feeds the serial console, waits for text.

    from machine import Machine, passed
    with Machine() as m:
        m.wait_prompt()
        assert "motd" in m.run("ls /etc")
    passed()

Every wait has a limit, QEMU is always ended, and the whole console is written to the file that the
test runner names, so that a failure can be read afterwards.
"""
import codecs
import os
import re
import select
import subprocess
import sys
import time

import board

KVM = os.environ.get("FUTURA_ACCEL") == "kvm"
PROMPT = r"[$#] $"
UNSEEN = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
UNFINISHED = re.compile(r"\x1b(\[[0-9;?]*)?\Z")


class MachineError(Exception):
    """The machine did not do what the test waited for; the text ends with the console's tail."""


class PlainText:
    """Makes text of what comes to a terminal: without escape sequences and carriage returns. A sequence, like a character,
    may come in two pieces: its beginning waits for the rest."""

    def __init__(self):
        self.decoder, self.rest = codecs.getincrementaldecoder("utf-8")("replace"), ""

    def of(self, piece):
        text = UNSEEN.sub("", self.rest + self.decoder.decode(piece))
        start = UNFINISHED.search(text)
        self.rest = text[start.start():] if start else ""
        return text[:start.start()] if start else text


class Machine:
    """One QEMU, which starts the board of the build folder. `memory` in MiB, `append` = boot options, `image` the variant of
    the boot archive (boot: what is shipped), `kernel` and `initrd` replace the build's own files (to test malformed ones;
    "": none), `dtb` replaces the machine's device tree, `machine` and `cpu` are -M's and -cpu's where they are not the
    board's own, `extra` are further arguments of QEMU."""

    def __init__(self, memory=None, append="", kernel=None, initrd=None, dtb=None, extra=(), image="boot", machine=None,
                 cpu=None):
        folder, here = os.environ["FUTURA_PRESET_DIR"], board.current()
        cpu = cpu or here.cpu
        if KVM and re.match(r"max\b", cpu):
            cpu = here.kvm_cpu + cpu[len("max"):]
        command = [here.qemu, "-M", machine or here.machine, *(("-accel", "kvm") if KVM else ()), "-cpu", cpu, "-m", str(memory or here.memory),
                   *here.options, "-display", "none", "-monitor", "none", "-no-reboot", "-nic", "none",
                   "-chardev", "stdio,id=tty,signal=off", "-serial", "chardev:tty"]
        kernel = os.path.join(folder, here.kernel) if kernel is None else kernel
        if kernel:
            command += ["-kernel", kernel]
        initrd = os.path.join(folder, image + ".cpio") if initrd is None else initrd
        if initrd:
            command += ["-initrd", initrd]
        if append:
            command += ["-append", append]
        if dtb:
            command += ["-dtb", dtb]
        self.text, self.mark, self.status, self.plain = "", 0, None, PlainText()
        self.started = time.monotonic()
        self.log = open(os.environ.get("FUTURA_CONSOLE", os.devnull), "a")
        self.log.write("$ %s\n" % " ".join(command + list(extra)))
        self.qemu = subprocess.Popen(command + list(extra), stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        """Ends QEMU, if it still runs, and reads what is left of the console."""
        if self.qemu.poll() is None:
            self.qemu.kill()
        self.status = self.qemu.wait()
        self.log.flush()

    def _read(self, timeout):
        """One piece of output; False at its end or when none came."""
        ready, _, _ = select.select([self.qemu.stdout], [], [], max(0, timeout))
        piece = os.read(self.qemu.stdout.fileno(), 65536) if ready else b""
        if piece:
            self.log.write(piece.decode("utf-8", "replace"))
            self.log.flush()
            self.text += self.plain.of(piece)
            return True
        return False

    def seconds(self):
        """Wall time since QEMU was started."""
        return time.monotonic() - self.started

    def processor_seconds(self):
        """Processor time that QEMU has used: what others do on the machine does not count."""
        with open("/proc/%d/stat" % self.qemu.pid) as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _fail(self, what):
        self.log.flush()
        tail = "\n".join(self.text.splitlines()[-15:])
        raise MachineError("%s; the console ends with:\n%s" % (what, tail))

    def expect(self, pattern, timeout=30):
        """Waits for a regular expression after the last match; returns the match object."""
        deadline = time.monotonic() + timeout
        expression = re.compile(pattern, re.MULTILINE)
        while True:
            match = expression.search(self.text, self.mark)
            if match:
                self.mark = match.end()
                return match
            left = deadline - time.monotonic()
            if left <= 0:
                self._fail("waited %g s for %r" % (timeout, pattern))
            if not self._read(min(left, 0.5)) and self.qemu.poll() is not None:
                if not self._read(0) and not expression.search(self.text, self.mark):
                    self._fail("QEMU ended (status %d) before %r" % (self.qemu.poll(), pattern))

    def never(self, pattern, seconds):
        """Fails if the pattern shows up within this time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.qemu.poll() is None:
            self._read(min(0.2, deadline - time.monotonic()))
        if re.compile(pattern, re.MULTILINE).search(self.text, self.mark):
            self._fail("%r must not appear" % pattern)

    def send(self, text):
        """Types on the serial console."""
        self.qemu.stdin.write(text.encode())
        self.qemu.stdin.flush()

    def wait_prompt(self, timeout=30):
        self.expect(PROMPT, timeout)

    def run(self, command, timeout=30, status=0):
        """Runs one shell command line and returns what it printed. `status` None: any status."""
        # The words are split so that the console's echo is not taken for the markers.
        self.send("echo test-'begin'; %s; echo test-'end' $?\n" % command)
        self.expect(r"^test-begin$", timeout)
        start = self.mark
        match = self.expect(r"^test-end (\d+)\n", timeout)
        output = self.text[start:match.start()].strip("\n")
        if status is not None and int(match.group(1)) != status:
            self._fail("%r ended with status %s instead of %d" % (command, match.group(1), status))
        self.wait_prompt(timeout)
        return output

    def wait_end(self, timeout=30):
        """Waits for QEMU to end (power off) and returns its status."""
        deadline = time.monotonic() + timeout
        while self.qemu.poll() is None:
            if time.monotonic() > deadline:
                self._fail("the machine did not power off within %g s" % timeout)
            self._read(0.2)
        while self._read(0):
            pass
        self.status = self.qemu.returncode
        return self.status


def case(name):
    """One finer case of a test has passed; the runner counts it by its name."""
    print("ok - " + name.strip().replace(" ", "-").replace(",", ""))
    sys.stdout.flush()


def record(name, number):
    """A count of this test for bench/bars.tsv; it is kept if the test passes."""
    print("record %s %d" % (name, number))
    sys.stdout.flush()


def passed():
    """The last line of a test that succeeded; the runner requires it."""
    print("PASS")
    sys.stdout.flush()
