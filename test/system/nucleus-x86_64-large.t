#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The nucleus suite on q35, 5 GiB: RAM on both sides of the devices' addresses; an IOMMU.
# boards: qemu-x86_64
# builds: debug
# timeout: 240
# needs: suite.cpio
import suite

suite.run_x86_64(machine="q35", cpu="max", memory=5120, append="-iommu", extra=("-device", "intel-iommu"))
