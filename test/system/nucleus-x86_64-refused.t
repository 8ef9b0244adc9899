#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Bad input to the nucleus on a PC: each is refused with a line that says what was wrong.
# boards: qemu-x86_64
# builds: debug
# timeout: 240
# needs: suite.cpio
# kvm: no
import os
import struct
import tempfile

from machine import Machine, case, passed

FOLDER = os.environ["FUTURA_PRESET_DIR"]
ARCHIVE = os.path.join(FOLDER, "suite.cpio")
IOAPIC = b"\x01\x0c\0\0" + struct.pack("<II", 0xfec00000, 0)
PROCESSOR = b"\0\x08\0\0\x01\0\0\0"


def refused(name, text, initrd=ARCHIVE, cpu="max", memory=64, append="", extra=()):
    with Machine(machine="q35", initrd=initrd, cpu=cpu, memory=memory, append=append, extra=extra) as m:
        m.expect(r"^futura: boot: %s$" % text, 30)
    case(name)


def table(folder, signature, body):
    """A further ACPI table: QEMU gives it a header with a right checksum."""
    path = os.path.join(folder, signature)
    with open(path, "wb") as out:
        out.write(body)
    return "-acpitable", "sig=%s,data=%s" % (signature, path)


with tempfile.TemporaryDirectory() as folder:
    def madt(body, address=0xfee00000):
        return table(folder, "APIC", struct.pack("<II", address, 1) + body)

    refused("no archive", "boot archive: the loader gave none", initrd="")
    refused("an archive that is none", "boot archive: boot archive entry is not in the newc format", initrd=os.path.join(FOLDER, "nucleus/futura.elf"))
    refused("a command line without end", "command line: too long", append="x" * 1100)
    refused("no execute protection", "this processor has no long mode or no execute protection", cpu="max,nx=off")
    refused("no 64 bits", "this processor has no long mode or no execute protection", cpu="max,lm=off")
    refused("MADT without an I/O APIC", "ACPI table APIC: it lacks what is needed", extra=madt(PROCESSOR))
    refused("MADT that ends in an entry", "ACPI table APIC: it has a malformed entry",
            extra=madt(PROCESSOR + IOAPIC[:-1]))
    refused("MADT with an entry of no length", "ACPI table APIC: it has a malformed entry",
            extra=madt(PROCESSOR + IOAPIC + b"\x07\0"))
    refused("MADT without local APICs", "ACPI table APIC: it has an address that cannot be",
            extra=madt(PROCESSOR + IOAPIC, address=0))
    refused("MCFG with a window nowhere", "ACPI table MCFG: it has an address that cannot be",
            extra=table(folder, "MCFG", bytes(8) + struct.pack("<QHBBI", 0x123, 0, 0, 255, 0)))
    refused("DMAR with a unit that ends outside", "ACPI table DMAR: it has a malformed entry",
            extra=table(folder, "DMAR", bytes((47, 0)) + bytes(10) + struct.pack("<HH", 0, 17) + bytes(12)))
    refused("DMAR with registers nowhere", "ACPI table DMAR: it has an address that cannot be",
            extra=table(folder, "DMAR", bytes((47, 0)) + bytes(10) + struct.pack("<HHBBHQ", 0, 16, 1, 0, 0, 0x123)))
    refused("DMAR with too many units", "ACPI table DMAR: it has too many entries of one kind",
            extra=table(folder, "DMAR", bytes((47, 0)) + bytes(10)
                        + 9 * struct.pack("<HHBBHQ", 0, 16, 1, 0, 0, 0xfed90000)))
    refused("FADT that is too short", "ACPI table FACP: its length is impossible", extra=table(folder, "FACP", bytes(8)))
passed()
