# SPDX-License-Identifier: Apache-2.0
"""Wall times that take minutes: an incremental rebuild and boot, a clone to the prompt. They never decide."""
import os
import subprocess
import tempfile
import time

from common import ROOT, folder
from machine_runs import prompt_seconds

SERVER = os.path.join(ROOT, "servers/vfs/main.c")


def run(command, **options):
    """A command that must succeed; its output is shown only when it does not."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, **options)
    if done.returncode:
        raise SystemExit("bench: %s ended with status %d:\n%s" % (" ".join(command), done.returncode, done.stdout[-2000:]))


def rebuild_seconds():
    """One source of a server is newer than what was built of it: build, boot, prompt."""
    os.utime(SERVER)
    started = time.monotonic()
    run(["ninja", "-C", folder(), "nucleus", "boot.cpio"])
    prompt_seconds()
    return time.monotonic() - started


def clone_seconds():
    """git clone of the last commit, ./futura run, prompt, a command; packages are there, musl is in the cache."""
    with tempfile.TemporaryDirectory(prefix="futura-clone-") as folder:
        tree = os.path.join(folder, "futura")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("FUTURA_BUILD", "FUTURA_PRESET"))}
        started = time.monotonic()
        run(["git", "clone", "-q", "--no-hardlinks", ROOT, tree])
        run([os.path.join(tree, "futura"), "run", "-c", "true"], cwd=tree, env=environment)
        return time.monotonic() - started


def measure_walls(out, runs):
    out("rebuild.prompt", "seconds", [rebuild_seconds() for _ in range(runs)], runs)
    out("clone.prompt", "seconds", [clone_seconds() for _ in range(runs)], runs)
