#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# A malformed archive, capability manager or manifest is a readable line that names it, and a clean halt.
# builds: release debug
# timeout: 180
import tempfile

import board
from image import archive, damaged, renamed
from machine import Machine, case, passed

def refused(name, data, message):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with Machine(initrd=file.name) as m:
            m.expect(message, 20)
            m.wait_end(20)
    case(name)


refused("truncated", archive[:100000], r"^futura: boot: boot archive: .+")
refused("no archive at all", b"this is no cpio archive" * 100, r"^futura: boot: boot archive: .+")
refused("bad digits", archive[:8] + b"zz" + archive[10:], r"^futura: boot: boot archive: .+")
refused("no capability manager", renamed("capmgr"), r"^futura: boot: boot archive: file capmgr: .+")
refused("capability manager is no ELF", damaged("capmgr", 0, b"MZ"), r"^futura: boot: capmgr: .+")
refused("capability manager of another processor", damaged("capmgr", 18, board.current().foreign_machine), r"^futura: boot: capmgr: .+")
refused("segment outside the file", damaged("capmgr", 64 + 32, b"\xff" * 7), r"^futura: boot: capmgr: .+")
passed()
