"""Processes of the benchmark: started here, pinned, accounted for and ended here."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class ProcessEnded(RuntimeError):
    """A process that should run ended; the message carries the end of its output."""


class Process:
    """One started program with its children."""

    def __init__(
        self, command: list, cpus: set[int] | None = None, log: Path | None = None, folder: Path | None = None,
    ):
        def prepare() -> None:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # nothing outlives the benchmark, however it ends
            if cpus:
                os.sched_setaffinity(0, cpus)

        self.log = log
        output = open(log, "wb") if log else subprocess.DEVNULL
        self.process = subprocess.Popen(
            [str(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True, preexec_fn=prepare)
        if log:
            output.close()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    @property
    def pids(self) -> list[int]:
        """The process and its children: everything in the session that was opened for it."""
        pids = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                fields = stat_fields(int(entry))
            except OSError:
                continue
            if int(fields[3]) == self.process.pid:
                pids.append(int(entry))
        return pids

    def cpu_seconds(self) -> float:
        """User and system time so far, ended threads included."""
        total = 0
        for pid in self.pids:
            try:
                fields = stat_fields(pid)
            except OSError:
                continue
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def memory_bytes(self) -> int:
        """Proportional set size: pages that processes share are counted once."""
        total = 0
        for pid in self.pids:
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
        return total

    def check_running(self) -> None:
        if self.process.poll() is None:
            return
        output = self.log.read_text(errors="replace")[-2000:] if self.log else ""
        raise ProcessEnded(f"{self.process.args[0]} ended with status {self.process.returncode}\n{output}")

    def stop(self, seconds: float = 10) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        for pid in self.pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        self.process.wait()


def stat_fields(pid: int) -> list[str]:
    """The fields of /proc/PID/stat that follow the command's name: state, parent, group, session, …"""
    text = Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2:].split()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port: int, path: str = "/") -> bool:
    """Whether an HTTP server answers there; with path /healthz, whether it answers 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            start = connection.recv(64)
    except OSError:
        return False
    return start.startswith(b"HTTP/1.1 200" if path == "/healthz" else b"HTTP/1.1 ")


def wait_until_it_answers(
    process: Process, port: int, path: str = "/", seconds: float = 60, pause: float = 0.02,
) -> None:
    limit = time.monotonic() + seconds
    while not answers(port, path):
        process.check_running()
        if time.monotonic() > limit:
            raise ProcessEnded(f"{process.process.args[0]} does not answer on port {port}")
        time.sleep(pause)
