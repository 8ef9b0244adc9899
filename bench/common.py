# SPDX-License-Identifier: Apache-2.0
"""Places that all of bench/ uses, and the way to the harness of the boot tests."""
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("FUTURA_BUILD", os.path.join(ROOT, "build"))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(ROOT, "test/system/lib"), os.path.join(ROOT, "test")]
import board  # noqa: E402

ALL = "all"  # of what is the same for every board
FIRST = "qemu-virt"
BOARDS = [name for name in board.names() if board.load(name).system]


def folder(name=None):
    """A board's build; of the board in use, where none is named."""
    return os.path.join(BUILD, name) if name else os.environ["FUTURA_PRESET_DIR"]


def use(name):
    """From now on Machine() starts this board."""
    os.environ["FUTURA_PRESET_DIR"] = folder(name)
    return board.load(name)
