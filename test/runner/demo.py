# SPDX-License-Identifier: Apache-2.0
"""The demonstration: it runs to its end, it fails when what it compares differs, Ctrl-C leaves nothing behind."""
import os
import re
import signal
import subprocess
import time

from core import ROOT, Result, Test, children, group_end, lock, log_path, run_logged, status_text

DOOR = os.path.join(ROOT, "futura")
STEPS = 9
# An edge that the guest's first life had, and no later one has.
TAMPER = """fsh /demo/confine.fsh & demo=$!
until [ -s /demo/others-before.graph ]; do sleep 0.1; done
echo '8	endpoint	uart	c	manifest' >> /demo/before
wait $demo"""


def confine_test(name):
    status, log = run_logged(name, [DOOR, "demo", "confine"], 600)
    text = open(log, errors="replace").read()
    steps = re.findall(r"^== (\d+)\. ", text, re.MULTILINE)
    counts = re.search(r"^CONFINED: (\d+) attempts, (\d+) refused, .*; (\d+) lives\nspent on wild accesses; (\d+) deaths, "
                       r"(\d+) restarts, authority unchanged\.$", text, re.MULTILINE)
    wrong = status_text(status) if status != 0 else "FAILED in its output" if "FAILED" in text else \
        "steps %s" % steps if steps != [str(n) for n in range(1, STEPS + 1)] else "no summary" if not counts else ""
    if not wrong:
        attempts, refused, lives, deaths, restarts = map(int, counts.groups())
        if not (attempts >= 100000 and refused > attempts * 9 // 10 and lives >= 10 and deaths == restarts == lives + 3):
            wrong = "its numbers: " + counts.group(0)
    return Result(name, not wrong, wrong, log)


def difference_test(name):
    """One line of authority more in one of the two lives is found, shown, and status 1."""
    status, log = run_logged(name, [DOOR, "run", "--image", "confine", "-c", TAMPER], 600)
    text = open(log, errors="replace").read().split("\n", 5)[-1]
    good = status == 1 and "FAILED: the authority of component" in text and \
        "\n8\tendpoint\tuart\tc\tmanifest\n" in text and "CONFINED" not in text
    return Result(name, good, "" if good else "%s, expected 1 and the line that differs" % status_text(status), log)


def session_members(session):
    """Processes of a session, by name."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            name, rest = open("/proc/%s/stat" % entry).read().split("(", 1)[1].rsplit(") ", 1)
        except (OSError, IndexError):
            continue
        if int(rest.split()[3]) == session and rest[0] != "Z":
            found.append(name)
    return found


def interrupt_test(name):
    path = log_path(name)
    with open(path, "w") as log:
        child = subprocess.Popen([DOOR, "demo", "confine"], stdout=log, stderr=subprocess.STDOUT, cwd=ROOT,
                                 stdin=subprocess.DEVNULL, start_new_session=True)
    with lock:
        children.add(child)
    deadline = time.monotonic() + 300
    while "== 1." not in open(path, errors="replace").read() and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    before = session_members(child.pid)
    os.killpg(child.pid, signal.SIGINT)
    try:
        status = child.wait(20)
    except subprocess.TimeoutExpired:
        status = None
    left = session_members(child.pid)
    group_end(child)
    with lock:
        children.discard(child)
    good = status == 130 and "qemu-system-aar" in before and not left
    return Result(name, good, "" if good else "%s, left: %s" % (status_text(status), " ".join(left) or "nothing"), path)


def tests(build):
    for name, action in (("demo.confine", confine_test), ("demo.difference", difference_test),
                         ("demo.interrupt", interrupt_test)):
        yield Test(name, lambda n=name, a=action: a(n), "demo", needs=build)
