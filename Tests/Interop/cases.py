"""Cases and their runner: one line `ok NAME` or `FAIL NAME` for each, and a count at the end."""

import asyncio
import inspect
import os
import sys
import time
import traceback


class Skipped(Exception):
    """The case cannot run here; the reason says why."""


_cases = []


def case(function):
    """Registers a function, async or not, as a case. It gets the arguments that `run` was given."""
    _cases.append((function.__name__.replace("_", " "), function))
    return function


def cases_of(rows):
    """Registers a function once for each row of a dictionary; the row comes as the last argument."""

    def register(function):
        for name, row in rows.items():
            _cases.append((f"{function.__name__.replace('_', ' ')}: {name}", lambda *a, row=row: function(*a, row)))
        return function

    return register


def run(*arguments, limit=400):
    """Runs the registered cases whose name contains a word of the command line, and ends the process."""
    passed, failed, skipped = 0, 0, 0
    words = sys.argv[1:]
    for name, function in _cases:
        if words and not any(word in name for word in words):
            continue
        begin = time.monotonic()
        try:
            result = function(*arguments)
            if inspect.iscoroutine(result):
                asyncio.run(asyncio.wait_for(result, limit))
        except Skipped as reason:
            skipped += 1
            print(f"skip {name} ({reason})", flush=True)
        except (Exception, asyncio.CancelledError) as error:
            failed += 1
            print(f"FAIL {name} ({time.monotonic() - begin:.1f} s)", flush=True)
            for line in _shown(error):
                print("     " + line, flush=True)
        else:
            passed += 1
            print(f"ok   {name} ({time.monotonic() - begin:.1f} s)", flush=True)
    counts = os.environ.get("INTEROP_COUNTS")
    if counts:
        with open(counts, "a", encoding="ascii") as file:
            file.write(f"{passed} {failed} {skipped}\n")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


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


def same(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what + ': ' if what else ''}expected {expected!r}, got {actual!r}")


def that(condition, what):
    if not condition:
        raise AssertionError(what() if callable(what) else what)
