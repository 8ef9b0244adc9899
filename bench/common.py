# SPDX-License-Identifier: Apache-2.0
"""Places that all of bench/ uses, and the way to the harness of the boot tests."""
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("FUTURA_BUILD", os.path.join(ROOT, "build"))
BOARD = "qemu-virt"
FOLDER = os.path.join(BUILD, BOARD)
os.environ["FUTURA_PRESET_DIR"] = FOLDER
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(ROOT, "test/system/lib"), os.path.join(ROOT, "test")]
