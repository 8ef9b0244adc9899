# SPDX-License-Identifier: Apache-2.0
"""Tests of the sources themselves: format, licence lines, words, a README in each room."""
import os
import re
import shutil
import subprocess

from core import ROOT, Result, log_path, run_logged, tracked

GENERATED = {"abi/include/futura/abi.h"}
FORMATTER = "14."  # another version of clang-format would format otherwise
SOURCES = ["*.c", "*.h", "*.S", "*.py", "*.sh", "*.t", "*.fi", "*.sys", "*.awk", "CMakeLists.txt", "*/CMakeLists.txt",
           "*.cmake", "futura", ".ci/run", "test/run", "bench/run", "Containerfile", "docs/man/*"]
FUNCTION_LINES = 40
NOT_SOURCES = ("test/fuzz/corpus/", "test/fuzz/crashes/")
MIT = {"cmake/musl_os_syscall.h"}  # goes into musl's own tree, under musl's licence


def text_of(file):
    with open(os.path.join(ROOT, file), errors="replace") as source:
        return source.read()


def report(name, bad):
    path = log_path(name)
    with open(path, "w") as log:
        log.write("\n".join(bad) + "\n")
    return Result(name, not bad, "%d offenders, first: %s" % (len(bad), bad[0]) if bad else "", path)


def sources():
    return [f for f in tracked(*SOURCES) if not f.startswith(NOT_SOURCES)]


def style_format():
    """Every C source is as clang-format would write it."""
    name, files = "style.format", [f for f in tracked("*.c", "*.h") if f not in GENERATED]
    tool = shutil.which("clang-format-14") or shutil.which("clang-format") or "clang-format"
    try:
        version = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout
    except OSError as error:
        return Result(name, False, "could not start: %s" % error, log_path(name))
    if "version " + FORMATTER not in version:
        return report(name, ["clang-format %sx of Debian 12 is needed, here is: %s" % (FORMATTER, version.strip())])
    status, log = run_logged(name, [tool, "--dry-run", "-Werror"] + files, 120)
    return Result(name, status == 0 and bool(files), "" if status == 0 else "mend with clang-format -i", log)


def style_spdx():
    """Every source says its licence near its top."""
    return report("style.spdx", [f for f in sources() if "SPDX-License-Identifier: %s\n" %
                                 ("MIT" if f in MIT else "Apache-2.0") not in
                                 text_of(f)[:400].replace(" */", "")])


def style_words():
    """Nothing is put off: a thing is done, or it answers ENOSYS and the documentation says so."""
    words = re.compile(r"\b(%s)\b" % "|".join(("TO" "DO", "FIX" "ME", "XX" "X")))
    files = [f for f in sources() + tracked("*.md") if f != "CONTRIBUTING.md"]  # which states this rule
    return report("style.words", ["%s:%d: %s" % (f, n, line.strip()) for f in files
                                  for n, line in enumerate(text_of(f).split("\n"), 1) if words.search(line)])


def style_conditionals():
    """In the nucleus, conditional compilation is arch's, platform's and config.h's; a header's guard is none."""
    bad = []
    for f in tracked("nucleus/*.c", "nucleus/*.h", "nucleus/boot/*", "nucleus/spec/*"):
        guard = "NUCLEUS_" + re.sub(r"[^A-Z0-9]", "_", os.path.basename(f).upper())
        for number, line in enumerate(text_of(f).split("\n"), 1):
            if f.endswith((".c", ".h", ".S")) and "/arch/" not in f and f != "nucleus/config.h" \
                    and re.match(r"\s*#\s*(if|elif|else)", line) and line.strip() != "#ifndef " + guard:
                bad.append("%s:%d: %s" % (f, number, line.strip()))
    return report("style.conditionals", bad)


def style_rooms():
    """Every room, server and driver says what lives there."""
    rooms = "abi nucleus capmgr servers platform rootfs cmake test bench docs".split()
    rooms += sorted({"/".join(f.split("/")[:2]) for f in tracked("servers/*/*", "abi/*/*")})
    rooms += sorted({"/".join(f.split("/")[:3]) for f in tracked("servers/drivers/*/*")})
    return report("style.rooms", [r for r in dict.fromkeys(rooms) if r != "abi/include" and
                                  not os.path.isfile(os.path.join(ROOT, r, "README.md"))])


def functions_of(file):
    """(name, lines of the body) of each C function: braces in the first column, as clang-format puts them."""
    start, lines = None, text_of(file).split("\n")
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line.startswith("}"):
            if line == "}" and start is not None:
                yield "%s:%d: %s" % (file, start, lines[start - 1].strip()), number - start - 1
            start = None


def style_functions():
    """No function of C is longer than FUNCTION_LINES."""
    return report("style.functions", ["%s: %d lines" % (name, count) for f in tracked("*.c", "*.h")
                                      for name, count in functions_of(f) if count > FUNCTION_LINES])


def links_of(file):
    """What the Markdown links of a file name inside this repository, as (text, path) pairs."""
    for text, target in re.findall(r"\[([^\]]+)\]\(([^)\s]+)\)", text_of(file)):
        target = target.split("#")[0]
        if target and not re.match(r"[a-z]+:", target):
            yield text, os.path.normpath(os.path.join(os.path.dirname(file), target))


def style_links():
    """Links of the documents lead to files; a linked C function, and a quoted case of the nucleus suite, is in its file."""
    bad = []
    for f in tracked("*.md"):
        for text, path in links_of(f):
            word = re.fullmatch(r"`(\w+)`", text)
            if not os.path.exists(os.path.join(ROOT, path)):
                bad.append("%s: no %s" % (f, path))
            elif word and path.endswith(".c") and word.group(1) not in text_of(path):
                bad.append("%s: no %s in %s" % (f, word.group(1), path))
    page = "docs/nucleus-in-an-afternoon.md"
    for path, cases in re.findall(r"\]\(\.\./(test/system/nucleus/\w+\.c)\): ((?:\"[^\"]+\"(?:, )?)+)", text_of(page)):
        bad += ["%s: no case \"%s\" in %s" % (page, case, path) for case in re.findall(r"\"([^\"]+)\"", cases)
                if "check_begin(\"%s\"" % case not in text_of(path)]
    return report("style.links", bad)


CHECKS = (style_format, style_spdx, style_words, style_conditionals, style_functions, style_rooms, style_links)
