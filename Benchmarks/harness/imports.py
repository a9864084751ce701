"""Import of large OpenAPI documents, beside CPython's `json.load` of the same file.

`import-bench` reads a document as the gateway does: parse with positions, then operations with their schemas. It
measures inside the process, without its start, as the reference does; peak memory is that of the whole process. Then it
classifies the operations and writes the report as HTML: what `scan` takes beside the import alone.
"""

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

from . import programs
from .figures import Figure, paired
from .places import SCRATCH, data_folder
from .progress import say
from .settings import Settings

DOCUMENTS = {"github": "github_2020-08.json", "11mb": "synthetic_gt10MB.json.gz"}

REFERENCE = """\
import json, sys, time
with open(sys.argv[1], encoding="utf-8") as file:
    begin = time.perf_counter()
    json.load(file)
    seconds = time.perf_counter() - begin
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({"seconds": seconds, "peak_bytes": int(status["VmHWM"].split()[0]) * 1024}))
"""


def document(name: str) -> Path | None:
    """The document's path, unpacked; nil without the data."""
    path = data_folder() / "openapi" / name
    if not path.exists():
        return None
    if path.suffix != ".gz":
        return path
    unpacked = SCRATCH / path.stem
    SCRATCH.mkdir(parents=True, exist_ok=True)
    with gzip.open(path) as source, open(unpacked, "wb") as target:
        shutil.copyfileobj(source, target)
    return unpacked


def report(command: list) -> dict:
    return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=300).stdout)


def run(settings: Settings) -> list[Figure]:
    figures = []
    program = programs.product("import-bench")
    for label, name in DOCUMENTS.items():
        path = document(name)
        if path is None:
            say(f"import of {name}: skipped, {data_folder() / 'openapi'} does not hold it (set SALLYPORT_DATA)")
            continue
        size = path.stat().st_size
        ours, references = [], []
        for _ in range(max(settings.rounds, 3)):
            ours.append(report([program, path]))
            references.append(report([sys.executable, "-c", REFERENCE, path]))
        say(f"import of {name}: {size / 1e6:.1f} MB, "
            f"{ours[0]['operations']} of {ours[0]['operations_in_document']} operations, "
            f"parse {ours[0]['parse_seconds']:.3f} s, import {ours[0]['import_seconds']:.3f} s")
        figures += compare(label, size, ours, references)
    return figures


def compare(label: str, size: int, ours: list[dict], references: list[dict]) -> list[Figure]:
    total = [
        (mine["parse_seconds"] + mine["import_seconds"], other["seconds"]) for mine, other in zip(ours, references)]
    parse = [(mine["parse_seconds"], other["seconds"]) for mine, other in zip(ours, references)]
    peak = [(mine["peak_bytes"] / 1e6, size / 1e6) for mine in ours]
    growth = [((mine["peak_bytes"] - mine["start_bytes"]) / 1e6, size / 1e6) for mine in ours]
    return [
        paired(f"import.{label}.time", "s", "json.load", total, ("<=", 20)),
        paired(f"import.{label}.parse", "s", "json.load", parse),
        paired(f"import.{label}.peak-memory", "MB", "file size", peak, ("<=", 15)),
        paired(f"import.{label}.memory-growth", "MB", "file size", growth),
        paired(f"scan.{label}.html", "s", "import alone", [
            (mine["parse_seconds"] + mine["import_seconds"] + mine["report_seconds"],
             mine["parse_seconds"] + mine["import_seconds"]) for mine in ours], ("<=", 2)),
        paired(f"import.{label}.json-load-peak-memory", "MB", "file size", [
            (other["peak_bytes"] / 1e6, size / 1e6) for other in references]),
    ]
