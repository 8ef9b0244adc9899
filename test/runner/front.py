# SPDX-License-Identifier: Apache-2.0
"""Tests of the front door: what ./futura says, and its exit status."""
import contextlib
import glob
import os
import re
import subprocess
import tempfile

from core import BUILD, ROOT, Result, Test, log_path, run_logged, status_text

DOOR = os.path.join(ROOT, "futura")
VERBS = "run test bench prove debug graph demo doctor image version clean help".split()
TEST_ONLY = ("python3", "clang", "check", "shellcheck", "debootstrap")
ELSEWHERE = {"FUTURA_BUILD": os.path.join(BUILD, "front")}  # for a runner within the runner
# For what must be refused: a wrong `clean` that is not refused must not find anybody's build or cache.
SCRATCH = {v: os.path.join(BUILD, "front", "scratch-" + v) for v in ("FUTURA_BUILD", "FUTURA_CACHE")}

# What is refused before anything is installed or built, and the words of the refusal.
WRONG = (("version --bogus", "unexpected argument --bogus"), ("doctor --bogus", "unexpected argument --bogus"),
         ("prove now", "unexpected argument now"), ("demo confine twice", "unexpected argument twice"),
         ("demo dance", "unknown demonstration dance"), ("bench --bogus", "unknown option --bogus"),
         ("bench --json", "--json needs a value"), ("graph --bogus", "unknown option --bogus"),
         ("graph toaster", "unknown board toaster"), ("graph qemu-virt twice", "unexpected argument twice"),
         ("debug --bogus", "not a program's name: '--bogus'"), ("clean --bogus", "unknown option --bogus"),
         ("clean --cache twice", "unexpected argument twice"), ("run -m 4", "at least 64 MiB"),
         ("run -m much", "a number of MiB, not 'much'"), ("run --bogus", "unknown option --bogus"),
         ("run --image", "--image needs a name"), ("run --image ../boot", "needs the name of a variant, not '../boot'"),
         ("run qemu-virt qemu-virt", "one board"), ("image --bogus", "unknown option --bogus"),
         ("image -o", "-o needs a folder"), ("test --board toaster", "unknown board toaster"),
         ("test --board apple-m2", "apple-m2 cannot boot yet"))


def command_test(name, command, expect_status, expect_text=(), timeout=120, env=None, group="front"):
    """A command's exit status and pieces of its output."""
    wanted = [expect_text] if isinstance(expect_text, str) else list(expect_text)

    def action():
        status, log = run_logged(name, command, timeout, env)
        text = open(log, errors="replace").read().split("\n", 1)[1]
        if status != expect_status:
            return Result(name, False, "%s, expected status %d" % (status_text(status), expect_status), log)
        missing = [w for w in wanted if w not in text]
        return Result(name, not missing, "the output lacks %r" % missing if missing else "", log)
    return Test(name, action, group)


def word_tests():
    yield command_test("front.shellcheck", ["shellcheck", "-S", "warning", "-s", "sh", DOOR,
                                            os.path.join(ROOT, ".ci/run")] + sorted(glob.glob(ROOT + "/cmake/*.sh") + glob.glob(ROOT + "/platform/*/*.sh")), 0)
    for verb in VERBS:
        yield command_test("front.help." + verb, [DOOR, verb, "--help"], 0, "usage: ./futura")
    yield Test("front.help-is-complete", help_is_complete, "front")
    yield Test("front.doctor", doctor_is_complete, "front")
    yield Test("front.containerfile", containerfile_is_complete, "front")
    yield command_test("front.version", [DOOR, "version"], 0, open(os.path.join(ROOT, "VERSION")).read().strip())
    yield command_test("front.unknown-command", [DOOR, "dance"], 2, "unknown command dance")
    yield command_test("front.unknown-board", [DOOR, "run", "toaster"], 2, "unknown board toaster")
    yield command_test("front.unbootable-board", [DOOR, "run", "apple-m2"], 2, "cannot boot yet")
    for words, text in WRONG:
        yield command_test("front.wrong." + "-".join(words.split()).replace("--", ""), [DOOR] + words.split(), 2, text, 60,
                           SCRATCH)
    yield command_test("front.prove-is-not-pretended", [DOOR, "prove"], 2, "not part of this tree")


def package_lists():
    """The front door's packages, by the list that they are in."""
    return {name: words.split() for name, words in re.findall(r'^PKG_([A-Z]+)="([^"]+)"', open(DOOR).read(), re.MULTILINE)}


def doctor_is_complete():
    """Where nothing is installed, doctor names every package that a command would install, each once, and how grave it is."""
    name, lists = "front.doctor", package_lists()
    with fake_tools(dpkg_query="exit 1") as env:
        status, log = run_logged(name, [DOOR, "doctor"], 60, env)
    said = re.findall(r"^(FAIL|warn) +(\S+) +missing, needed for ([\w -]+); apt-get install --no-install-recommends (\S+)$",
                      open(log, errors="replace").read(), re.MULTILINE)
    needed = lists["BUILD"] + lists["ARM"]
    wanted = sorted((("FAIL" if p in needed else "warn"), p) for p in {p for words in lists.values() for p in words})
    wrong = sorted(set(wanted) ^ {(degree, package) for degree, package, _, _ in said})
    good = status == 1 and not wrong and len(said) == len(wanted) and all(package == to for _, package, _, to in said)
    return Result(name, good, "" if good else "%s, wrong: %s" % (status_text(status), wrong), log)


def containerfile_is_complete():
    """The container has every package that a command would install."""
    name, wanted = "front.containerfile", [p for words in package_lists().values() for p in words]
    there = open(os.path.join(ROOT, "Containerfile")).read().split()
    missing = sorted({p for p in wanted if p not in there})
    path = log_path(name)
    with open(path, "w") as log:
        log.write("\n".join(missing) + "\n")
    good = bool(wanted) and not missing
    return Result(name, good, "" if good else "missing: %s" % ", ".join(missing), path)


def help_is_complete():
    """Every command is in the help, in the manual page and, but for what explains itself, in the README."""
    name = "front.help-is-complete"
    text = subprocess.run([DOOR, "help"], capture_output=True, text=True).stdout
    manual = open(os.path.join(ROOT, "docs/man/futura.1")).read()
    missing = [v for v in VERBS if not re.search(r"^  %s\b" % v, text, re.MULTILINE)]
    missing += ["futura.1: " + v for v in VERBS if not re.search(r"^\.(B|BI|BR|RB) \"?%s\b" % v, manual, re.MULTILINE)]
    door = open(DOOR).read()
    missing += ["no function for " + v for v in VERBS if v != "help" and "cmd_%s()" % v not in door]
    path = log_path(name)
    with open(path, "w") as log:
        log.write("\n".join(missing) + "\n")
    return Result(name, not missing, "missing: %s" % ", ".join(missing) if missing else "", path)


# --- packages that cannot be installed -------------------------------------------------------------

@contextlib.contextmanager
def fake_tools(**tools):
    """A folder in front of PATH; an underscore in a name stands for a hyphen, but for the one in x86_64."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in tools.items():
            path = os.path.join(folder, name.replace("_", "-").replace("x86-64", "x86_64"))
            with open(path, "w") as out:
                out.write("#!/bin/sh\n" + text + "\n")
            os.chmod(path, 0o755)
        yield {"PATH": folder + ":" + os.environ["PATH"]}


def refusal(name, verb, also, **tools):
    """Status 3 and the line to type; `run` does not ask for what only tests need."""
    with fake_tools(dpkg_query="exit 1", **tools) as env:  # nothing is installed
        status, log = run_logged(name, [DOOR, verb], 60, env)
    text = open(log, errors="replace").read()
    line = re.search(r"^    apt-get update && apt-get install --no-install-recommends (.*)$", text, re.MULTILINE)
    packages = line.group(1).split() if line else []
    good = status == 3 and "cmake" in packages and all(a in packages for a in also) and \
        (verb != "run" or not set(packages) & set(TEST_ONLY))
    return Result(name, good, "" if good else "expected status 3 and an apt-get line", log)


def package_tests():
    nobody = {"id": "echo 1000", "sudo": "exit 1"}
    offline = {"id": "echo 0", "apt_get": "echo 'E: Temporary failure resolving' >&2; exit 100"}
    for verb, also in (("run", ["qemu-system-arm"]), ("test", ["check", "clang"])):
        for what, tools in (("no-root", nobody), ("no-network", offline)):
            name = "front.%s.%s" % (what, verb)
            yield Test(name, lambda n=name, v=verb, a=also, t=tools: refusal(n, v, a, **t), "front")


# --- the runner itself -----------------------------------------------------------------------------

def failing_test(name, command, wanted, **tools):
    with fake_tools(**tools) as env:
        return command_test(name, command, 1, wanted, 600, {**ELSEWHERE, **env}).action()


def runner_tests():
    ci = os.path.join(ROOT, ".ci/run")
    yield command_test("front.test.only", [DOOR, "test", "--only", "front.version"], 0, "\n1 passed, 0 failed\n",
                       600, ELSEWHERE, "nested")
    yield command_test("front.test.only-nothing", [DOOR, "test", "--only", "no.such.test"], 1,
                       ["no test matches no.such.test", "0 passed, 1 failed"], 600, ELSEWHERE, "nested")
    yield command_test("front.test.only-nearly", [DOOR, "test", "--only", "system.qemu-virt-debug.image"], 1,
                       ["no test matches system.qemu-virt-debug.image", "near it: system.qemu-virt"], 600, ELSEWHERE,
                       "nested")
    yield command_test("front.test.list", [DOOR, "test", "--list", "--board", "qemu-virt"], 0,
                       ["build.clang", "style.format", "unit.fic_image", "system.qemu-virt.shell"], 600,
                       ELSEWHERE, "nested")
    yield command_test("front.test.long", [DOOR, "test", "--list", "--long"], 0, ["clean.run", "clean.test"], 600,
                       ELSEWHERE, "nested")
    yield command_test("front.test.option", [DOOR, "test", "--bogus"], 2, "--bogus", 60, ELSEWHERE, "nested")
    name = "front.test.failure"
    yield Test(name, lambda: failing_test(name, [DOOR, "test", "--only", "front.shellcheck"], [
        "FAIL  front.shellcheck: status 9", "run again: ./futura test --only 'front.shellcheck'",
        "log: %s" % os.path.join(ELSEWHERE["FUTURA_BUILD"], "test-logs/front.shellcheck.log"),
        "\n0 passed, 1 failed\n"], shellcheck="exit 9"), "nested")
    other = "front.ci.could-not-start"
    yield Test(other, lambda: failing_test(other, [ci, "--only", "build.host", "--only", "unit.*"], [
        "FAIL  build.host: configuring failed", "\n0 passed, 1 failed\n"], cmake="exit 1"), "nested")


KVM = (("fast", "echo 'Welcome to Futura.'; sleep 60", 0, ""), ("slow", "exec sleep 60", 1, "ring 0 is emulated"),
       ("refused", "echo 'no KVM for you' >&2; exit 1", 1, "QEMU says: no KVM for you"),
       ("ended", "echo 'futura: boot: something is wrong'", 0, ""))


def kvm_test(name, machine, status, text, device="/dev/null"):
    """The probe's answer where QEMU behaves like this."""
    with fake_tools(qemu_system_x86_64=machine) as env:
        return command_test(name, ["sh", os.path.join(ROOT, "platform/qemu-x86_64/kvm.sh"), "nucleus", "archive"], status, text,
                            30, {**env, "FUTURA_KVM_DEVICE": device, "FUTURA_KVM_SECONDS": "2"}).action()


def kvm_tests():
    for what, machine, status, text in KVM:
        name = "front.kvm." + what
        yield Test(name, lambda n=name, m=machine, s=status, t=text: kvm_test(n, m, s, t), "front")
    yield Test("front.kvm.none", lambda: kvm_test("front.kvm.none", "exit 0", 1, "there is no /nowhere", "/nowhere"), "front")


def tests():
    for part in (word_tests, package_tests, kvm_tests, runner_tests):
        yield from part()
