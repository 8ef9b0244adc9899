#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The nucleus suite on virt,gic-version=3, cortex-a72, 8192 MiB.
# boards: qemu-virt
# builds: release debug
# timeout: 240
# needs: suite.cpio
import suite

suite.run(machine="virt,gic-version=3", cpu="cortex-a72", memory=8192)
