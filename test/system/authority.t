#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Declared authority equals live authority: the board's manifest against what capmgr reports and against the capability
# tables as the nucleus has them.
# builds: release debug
# timeout: 120
import re

import board
from machine import Machine, passed

TEXT = re.sub(r"//.*", "", open(board.manifest(board.current().name)).read())

declared, devices = {}, {}
for name, body in re.findall(r"component (\w+) \{(.*?)\}(?=\s*(?:component|$))", TEXT, re.DOTALL):
    declared[name] = {(server, interface) for interface, server in
                      re.findall(r"uses \w+: (\S+) from (\w+)\.", body)}
    devices[name] = len(re.findall(r"\breg \d+;", body)), len(re.findall(r"\birq \d+ bit", body))


# What a client comes to hold beside its own uses is redeemed by ticket through them: who offers the interface on the
# left can hand on sessions with those of its own servers that offer the one on the right (docs/decisions/0050).
HANDED_ON = {"futura.fs/1.Directory": "futura.vnode/1.Filesystem",
             "futura.vnode/1.Filesystem": "futura.console/1.Terminal"}


def by_ticket(name):
    found = set()
    for server, interface in declared[name]:
        for below, below_interface in declared[server] if interface in HANDED_ON else ():
            if below_interface == HANDED_ON[interface]:
                found |= {below} | by_ticket(server)
    return found


assert by_ticket("loader") == {"ramfs", "devfs", "procfs", "console"} and by_ticket("init") == set()


def rows(text):
    lines = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


with Machine() as m:
    m.wait_prompt()
    graph = rows(m.run("cat /proc/graph"))
    for name in declared:
        if name == "capmgr":
            continue
        live = {(r["to"], r["interface"]) for r in graph if r["from"] == name and r["interface"] != "device"}
        assert live == declared[name], "%s: declared %s, live %s" % (name, sorted(declared[name]), sorted(live))
        held = [r for r in graph if r["from"] == name and r["interface"] == "device"]
        ports = len([r for r in held if r["to"].startswith("ports:") and r["rights"] == "p"])
        lines = len([r for r in held if r["to"].startswith("irq:")])
        assert (len(held) - lines, lines) == devices[name], "%s: devices %s" % (name, held)
        # The table itself: an endpoint from slot 4 on leads to a server that the manifest names,
        # or to one that such a server hands sessions on with.
        servers = ({server for server, _ in declared[name]} | by_ticket(name)) - {"capmgr"}
        for cap in rows(m.run("cat /proc/caps/%s" % name)):
            if not cap["slot"].isdigit() or int(cap["slot"]) < 4:
                continue
            if cap["type"] == "endpoint":
                assert cap["object"] in servers, "%s slot %s: an endpoint of %s" % (name, cap["slot"], cap["object"])
                assert cap["rights"] == "c", "%s slot %s: rights %s" % (name, cap["slot"], cap["rights"])
            elif cap["type"] == "region":  # ports are accessed by capability, memory is mapped
                assert cap["rights"] == "w" and ports > 0, "%s slot %s: a region" % (name, cap["slot"])
                ports -= 1
            else:
                assert cap["type"] in ("notification", "irq", "control"), "%s slot %s: a %s" % (name, cap["slot"], cap["type"])
                assert cap["type"] != "control" or name == "timer", "%s has control" % name
        assert ports == 0, "%s: ports without a capability" % name
    strangers = {r["from"] for r in graph} - set(declared) - {"cat"}
    assert not strangers, "authority of components that nobody declared: %s" % strangers
passed()
