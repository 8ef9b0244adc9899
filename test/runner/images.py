# SPDX-License-Identifier: Apache-2.0
"""Tests of what is built: the boot archive, and that two builds of one commit are equal."""
import hashlib
import os
import shutil
import stat

from core import BUILD, LOGS, ROOT, Result, is_checkout, log_path, run_logged, status_text, tracked

import cpio  # of the boot tests' library, to which core knows the way


def boot_archive_test(build):
    """The archive is a function of the set of its lines: order and time do not matter."""
    name = "image.archive-is-deterministic"
    tool, listing = os.path.join(build.dir, "bin/mkboot"), os.path.join(LOGS, "archive.list")
    if not os.path.exists(tool):
        return Result(name, False, "could not start: mkboot was not built", build.log)
    entries = ["file etc/motd 0644 %s/VERSION" % ROOT, "link bin/sh 0777 fsh",
               "file bin/fsh 0755 %s/LICENSE" % ROOT]
    outs = []
    for turn, lines in enumerate((entries, entries[::-1])):
        open(listing, "w").write("\n".join(lines) + "\n")
        out = os.path.join(LOGS, "archive%d.cpio" % turn)
        status, log = run_logged(name, [tool, listing, out], 60)
        if status != 0:
            return Result(name, False, status_text(status), log)
        outs.append(open(out, "rb").read())
    open(listing, "w").write("file a 0644 /dev/null\nfile a 0644 /dev/null\n")
    status, log = run_logged(name, [tool, listing, out], 60)
    good = outs[0] == outs[1] and status == 1
    return Result(name, good, "" if good else "archives differ, or a duplicate was accepted", log)


def install_test(build):
    """cmake --install brings the host tools, which run from there, and every manual page."""
    name = "image.host-tools-install"
    place = os.path.join(BUILD, "installed")
    shutil.rmtree(place, ignore_errors=True)
    status, log = run_logged(name, ["cmake", "--install", build.dir, "--prefix", place], 120)
    if status != 0:
        return Result(name, False, status_text(status), log)
    pages = {os.path.basename(page) for page in tracked() if page.startswith("docs/man/") and page[-2:-1] == "."}
    there = {page for _, _, files in os.walk(os.path.join(place, "share/man")) for page in files}
    if not pages or pages != there:
        return Result(name, False, "manual pages: %s are missing, %s too many" % (sorted(pages - there), sorted(there - pages)), log)
    status, log = run_logged(name, [os.path.join(place, "bin/fic"), "check", os.path.join(ROOT, "abi/interfaces/demo.fi")], 60)
    return Result(name, status == 0, "" if status == 0 else "fic: " + status_text(status), log)


def contents_test(name, build):
    """The shipped image holds what the board's list declares, and so no program of a test."""
    preset = build.preset
    if not build.target_current("boot.cpio"):
        return Result(name, False, "could not start: the image does not build", build.log)
    with open(os.path.join(build.dir, "boot.cpio"), "rb") as file:
        archive = file.read()
    modes = {path: int(archive[at + 14:at + 22], 16) for path, at, _, _ in cpio.entries(archive)}
    there = {path for path, mode in modes.items() if not stat.S_ISDIR(mode)}
    with open(os.path.join(ROOT, "platform", preset, "image.txt")) as text:
        declared = {line.strip() for line in text if line.strip() and not line.startswith("#")}
    wrong = ["not declared: " + path for path in sorted(there - declared)]
    wrong += ["missing: " + path for path in sorted(declared - there)]
    path = log_path(name)
    with open(path, "w") as log:
        log.write("\n".join(wrong) + "\n")
    return Result(name, bool(declared) and not wrong, ", ".join(wrong), path)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def reproducible_test(name, build):
    """A fresh build of the same sources, elsewhere and under longer paths, is the one that is tested."""
    if not is_checkout():
        return Result(name, False, "could not start: not a git checkout", build.log)
    if not build.target_current("boot.cpio") or not build.target_current("nucleus"):
        return Result(name, False, "could not start: the image does not build", build.log)
    place = os.path.join(BUILD, "reproducible", "in-another-place", build.preset)
    shutil.rmtree(place, ignore_errors=True)
    source = os.path.join(place, "source")
    for file in tracked():
        to = os.path.join(source, file)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        shutil.copy2(os.path.join(ROOT, file), to, follow_symlinks=False)
    status, log = run_logged(name, [os.path.join(source, "futura"), "image", build.preset], 1800,
                             {"FUTURA_BUILD": os.path.join(place, "the-build")})
    if status != 0:
        return Result(name, False, status_text(status), log)
    pairs = [(os.path.join(build.dir, ours), os.path.basename(ours)) for ours in (build.board.kernel, "boot.cpio")]
    different = [other for ours, other in pairs
                 if sha256(ours) != sha256(os.path.join(place, "the-build/image-" + build.preset, other))]
    if not different:
        shutil.rmtree(place, ignore_errors=True)
    return Result(name, not different, "%s differs from %s" % (different, place) if different else "", log)
