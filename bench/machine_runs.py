# SPDX-License-Identifier: Apache-2.0
"""What is measured by booting: instructions under icount, the time to the prompt, memory at the prompt."""
import os
import re
import subprocess
import time

from common import FOLDER
from machine import Machine

# One instruction is 16 ns of virtual time, which is one tick of the board's 62.5 MHz counter.
ICOUNT = ["-icount", "shift=4,sleep=off"]
ICOUNT_IDLE = ["-icount", "shift=4,sleep=on"]  # for a system that waits for its console, where QEMU warns otherwise
BENCH_LINE = re.compile(r"^bench (\S+) (\d+) (\d+) (\d+) (\d+) (\d+)$", re.MULTILINE)


def qemu(initrd, until, limit):
    """Runs QEMU until `until` appears; seconds from its start to that moment."""
    command = ["qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a72", "-m", "256", "-display", "none",
               "-monitor", "none", "-no-reboot", "-nic", "none", "-serial", "stdio", "-kernel",
               os.path.join(FOLDER, "nucleus/futura.img"), "-initrd", initrd]
    started, text = time.monotonic(), ""
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.set_blocking(child.stdout.fileno(), False)
    try:
        while time.monotonic() - started < limit:
            piece = child.stdout.read()
            if piece:
                text += piece.decode("utf-8", "replace").replace("\r", "")
                if re.search(until, text, re.MULTILINE):
                    return time.monotonic() - started
            elif child.poll() is not None:
                break
            time.sleep(0.002)
    finally:
        child.kill()
        child.wait()
    raise SystemExit("bench: %r did not appear within %d s; the console ends with:\n%s" % (until, limit, text[-800:]))


def prompt_seconds():
    return qemu(os.path.join(FOLDER, "boot.cpio"), r"[$#] (\x1b\[K)?$", 60)


def lines_measure(out, text):
    """`bench NAME MIN MEDIAN MAX N OF`: of so many operations."""
    for name, least, median, most, n, of in BENCH_LINE.findall(text):
        out(name, "instructions", [int(v) / int(of) for v in (least, median, most)], int(n))


def measure_suite(out):
    """The nucleus suite's own measurements, in instructions an operation."""
    with Machine(initrd=os.path.join(FOLDER, "suite.cpio"), append="bench", extra=ICOUNT) as m:
        match = m.expect(r"^suite: \d+ ok, (\d+) failed", 300)
        text = m.text
    if match.group(1) != "0":
        raise SystemExit("bench: a measurement went wrong:\n" + "\n".join(
            line for line in text.splitlines() if line.startswith("not ok")))
    values = dict(re.findall(r"^value (\S+) (\d+)$", text, re.MULTILINE))
    if int(values["counter_hz"]) != 62500000:
        raise SystemExit("bench: the counter runs at %s Hz: a tick is not an instruction" % values["counter_hz"])
    lines_measure(out, text)
    out("nucleus.text_bytes", "bytes", [int(values["nucleus.text_bytes"])], 1)
    out("boot.nucleus", "instructions", [int(values["boot.nucleus_ticks"])], 1)


def measure_files(out):
    """Files of the running system, by a program at its prompt."""
    with Machine(initrd=os.path.join(FOLDER, "bench.cpio"), extra=ICOUNT_IDLE) as m:
        m.wait_prompt(120)
        lines_measure(out, m.run("bench-vfs", 300))


def proc_memory(mebibytes):
    """/proc/memory at the prompt of a machine with so much RAM, kind to bytes."""
    with Machine(memory=mebibytes) as m:
        m.wait_prompt(60)
        rows = [line.split("\t") for line in m.run("cat /proc/memory").splitlines()[1:]]
    return {kind: int(size) for kind, size in rows}


def measure_memory(out):
    small, large = proc_memory(256), proc_memory(8192)
    out("mem.prompt", "bytes", [small["total"] - small["free"]], 1)
    out("mem.nucleus_8g", "bytes", [large["nucleus"]], 1)


def measure_boot(out, runs):
    out("boot.prompt", "seconds", [prompt_seconds() for _ in range(runs)], runs)
