# SPDX-License-Identifier: Apache-2.0
"""Tests of the gate that released interfaces are: on a history that is thrown away."""
import os
import shutil
import subprocess

from core import LOGS, ROOT, Result, log_path

RELEASED = """library futura.gate 1;
interface Door { errors { 256: LOCKED; } 16: open(key: u32) -> (hinge: obj<Hinge>); 17: close(); }
interface Hinge { 16: idempotent turn(by: u16) -> (angle: u16); }
"""
# (case, the changed text, what must be printed; None: it is accepted), and the line and column of a refusal
CHANGES = [
    ("unchanged", RELEASED, None),
    ("a method more", RELEASED.replace("17: close();", "17: close(); 18: knock();"), None),
    ("an optional argument more", RELEASED.replace("key: u32", "key: u32, optional force: bool"), None),
    ("in another interface of the closure", RELEASED.replace("turn(by: u16)", "turn(by: u16, optional fast: bool)"), None),
    ("a required argument more", RELEASED.replace("key: u32", "key: u32, force: bool"), "[required-appended]", "2:46"),
    ("a method gone", RELEASED.replace("17: close();", ""), "[ordinal-dropped]", "2:11"),
    ("another type", RELEASED.replace("angle: u16", "angle: u32"), "[retyped]", "3:34"),
    ("an interface gone", RELEASED.replace("hinge: obj<Hinge>", "hinge: u32").split("interface Hinge")[0], "may not go"),
    ("a new major version", RELEASED.replace("gate 1", "gate 2").replace("key: u32", "key: u64"), None),
    ("a new major version with an interface less", RELEASED.replace("gate 1", "gate 2").replace(
        "hinge: obj<Hinge>", "hinge: u32").split("interface Hinge")[0], None),
]


class Gate:
    """fic on a folder of its own."""

    def __init__(self, fic, name):
        self.fic, self.log = fic, log_path(name)
        self.dir = os.path.join(LOGS, "gate")
        self.history, self.text = os.path.join(self.dir, "history"), os.path.join(self.dir, "gate.fi")
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        open(self.log, "w").close()

    def run(self, *arguments):
        done = subprocess.run([self.fic] + list(arguments), capture_output=True, text=True, timeout=60)
        with open(self.log, "a") as log:
            log.write("$ fic %s\n%s%sstatus %d\n" % (" ".join(arguments), done.stdout, done.stderr, done.returncode))
        return done.returncode, done.stdout + done.stderr

    def command(self, verb, text):
        with open(self.text, "w") as file:
            file.write(text)
        return self.run(verb, "-H", self.history, self.text)

    def stubs(self, text):
        """What the build does: images, then stubs. (status, text, the server's stub)"""
        images, out = os.path.join(self.dir, "images"), os.path.join(self.dir, "stubs")
        shutil.rmtree(images, ignore_errors=True)
        with open(self.text, "w") as file:
            file.write(text)
        status, said = self.run("compile", "-o", images, self.text)
        if status:
            return status, said, ""
        status, said = self.run("gen-c", "-H", self.history, "-o", out,
                                *sorted(os.path.join(images, f) for f in os.listdir(images)))
        return status, said, open(os.path.join(out, "gate_server.c")).read() if status == 0 else ""

    def files(self, suffix):
        return sorted(os.path.join(where, f) for where, _, files in os.walk(self.history) for f in files
                      if f.endswith(suffix))


def change_fails(gate, text, wanted, place=None):
    """What is wrong with how a change is treated, or None."""
    status, said = gate.command("history", text)
    if (status == 0) != (wanted is None) or (wanted and wanted not in said) or \
            (place and "%s:%s: expected a version" % (gate.text, place) not in said):
        return "history: status %d: %s" % (status, said)
    if wanted == "may not go":  # stubs are made of what there is
        return None
    status, said, server = gate.stubs(text)
    if (status == 0) != (wanted is None) or (wanted and wanted not in said):
        return "gen-c: status %d: %s" % (status, said)
    if status == 0 and "gate 1" in text and server.count("_known[1][32]") != 2:
        return "the stubs do not know the released closures"
    return None


def forgeries_fail(gate):
    """A history whose files are not what their names say is refused."""
    image, closure = gate.files(".cbor")[0], gate.files(".closure")[0]
    for file, change in ((image, lambda b: b[:-1] + b"\1"), (closure, lambda b: b + b"\0")):
        whole = open(file, "rb").read()
        open(file, "wb").write(change(whole))
        status, said = gate.command("history", RELEASED)
        open(file, "wb").write(whole)
        if status != 1 or "SHA-256 of the content" not in said:
            return "a forged %s was accepted" % os.path.basename(file)
    hinge = next(f for f in gate.files(".cbor") if "Hinge" in f)
    os.rename(hinge, gate.text + ".kept")
    status, said = gate.command("history", RELEASED)
    os.rename(gate.text + ".kept", hinge)
    return None if status == 1 and "released images only" in said else "a closure without its images was accepted"


def usage_fails(gate):
    """Numbers that are none, and a folder where a file should be, are refused by what they are."""
    for value in ("-1", "0", "1048577", "17592186044417", "99999999999999999999", "1x", ""):
        status, said = gate.run("check", "-m", value, gate.text)
        if status != 2 or "-m takes a number of MiB" not in said:
            return "-m %s: status %d: %s" % (value, status, said)
    status, said = gate.run("check", gate.dir)
    return None if status == 1 and "expected a readable file" in said else "a folder: status %d: %s" % (status, said)


def docs_fail(gate):
    """Docs that a text no longer has are gone from the folder of its images."""
    images = os.path.join(gate.dir, "documented")
    for text, there in (("/// A door.\n", True), ("", False)):
        with open(gate.text, "w") as file:
            file.write("library futura.gate 1;\n%sinterface Door { 16: close(); }\n" % text)
        status, said = gate.run("compile", "-o", images, gate.text)
        if status or os.path.exists(os.path.join(images, "futura.gate.Door.doc.cbor")) != there:
            return "docs '%s': status %d: %s" % (text, status, said)
    return None


def history_test(build):
    name, fic = "interfaces.history", os.path.join(build.dir, "bin/fic")
    if not build.target_current("bin/fic") or not os.path.exists(fic):
        return Result(name, False, "could not start: fic does not build", build.log)
    gate, cases = Gate(fic, name), []

    def case(what, wrong):
        cases.append(("%s.%s" % (name, what.replace(" ", "-")), not wrong, wrong or ""))

    status, said = gate.command("release", RELEASED)
    again, more = gate.command("release", RELEASED)
    case("release", None if status == 0 and again == 0 and said.count("released ") == 4 and not more else said + more)
    for what, *change in CHANGES:
        case(what, change_fails(gate, *change))
    case("forgeries", forgeries_fail(gate))
    status, said = gate.command("release", CHANGES[4][1])
    case("no release of a break", None if status == 1 and len(gate.files(".cbor")) == 2 else said)
    gate.command("release", CHANGES[1][1])
    status, said, server = gate.stubs(CHANGES[1][1])
    case("two releases", None if server.count("gate_door_known[2][32]") == 1 else said + server)
    case("the tree", tree_fails(gate))
    case("docs that vanish", docs_fail(gate))
    case("usage", usage_fails(gate))
    return Result(name, all(c[1] for c in cases), "", gate.log, cases)


def tree_fails(gate):
    """What the tree says now may replace all that was released, and each of its interfaces was."""
    folder = os.path.join(ROOT, "abi/interfaces")
    texts = sorted(os.path.join(folder, f) for f in os.listdir(folder) if f.endswith(".fi"))
    status, said = gate.run("history", "-H", os.path.join(folder, "history"), "-I", folder, *texts)
    return said if status != 0 or "may replace 0 " in said or said.count("may replace") < len(texts) else None
