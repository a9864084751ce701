"""The rules. Each is a function of a tree that yields problems; RULES names them in the order they run."""

import os
import re
import subprocess

from tree import Problem

# Files that may be longer than MAX_LINES, with the reason.
MAX_LINES = 500
LONG_FILES = {
    "Tests/Interop/wire_cases.py": "one table of requests and what they must get",
    "Tests/Interop/process_cases.py": "one table of what is done to processes and what must be left",
}

# Modules of the toolchain that any room may import, and those for rooms that are not pure.
EVERYWHERE = {"Swift", "Synchronization"}
OUTSIDE_PURE = {"Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch"}
# Modules that come with a product of another name: no product of their own, or part of that product's interface.
PART_OF = {"CYaml": "Yams", "GRDBSQLite": "GRDB", "HTTPTypes": "Hummingbird"}

# Material of others, kept as it came.
FOREIGN = ("Tests/Vectors/",)

_IMPORT = re.compile(
    r"^[ \t]*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)",
    re.M,
)


def _find(tree, paths, rule, patterns, view="code"):
    """A problem for every match of a pattern in the code (or the comments) of Swift files."""
    for path in paths:
        source = tree.swift(path)
        for pattern, message in patterns:
            for match in re.finditer(pattern, getattr(source, view), re.M):
                yield Problem(path, source.line(match.start()), rule, message.format(match[0].strip()))


def format(tree):
    paths = [p for p in tree.files if p.endswith(".swift") and not p.startswith(FOREIGN)]
    command = ["swift", "format", "lint", "--strict", "--parallel", "--configuration", ".swift-format", *paths]
    result = subprocess.run(command, cwd=tree.root, capture_output=True, text=True)
    told = False
    for line in result.stderr.splitlines():
        if match := re.match(r"(.+?):(\d+):\d+: (?:error|warning): (.*)", line):
            told = True
            yield Problem(os.path.relpath(match[1], tree.root) if match[1][0] == "/" else match[1],
                          int(match[2]), "format", match[3])
    if result.returncode != 0 and not told:
        yield Problem(".swift-format", 1, "format", "swift format failed: " + result.stderr.strip()[:500])


def rooms(tree):
    """ARCHITECTURE.md's table, Package.swift and the folders of Sources name the same rooms."""
    if not tree.rooms:
        yield Problem("ARCHITECTURE.md", 1, "rooms", "has no table with the heads `room` and `kind`")
        return
    targets = {t.name: t for t in tree.targets}
    listed = {r.name for r in tree.rooms}
    for room in tree.rooms:
        if room.name not in targets:
            yield Problem("ARCHITECTURE.md", room.line, "rooms", f"{room.name} is no target of Package.swift")
    for target in tree.targets:
        if target.is_room and target.name not in listed:
            yield Problem("Package.swift", tree.package_line(target.name), "rooms",
                          f"{target.name} is missing from the table of rooms in ARCHITECTURE.md")
    folders = {t.path for t in tree.targets}
    for name in sorted({p.split("/")[1] for p in tree.files if p.startswith("Sources/") and p.count("/") > 1}):
        if f"Sources/{name}" not in folders:
            yield Problem("Package.swift", 1, "rooms", f"the folder Sources/{name} belongs to no target")


def arrows(tree):
    """A room depends only on rooms above it in the table, which is in the order of the arrows."""
    place = {room.name: n for n, room in enumerate(tree.rooms)}
    for target in tree.targets:
        if not target.is_room or target.name not in place:
            continue
        for name in target.dependencies:
            if name in place and place[name] >= place[target.name]:
                yield Problem("Package.swift", tree.package_line(target.name), "arrows",
                              f"{target.name} depends on {name}, which comes after it in the table of rooms")


def imports(tree):
    """What a file imports is declared in Package.swift; the build lets more pass than a clean one would."""
    pure = set(tree.pure_folders)
    for target in tree.targets:
        allowed = set(target.dependencies) | EVERYWHERE
        allowed |= {module for module, product in PART_OF.items() if product in target.dependencies}
        if target.path not in pure:
            allowed |= OUTSIDE_PURE
        if target.type == "test":
            allowed.add("Testing")
        for path in tree.swift_files(target.path):
            source = tree.swift(path)
            for match in _IMPORT.finditer(source.code):
                if match[1] in allowed:
                    continue
                line = source.line(match.start(1))
                if match[1] in OUTSIDE_PURE:
                    yield Problem(path, line, "imports", f"{target.name} is pure and does not import {match[1]}")
                else:
                    yield Problem(path, line, "imports",
                                  f"{match[1]} is no dependency of {target.name} in Package.swift")


_RANDOM = re.compile(r"\.(random|randomElement|shuffled?)\s*\(")
_PURE = [
    (r"(?<![\w.`])(async|await|actor)(?![\w`:])", "`{0}` in a pure room"),
    (r"(?<![\w.])Task\s*[{.<(]", "a task in a pure room"),
    (r"\bDate\s*\(|\bDate\s*\.\s*now\b|\b(Continuous|Suspending)Clock\b|\bDispatchTime\b|\bclock_gettime\b"
     r"|\bgettimeofday\b|(?<![\w.])time\s*\(\s*nil", "a clock in a pure room: {0}"),
    (r"\bSystemRandomNumberGenerator\b|\barc4random\w*|\bUUID\s*\(|\bgetrandom\b", "randomness in a pure room: {0}"),
    (r"\bFile(Manager|Handle)\b|(?<![\w.])fopen\s*\(|\bProcessInfo\b|\bCommandLine\b|(?<![\w.])getenv\s*\("
     r"|\bcontentsOf(File|URL)?\s*:\s*(URL|FilePath)\b", "files or the environment in a pure room: {0}"),
    (r"(?<![\w.])(socket|connect|getaddrinfo)\s*\(|\bURLRequest\b|\b(Server|Client)Bootstrap\b",
     "the network in a pure room: {0}"),
]


def pure(tree):
    paths = tree.swift_files(*tree.pure_folders) if tree.pure_folders else []
    yield from _find(tree, paths, "pure", _PURE)
    for path in paths:
        source = tree.swift(path)
        for match in _RANDOM.finditer(source.code):
            if not re.search(r"\busing\s*:", _arguments(source.code, match.end())):
                yield Problem(path, source.line(match.start()), "pure",
                              f"randomness in a pure room: {match[1]} without `using:`")


def _arguments(code, start):
    """The text from behind an opening parenthesis to the one that closes it."""
    depth = 1
    for end in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[end], 0)
        if depth == 0:
            return code[start:end]
    return code[start:]


_FORBIDDEN = [
    (r"\btry!", "`try!` traps on an error"),
    (r"\bas!", "`as!` traps on another type"),
    (r"(?<=[\w)\]}>?\"`])(?<!\btry)(?<!\bas)!(?!=)", "a forced unwrap traps on nil"),
    (r"(?<![\w.])fatalError\s*\(", "`fatalError` ends the process for every user"),
    (r"\bNSRegularExpression\b|(?<![\w.])Regex\s*[<({]|\bimport RegexBuilder\b",
     "a backtracking regular expression: {0}"),
    (r"\bnonisolated\s*\(\s*unsafe\s*\)", "`nonisolated(unsafe)` switches the checks off"),
    (r"\bURLSession\b", "URLSession follows redirects and carries credentials along"),
    (r"\bJSON(Decoder|Encoder|Serialization)\b", "{0} reads JSON otherwise than our one parser"),
]


def forbidden(tree):
    paths = tree.swift_files("Sources")
    yield from _find(tree, paths, "forbidden", _FORBIDDEN)
    quiet = [p for p in paths if not p.startswith("Sources/Commands/")]
    yield from _find(tree, quiet, "forbidden",
                     [(r"(?<![\w.])(?<!func )(debugPrint|print|dump)\s*\(", "`{0}` outside Commands")])
    for path in paths:
        source = tree.swift(path)
        for offset in source.regex_literals:
            yield Problem(path, source.line(offset), "forbidden", "a backtracking regular expression literal")
        for number, line in enumerate(source.code_lines):
            if re.search(r"@unchecked\s+Sendable\b", line) and not _line_above(source, number).startswith("//"):
                yield Problem(path, number + 1, "forbidden",
                              "`@unchecked Sendable` without a comment above that proves it")


def marks(tree):
    paths = tree.swift_files("Sources", "Tests", "Examples", "Benchmarks")
    words = [(r"\b(TODO|FIXME|XXX|HACK)\b", "{0} is left in a comment")]
    yield from _find(tree, paths, "marks", words, view="comments")


def _line_above(source, number):
    """The text above a declaration, skipping its attributes."""
    number -= 1
    while number >= 0 and re.match(r"\s*@\w", source.code_lines[number]):
        number -= 1
    return source.lines[number].strip() if number >= 0 else ""


_DECLARATION = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*"
    r"((?:(?:public|package|open|internal|private|fileprivate|static|final|indirect|mutating|nonmutating|consuming"
    r"|borrowing|override|convenience|required|nonisolated|isolated|lazy|weak|unowned|dynamic|class)"
    r"(?:\([a-z]+\))?\s+)*)"
    r"(struct|enum|class|actor|protocol|func|init|var|let|typealias|subscript|associatedtype)\b[ \t]*([\w`]*)"
)


def declarations(source):
    """Declarations that other rooms can see: (line, kind, name, whether documentation is required, and present)."""
    depth, protocol, seen = 0, None, set()
    for number, line in enumerate(source.code_lines):
        match = _DECLARATION.match(line)
        if protocol is not None and depth <= protocol:
            protocol = None
        visible = match and re.search(r"\b(public|package|open)\b(?!\()", match[1])
        in_protocol = protocol is not None and depth == protocol + 1
        if match and (visible or in_protocol):
            kind, name = match[2], match[3]
            required = (in_protocol and kind in ("func", "var", "init", "subscript")) or (
                depth == 0 and kind in ("struct", "enum", "class", "actor", "protocol", "func"))
            above = _line_above(source, number)
            present = above.startswith("///") or above.endswith("*/")
            # Overloads share the documentation of the first.
            family = (depth, protocol, kind, name)
            if kind == "func" and family in seen:
                present = True
            if present:
                seen.add(family)
            yield number + 1, kind, name, required, present
            if kind == "protocol" and protocol is None and "{" in line:
                protocol = depth
        depth += line.count("{") - line.count("}")


def documented(tree):
    for path in tree.swift_files("Sources"):
        for line, kind, name, required, present in declarations(tree.swift(path)):
            if required and not present:
                yield Problem(path, line, "documented", f"{kind} {name} has no documentation comment")


def documented_share(tree):
    """How many of the declarations that may go without are documented, as a sentence."""
    others = [present for path in tree.swift_files("Sources")
              for _, _, _, required, present in declarations(tree.swift(path)) if not required]
    return f"{sum(others)} of {len(others)} other visible declarations are documented"


# The patterns do not match their own text.
_MACHINE = [
    (r"(?<![\w.\-}])/wor[k]/|/tmp/tree[s]\b|(?<![\w.\-}])/roo[t]/", "names a path of one machine: {0}"),
    (r"(?i)\b(pyp[i]\.org|files\.pythonhoste[d]\.org|registry\.npmj[s]\.org|proxy\.golan[g]\.org|deb\.debia[n]\.org)\b"
     r"|\b(artifactor[y]|devp[i]|verdacci[o])\b", "names the host of a registry: {0}"),
    (r"--(extra-)?index-ur[l]\b|--trusted-hos[t]\b|PIP_[A-Z_]*INDEX_UR[L]|npm_config_registr[y]|\bGOPROX[Y]=",
     "sends a package manager to a registry of its own: {0}"),
]


def machine(tree):
    for path in tree.files:
        if path.startswith(FOREIGN) or (text := tree.text(path)) is None:
            continue
        for pattern, message in _MACHINE:
            for match in re.finditer(pattern, text):
                yield Problem(path, text.count("\n", 0, match.start()) + 1, "machine", message.format(match[0]))


_UNWANTED = [
    (r"(^|/)\.build/", "is a product of the build"),
    (r"(^|/)Package\.resolved$", "is written by the build; Package.swift pins exact versions"),
    (r"\.(db|sqlite3?|db3)(-wal|-shm|-journal)?$", "is a database"),
    (r"(^|/)(__pycache__|\.venv)/|\.py[co]$", "is a product of Python"),
    (r"\.(pem|key|p12|pfx|jks)$|(^|/)(id_(rsa|ed25519|ecdsa)|\.env)$", "looks like a key"),
]
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\n\s*[A-Za-z0-9+/=]{20}")


def tracked(tree):
    for path in tree.files:
        for pattern, message in _UNWANTED:
            if not path.startswith(FOREIGN) and re.search(pattern, path):
                yield Problem(path, 1, "tracked", message + " and does not belong in the repository")
        if not path.startswith(FOREIGN) and (text := tree.text(path)) and (match := _PRIVATE_KEY.search(text)):
            yield Problem(path, text.count("\n", 0, match.start()) + 1, "tracked", "holds a private key")


def length(tree):
    for path in tree.files:
        is_code = path.endswith((".swift", ".py", ".sh", ".md")) or path.startswith("scripts/")
        if path.startswith(FOREIGN) or path in LONG_FILES or not is_code or (text := tree.text(path)) is None:
            continue
        lines = text.count("\n")
        if lines > MAX_LINES:
            yield Problem(path, MAX_LINES + 1, "length", f"{lines} lines; a file has at most {MAX_LINES}")


def markdown(tree):
    return [p for p in tree.files if p.endswith(".md") and not p.startswith(FOREIGN)]


def links(tree):
    for path in markdown(tree):
        fenced = False
        for number, line in enumerate((tree.text(path) or "").split("\n"), 1):
            if line.lstrip().startswith("```"):
                fenced = not fenced
            if fenced:
                continue
            for match in re.finditer(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)", re.sub(r"`[^`]*`", "", line)):
                target = match[1].split("#")[0]
                if not target or re.match(r"[a-z][a-z0-9+.\-]*:", target):
                    continue
                there = os.path.normpath(os.path.join(tree.root, os.path.dirname(path), target))
                if target.startswith("/") or not there.startswith(tree.root) or not os.path.exists(there):
                    yield Problem(path, number, "links", f"{match[1]} does not exist")


RULES = [format, rooms, arrows, imports, pure, forbidden, marks, documented, machine, tracked, length, links]
