# SPDX-License-Identifier: Apache-2.0
"""Reads boot archives: cpio in the "newc" format (cpio(5))."""

HEADER = 110


def entries(archive):
    """(name, offset of the header, offset of the data, size) of each member, in order."""
    at = 0
    while archive[at:at + 6] == b"070701":
        size, length = int(archive[at + 54:at + 62], 16), int(archive[at + 94:at + 102], 16)
        name = archive[at + HEADER:at + HEADER + length - 1].decode()
        data = (at + HEADER + length + 3) // 4 * 4
        if name == "TRAILER!!!":
            return
        yield name, at, data, size
        at = (data + size + 3) // 4 * 4
