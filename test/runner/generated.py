# SPDX-License-Identifier: Apache-2.0
"""What fic generates for others: fuzz harnesses compile and run, the dissector loads and dissects, schemas are CDDL."""
import glob
import os
import re
import shutil
import subprocess

from core import LOGS, ROOT, Result, log_path

RUN = ("futura.demo.Echo", "futura.fs.Directory", "futura.capmgr.Manager")  # the harnesses that are run
# The examples of the remote encoding: what the dissector must say of each.
MESSAGES = [
    ("a6000001010209030704182005a20019200001191000",
     ["fipc.kind call", "fipc.method futura.fs/1.File.read", "fipc.value offset = 8192", "fipc.value count = 4096"]),
    ("a5000101010209030004a100426869", ["fipc.kind reply", "fipc.value data = h'6869'"]),
    ("a400010101020a031826", ["fipc.kind reply", "fipc.value error 38 "]),
    ("a60002", ["malformed error not a FIPC message"]),
    ("ff", ["malformed error not a FIPC message"]),
]


class Cddl:
    """The grammar of RFC 8610, appendix B, as a recursive descent; and names that nobody defines."""
    TOKEN = re.compile(r"""(?:\s|;[^\n]*(?:\n|$))+ | (?P<token>
        =>|\.\.\.?|//=|/=|//|
        [-+]?(?:0x[0-9a-fA-F]+|0b[01]+|\d+(?:\.\d+)?(?:e[-+]?\d+)?) |
        "(?:[^"\\\n]|\\.)*" | (?:h|b64)?'(?:[^'\\]|\\.)*' |
        \.[A-Za-z@_$](?:[-.]*[A-Za-z0-9@_$])* | [A-Za-z@_$](?:[-.]*[A-Za-z0-9@_$])* |
        \#\d(?:\.\d+)? | [][(){}<>=/,:?*+&~^#])""", re.X)
    CONTROLS = {".size", ".bits", ".regexp", ".cbor", ".cborseq", ".within", ".and", ".lt", ".le", ".gt", ".ge", ".eq",
                ".ne", ".default"}
    PRELUDE = {"any", "uint", "nint", "int", "bstr", "bytes", "tstr", "text", "bool", "true", "false", "nil", "null",
               "float16", "float32", "float64", "float", "undefined", "number"}

    def __init__(self, text):
        self.tokens, self.at, self.defined, self.used = [], 0, {}, []
        position = 0
        while position < len(text):
            match = self.TOKEN.match(text, position)
            if not match:
                raise SyntaxError("line %d: %r" % (text.count("\n", 0, position) + 1, text[position:position + 20]))
            if match.group("token"):
                self.tokens.append((match.group("token"), text.count("\n", 0, position) + 1))
            position = match.end()

    def peek(self, ahead=0):
        return self.tokens[self.at + ahead][0] if self.at + ahead < len(self.tokens) else ""

    def take(self, *wanted):
        if wanted and self.peek() not in wanted:
            line = self.tokens[min(self.at, len(self.tokens) - 1)][1]
            raise SyntaxError("line %d: expected %s, found %r" % (line, " or ".join(wanted), self.peek()))
        self.at += 1
        return self.tokens[self.at - 1][0]

    @staticmethod
    def is_name(token):
        return bool(token) and (token[0].isalpha() or token[0] in "@_$") and not token.startswith(("h'", "b64'"))

    def name(self):
        if not self.is_name(self.peek()):
            self.take("a name")
        return self.take()

    def check(self):
        while self.at < len(self.tokens):
            self.rule()
        for name, count, parameters in self.used:
            if name in parameters or (name in self.PRELUDE and not count):
                continue
            if self.defined.get(name) != count:
                raise SyntaxError("%s with %d arguments is not defined" % (name, count))

    def rule(self):
        name, parameters = self.name(), []
        if self.peek() == "<":
            self.take()
            parameters.append(self.name())
            while self.take(",", ">") == ",":
                parameters.append(self.name())
        self.take("=", "/=", "//=")
        if name in self.defined:
            raise SyntaxError("%s is defined twice" % name)
        self.defined[name], self.parameters = len(parameters), set(parameters)
        self.type()

    def type(self):
        self.type1()
        while self.peek() == "/":
            self.take()
            self.type1()

    def type1(self):
        self.type2()
        operator = self.peek()
        if operator in ("..", "...") or operator in self.CONTROLS:
            self.take()
            self.type2()
        elif operator.startswith(".") and len(operator) > 1:
            self.take("a control operator")

    def type2(self):
        token = self.peek()
        if token in ("(", "{", "["):
            self.take()
            if token == "(":
                self.type()
            else:
                self.group({"{": "}", "[": "]"}[token])
            self.take({"(": ")", "{": "}", "[": "]"}[token])
        elif token in ("~", "&"):
            self.take()
            self.name()
        elif self.is_name(token):
            self.reference()
        elif re.match(r"[-+]?\d|\"|'|h'|b64'|#", token):
            self.take()
        else:
            self.take("a type")

    def reference(self):
        name, count = self.name(), 0
        if self.peek() == "<":
            self.take()
            self.type1()
            count = 1
            while self.take(",", ">") == ",":
                self.type1()
                count += 1
        self.used.append((name, count, self.parameters))

    def group(self, end):
        while self.peek() != end:
            if self.peek() in ("?", "*", "+"):
                self.take()
            self.type1()
            if self.peek() in ("=>", ":"):
                self.take()
                self.type()
            else:
                while self.peek() == "/":
                    self.take()
                    self.type1()
            if self.peek() in (",", "//"):
                self.take()


class Generated:
    def __init__(self, build, name):
        self.fic, self.log, self.dir = os.path.join(build.dir, "bin/fic"), log_path(name), os.path.join(LOGS, "generated")
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        open(self.log, "w").close()

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def run(self, *command, limit=300):
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, cwd=self.dir)
        with open(self.log, "a") as log:
            log.write("$ %s\n%s%sstatus %d\n" % (" ".join(command), done.stdout, done.stderr, done.returncode))
        return done.returncode, done.stdout + done.stderr

    def all(self):
        """Everything, for all interfaces of the tree; what went wrong, or None."""
        folder = os.path.join(ROOT, "abi/interfaces")
        texts = sorted(glob.glob(os.path.join(folder, "*.fi")))
        status, said = self.run(self.fic, "compile", "-I", folder, "-o", self.path("images"), *texts)
        if status:
            return said
        self.images = sorted(glob.glob(self.path("images/*.cbor")))
        self.images = [f for f in self.images if not f.endswith(".doc.cbor")]
        for command in (["fuzz", "-o", self.path("fuzz")], ["cddl", "-o", self.path("cddl")],
                        ["wireshark", "-o", self.path("all.lua")]):
            status, said = self.run(self.fic, *command, *self.images)
            if status:
                return said
        status, said = self.run(self.fic, "wireshark", "-o", self.path("file.lua"), self.path("images/futura.fs.File.cbor"))
        if status:
            return said
        for library in sorted({os.path.basename(f).rsplit(".", 2)[0] for f in self.images}):
            own = [f for f in self.images if os.path.basename(f).rsplit(".", 2)[0] == library]
            status, said = self.run(self.fic, "gen-c", "-o", self.path("stubs"), *own)
            if status:
                return said
        return None

    def flags(self):
        return ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-I", os.path.join(ROOT, "abi/include"), "-I",
                os.path.join(ROOT, "abi/fipc/include"), "-I", self.path("stubs")]

    def harness_fails(self, name):
        """Compiles one harness; those of RUN also run for a while."""
        source = self.path("fuzz", name + ".fuzz.c")
        if name not in RUN:
            status, said = self.run("clang", *self.flags(), "-fsyntax-only", source)
            return said if status else None
        library = name.split(".")[1]
        runtime = [f for f in sorted(glob.glob(os.path.join(ROOT, "abi/fipc/*.c"))) if not f.endswith("transport_nucleus.c")]
        stubs = [self.path("stubs", library + end) for end in ("_server.c", "_client.c")]
        status, said = self.run("clang", *self.flags(), "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all",
                                "-o", self.path(name), source, *stubs, *runtime)
        if status:
            return said
        status, said = self.run(self.path(name), "-runs=20000", "-max_len=4096", "-seed=1")
        return said[-2000:] if status or "Done 20000 runs" not in said else None

    def dissector_fails(self):
        for script in ("all.lua", "file.lua"):
            status, said = self.run("luac5.4", "-p", self.path(script))
            if status:
                return said
        tool = os.path.join(ROOT, "test/runner/dissect.lua")
        status, said = self.run("lua5.4", tool, self.path("all.lua"))
        if status or said:
            return said
        status, said = self.run("lua5.4", tool, self.path("file.lua"), *(m[0] for m in MESSAGES))
        wanted = "".join("".join(line + "\n" for line in lines) + "\n" for _, lines in MESSAGES)
        return None if status == 0 and said == wanted else "said\n%s\nnot\n%s" % (said, wanted)


def cddl_fails(text):
    try:
        Cddl(text).check()
    except SyntaxError as error:
        return str(error)
    return None


def parser_fails():
    """The parser itself: what it must take, and what it must not."""
    for good in ("a = uint", "a = {? 0 => b<1, tstr .size (0..4)>, * 1 => [+ int]}\nb<x, y> = x / [y]", "a = (1 / 2) .and int"):
        if cddl_fails(good):
            return "%s: %s" % (good, cddl_fails(good))
    for bad in ("a = ", "a = b", "a = {0 => uint", "a = uint .sizes 4", "a = b<1>\nb<x, y> = x", "a = 1\na = 2", "a uint", "a = }"):
        if not cddl_fails(bad):
            return "%r was taken" % bad
    return None


def generated_test(build):
    name, cases = "interfaces.generated", []
    if not build.target_current("bin/fic"):
        return Result(name, False, "could not start: fic does not build", build.log)
    g = Generated(build, name)

    def case(what, wrong):
        cases.append(("%s.%s" % (name, what), not wrong, wrong or ""))

    wrong = g.all()
    if wrong:
        return Result(name, False, wrong, g.log)
    case("cddl-parser", parser_fails())
    for image in g.images:
        interface = os.path.basename(image)[:-len(".cbor")]
        case("fuzz." + interface, g.harness_fails(interface))
        with open(g.path("cddl", interface + ".cddl")) as file:
            case("cddl." + interface, cddl_fails(file.read()))
    case("dissector", g.dissector_fails())
    return Result(name, all(c[1] for c in cases), "", g.log, cases)
