"""Breaks each rule in a temporary tree and sees that it fires there and nowhere else; then what must stay silent.

A case is (rule, path, text, line): with `text` added to the clean tree at `path`, exactly one problem of `rule` is
reported for that file, at that line. A line of None says that nothing may be reported.
"""

import os
import shutil
import subprocess
import sys
import tempfile

import configuration
import rules
from tree import Tree

_PACKAGE = """// swift-tools-version:6.2
import PackageDescription

let package = Package(
    name: "sample",
    targets: [
        .target(name: "Pure"),
        .target(name: "Outer", dependencies: ["Pure"]),
        .executableTarget(name: "Commands", dependencies: ["Outer"]),
        .testTarget(name: "PureTests", dependencies: ["Pure"]),
    ]
)
"""
_ROOMS = """# Architecture

| room | kind | holds |
|---|---|---|
| Pure | pure | values |
| Outer | adapter | files |
| Commands | shell | the command line |
"""
_CLEAN = {
    "Package.swift": _PACKAGE,
    "ARCHITECTURE.md": _ROOMS,
    "README.md": "# Sample\n\nSee [the rooms](ARCHITECTURE.md#rooms) and [the web](https://example.org/).\n",
    ".gitignore": "/.build/\n__pycache__/\n",
    "Sources/Pure/Pure.swift": "/// A value.\npackage struct Pure {}\n",
    "Sources/Outer/Outer.swift": "import Foundation\nimport Pure\n\nlet outer = Pure()\n",
    "Sources/Commands/main.swift": 'print("ready")\n',
    "Tests/PureTests/PureTests.swift": "import Pure\nimport Testing\n",
}


def _pure(code):
    return "Sources/Pure/Case.swift", code


def _outer(code):
    return "Sources/Outer/Case.swift", code


def _built(words):
    """Text that the rule about machines would find in this file if it stood here in one piece."""
    return "".join(words)


CASES = [
    # Format.
    ("format", *_outer("let a  = 1\n"), 1),
    ("format", *_outer("let a = [\n    1,\n    2\n]\n"), 3),
    # Rooms and arrows.
    ("rooms", "ARCHITECTURE.md", _ROOMS + "| Attic | pure | nothing |\n", 8),
    ("rooms", "ARCHITECTURE.md", "# Architecture\n\nNo table here.\n", 1),
    ("rooms", "Package.swift", _PACKAGE.replace('"Pure"),', '"Pure"), .target(name: "New"),', 1), 7),
    ("rooms", "Sources/Shed/Shed.swift", "let shed = 1\n", 1, "Package.swift"),
    ("arrows", "ARCHITECTURE.md", _ROOMS.replace("| Pure | pure | values |\n", "") + "| Pure | pure | values |\n", 8,
     "Package.swift"),
    # Imports.
    ("imports", *_outer("import NIOCore\n"), 1),
    ("imports", *_outer("@testable import struct Commands.Thing\n"), 1),
    ("imports", *_pure("import Foundation\n"), 1),
    ("imports", *_pure("\npackage import Glibc\n"), 2),
    ("imports", *_pure("import Outer\n"), 1),
    ("imports", "Tests/PureTests/More.swift", "import Outer\n", 1),
    ("imports", *_outer('import Dispatch\nimport Synchronization\nlet a = """\n    import NIO\n    """\n'), None),
    # Pure rooms.
    ("pure", *_pure("func f() async {}\n"), 1),
    ("pure", *_pure("let a = await f()\n"), 1),
    ("pure", *_pure("actor Keeper {}\n"), 1),
    ("pure", *_pure("let t = Task { 1 }\n"), 1),
    ("pure", *_pure("let now = Date()\n"), 1),
    ("pure", *_pure("let now = ContinuousClock.now\n"), 1),
    ("pure", *_pure("let now = DispatchTime.now()\n"), 1),
    ("pure", *_pure("let a = Int.random(in: 0..<9)\n"), 1),
    ("pure", *_pure("let a = [1].shuffled()\n"), 1),
    ("pure", *_pure("var g = SystemRandomNumberGenerator()\n"), 1),
    ("pure", *_pure("let a = UUID()\n"), 1),
    ("pure", *_pure("let a = FileManager.default\n"), 1),
    ("pure", *_pure('let a = "x \\(getenv("HOME"))"\n'), 1),
    ("pure", *_pure("let a = socket(2, 1, 0)\n"), 1),
    ("pure", *_pure("let a = Int.random(in: 0..<f(9), using: &g)\n"), None),
    ("pure", *_pure('// await\nlet a = "async await Date()" /* Task { } */\nlet b = x.async + `actor`\n'), None),
    ("pure", *_outer("func f() async { await g(Date()) }\n"), None),
    # Forbidden calls.
    ("forbidden", *_pure("let a = try! f()\n"), 1),
    ("forbidden", *_pure("let a = b as! Int\n"), 1),
    ("forbidden", *_pure("let a = b!\n"), 1),
    ("forbidden", *_pure("let a = b[0]!.c\n"), 1),
    ("forbidden", *_pure("var a: Int!\n"), 1),
    ("forbidden", *_pure('let a = "\\(b!)"\n'), 1),
    ("forbidden", *_pure('let a = #"\\#(b!)"#\n'), 1),
    ("forbidden", *_outer('fatalError("no")\n'), 1),
    ("forbidden", *_outer("print(1)\n"), 1),
    ("forbidden", *_outer("let a = try Regex(text)\n"), 1),
    ("forbidden", *_outer("let a = NSRegularExpression.self\n"), 1),
    ("forbidden", *_outer("let a = /x+\"/\n"), 1),
    ("forbidden", *_outer("let a = b.contains(#/x/#)\n"), 1),
    ("forbidden", *_outer("nonisolated(unsafe) var a = 1\n"), 1),
    ("forbidden", *_outer("\nfinal class A: @unchecked Sendable {}\n"), 2),
    ("forbidden", *_outer("let a = URLSession.shared\n"), 1),
    ("forbidden", *_outer("let a = JSONDecoder()\n"), 1),
    ("forbidden", *_outer("// Its state is guarded by the lock.\nfinal class A: @unchecked Sendable {}\n"), None),
    ("forbidden", *_outer("let a = !b && c != d && e!=f\nlet g = 1 / 2 / 3\n#if !os(Linux)\n#endif\n"), None),
    ("forbidden", *_outer('// b!\nlet a = "b! try! \\" as!"\nlet c = #"print(x!)"#\nfunc print(_ a: Int) {}\n'), None),
    ("forbidden", *_outer('let a = """\n    fatalError("no") try!\n    """\nlog.print(a)\n'), None),
    ("forbidden", "Sources/Commands/Case.swift", "print(1)\n", None),
    # Marks.
    ("marks", *_pure("let a = 1  // TODO: more\n"), 1),
    ("marks", "Tests/PureTests/More.swift", "/*\n FIXME\n */\n", 2),
    ("marks", *_pure('let a = "TODO"\n'), None),
    # Documentation.
    ("documented", *_pure("package struct A {}\n"), 1),
    ("documented", *_pure("/// An A.\npackage struct A {}\n\n@frozen\npublic enum B {}\n"), 5),
    ("documented", *_pure("package func f() {}\n"), 1),
    ("documented", *_pure("/// P.\npackage protocol P {\n    func f()\n}\n"), 3),
    ("documented", *_pure("/// P.\npackage protocol P {\n    var v: Int { get }\n}\n"), 3),
    ("documented", *_pure("/// A.\n@frozen\npackage struct A {\n    package let b: Int\n}\nstruct C {}\n"), None),
    ("documented", *_pure("/// F.\npackage func f() {}\npackage func f(_ a: Int) {}\n"), None),
    # Paths of a machine, registries.
    ("machine", "README.md", _built(["# A\n\nIn /wo", "rk/main.\n"]), 3),
    ("machine", "notes.txt", _built(["/tmp/tr", "ees/a\n"]), 1),
    ("machine", "run", _built(["cd /ro", "ot/.cache\n"]), 1),
    ("machine", "run", _built(["pip --index-u", "rl x\n"]), 1),
    ("machine", "run", _built(["curl https://pyp", "i.org/simple\n"]), 1),
    ("machine", "notes.txt", "https://api.example/v1/work/items and home/root/x\n", None),
    # Files that do not belong here.
    ("tracked", "Package.resolved", "{}\n", 1),
    ("tracked", "data/sallyport.db-wal", "", 1),
    ("tracked", "server.pem", "x\n", 1),
    ("tracked", "notes.txt", _built(["a\n-----BEGIN PRIV", "ATE KEY-----\n", "A" * 40, "\n"]), 2),
    ("tracked", "tools/.build/debug.yaml", "", 1),
    ("tracked", "tools/run.pyc", "x\n", 1),
    ("tracked", ".build/debug.yaml", "", None),
    # Length.
    ("length", *_pure("// A line.\n" * (rules.MAX_LINES + 1)), rules.MAX_LINES + 1),
    ("length", *_pure("// A line.\n" * rules.MAX_LINES), None),
    # Links.
    ("links", "docs/page.md", "# P\n\n[up](../README.md), [gone](gone.md)\n", 3),
    ("links", "docs/page.md", "[outside](../../etc/passwd)\n", 1),
    ("links", "docs/page.md", "```\n[code](nothing.md)\n```\n`[code](nothing.md)` [here](#part)\n", None),
]

_CONFIGURATION = "# C\n\n```yaml\n# sallyport.yaml\nversion: {}\n```\n\n```yaml\nversion: other\n```\n"
_CHECKER = """#!/bin/sh
grep -q '^version: 1$' "$3" && exit 0
echo 'sallyport.yaml:2: error: version is not 1' >&2
exit 1
"""


class Sample:
    """The clean tree in a folder of its own, under git as the real one is."""

    def __init__(self, root):
        self.root = root
        for path, text in _CLEAN.items():
            self.write(path, text)
        settings = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.swift-format")
        shutil.copy(settings, os.path.join(root, ".swift-format"))
        subprocess.run(["git", "init", "-q", root], check=True)
        # What a person ignores everywhere must not hide a case.
        subprocess.run(["git", "-C", root, "config", "core.excludesFile", os.devnull], check=True)

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as file:
            file.write(text)

    def remove(self, path):
        if path in _CLEAN:
            self.write(path, _CLEAN[path])
        else:
            os.remove(os.path.join(self.root, path))


def _configuration(sample):
    """(name, passed) for the rule that needs the program: silent without it, right and wrong blocks with it."""
    sample.write("README.md", _CONFIGURATION.format(2))
    yield "configuration: skipped without the program", configuration.skipped(Tree(sample.root)) is not None
    sample.write(configuration.BINARY, _CHECKER)
    os.chmod(os.path.join(sample.root, configuration.BINARY), 0o755)
    found = [(p.path, p.line) for p in configuration.configuration(Tree(sample.root))]
    yield "configuration: a wrong block is told with its line", found == [("README.md", 5)]
    sample.write("README.md", _CONFIGURATION.format(1))
    yield "configuration: a right block passes", not list(configuration.configuration(Tree(sample.root)))
    sample.remove(configuration.BINARY)
    sample.remove("README.md")


def _command(sample):
    """(name, passed) for the command itself: exit code and closing line."""
    def check():
        command = [sys.executable, "-B", os.path.dirname(os.path.abspath(__file__)), "--root", sample.root]
        return subprocess.run(command, capture_output=True, text=True)

    clean = check()
    yield "the command accepts the clean tree", clean.returncode == 0 and " 0 failed" in clean.stdout
    sample.write("Sources/Pure/Case.swift", "let a = try! f()\n")
    broken = check()
    yield "the command refuses a broken tree", (
        broken.returncode == 1
        and "Sources/Pure/Case.swift:1: forbidden: " in broken.stdout
        and " 0 failed" not in broken.stdout.splitlines()[-1])
    sample.remove("Sources/Pure/Case.swift")


def main():
    every = {rule.__name__: rule for rule in rules.RULES}
    results = []
    with tempfile.TemporaryDirectory() as folder:
        sample = Sample(folder)
        untouched = Tree(folder)
        clean = [problem for rule in rules.RULES for problem in rule(untouched)]
        results.append(("the clean tree is clean" + "".join(f"\n    {p}" for p in clean), not clean))
        for rule, path, text, line, *where in CASES:
            sample.write(path, text)
            tree = Tree(folder)
            if path != "Package.swift":
                tree.targets = untouched.targets
            place = where[0] if where else path
            found = list(every[rule](tree))
            if line is None:
                right, wish = not found, "nothing"
            else:
                right, wish = [(p.path, p.line) for p in found] == [(place, line)], f"{place}:{line}"
            shown = "; ".join(map(str, found)) or "nothing"
            results.append((f"{rule}: expected {wish} for {text[:60]!r}, found {shown}", right))
            sample.remove(path)
        seen = {case[0] for case in CASES if case[3] is not None}
        results.append((f"every rule is broken once, but not {sorted(set(every) - seen)}", seen == set(every)))
        results += _configuration(sample)
        results += _command(sample)
    for name, passed in results:
        if not passed:
            print(f"self-test: {name}")
    failed = sum(not passed for _, passed in results)
    print(f"self-test: {len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0
