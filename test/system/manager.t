#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# The capability manager's bounds: large requests are refused, large lanes made between requests, slots limited as the
# manifest says, tickets that die told to their issuer, and a server that acknowledges no close reported, in a second.
# builds: release debug
# timeout: 120
# needs: manager.cpio
import re
import time

from machine import Machine, case, passed

LATE = r"\tcapmgr\tdeaf \(component \d+\) does not acknowledge a close: connection \d+ of component \d+$"

with Machine(image="manager") as m:
    m.wait_prompt()
    for _ in range(60):
        log = m.run("cat /proc/log")
        if "prober: the end" in log or "FAILED" in log:
            break
        time.sleep(0.5)
    print(log)
    for name in ("memory is limited", "slots are limited", "rights of files at vfs are kept", "rights of files at the filesystem are kept", "rights of pipes are kept",
                 "pools are as declared", "versions are told", "lost tickets are told"):
        assert "prober: " + name in log, name
        case(name)
    assert re.search(r"\ttimer\tcomponent \d+ broke the protocol in its lane: refused", log), log
    assert "prober: broken lanes are refused" in log
    case("a server refuses a client that broke its lane")
    assert "FAILED" not in log and "prober: the end" in log, log
    early, = re.search(r"deaf: asked (\d+) times before a pool of 3000 pages", log).groups()
    assert int(early) >= 1, "a lane of 3000 pages was made within one request"
    assert "is not zero" not in log
    case("lanes are made between requests")
    # The first end was told to the server, the second never asked for; both are reported once, a second later.
    closed, = [int(row.split("\t")[0]) for row in log.split("\n") if "prober: lanes come and go" in row]
    time.sleep(2)
    log = m.run("cat /proc/log")
    late = [int(row.split("\t")[0]) for row in log.split("\n") if re.search(LATE, row)]
    print(closed, late)
    assert len(late) >= 2, log
    assert all(0.9e9 < at - closed < 2e9 for at in late[:2]), (closed, late)
    case("a server that acknowledges no close is reported")
passed()
