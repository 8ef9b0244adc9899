# SPDX-License-Identifier: Apache-2.0
"""Variants of the build's boot archive with one thing wrong."""
import os

import cpio

archive = open(os.path.join(os.environ["FUTURA_PRESET_DIR"], "boot.cpio"), "rb").read()


def entry(name):
    """(offset of the header, offset of the data, size) of a member."""
    return next((at, data, size) for found, at, data, size in cpio.entries(archive) if found == name)


def damaged(name, offset, junk):
    _, data, _ = entry(name)
    return archive[:data + offset] + junk + archive[data + offset + len(junk):]


def renamed(name):
    at, _, _ = entry(name)
    return archive[:at + cpio.HEADER] + b"X" + archive[at + cpio.HEADER + 1:]


def replaced(name, old, new):
    """The first `old` in a member becomes `new`, of the same length."""
    _, data, size = entry(name)
    at = archive.index(old, data, data + size)
    assert len(old) == len(new)
    return archive[:at] + new + archive[at + len(old):]
