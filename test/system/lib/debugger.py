# SPDX-License-Identifier: Apache-2.0
"""As much of a debugger as tests of the nucleus need: QEMU's stub, by its remote protocol.

    with Machine(extra=debugger.options(path), ...) as m:
        stub = debugger.stopped_at(m, path, "trap_syscall")
        stub.ask("P7=...", "OK")
        stub.send("c")
"""
import os
import re
import socket
import subprocess

PACKET = rb"\+*\$([^#]*)#.."


def address_of(symbol):
    """Of the nucleus."""
    path = os.path.join(os.environ["FUTURA_PRESET_DIR"], "nucleus/futura.elf")
    names = subprocess.run(["nm", path], capture_output=True, text=True, check=True)
    return int(re.search(r"^([0-9a-f]+) . %s$" % symbol, names.stdout, re.MULTILINE).group(1), 16)


def options(path):
    return ("-gdb", "unix:%s,server=on,wait=off" % path)


class Debugger:
    """Every wait has a limit; an answer that was not expected is an AssertionError."""

    def __init__(self, path):
        self.socket, self.data = socket.socket(socket.AF_UNIX), b""
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.answer()  # the machine stops for who comes

    def send(self, text):
        self.socket.sendall(b"$%s#%02x" % (text.encode(), sum(text.encode()) & 255))

    def answer(self):
        packet = re.match(PACKET, self.data, re.DOTALL)
        while packet is None:
            piece = self.socket.recv(4096)
            assert piece, "the debugged machine has ended"
            self.data += piece
            packet = re.match(PACKET, self.data, re.DOTALL)
        self.data = self.data[packet.end():]
        self.socket.sendall(b"+")
        return packet.group(1).decode()

    def ask(self, text, wanted):
        """Its answer begins so."""
        self.send(text)
        answer = self.answer()
        assert answer.startswith(wanted), "%s was answered %s" % (text, answer)

    def monitor(self, command):
        """What QEMU's monitor says to a command."""
        self.send("qRcmd," + command.encode().hex())
        text, answer = "", self.answer()
        while answer != "OK":
            assert answer.startswith("O"), "the monitor answered %s" % answer
            text += bytes.fromhex(answer[1:]).decode()
            answer = self.answer()
        return text


def stopped_at(m, path, symbol):
    """The stub of a machine that runs the suite, which stands at a symbol of the nucleus."""
    m.expect(r"^suite: start$", 60)
    stub = Debugger(path)
    stub.ask("qXfer:features:read:target.xml:0,ffb", "l<")  # who asks may set registers
    stub.ask("Z1,%x,1" % address_of(symbol), "OK")
    stub.ask("c", "T05")
    stub.ask("z1,%x,1" % address_of(symbol), "OK")
    return stub
