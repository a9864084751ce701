"""Configuration shown in the documentation is configuration that `sallyport check` accepts."""

import os
import re
import shutil
import subprocess
import tempfile

from rules import markdown
from tree import Problem

BINARY = ".build/debug/sallyport"
_MARK = re.compile(r"\s*#\s*sallyport\.yaml\s*$")


def blocks(tree):
    """Fenced `yaml` blocks whose first line is the comment `# sallyport.yaml`: (path, line of that comment, text)."""
    for path in markdown(tree):
        lines = (tree.text(path) or "").split("\n")
        start = None
        for number, line in enumerate(lines):
            if start is None and re.match(r"\s*```ya?ml\b", line):
                start = number + 1
            elif start is not None and line.strip() == "```":
                if start < number and _MARK.match(lines[start]):
                    yield path, start + 1, "\n".join(lines[start:number]) + "\n"
                start = None


def binary(tree):
    path = os.path.join(tree.root, BINARY)
    return path if os.access(path, os.X_OK) else None


def configuration(tree):
    found = list(blocks(tree))
    if not found or not (program := binary(tree)):
        return
    with tempfile.TemporaryDirectory() as folder:
        # What the examples refer to: the document of the example product, and a key set (RFC 8037, appendix A.2).
        acme = os.path.join(tree.root, "Examples/Acme/openapi.yaml")
        if os.path.exists(acme):
            shutil.copy(acme, os.path.join(folder, "openapi.yaml"))
            os.symlink(os.path.join(tree.root, "Examples"), os.path.join(folder, "Examples"))
        with open(os.path.join(folder, "jwks.json"), "w") as file:
            key = '{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'
            file.write('{"keys": [' + key + "]}\n")
        config = os.path.join(folder, "sallyport.yaml")
        for path, line, text in found:
            with open(config, "w") as file:
                file.write(text)
            command = [program, "check", "--config", config]
            try:
                result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
            except subprocess.TimeoutExpired:
                yield Problem(path, line, "configuration", "`sallyport check` did not end within a minute")
                continue
            said = result.stdout + result.stderr
            errors = re.findall(r"sallyport\.yaml:(\d+)(?::\d+)?: error: (.*)", said)
            for place, message in errors:
                yield Problem(path, line + int(place) - 1, "configuration", message)
            if result.returncode != 0 and not errors:
                yield Problem(path, line, "configuration",
                              f"`sallyport check` ended with {result.returncode}: {said.strip()[:300]}")


def skipped(tree):
    """Why nothing could be checked, or None."""
    if not any(True for _ in blocks(tree)):
        return "no block is marked `# sallyport.yaml`"
    return None if binary(tree) else f"{BINARY} is not built"
