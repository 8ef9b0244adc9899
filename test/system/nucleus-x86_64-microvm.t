#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The nucleus suite on a microvm: no PCI, no HPET, no PM1 ports; it is switched off by a register in memory.
# boards: qemu-x86_64
# builds: debug
# timeout: 240
# needs: suite.cpio
import suite

suite.run_x86_64(machine="microvm,isa-serial=on,rtc=on", cpu="max", memory=64, append="-microvm")
