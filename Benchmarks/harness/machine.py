"""What the machine is, and how busy others keep it."""

import os
import statistics
import time
from pathlib import Path

from .process import TICK


def cpu_sets() -> tuple[set[int], set[int]]:
    """(for the server under test, for upstream and load): the first CPU alone, and the others."""
    cpus = sorted(os.sched_getaffinity(0))
    return ({cpus[0]}, set(cpus[1:])) if len(cpus) > 1 else (set(cpus), set(cpus))


def busy_seconds() -> float:
    """CPU time that all processes have used since boot, with what the host took away."""
    fields = [int(value) for value in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    user, nice, system, _, _, interrupt, soft_interrupt, steal = fields[:8]
    return (user + nice + system + interrupt + soft_interrupt + steal) / TICK


def commit_microseconds(folder: Path, count: int = 200) -> float:
    """Median time of appending 512 bytes durably: the floor of every call that must be on disk first."""
    path = folder / "commit"
    times = []
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        for _ in range(count):
            begin = time.perf_counter()
            os.write(descriptor, b"x" * 512)
            os.fdatasync(descriptor)
            times.append((time.perf_counter() - begin) * 1e6)
    finally:
        os.close(descriptor)
        path.unlink()
    return statistics.median(times)


def description() -> str:
    """CPUs, their model, kernel and distribution in one line."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), os.uname().machine)
    release = Path("/etc/os-release")
    lines = release.read_text().splitlines() if release.exists() else []
    names = [line.split("=", 1)[1].strip('"') for line in lines if line.startswith("PRETTY_NAME=")]
    system = names[0] if names else os.uname().sysname
    return f"{os.cpu_count()} CPUs ({model}), {system}, kernel {os.uname().release}"
