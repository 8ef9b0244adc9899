# SPDX-License-Identifier: Apache-2.0
"""What is measured by booting: instructions under icount, the time to the prompt, memory at the prompt."""
import re

import board
from machine import Machine

BENCH_LINE = re.compile(r"^bench (\S+) (\d+) (\d+) (\d+) (\d+) (\d+)$", re.MULTILINE)


def prompt_seconds():
    with Machine() as m:
        m.wait_prompt(60)
        return m.seconds()


def icount(sleep):
    """QEMU's arguments that make an instruction one tick of the board's counter. `sleep`: for a system that waits for its
    console, where QEMU warns otherwise."""
    return ["-icount", "shift=%d,sleep=%s" % (board.current().icount_shift, "on" if sleep else "off")]


def lines_measure(out, text):
    """`bench NAME MIN MEDIAN MAX N OF`: of so many operations."""
    for name, least, median, most, n, of in BENCH_LINE.findall(text):
        out(name, "instructions", [int(v) / int(of) for v in (least, median, most)], int(n))


def measure_suite(out):
    """The nucleus suite's own measurements, in instructions an operation."""
    with Machine(image="suite", append="bench", extra=icount(False)) as m:
        match = m.expect(r"^suite: \d+ ok, (\d+) failed", 300)
        text = m.text
    if match.group(1) != "0":
        raise SystemExit("bench: a measurement went wrong:\n" + "\n".join(
            line for line in text.splitlines() if line.startswith("not ok")))
    values = dict(re.findall(r"^value (\S+) (\d+)$", text, re.MULTILINE))
    if int(values["counter_hz"]) != board.current().icount_hz:
        raise SystemExit("bench: the counter runs at %s Hz: a tick is not an instruction" % values["counter_hz"])
    lines_measure(out, text)
    out("nucleus.text_bytes", "bytes", [int(values["nucleus.text_bytes"])], 1)
    out("boot.nucleus", "instructions", [int(values["boot.nucleus_ticks"])], 1)


def measure_files(out):
    """Files of the running system, by a program at its prompt."""
    with Machine(image="bench", extra=icount(True)) as m:
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
