#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The nucleus suite on q35, 5 GiB: RAM on both sides of the devices' addresses; an IOMMU; an HPET that raises its interrupts by
# messages.
# boards: qemu-x86_64
# builds: debug
# timeout: 240
# needs: suite.cpio
import suite

suite.run_x86_64(machine="q35", cpu="max", memory=5120, append="-iommu -msi",
                 extra=("-device", "intel-iommu", "-global", "hpet.msi=on"))
