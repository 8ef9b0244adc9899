#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# builds: debug
# timeout: 300
"""./futura debug: the symbols of the nucleus and of any program, by the name that the image has for it."""
import os
import subprocess
import tempfile

import board
from machine import case, passed

ROOT, BUILD = os.environ["FUTURA_ROOT"], os.path.dirname(os.environ["FUTURA_PRESET_DIR"])
PROGRAMS = {"ls": "cmd-ls", "cat": "cmd-cat", "fsh": "cmd-fsh", "vfs": "vfs", "uart": "uart", "capmgr": "capmgr"}


def debug(*programs):
    """Runs it with a gdb that prints what it is told."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("gdb-multiarch", 'cat "$3"'), ("dpkg-query", "echo installed")):
            with open(os.path.join(folder, name), "w") as file:
                file.write("#!/bin/sh\n%s\n" % text)
            os.chmod(os.path.join(folder, name), 0o755)
        done = subprocess.run([ROOT + "/futura", "debug", board.current().name, *programs], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "FUTURA_BUILD": BUILD, "PATH": folder + ":" + os.environ["PATH"]})
    return done.returncode, done.stdout, done.stderr


status, out, err = debug(*PROGRAMS)
assert status == 0, err
files = [line.split()[1] for line in out.splitlines() if line.startswith(("add-symbol-file ", "file "))]
assert [os.path.basename(f) for f in files] == ["futura.elf", *PROGRAMS.values()], out
for file in files:
    sections = subprocess.run(["readelf", "-SW", file], capture_output=True, text=True).stdout
    assert ".debug_info" in sections, file
case("symbols of every program")
status, out, err = debug("nosuch")
assert status == 1 and "no program nosuch in the image" in err and " ls " in err and " vfs " in err, err
case("no such program")
passed()
