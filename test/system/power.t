#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# poweroff ends the machine; a prompt comes up with little and with much memory, on both interrupt controllers.
# timeout: 180
from machine import Machine, passed


def off(**options):
    with Machine(**options) as m:
        m.wait_prompt(60)
        m.run("echo up")
        m.send("poweroff\n")
        m.wait_end(30)


off()
off(machine="virt,gic-version=2", memory=128)
off(machine="virt,gic-version=3,virtualization=on", memory=1024)
passed()
