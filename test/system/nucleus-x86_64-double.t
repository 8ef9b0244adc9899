#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# A fault of the nucleus whose stack is gone: the double fault's own stack lets it say so. A debugger takes the stack away.
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


def broken(where, text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gdb")
        with Machine(machine="q35", cpu="max", memory=64, initrd=os.path.join(FOLDER, "suite.cpio"),
                     extra=("-gdb", "unix:%s,server=on,wait=off" % path)) as m:
            m.expect(r"^suite: start$", 60)
            debugger = Debugger(path)
            debugger.ask("qXfer:features:read:target.xml:0,ffb", "l<")  # who asks may set registers
            debugger.ask("Z1,%x,1" % address_of(where), "OK")
            debugger.ask("c", "T05")
            debugger.ask("z1,%x,1" % address_of(where), "OK")
            debugger.ask("P%x=%s" % (RSP, NOWHERE.to_bytes(8, "little").hex()), "OK")
            debugger.send("c")
            m.expect(text, 60)
            m.wait_end()
    case("the stack vanishes in " + where)


VECTOR = r"^futura: panic: exception in the nucleus, vector 0x0*8 error 0x0* pc 0xffffffff8"
broken("trap_syscall", VECTOR)
broken("trap_resume", VECTOR)
passed()
