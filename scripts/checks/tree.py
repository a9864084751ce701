"""The tree that is checked: the files git would commit, the package's targets, the table of rooms."""

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property

from swift_text import SwiftText


@dataclass(frozen=True, order=True)
class Problem:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


class Unusable(Exception):
    """The tree cannot be checked at all; the text says why."""


class Tree:
    def __init__(self, root):
        self.root = os.path.abspath(root)
        self._swift = {}
        self._text = {}

    def _run(self, *command):
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True)

    @cached_property
    def files(self):
        """Tracked files and new ones that are not ignored, by path from the root."""
        result = self._run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        if result.returncode == 0:
            paths = result.stdout.split("\0")
        else:
            paths = [
                os.path.relpath(os.path.join(folder, name), self.root)
                for folder, _, names in os.walk(self.root)
                if not os.path.relpath(folder, self.root).startswith((".build", ".git" + os.sep))
                for name in names
            ]
        return sorted({p for p in paths if p and os.path.isfile(os.path.join(self.root, p))})

    def text(self, path):
        """A file's text, or None where it is not text."""
        if path not in self._text:
            with open(os.path.join(self.root, path), "rb") as file:
                content = file.read()
            try:
                self._text[path] = None if b"\0" in content else content.decode("utf-8")
            except UnicodeDecodeError:
                self._text[path] = None
        return self._text[path]

    def swift(self, path):
        if path not in self._swift:
            self._swift[path] = SwiftText(self.text(path) or "")
        return self._swift[path]

    def swift_files(self, *folders):
        return [p for p in self.files if p.endswith(".swift") and p.startswith(tuple(f + "/" for f in folders))]

    @cached_property
    def targets(self):
        """The targets of Package.swift: name, type, path, dependencies (names of targets and products)."""
        # A scratch folder of its own, so that a build that runs at the same time holds no lock against this.
        with tempfile.TemporaryDirectory() as scratch:
            result = self._run("swift", "package", "--scratch-path", scratch, "dump-package")
        if result.returncode != 0:
            raise Unusable("Package.swift cannot be read:\n" + result.stderr)
        targets = []
        for target in json.loads(result.stdout)["targets"]:
            folder = "Tests" if target["type"] == "test" else "Sources"
            dependencies = [next(iter(d.values()))[0] for d in target["dependencies"]]
            path = (target.get("path") or f"{folder}/{target['name']}").rstrip("/")
            targets.append(Target(target["name"], target["type"], path, dependencies))
        return targets

    def package_line(self, target):
        lines = (self.text("Package.swift") or "").split("\n")
        return next((n for n, line in enumerate(lines, 1) if f'name: "{target}"' in line), 1)

    @cached_property
    def rooms(self):
        """The rows of ARCHITECTURE.md's table whose first head is `room` and one of whose heads is `kind`."""
        rooms, kind = [], None
        text = self.text("ARCHITECTURE.md") if "ARCHITECTURE.md" in self.files else ""
        for number, line in enumerate((text or "").split("\n"), 1):
            cells = [c.strip(" `*") for c in line.strip().strip("|").split("|")] if line.startswith("|") else []
            if not cells:
                kind = None
            elif cells[0].lower() == "room" and "kind" in (heads := [c.lower() for c in cells]):
                kind = heads.index("kind")
            elif kind is not None and len(cells) > kind and not re.fullmatch(r":?-+:?", cells[0]):
                rooms.append(Room(cells[0], cells[kind].split()[0] if cells[kind] else "", number))
        return rooms

    @cached_property
    def pure_folders(self):
        paths = {t.name: t.path for t in self.targets}
        return [paths[r.name] for r in self.rooms if r.is_pure and r.name in paths]


@dataclass(frozen=True)
class Target:
    name: str
    type: str
    path: str
    dependencies: list

    @property
    def is_room(self):
        return self.path.startswith("Sources/") and self.type not in ("test", "system")


@dataclass(frozen=True)
class Room:
    name: str
    kind: str
    line: int

    @property
    def is_pure(self):
        return self.kind == "pure"
