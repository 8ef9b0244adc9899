# SPDX-License-Identifier: Apache-2.0
"""A newcomer's machine: the README's two commands on a clean Debian 12, by a user who may use sudo.

The base system is made once by debootstrap and kept in the cache; each run works on a copy. Packages
come from the machine's own mirror and are kept too. What cannot be tried here (no root, no network)
has failed: --long asks for it.
"""
import glob
import os
import re
import shutil
import subprocess
import threading

from core import BUILD, ROOT, Result, Test, is_checkout, log_path, run_logged, status_text

CACHE = os.environ.get("FUTURA_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "futura")
BASE = os.path.join(CACHE, "bookworm")
PLACE = os.path.join(BUILD, "clean-debian")
USER = "newcomer"
SUBSET = ["front.version", "style.*", "system.qemu-virt.shell"]

# Everything is mounted in a name space of its own, and so is gone with its last process.
ENTER = """set -eu
root=$1; archives=$2; shift 2
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$archives" "$root/var/cache/apt/archives"
exec chroot "$root" "$@"
"""
SETTLE = """set -eu
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends git ca-certificates sudo
useradd -m -s /bin/bash %s
echo '%s ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/newcomer
chown -R %s: /srv/futura.git
""" % (USER, USER, USER)


class Unavailable(Exception):
    """The machine cannot do it; the text says why and what would help."""


def mirror():
    """Where this machine takes Debian from."""
    for path in ["/etc/apt/sources.list"] + sorted(glob.glob("/etc/apt/sources.list.d/*")):
        if os.path.isfile(path):
            for address in re.findall(r"^(?:deb |URIs:).*?(https?://\S+/debian)/?\s", open(path).read(), re.MULTILINE):
                return address
    raise Unavailable("/etc/apt names no mirror of Debian")


def base_make(log):
    if os.geteuid() != 0:
        raise Unavailable("a chroot needs root")
    if not shutil.which("debootstrap"):
        raise Unavailable("debootstrap is missing; apt-get install --no-install-recommends debootstrap")
    if os.path.exists(os.path.join(BASE, ".complete")):
        return
    shutil.rmtree(BASE, ignore_errors=True)
    os.makedirs(CACHE, exist_ok=True)
    status, _ = run_logged(log, ["debootstrap", "--variant=minbase", "bookworm", BASE, mirror()], 1800)
    if status != 0:
        raise Unavailable("debootstrap failed (no network?): %s" % status_text(status))
    open(os.path.join(BASE, ".complete"), "w").close()


def inside(name, command, timeout, user=None):
    """Runs a shell command in the copy, as a user's login shell."""
    archives = os.path.join(CACHE, "bookworm-archives")
    os.makedirs(os.path.join(archives, "partial"), exist_ok=True)
    words = ["su", "-", user, "-c", command] if user else ["sh", "-c", command]
    return run_logged(name, ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "unshare", "-m", "-p", "-f",
                             "--kill-child", "sh", "-c", ENTER, "enter", PLACE, archives] + words, timeout)


def readme_commands():
    """The first block of commands of the README, its address replaced by that of a clone."""
    text = open(os.path.join(ROOT, "README.md")).read()
    block = re.search(r"```sh\n(.*?)```", text, re.DOTALL).group(1)
    commands = re.sub(r"\bREPOSITORY\b", "/srv/futura.git", block).strip().split("\n")
    if len(commands) != 2 or not commands[0].startswith("git clone ") or not commands[1].endswith("./futura run"):
        raise Unavailable("the README's two commands are not what this test knows")
    return commands


def machine_make(name):
    """A clean Debian with a user, sudo and git, and this commit where git can clone it from."""
    base_make(name + ".debootstrap")
    if not is_checkout():
        raise Unavailable("not a git checkout")
    subprocess.run(["rm", "-rf", "--one-file-system", PLACE], check=True)
    subprocess.run(["cp", "-a", BASE, PLACE], check=True)
    subprocess.run(["git", "clone", "-q", "--bare", ROOT, os.path.join(PLACE, "srv/futura.git")], check=True)
    shutil.copy("/etc/resolv.conf", os.path.join(PLACE, "etc/resolv.conf"))
    status, log = inside(name + ".settle", SETTLE, 900)
    if status != 0:
        raise Unavailable("its packages could not be installed (no network?), see %s" % log)


class Machine:
    """Made by the first test that needs it; `why` says what stands against it."""
    lock, made, why = threading.Lock(), False, ""


def machine_ready(name):
    with Machine.lock:
        if not Machine.made:
            Machine.made = True
            try:
                machine_make(name)
            except (Unavailable, OSError, subprocess.SubprocessError) as error:
                Machine.why = str(error)
    return not Machine.why


def clean_run():
    name = "clean.run"
    if not machine_ready(name):
        return Result(name, False, "could not run: " + Machine.why, log_path(name + ".settle"))
    clone, start = readme_commands()
    status, log = inside(name, "cd && %s && %s -c 'cat /etc/motd; exit 5'" % (clone, start), 3600, USER)
    text = open(log, errors="replace").read()
    good = status == 5 and "Welcome to Futura" in text and "==> installing: cmake" in text
    return Result(name, good, "" if good else "%s, expected 5 and the motd" % status_text(status), log)


def clean_test():
    """As `clean.run` left it: the tests' packages and a part of the tests that touches each kind."""
    name = "clean.test"
    if Machine.why or not os.path.isdir(os.path.join(PLACE, "home", USER, "futura")):
        return Result(name, False, "could not run: %s" % (Machine.why or "clean.run left no clone"), log_path(name))
    only = " ".join("--only '%s'" % pattern for pattern in SUBSET)
    status, log = inside(name, "cd futura && ./futura test --list && ./futura test " + only, 3600, USER)
    text = open(log, errors="replace").read()
    good = status == 0 and re.search(r"^[1-9]\d* passed, 0 failed$", text, re.MULTILINE)
    return Result(name, bool(good), "" if good else status_text(status), log)


def tests():
    yield Test("clean.run", clean_run, "clean")
    yield Test("clean.test", clean_test, "clean")
