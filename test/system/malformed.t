#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# A malformed archive is a readable line and a clean halt.
# presets: qemu-virt-debug
# timeout: 120
import os
import tempfile

from machine import Machine, passed

archive = open(os.path.join(os.environ["FUTURA_PRESET_DIR"], "boot.cpio"), "rb").read()
CASES = {"truncated": archive[:100000], "no archive at all": b"this is no cpio archive" * 100,
         "bad digits": archive[:8] + b"zz" + archive[10:]}

for name, data in CASES.items():
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with Machine(initrd=file.name) as m:
            m.expect(r"^futura: boot: .+", 20)
            m.wait_end(20)
passed()
