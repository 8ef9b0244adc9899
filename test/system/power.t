#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# poweroff ends the machine; a prompt comes up with little and with much memory, on both interrupt controllers.
# timeout: 180
from machine import Machine, case, passed


def off(name, **options):
    with Machine(**options) as m:
        m.wait_prompt(60)
        m.run("echo up")
        m.send("poweroff\n")
        m.wait_end(30)
    case(name)


off("256 MiB")
off("64 MiB", memory=64)
off("128 MiB GICv2", machine="virt,gic-version=2", memory=128)
off("1 GiB EL2", machine="virt,gic-version=3,virtualization=on", memory=1024)
off("1 GiB EL2 GICv2", machine="virt,gic-version=2,virtualization=on", cpu="max", memory=1024)
off("8 GiB", memory=8192)
off("a name for the log's zone", append="tz=UTC-1 log=info")
passed()
