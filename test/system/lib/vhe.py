# SPDX-License-Identifier: Apache-2.0
"""A boot image with a first stage before Futura: firmware that hands EL2 over with VHE on, as QEMU's own does not."""
import os
import struct

PLACE = 2 << 20  # of Futura in the image: it starts at any multiple of 2 MiB
HEADER = 64      # the arm64 boot protocol's
FIRST_STAGE = (0xd2b00001,  # mov  x1, #1 << 31      RW: lower levels run AArch64
               0xf2c00081,  # movk x1, #4, lsl #32   E2H
               0xd51c1101,  # msr  hcr_el2, x1
               0xd5033fdf)  # isb; then the branch, with x0 as the loader left it


def branch(source, target):
    """`b` from one offset to another (Arm ARM C6.2.26)."""
    return 0x14000000 | (target - source) >> 2 & 0x3ffffff


def image(path):
    """Writes the image to a path."""
    with open(os.path.join(os.environ["FUTURA_PRESET_DIR"], "nucleus/futura.img"), "rb") as file:
        futura = file.read()
    size = struct.unpack_from("<Q", futura, 16)[0]
    header = struct.pack("<IIQQQQQQ4sI", branch(0, HEADER), 0, 0, PLACE + size, 0xa, 0, 0, 0, b"ARM\x64", 0)
    code = struct.pack("<5I", *FIRST_STAGE, branch(HEADER + 4 * len(FIRST_STAGE), PLACE))
    with open(path, "wb") as file:
        file.write((header + code).ljust(PLACE, b"\0") + futura)
