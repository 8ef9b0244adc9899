#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The nucleus suite on q35 where every instruction takes a nanosecond of the machine's time: whoever has no budget gets no
# instruction done between two timer interrupts.
# boards: qemu-x86_64
# builds: release debug
# timeout: 240
# needs: suite.cpio
# kvm: no
import suite

suite.run_x86_64(machine="q35", cpu="max", memory=64, extra=["-icount", "shift=0,sleep=off"])
