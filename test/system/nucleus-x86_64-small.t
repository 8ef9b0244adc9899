#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The nucleus suite on q35 with 16 MiB.
# boards: qemu-x86_64
# builds: debug
# timeout: 240
# needs: suite.cpio
import suite

suite.run_x86_64(machine="q35", cpu="max", memory=16)
