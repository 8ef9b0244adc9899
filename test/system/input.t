#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Bad input that passes the nucleus: manifests, missing binaries and boot options. Each is named, and the system halts or
# goes on as docs/troubleshooting.md says, in release builds too.
# builds: release debug
# timeout: 240
import contextlib
import tempfile
import time

from image import damaged, renamed, replaced
from machine import Machine, case, passed

OPTIONS = {
    "colour=red": "unknown option",
    "quiet": "unknown option",
    "log=loud": "unknown level",
    "log=vfs:extreme": "unknown level",
    "panic=maybe": "unknown value",
    "tz=": "value is empty",
    "tz=EST5EDT": "a summer time needs its rule",
    "log=nosuch:debug": "the manifest has no such component",
}


@contextlib.contextmanager
def booted(data, append="", extra=()):
    """A machine with this boot archive; None: the build's own."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data or b"")
        file.flush()
        with Machine(initrd=None if data is None else file.name, append=append, extra=extra) as m:
            yield m


def refused(name, data, *messages):
    """The system says why and halts."""
    with booted(data) as m:
        m.wait_end(30)
        for message in messages:
            m.expect(message, 1)
    case(name)


def reboots(name, data, message, append=""):
    """The boot option panic=reboot: the system says why and starts anew, so that it says it again."""
    with booted(data, "panic=reboot " + append, ("-action", "reboot=reset")) as m:
        m.expect(message, 60)
        m.expect(message, 60)
    case(name)


def given_up(name, data=None, append="", why=""):
    """The shell ends again and again: less and less often, then the system ends and says why."""
    with booted(data, append) as m:
        m.wait_end(90)
        m.expect(why, 1)
        m.expect(r"init: notice: shell is started again in (\d\d\d|1000) ms", 1)
        m.expect(r"init: error: shell is given up", 1)
        m.expect(r"init: error: the shell was started 21 times in vain", 1)
        m.expect(r"init: error: the system ends: shell is critical, and down for good", 1)
    case(name)


def goes_on(name, messages, data=None, append=""):
    """There is a prompt, and the log names what was wrong."""
    with booted(data, append) as m:
        m.wait_prompt(60)
        assert m.run("echo alive") == "alive"
        for _ in range(20):  # a server is given up only after some restarts
            log = m.run("log")
            if all(message in log for message in messages):
                break
            time.sleep(0.5)
        for message in messages:
            assert message in log, "%r is not in the log:\n%s" % (message, log)
    case(name)


refused("malformed manifest", damaged("system.cbor", 40, b"\xff\xff"),
        r"capmgr: error: system\.cbor: manifest is not deterministic CBOR")
refused("manifest of zeros", damaged("system.cbor", 0, bytes(16)), r"capmgr: error: system\.cbor: manifest .+")
refused("no manifest", renamed("system.cbor"), r"capmgr: error: the boot archive has no system\.cbor")
refused("missing interface", replaced("system.cbor", b"futura.timer/1.Timer", b"futura.timer/1.Nosuc"),
        r"capmgr: error: system\.cbor: manifest uses an offer by another interface: component \w+, use \w+$")
refused("no init", renamed("servers/init"), r"^capmgr: the boot archive has no init$")
reboots("no init, panic=reboot", renamed("servers/init"), r"^capmgr: the boot archive has no init$")
goes_on("missing binary", ["servers/timer: boot archive lacks the file", "timer is given up"], renamed("servers/timer"))
goes_on("boot options", ["boot option %s: %s" % pair for pair in OPTIONS.items()], append=" ".join(OPTIONS))
goes_on("init= names nothing", ["bin/nosuch: boot archive lacks the file", "boot option init=/bin/nosuch: it cannot"],
        append="init=/bin/nosuch")
goes_on("init= names no program", ["etc/motd: not an ELF file", "boot option init=/etc/motd: it cannot"],
        append="init=/etc/motd")
given_up("a shell that ends", append="init=/bin/ls", why=r"init: shell: exited 0")
given_up("no shell", data=renamed("bin/fsh"), why=r"init: error: bin/fsh: boot archive lacks the file")
reboots("a shell that ends, panic=reboot", None, r"the system ends: shell is critical", append="init=/bin/false")
passed()
