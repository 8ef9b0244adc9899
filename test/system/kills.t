#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# More than 500 kills of uart, ramfs and vfs, 170 of each, seen through the log that capmgr prints itself; before
# them, connects of other versions of an interface.
# builds: debug
# timeout: 300
# needs: chaos.cpio
from machine import Machine, passed, record

with Machine(image="chaos") as m:
    m.expect(r"chaos: versions were told apart", 60)
    match = m.expect(r"chaos: survived (\d+) kills: (\d+) of uart, (\d+) of ramfs, (\d+) of vfs", 280)
    assert "chaos: error" not in m.text
total, *each = [int(number) for number in match.groups()]
assert sum(each) == total
record("kills.total", total)
record("kills.least_of_one", min(each))
passed()
