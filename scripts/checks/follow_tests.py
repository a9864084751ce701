"""Follows the output of `swift test` on standard input: failures at once, a count now and then, the closing line."""

import sys
import time

done, told = 0, time.monotonic()
explains = False
for line in sys.stdin:
    mark = line[:1]
    if "Test run with " in line or mark == "✘" or "error:" in line or "atal error" in line:
        print(line, end="", flush=True)
        explains = mark == "✘"
    elif explains and mark == "↳":
        print(line, end="", flush=True)
    else:
        explains = False
        if mark in "✔➜" and "Test " in line[:8]:
            done += 1
    if time.monotonic() - told > 10:
        told = time.monotonic()
        print(f"... {done} tests so far", flush=True)
