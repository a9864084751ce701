"""Programs the benchmark needs: its own in C, nginx, and the release build of the product."""

import os
import shutil
import subprocess
from pathlib import Path

from .places import BENCHMARKS, PACKAGE, PROGRAMS


class Missing(RuntimeError):
    """A program is not there; the message says how to get it."""


FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]


def build_programs() -> None:
    """Compiles the load generator and the upstream where a source is newer than the result."""
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    sources = BENCHMARKS / "programs"
    for name in ("load", "upstream"):
        files = sorted((sources / "common").glob("*.c")) + sorted((sources / name).glob("*.c"))
        headers = list((sources / "common").glob("*.h")) + list((sources / name).glob("*.h"))
        program = PROGRAMS / name
        if program.exists() and program.stat().st_mtime > max(file.stat().st_mtime for file in files + headers):
            continue
        subprocess.run(["gcc", *FLAGS, "-o", str(program), *map(str, files)], check=True)
    engine = PROGRAMS / "engine"
    source = sources / "engine" / "main.c"
    if not engine.exists() or engine.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["gcc", *FLAGS, "-o", str(engine), str(source), "-lsqlite3"], check=True)


def nginx() -> str:
    path = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not path:
        raise Missing("nginx is not installed: apt-get install nginx")
    return path


def product(name: str) -> Path:
    """A release build of one of the package's executables."""
    path = PACKAGE / ".build" / "release" / name
    if not path.exists():
        raise Missing(f"{path} is not built: swift build -c release --product {name}")
    return path
