#!/usr/bin/env python3
"""Measures the release build; scripts/bench calls this. Figures go to standard output, progress to standard error."""

import argparse
import sys

from harness import approvals, calls, imports, limits, listing, log, machine, memory, programs, start
from harness.figures import Figure, table
from harness.places import SCRATCH
from harness.progress import say
from harness.settings import Settings

SECTIONS = {"calls": calls.run, "limits": limits.run, "approvals": approvals.run, "log": log.run, "import": imports.run, "list": listing.run, "start": start.run, "memory": memory.run}


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs: a look, not a figure to quote")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="only this part; may be repeated")
    parser.add_argument("--rounds", type=int, help="rounds of each measurement (default 3, with --quick 1)")
    parser.add_argument("--seconds", type=float, help="length of one run of the load (default 3, with --quick 1)")
    parser.add_argument("--peer", help="JSON file that describes another gateway to measure beside ours")
    asked = parser.parse_args()
    settings = Settings(
        rounds=asked.rounds or (1 if asked.quick else 3), seconds=asked.seconds or (1 if asked.quick else 3),
        quick=asked.quick, peer=asked.peer)

    programs.build_programs()
    say(machine.description())
    figures = [Figure("machine.commit", machine.commit_microseconds(SCRATCH), "us")]
    failed = []
    for name in asked.only or SECTIONS:
        try:
            figures += SECTIONS[name](settings)
        except Exception as error:  # the other parts can still be measured
            failed.append(f"{name}: {error}")
            say(f"{name}: FAILED: {error}")
    print(table(figures), end="\n\n")
    for figure in figures:
        print(figure.line)
    for failure in failed:
        say(f"not measured: {failure}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
