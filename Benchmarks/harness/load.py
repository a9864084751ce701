"""One run of the load generator, with the CPU time that the server took for it."""

import json
import os
import subprocess
import time
from dataclasses import dataclass, field

from . import machine
from .places import PROGRAMS
from .process import Process


class LoadFailed(RuntimeError):
    """The load generator could not run, or an answer was wrong."""


@dataclass(frozen=True)
class Target:
    """What is asked, and what every answer must contain."""

    url: str
    options: dict[str, str] = field(default_factory=dict)
    is_get: bool = False
    method: str | None = None


@dataclass(frozen=True)
class Run:
    """What one run measured. `others` is the share of the CPUs that unrelated processes took meanwhile."""

    rate: float
    p50: float
    p99: float
    cpu_microseconds: float
    memory_bytes: int
    others: float
    answered: int


def load(target: Target, cpus: set[int], connections: int, seconds: float, **more: float) -> dict:
    """Runs the generator and returns its report; raises when a single answer was not what it had to be."""
    options = dict(target.options) | {"connections": connections, "duration": seconds} | more
    command = [str(PROGRAMS / "load"), "--url", target.url]
    if target.is_get:
        command.append("--get")
    if target.method:
        command += ["--method", target.method]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=150, preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    if done.returncode:
        raise LoadFailed(done.stderr.strip())
    report = json.loads(done.stdout)
    wrong = sum(report["errors"].values())
    if wrong or not report["good"]:
        what = f"{report['errors']} {report['last_error']}"
        raise LoadFailed(f"{target.url}: {wrong} of {report['answered']} answers were wrong: {what}")
    return report


def measure(
    target: Target, server: Process, upstream: Process | None, cpus: set[int], connections: int, seconds: float,
    **more: float,
) -> Run:
    """One run with accounting."""
    def used() -> tuple[float, float]:
        return server.cpu_seconds(), upstream.cpu_seconds() if upstream else 0

    server_before, upstream_before = used()
    all_before, begin = machine.busy_seconds(), time.monotonic()
    report = load(target, cpus, connections, seconds, **more)
    elapsed, all_used = time.monotonic() - begin, machine.busy_seconds() - all_before
    server_after, upstream_after = used()
    ours = server_after - server_before + upstream_after - upstream_before + report["cpu_seconds"]
    return Run(
        rate=report["rps"], p50=report["p50_us"], p99=report["p99_us"],
        cpu_microseconds=(server_after - server_before) / report["answered"] * 1e6,
        memory_bytes=server.memory_bytes(), others=max(0.0, all_used - ours) / elapsed / os.cpu_count(),
        answered=report["answered"])
