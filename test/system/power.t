#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# poweroff ends the machine; a prompt comes up with little and with much memory, on every machine that the board has.
# timeout: 180
import board
from machine import Machine, case, passed


def off(name, **options):
    with Machine(**options) as m:
        m.wait_prompt(60)
        m.run("echo up")
        m.send("poweroff\n")
        m.wait_end(30)
    case(name)


for what, options in board.current().machines:
    off(what, **options)
off("a name for the log's zone", append="tz=UTC-1 log=info")
passed()
