#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# EL2 with VHE: firmware has set HCR_EL2.E2H, and the nucleus stays there. A prompt, traps that go to EL2, and the suite.
# boards: qemu-virt
# builds: release debug
# timeout: 280
# needs: boot.cpio suite.cpio
import os
import re
import tempfile

import suite
import vhe
from machine import Machine, case

BOARD = {"machine": "virt,gic-version=3,virtualization=on", "cpu": "max", "memory": 256}

with tempfile.TemporaryDirectory() as folder:
    kernel, trace = os.path.join(folder, "vhe.img"), os.path.join(folder, "trace")
    vhe.image(kernel)
    with Machine(kernel=kernel, extra=["-d", "int", "-D", trace], **BOARD) as m:
        m.wait_prompt(60)
        m.run("echo up")
        m.send("poweroff\n")
        m.wait_end(30)
    with open(trace) as text:
        levels = set(re.findall(r"from EL\d to EL\d", text.read()))
    assert "from EL0 to EL2" in levels and not any(way.endswith("EL1") for way in levels), levels
    case("a prompt, and every trap goes to EL2")
    suite.run(kernel=kernel, **BOARD)
