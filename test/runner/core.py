# SPDX-License-Identifier: Apache-2.0
"""What every kind of test shares: its outcome, its log, its processes, and the builds that it needs."""
import os
import re
import shlex
import signal
import subprocess
import sys
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("FUTURA_BUILD", os.path.join(ROOT, "build"))
LOGS = os.path.join(BUILD, "test-logs")
sys.path.insert(0, os.path.join(ROOT, "test/system/lib"))
import board  # noqa: E402

lock = threading.Lock()
children = set()


class Result:
    """Outcome of one test; `cases` replaces it by finer ones, as (name, passed, text)."""

    def __init__(self, name, passed, detail="", log=None, cases=None):
        self.name, self.passed, self.detail, self.log = name, passed, detail, log
        self.cases = cases or [(name, passed, detail)]


class Test:
    def __init__(self, name, action, group, needs=None):
        self.name, self.action, self.group, self.needs = name, action, group, needs
        self.kvm = None  # the same test under KVM


def log_path(name):
    return os.path.join(LOGS, re.sub(r"[^A-Za-z0-9_.+-]", "_", name) + ".log")


def run_logged(name, command, timeout, env=None, cwd=ROOT):
    """Runs a command in its own process group; (status or None on time-out, log path)."""
    path = log_path(name)
    with open(path, "w") as log:
        log.write("$ " + " ".join(shlex.quote(c) for c in command) + "\n")
        log.flush()
        try:
            child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT,
                                     stdin=subprocess.DEVNULL, cwd=cwd, start_new_session=True,
                                     env={**os.environ, **(env or {})})
        except OSError as error:
            log.write("cannot start: %s\n" % error)
            return 127, path
        with lock:
            children.add(child)
        try:
            status = child.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
            log.write("\ntime-out after %d s\n" % timeout)
        finally:
            group_end(child)
            with lock:
                children.discard(child)
    return status, path


def group_end(child):
    """Leaves nothing of a test behind, whatever it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def status_text(status):
    if status is None:
        return "time-out"
    if status < 0:
        return "killed by signal %d" % -status
    return "status %d" % status


def note(text):
    print("==> " + text, flush=True)


def tracked(*patterns):
    """Files of the commit, relative to the root; needs a git checkout."""
    text = subprocess.run(["git", "ls-files", "-z", "--"] + list(patterns), cwd=ROOT, capture_output=True, text=True,
                          check=True).stdout
    return [f for f in text.split("\0") if f and os.path.isfile(os.path.join(ROOT, f))]


def is_checkout():
    return os.path.exists(os.path.join(ROOT, ".git"))


class Build:
    """One preset: configured and built; `ok` says whether all of it was. `board`: None for the host; `kind` of a board's
    build: release, debug or clang."""

    def __init__(self, preset):
        self.preset, self.dir, self.ok, self.why = preset, os.path.join(BUILD, preset), False, ""
        self.entries = None  # what ctest says after the build
        name = board.of_preset(preset)
        self.board, self.kind = (board.load(name), preset[len(name) + 1:] or "release") if name else (None, "host")

    def configure(self):
        os.makedirs(self.dir, exist_ok=True)
        note("configuring " + self.preset)
        path = log_path("build." + self.preset)
        with open(path, "w") as log:
            status = subprocess.call(["cmake", "-S", ROOT, "--preset", self.preset, "-B", self.dir],
                                     stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.log = path
        self.why = "" if status == 0 else "configuring failed"
        return status == 0

    def build(self):
        note("building " + self.preset)
        with open(self.log, "a") as log:
            status = subprocess.call(["ninja", "-C", self.dir, "-k0"], stdout=log,
                                     stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.ok = status == 0
        self.why = "" if self.ok else "the build failed"
        return self.ok

    def target_current(self, target):
        """Whether a target is up to date; a stale program must not stand in for a broken one."""
        if self.ok:
            return True
        with lock:
            return subprocess.call(["ninja", "-C", self.dir, target], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL) == 0

    def result(self):
        return Result("build." + self.preset, self.ok, self.why, self.log)
