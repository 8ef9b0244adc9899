#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# What is on the PCI bus: lspci shows what QEMU was given, behind a bridge too; the bus server alone has its registers; and a
# driver gets those of the function that it takes, and no others.
# builds: release debug
# timeout: 120
# needs: boot.cpio bus.cpio
import re

from machine import Machine, case, passed

DEVICES = ("-device", "virtio-net-pci,addr=5", "-device", "pcie-root-port,id=rootport,addr=6,chassis=1",
           "-device", "virtio-rng-pci,bus=rootport", "-device", "pci-testdev,addr=7")

with Machine(extra=DEVICES) as m:
    m.wait_prompt()
    lines = m.run("lspci").splitlines()
    found = {line.split()[0]: line.split(" ", 1)[1] for line in lines}
    assert re.fullmatch(r"(1b36:0008|8086:29c0) host bridge", found["00:00.0"]), found
    assert found["00:05.0"] == "1af4:1000 Ethernet controller", found
    assert re.fullmatch(r"1b36:000c PCI bridge to (\d\d)-\1", found["00:06.0"]), found
    behind = found["00:06.0"][-2:]
    assert found[behind + ":00.0"].startswith("1af4:1044 "), found
    case("functions")

    text = m.run("lspci -v")
    net = text[text.index("00:05.0"):text.index("00:06.0")]
    assert re.search(r"class 020000, revision 00, MSI-X \d+, MSI 0", net), net
    assert re.search(r"BAR 1: memory, size 4K", net) and re.search(r"BAR 4: memory, 64 bits, prefetchable, size 16K", net), net
    case("registers")

    graph = m.run("cat /proc/graph").splitlines()
    holders = [line.split("\t")[0] for line in graph if "\tmmio:0x" in line and line.split("\t")[1].endswith("+0x1000000")]
    assert holders == ["pci"], holders
    case("the bus server alone")

with Machine(image="bus", extra=DEVICES) as m:
    m.wait_prompt()
    for name in ("first", "again"):  # what it had is free again once it has ended
        text = m.run("/test/pcidriver", timeout=30)
        assert "not ok" not in text and "ok - who has no bridge gives no windows" in text, text
        case("a driver, " + name)
passed()
