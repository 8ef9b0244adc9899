# SPDX-License-Identifier: Apache-2.0
"""What tests have counted, kept for the bars of bench/bars.tsv.

A test prints a line `record NAME NUMBER` for a count of its own (`machine.record` in boot tests). When it has passed,
the runner keeps the number in test-records.json of the build folder, with the test and the commit it was counted at;
when it fails, or is run again without saying so, the number is forgotten: what stands there was shown. A number belongs
to the board that the test ran on, or to all.
"""
import json
import os
import re
import subprocess

ALL = "all"
LINE = re.compile(r"^record ([a-z0-9_.]+) (\d+)$", re.MULTILINE)


def path(build):
    return os.path.join(build, "test-records.json")


def load(build):
    """"BOARD NAME" -> {"board", "name", "value", "test", "commit"}; empty where no test was run yet."""
    try:
        with open(path(build)) as file:
            return {key: record for key, record in json.load(file).items() if "board" in record}
    except FileNotFoundError:
        return {}


def commit(root):
    """The tree's state as a word; it ends in "-dirty" when there are changes on top."""
    done = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"], cwd=root, capture_output=True,
                          text=True)
    return done.stdout.strip() or "unknown"


class Recorder:
    """The records of one run. The caller serialises calls."""

    def __init__(self, build, root):
        self.build, self.commit = build, commit(root)

    def take(self, test, passed, text, board=ALL):
        """Replaces what `test` had recorded by the lines of its output."""
        self.put(test, LINE.findall(text) if passed else [], board)

    def put(self, test, numbers, board=ALL):
        """(name, number) pairs as what `test` has counted on a board; none: forgets what it had."""
        known = {key: r for key, r in load(self.build).items() if r["test"] != test}
        known.update({board + " " + n: {"board": board, "name": n, "value": int(v), "test": test, "commit": self.commit}
                      for n, v in numbers})
        with open(path(self.build) + ".new", "w") as file:
            json.dump(known, file, indent=1, sort_keys=True)
        os.replace(path(self.build) + ".new", path(self.build))
