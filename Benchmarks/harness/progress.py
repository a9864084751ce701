"""Progress on standard error; standard output is for figures."""

import sys


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
