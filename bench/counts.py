# SPDX-License-Identifier: Apache-2.0
"""What is counted and not timed: lines, golden vectors, programs of the image, and what tests have recorded."""
import json
import os
import subprocess

import common
import cpio
import records
from common import ALL, BUILD, ROOT


def cloc(patterns, leave_out=()):
    """Lines of code of the tracked files that match, by cloc."""
    files = subprocess.run(["git", "ls-files"] + patterns, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    files = [f for f in files if not f.startswith(leave_out)] if leave_out else files
    result = subprocess.run(["cloc", "--json", "--skip-uniqueness"] + files, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)["SUM"]["code"]


# What only an x86-64 nucleus links: the bar is one of generic and aarch64 code.
X86_64 = ("nucleus/arch/x86_64/", "nucleus/boot/x86_64/", "platform/port.h", "platform/mmio_x86_64.h",
          "platform/irqchip/ioapic", "platform/irqchip/lapic", "platform/timer/tsc", "platform/uart/early_16550")


def measure_lines(out):
    """The nucleus: generic, aarch64 and platform code (decision 0063); beside it the boot formats that it shares."""
    sources = ["*.c", "*.h", "*.S"]
    out("nucleus.lines", "lines",
        [cloc([room + "/" + s for room in ("nucleus", "platform") for s in sources],
              ("nucleus/spec/",) + X86_64)], 1, board=ALL)
    out("nucleus.x86_64_lines", "lines", [cloc(["nucleus/arch/x86_64/" + s for s in sources])], 1, board=ALL)
    out("nucleus.boot_formats_lines", "lines", [cloc(["abi/boot/" + s for s in sources])], 1, board=ALL)


def measure_goldens(out):
    folder = os.path.join(ROOT, "abi/fic/goldens")
    vectors = [len(json.load(open(os.path.join(folder, f)))) for f in sorted(os.listdir(folder)) if f.endswith(".json")]
    out("fic.goldens", "count", [sum(vectors)], 1, board=ALL)


def measure_programs(out):
    """Programs in the image's bin/."""
    archive = open(os.path.join(common.folder(), "boot.cpio"), "rb").read()
    names = [name for name, _, _, _ in cpio.entries(archive) if name.startswith("bin/")]
    out("rootfs.commands", "count", [len(names)], 1)


def measure_records(out, boards):
    """What the last ./futura test counted here of these boards; the commit, where it is another one than this."""
    here = records.commit(common.ROOT)
    for _, record in sorted(records.load(BUILD).items()):
        if record["board"] not in boards:
            continue
        old = "" if record["commit"] == here else "counted at %s by %s" % (record["commit"], record["test"])
        out(record["name"], "count", [record["value"]], 1, old, record["board"])
