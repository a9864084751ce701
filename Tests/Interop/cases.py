"""Cases and their runner: one line `ok NAME` or `FAIL NAME` for each, and a count at the end."""

import asyncio
import inspect
import os
import queue
import sys
import threading
import time
import traceback


class Skipped(Exception):
    """The case cannot run here; the reason says why."""


_cases = []


def case(function):
    """Registers a function, async or not, as a case. It gets a world that `run` was given."""
    _cases.append((function.__name__.replace("_", " "), function))
    return function


def cases_of(rows):
    """Registers a function once for each row of a dictionary; the row comes as the last argument."""

    def register(function):
        for name, row in rows.items():
            _cases.append(
                (f"{function.__name__.replace('_', ' ')}: {name}", lambda world, row=row: function(world, row))
            )
        return function

    return register


def waits(function):
    """Marks a case that only waits for time to pass: it runs beside the others, not in their row."""
    function.waits = True
    return function


def run(*worlds, limit=400):
    """Runs the registered cases whose name contains a word of the command line; returns the status to end with.

    With several worlds, which must not share what cases change, each takes the next case as soon as it is free.
    """
    words = sys.argv[1:]
    chosen = [(name, function) for name, function in _cases if not words or any(word in name for word in words)]
    row = queue.SimpleQueue()
    threads = []
    tally = _Tally()

    def take(world):
        try:
            while True:
                tally.add(*_run_case(*row.get_nowait(), world, limit))
        except queue.Empty:
            pass

    def wait(name, function):
        tally.add(*_run_case(name, function, worlds[0], limit))

    for name, function in chosen:
        if hasattr(function, "waits"):
            threads.append(threading.Thread(target=wait, args=(name, function), daemon=True))
        else:
            row.put((name, function))
    threads += [threading.Thread(target=take, args=(world,), daemon=True) for world in worlds[1:]]
    for thread in threads:
        thread.start()
    take(worlds[0])
    for thread in threads:
        thread.join()
    return tally.close(len(chosen))


class _Tally:
    """Prints what cases end with, and counts it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._counts = {"passed": 0, "failed": 0, "skipped": 0}

    def add(self, verdict, *lines):
        with self._lock:
            self._counts[verdict] += 1
            print("\n".join(lines), flush=True)

    def close(self, expected):
        # A case whose thread died has no verdict.
        self._counts["failed"] += expected - sum(self._counts.values())
        if counts := os.environ.get("INTEROP_COUNTS"):
            with open(counts, "a", encoding="ascii") as file:
                print(*self._counts.values(), file=file)
        print(", ".join(f"{count} {verdict}" for verdict, count in self._counts.items()), flush=True)
        return 1 if self._counts["failed"] else 0


def _run_case(name, function, world, limit):
    """The verdict of one case, and the lines that tell of it."""
    begin = time.monotonic()
    try:
        result = function(world)
        if inspect.iscoroutine(result):
            asyncio.run(asyncio.wait_for(result, limit))
    except Skipped as reason:
        return "skipped", f"skip {name} ({reason})"
    except (Exception, asyncio.CancelledError) as error:
        lines = ["     " + line for line in _shown(error)]
        return "failed", f"FAIL {name} ({time.monotonic() - begin:.1f} s)", *lines
    return "passed", f"ok   {name} ({time.monotonic() - begin:.1f} s)"


def _shown(error):
    # What happened inside a task group is what matters.
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if os.path.dirname(__file__) == os.path.dirname(f.filename)
    ]
    where = "".join(
        f" {os.path.basename(f.filename)}:{f.lineno}" for f in frames if not f.filename.endswith("cases.py")
    )
    text = str(error) or repr(error)
    lines = [line for line in f"{type(error).__name__}: {text}".splitlines() if line.strip()]
    return [line[:600] for line in lines[:12]] + ([f"at{where}"] if where else [])


def until(check, seconds=30):
    """What a check gives once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to be in time")


def same(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what + ': ' if what else ''}expected {expected!r}, got {actual!r}")


def that(condition, what):
    if not condition:
        raise AssertionError(what() if callable(what) else what)
