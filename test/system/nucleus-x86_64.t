#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The nucleus suite on q35, every feature of TCG's processor, 256 MiB: all of its checks but DIT's.
# boards: qemu-x86_64
# builds: release debug
# timeout: 240
# needs: suite.cpio
import suite

suite.run_x86_64(machine="q35", cpu="max", memory=256)
