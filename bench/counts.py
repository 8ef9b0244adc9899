# SPDX-License-Identifier: Apache-2.0
"""What is counted and not timed: lines, golden vectors, programs of the image, and what tests have recorded."""
import json
import os
import re
import subprocess

import common
import cpio
import records
from common import BUILD, FOLDER, ROOT


def measure_lines(out):
    """Lines of code of the nucleus, as cloc counts them: generic, aarch64 and linked platform code."""
    files = subprocess.run(["git", "ls-files", "nucleus/*.c", "nucleus/*.h", "nucleus/*.S", "platform/*.c", "platform/*.h"],
                           cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    files = [f for f in files if not f.startswith("nucleus/spec/")]  # predicates: no release build links them
    files = [f for f in files if f.count("/") == 1 or "aarch64" in f or f.startswith(("platform/", "nucleus/boot"))]
    code = 0
    for name in files:
        text = re.sub(r"/\*.*?\*/", "", open(os.path.join(ROOT, name)).read(), flags=re.DOTALL)
        code += sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("//"))
    out("nucleus.lines", "lines", [code], 1)


def measure_counts(out):
    """Golden vectors, and programs in the image's bin/."""
    folder = os.path.join(ROOT, "abi/fic/goldens")
    vectors = [len(json.load(open(os.path.join(folder, f)))) for f in sorted(os.listdir(folder)) if f.endswith(".json")]
    out("fic.goldens", "count", [sum(vectors)], 1)
    archive = open(os.path.join(FOLDER, "boot.cpio"), "rb").read()
    names = [name for name, _, _, _ in cpio.entries(archive) if name.startswith("bin/")]
    out("rootfs.commands", "count", [len(names)], 1)


def measure_records(out):
    """What the last ./futura test counted here; the commit, where it is another one than this."""
    here = records.commit(common.ROOT)
    for name, record in sorted(records.load(BUILD).items()):
        old = "" if record["commit"] == here else "counted at %s by %s" % (record["commit"], record["test"])
        out(name, "count", [record["value"]], 1, old)
