#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The disc of ./futura image starts through GRUB: by BIOS (SeaBIOS) and by UEFI (OVMF), as a CD and as a stick. Its bytes are
# those of its parts, whenever it is made; boot options and what GRUB was given reach the nucleus.
# boards: qemu-x86_64
# timeout: 400
import os
import subprocess
import tempfile
import time

import board
from machine import Machine, case, passed

FOLDER, BOARD = os.environ["FUTURA_PRESET_DIR"], board.current()
OVMF = "/usr/share/OVMF/OVMF_%s_4M.fd"
BIOS = ()
UEFI = ("-drive", "if=pflash,format=raw,readonly=on,file=" + OVMF % "CODE",
        "-drive", "if=pflash,format=raw,snapshot=on,file=" + OVMF % "VARS")


def make(out, archive=os.path.join(FOLDER, "boot.cpio"), options=""):
    subprocess.run(["sh", os.path.join(board.ROOT, "platform", BOARD.name, "iso.sh"), os.path.join(FOLDER, BOARD.kernel),
                    archive, out, options], check=True)


def boot(what, extra, refusal=""):
    """To a prompt that works, or to the nucleus' refusal."""
    with Machine(kernel="", initrd="", extra=extra) as m:
        if refusal:
            m.expect(r"^futura: boot: %s$" % refusal, 90)
        else:
            m.expect(r"^Welcome to Futura", 90)
            m.wait_prompt()
            assert m.run("echo up") == "up"
            m.send("poweroff\n")
            m.wait_end(30)
    case(what)


with tempfile.TemporaryDirectory() as folder:
    disc, again = os.path.join(folder, "futura.iso"), os.path.join(folder, "again.iso")
    make(disc)
    time.sleep(2)  # so that a clock would show
    make(again)
    with open(disc, "rb") as one, open(again, "rb") as two:
        assert one.read() == two.read(), "two discs of the same parts differ"
    case("made twice, one disc")
    cd, stick = ("-cdrom", disc), ("-drive", "file=%s,format=raw,snapshot=on" % disc)
    for firmware, name in ((BIOS, "BIOS"), (UEFI, "UEFI")):
        for medium, what in ((cd, "CD"), (stick, "stick")):
            boot("%s from %s" % (name, what), firmware + medium)
    make(disc, archive=os.path.join(FOLDER, BOARD.kernel))
    boot("an archive that is none", cd, "boot archive: boot archive entry is not in the newc format")
    make(disc, options="x" * 1100)
    boot("boot options that are too long", cd, "command line: too long")
passed()
