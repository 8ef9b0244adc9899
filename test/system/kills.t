#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# More than 500 kills of uart, ramfs and vfs, 170 of each, seen through the log that capmgr prints itself; before
# them, connects of other versions of an interface.
# presets: qemu-virt-debug
# timeout: 300
# needs: nucleus/futura.img chaos.cpio
import os

from machine import Machine, passed

with Machine(initrd=os.path.join(os.environ["FUTURA_PRESET_DIR"], "chaos.cpio")) as m:
    m.expect(r"chaos: versions were told apart", 60)
    m.expect(r"chaos: survived 510 kills", 280)
    assert "chaos: error" not in m.text
passed()
