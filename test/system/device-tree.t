#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Malformed device trees: each is a readable line that names what was wrong, and a clean halt; harmless oddities boot.
# QEMU repairs and refuses trees that go through -dtb, so nucleus, tree and archive are put into memory by hand.
# boards: qemu-virt
# builds: release debug
# timeout: 240
import os
import struct
import subprocess
import tempfile

import fdt
from machine import Machine, case, passed

FOLDER = os.environ["FUTURA_PRESET_DIR"]
MACHINE, MEMORY = "virt,gic-version=3", 256
STUB, IMAGE, TREE, ARCHIVE = 0x40100000, 0x40200000, 0x44000000, 0x46000000
# x0 = tree, x1 = image; x2 = x3 = 0; br x1
CODE = struct.pack("<5I", 0xd2a88000, 0xd2a80401, 0xd2800002, 0xd2800003, 0xd61f0020)
GIC, MEM = "/intc", "/memory"


def pristine():
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["qemu-system-aarch64", "-M", MACHINE + ",dumpdtb=" + file.name, "-cpu", "cortex-a72", "-m",
                        str(MEMORY), "-nic", "none", "-display", "none"], check=True, capture_output=True, timeout=30)
        tree = fdt.Tree(open(file.name, "rb").read())
    size = os.path.getsize(os.path.join(FOLDER, "boot.cpio"))
    tree.node("/chosen").props["linux,initrd-start"] = struct.pack(">Q", ARCHIVE)
    tree.node("/chosen").props["linux,initrd-end"] = struct.pack(">Q", ARCHIVE + size)
    return tree


def boot(blob, check):
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for name, data in (("stub", CODE), ("tree", blob)):
            names.append(os.path.join(folder, name))
            open(names[-1], "wb").write(data)
        extra = []
        for path, address in ((names[0], STUB), (os.path.join(FOLDER, "nucleus/futura.img"), IMAGE), (names[1], TREE),
                              (os.path.join(FOLDER, "boot.cpio"), ARCHIVE)):
            extra += ["-device", "loader,file=%s,addr=%#x,force-raw=on" % (path, address)]
        extra += ["-device", "loader,addr=%#x,cpu-num=0" % STUB]
        with Machine(kernel="", initrd="", machine=MACHINE, memory=MEMORY, extra=extra) as m:
            check(m)


def refused(name, blob, message):
    def check(m):
        m.expect(r"^futura: boot: .*" + message, 20)
        m.wait_end(20)
    boot(blob, check)
    case("refused: " + name)


def not_started(name, blob, message):
    """A device of the manifest is missing: init says which, starts nothing, and the system halts."""
    def check(m):
        m.expect(r"init: error: " + message, 30)
        m.expect(r"init: error: nothing is started: ", 5)
        m.wait_end(20)
        assert "Welcome" not in m.text
    boot(blob, check)
    case("not started: " + name)


def accepted(name, blob):
    def check(m):
        m.wait_prompt(40)
        assert m.run("echo up") == "up"
    boot(blob, check)
    case("accepted: " + name)


def edited(edit):
    tree = pristine()
    edit(tree)
    return tree.bytes()


def prop(path, name, value):
    def edit(tree):
        (tree.node(path) if path != "/" else tree.root).props[name] = value
    return edited(edit)


def without(path):
    return edited(lambda tree: tree.remove(path))


def header(word, value):
    blob = bytearray(pristine().bytes())
    blob[4 * word:4 * word + 4] = struct.pack(">I", value)
    return bytes(blob)


def initrd(start, end):
    def edit(tree):
        tree.node("/chosen").props["linux,initrd-start"] = struct.pack(">Q", start)
        tree.node("/chosen").props["linux,initrd-end"] = struct.pack(">Q", end)
    return edited(edit)


def no_initrd(tree):
    del tree.node("/chosen").props["linux,initrd-start"], tree.node("/chosen").props["linux,initrd-end"]


def nested(tree):
    node = tree.root
    for _ in range(100):
        node.children.append(fdt.Node("deep"))
        node = node.children[-1]


def unbalanced():
    blob = bytearray(pristine().bytes())
    at = struct.unpack(">I", blob[8:12])[0] + struct.unpack(">I", blob[36:40])[0]
    blob[at - 8:at - 4] = struct.pack(">I", fdt.NOP)  # the root's end
    return bytes(blob)


def main():
    pairs = struct.Struct(">QQ").pack
    refused("no magic", header(0, 0x12345678), "magic is missing")
    refused("larger than a tree may be", header(1, 0x40000000), "larger than 2 MiB")
    refused("shorter than its header", header(1, 20), "device tree: ")
    refused("an old version", header(5, 3), "version is not 17")
    refused("structure outside", header(2, 0x7ffffff8), "structure block lies outside")
    refused("strings outside", header(3, 0x7ffffff8), "strings block lies outside")
    refused("reservations outside", header(4, 0x7ffffff8), "reservation list is malformed")
    refused("structure cut short", header(9, 64), "device tree: ")
    refused("nodes not balanced", unbalanced(), "device tree: ")
    refused("nodes nested too deeply", edited(nested), "nested too deeply")
    refused("no memory", without(MEM), "memory: the tree names none")
    refused("memory of a wrong length", prop(MEM, "reg", b"1234567"), "memory: .*wrong length")
    refused("memory that wraps around", prop(MEM, "reg", pairs(1 << 63, 1 << 63 | 4096)), "memory: .*wraps around")
    refused("memory above the address space", prop(MEM, "reg", pairs(1 << 50, 1 << 30)), "memory: ")
    refused("memory elsewhere", prop(MEM, "reg", pairs(0x80000000, 1 << 28)), "nucleus: not in RAM")
    refused("too little memory", prop(MEM, "reg", pairs(0x40000000, 0x220000)), "not in RAM")
    refused("absurd cell counts", prop("/", "#address-cells", struct.pack(">I", 77)), "cell counts")
    refused("no interrupt controller", without(GIC), "interrupt controller node: ")
    refused("an unknown interrupt controller", prop(GIC, "compatible", b"acme,pic\0"), "interrupt controller node: ")
    refused("a misplaced interrupt controller", prop(GIC, "reg", pairs(0x8000010, 0x10000) + pairs(0x80a0000, 0xf60000)),
            "interrupt controller: its registers are misplaced")
    refused("no timer", without("/timer"), "timer node: ")
    refused("a timer without interrupts", prop("/timer", "interrupts", b""), "timer node: ")
    refused("no PSCI", without("/psci"), "PSCI node: ")
    refused("an unknown conduit", prop("/psci", "method", b"abc\0"), "PSCI node: ")
    refused("no archive", edited(no_initrd), "boot archive: the loader gave none")
    refused("an archive outside RAM", initrd(0x80000000, 0x80100000), "boot archive: not in RAM")
    refused("an archive that ends before it starts", initrd(ARCHIVE, ARCHIVE - 4096), "wraps around")
    refused("an archive over the nucleus", initrd(IMAGE, IMAGE + 4096), "boot archive: overlaps the nucleus")
    refused("an archive over the tree", initrd(TREE, TREE + 4096), "boot archive: shares pages")
    not_started("a device is missing", without("/pl031"), r"component timer, device /pl031@9010000: .* no such node")
    not_started("a device is disabled", prop("/pl031", "status", b"disabled\0"), r"component timer, .*disabled")
    not_started("a device is another one", prop("/pl031", "compatible", b"acme,clock\0"), r".*/pl031.*compatible with nothing")
    not_started("a device has no registers", prop("/pl031", "reg", b""), r"component timer, .*lacks a register range")
    not_started("a device has no interrupt", prop("/pl011", "interrupts", b""), r"component uart, .*lacks an interrupt")
    accepted("no stdout-path", edited(lambda tree: tree.node("/chosen").props.pop("stdout-path")))
    accepted("no seed", edited(lambda tree: [tree.node("/chosen").props.pop(p, None) for p in ("rng-seed", "kaslr-seed")]))
    accepted("unknown nodes", edited(lambda tree: tree.root.children.append(fdt.Node("future@0"))))
    passed()


main()
