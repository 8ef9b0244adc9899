#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# docs/new-server.md, to the letter: its files in a copy of the tree, built, booted, called.
# timeout: 900
import os
import re
import shutil
import subprocess

import board
from machine import Machine, passed

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BOARD = board.current()
WORK = os.path.join(os.path.dirname(os.environ["FUTURA_PRESET_DIR"]), "new-server-" + BOARD.name)
TREE, BUILD = os.path.join(WORK, "tree"), os.path.join(WORK, "build")

page = open(os.path.join(ROOT, "docs/new-server.md")).read()
blocks = re.findall(r"^```(\S+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)

# The copy keeps its files' times where they are unchanged, so that a second run builds little.
listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
for name in filter(None, listed):
    source, target = os.path.join(ROOT.encode(), name), os.path.join(TREE.encode(), name)
    if os.path.isfile(source):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy2(source, target)
for kind, text in blocks:
    if kind.startswith("file:"):
        target = os.path.join(TREE, kind[5:])
        os.makedirs(os.path.dirname(target), exist_ok=True)
        open(target, "w").write(text)
manifest = os.path.join(TREE, os.path.relpath(board.manifest(BOARD.name), ROOT))
text = open(manifest).read()
component, use = (dict(blocks)[k] for k in ("manifest", "use"))
text = text.replace("component shell", component + "\ncomponent shell").replace(
    "    uses timer: futura.timer/1.Timer from timer.timer;\n    uses loader", use +
    "    uses timer: futura.timer/1.Timer from timer.timer;\n    uses loader")
open(manifest, "w").write(text)

subprocess.run(["cmake", "--preset", BOARD.name, "-S", TREE, "-B", BUILD], cwd=TREE, check=True)
subprocess.run(["ninja", "-C", BUILD], check=True)
with Machine(kernel=os.path.join(BUILD, BOARD.kernel), initrd=os.path.join(BUILD, "boot.cpio")) as m:
    m.wait_prompt()
    assert m.run("greet world") == "Hello, world"
    assert "TOO_SHY" in m.run("greet ''", status=1)
    assert "greeter" in m.run("ps")
passed()
