#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The nucleus suite on q35 while non-maskable interrupts arrive: in threads, in the nucleus, in its wait. None may be seen.
# boards: qemu-x86_64
# builds: debug
# timeout: 240
# needs: suite.cpio
import json
import os
import socket
import tempfile
import threading
import time

import suite

COMMAND = json.dumps({"execute": "inject-nmi"}).encode() + b"\n"
SECONDS = 2  # the suite waits longer than that for its clock
sent = 0


def inject(path):
    """Sends them for a part of the suite: QEMU does not end while commands come."""
    global sent
    end = time.monotonic() + SECONDS
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(path)
            s.sendall(b'{"execute": "qmp_capabilities"}\n')
            while time.monotonic() < end and s.recv(4096):
                s.sendall(COMMAND)
                sent += 1
                time.sleep(0.001)
    except OSError:
        pass


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "qmp")
    thread = threading.Thread(target=inject, args=(path,), daemon=True)
    suite.run_x86_64(machine="q35", cpu="max", memory=256, started=thread.start,
                     extra=("-qmp", "unix:%s,server=on,wait=off" % path))
    assert sent > 100, "only %d were sent" % sent
