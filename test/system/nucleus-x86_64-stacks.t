#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Stacks of their own: a debugger takes the nucleus' stack away, and the double fault still says so; a non-maskable interrupt
# comes while a user's stack is loaded, and nothing is seen of it.
# boards: qemu-x86_64
# builds: debug
# timeout: 120
# needs: suite.cpio
import os
import re
import socket
import subprocess
import tempfile

from machine import Machine, case, passed

FOLDER = os.environ["FUTURA_PRESET_DIR"]
NOWHERE = 0xffff900000000000  # canonical, and in no table of the nucleus
RSP = 7                       # its number in the debugger's protocol


def address_of(symbol):
    names = subprocess.run(["nm", os.path.join(FOLDER, "nucleus/futura.elf")], capture_output=True, text=True, check=True)
    return int(re.search(r"^([0-9a-f]+) . %s$" % symbol, names.stdout, re.MULTILINE).group(1), 16)


class Debugger:
    """As much of the remote protocol as is needed."""

    def __init__(self, path):
        self.socket, self.data = socket.socket(socket.AF_UNIX), b""
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.answer()  # the machine stops for who comes

    def send(self, text):
        self.socket.sendall(b"$%s#%02x" % (text.encode(), sum(text.encode()) & 255))

    def answer(self):
        packet = None
        while packet is None:
            self.data += self.socket.recv(4096)
            packet = re.match(rb"\+*\$([^#]*)#..", self.data, re.DOTALL)
        self.data = self.data[packet.end():]
        self.socket.sendall(b"+")
        return packet.group(1).decode()

    def ask(self, text, wanted):
        """Its answer begins so."""
        self.send(text)
        answer = self.answer()
        assert answer.startswith(wanted), "%s was answered %s" % (text, answer)


def stopped_at(m, path, where):
    """A debugger of the machine, which stands at a symbol of the nucleus."""
    m.expect(r"^suite: start$", 60)
    debugger = Debugger(path)
    debugger.ask("qXfer:features:read:target.xml:0,ffb", "l<")  # who asks may set registers
    debugger.ask("Z1,%x,1" % address_of(where), "OK")
    debugger.ask("c", "T05")
    debugger.ask("z1,%x,1" % address_of(where), "OK")
    return debugger


def machine(path):
    return Machine(machine="q35", cpu="max", memory=64, initrd=os.path.join(FOLDER, "suite.cpio"),
                   extra=("-gdb", "unix:%s,server=on,wait=off" % path))


def without_stack(path, where):
    with machine(path) as m:
        debugger = stopped_at(m, path, where)
        debugger.ask("P%x=%s" % (RSP, NOWHERE.to_bytes(8, "little").hex()), "OK")
        debugger.send("c")
        m.expect(r"^futura: panic: exception in the nucleus, vector 0x0*8 error 0x0* pc 0xffffffff8", 60)
        m.wait_end()
    case("the stack vanishes in " + where)


def interrupted(path, where):
    with machine(path) as m:
        debugger = stopped_at(m, path, where)
        debugger.ask("qRcmd," + b"nmi".hex(), "OK")
        debugger.send("c")
        m.expect(r"^ok domain life$", 60)
    case("a non-maskable interrupt in " + where)


with tempfile.TemporaryDirectory() as folder:
    without_stack(os.path.join(folder, "1"), "trap_syscall")
    without_stack(os.path.join(folder, "2"), "trap_resume")
    interrupted(os.path.join(folder, "3"), "entry_syscall")
passed()
