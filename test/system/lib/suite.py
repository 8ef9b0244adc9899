# SPDX-License-Identifier: Apache-2.0
"""Runs the nucleus suite (test/system/nucleus): each check is a case, and the count must be whole."""
import os
import re

from machine import Machine, case, passed, record

# How many checks the suite has: one that silently vanished would be missed otherwise.
CHECKS = 62


def run(checks=CHECKS, started=lambda: None, **options):
    archive = os.path.join(os.environ["FUTURA_PRESET_DIR"], "suite.cpio")
    with Machine(initrd=archive, **options) as m:
        m.expect(r"^suite: start$", 60)
        started()
        match = m.expect(r"^suite: (\d+) ok, (\d+) failed$", 200)
        bad = [line for line in m.text.splitlines() if line.startswith("not ok")]
        for line in m.text.splitlines():
            if line.startswith("ok "):
                case(line[3:])
        assert not bad and match.group(2) == "0", "\n".join(bad) or "checks failed"
        assert int(match.group(1)) == checks, "%s checks instead of %d" % (match.group(1), checks)
        m.wait_end()
    told = re.search(r"^value callers\.told (\d+)$", m.text, re.MULTILINE)
    record("callers.told", int(told.group(1)))
    passed()


def run_x86_64(**options):
    """The same on a PC: eleven checks of its own for two of aarch64's."""
    run(checks=CHECKS + 9, **options)
