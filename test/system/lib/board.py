# SPDX-License-Identifier: Apache-2.0
"""The board that a test runs on: how QEMU starts it, and what tests know of its devices.

The board is that of the build folder FUTURA_PRESET_DIR. How it is started stands in platform/BOARD/qemu.conf, which the
front door reads as well; what differs between boards in what a test expects stands here, once.
"""
import os
import re
import shlex
from types import SimpleNamespace

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

FACTS = {
    "qemu-virt": {
        # of the uart server: its edges in /proc/graph, its rows in /proc/caps
        "uart_edges": ["mmio:0x9000000+0x1000", "irq:33"],
        # how records of the nucleus begin in the log
        "boot_records": ["interrupts: GICv3", "console: at 0x9000000, interrupt 33"],
        # a line of registers in the report of a crash
        "crash_registers": r"x0  [0-9a-f]{16} x1 ",
        # e_machine of another processor's programs
        "foreign_machine": b"\x3e\0",
        # a time of the clock chip that can only mean that nobody set it
        "unset_clock": "1970-01-01",
        # machines on which a prompt comes up: name, arguments of Machine
        "machines": [
            ("256 MiB", {}), ("64 MiB", {"memory": 64}), ("8 GiB", {"memory": 8192}),
            ("128 MiB GICv2", {"machine": "virt,gic-version=2", "memory": 128}),
            ("1 GiB EL2", {"machine": "virt,gic-version=3,virtualization=on", "memory": 1024}),
            ("1 GiB EL2 GICv2", {"machine": "virt,gic-version=2,virtualization=on", "cpu": "max", "memory": 1024}),
        ],
        # one instruction under icount: QEMU's shift, and the rate of the counter that makes a tick of it
        "icount_shift": 4, "icount_hz": 62500000,
    },
    "qemu-x86_64": {
        "uart_edges": ["ports:0x3f8+0x8", "irq:4"],
        "boot_records": ["interrupts: ", "console: "],
        "crash_registers": r"rax +[0-9a-f]{16} ",
        "foreign_machine": b"\xb7\0",
        "unset_clock": "2000-01-01",  # a PC's clock has no year before
        "machines": [
            ("256 MiB", {}), ("64 MiB", {"memory": 64}), ("8 GiB", {"memory": 8192}),
            ("128 MiB, an old processor", {"cpu": "qemu64", "memory": 128}),
        ],
        "icount_shift": None, "icount_hz": None,  # the suite does not come to its end under icount here
    },
}


def names():
    """Every board that QEMU starts."""
    folder = os.path.join(ROOT, "platform")
    return sorted(n for n in os.listdir(folder) if os.path.exists(os.path.join(folder, n, "qemu.conf")))


def of_preset(preset):
    """The board of a preset such as BOARD-debug; None for the host's."""
    return next((name for name in names() if (preset + "-").startswith(name + "-")), None)


def load(name):
    """A board: `name`, `qemu`, `machine`, `cpu`, `memory`, `options`, `kernel`, `architecture`, `system`,
    `kvm_cpu` (None: never under KVM), and its facts."""
    with open(os.path.join(ROOT, "platform", name, "qemu.conf")) as conf:
        words = shlex.split(conf.read(), comments=True)
    values = {key[len("BOARD_"):].lower(): value for key, _, value in (word.partition("=") for word in words)}
    values.setdefault("kvm_cpu", None)
    values["options"] = shlex.split(values.get("options", ""))
    values["memory"], values["system"] = int(values["memory"]), values["system"] == "yes"
    return SimpleNamespace(name=name, **values, **FACTS[name])


def name_of(folder):
    """The board that a build folder is configured for."""
    with open(os.path.join(folder, "CMakeCache.txt")) as cache:
        return re.search(r"^FUTURA_BOARD:\w+=(.+)$", cache.read(), re.MULTILINE).group(1)


def current():
    return load(name_of(os.environ["FUTURA_PRESET_DIR"]))


def manifest(name):
    return os.path.join(ROOT, "platform", name, name + ".sys")
