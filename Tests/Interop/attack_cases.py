"""Attacks and faults as others wrote them down, step by step, against a running gateway (docs/attacks.md)."""

import base64
import json
import sys

import attack_pages
import attack_words
import rig
from attack_elsewhere import ELSEWHERE
from attack_judge import OWN, judge
from attack_product import CANARIES
from attacked import Stage
from cases import Skipped, case, run, that

# Importing them registers their cases.
MODULES = [attack_pages, attack_words]

KINDS = {"mcp_call", "mcp_raw", "http", "tcp", "token", "upstream", "decide", "parallel"}


def known():
    path = rig.data() / "attacks/gateway-cases.jsonl"
    return {row["id"]: row for row in map(json.loads, path.read_text().splitlines())} if path.exists() else {}


def is_plain(row):
    """Whether a case runs as it is written: on the gateway, in steps that are no words but "agent retries"."""
    for step in row["steps"]:
        (kind, body), = step.items()
        if kind == "do" and not (isinstance(body, str) and body.startswith("agent re")):
            return False
        if kind != "do" and kind not in KINDS:
            return False
        if kind in ("http", "tcp") and body["to"] != "gw":
            return False
    return bool(row["steps"])


def register(cases):
    for id, row in cases.items():
        if id in ELSEWHERE:
            continue
        if id not in OWN and not is_plain(row):
            raise AssertionError(f"nobody tries {id}: {row['title']}")

        def attack(stage, row=row, function=OWN.get(id, as_written)):
            function(stage, row)
            sweep(stage)

        attack.__name__ = f"{id} {row['title']}"
        case(attack)


def as_written(stage, row):
    stage.open()
    stage.before = stage.memory()
    stage.run(row["steps"])
    judge(stage, row)


def sweep(stage):
    """No credential was sent to an agent, a person or a log in a case."""
    stage.close()
    for name, secret in CANARIES.items():
        for form in forms(secret):
            that(form not in stage.sent, f"the credential {name} was sent as {form!r}")
    stage.sent.clear()


def forms(secret):
    raw = secret.encode()
    yield raw
    yield raw[::-1]
    yield raw.hex().encode()
    yield quote_all(raw)
    for start in range(3):
        whole = base64.b64encode(b"x" * start + raw)
        yield whole[(start * 8 + 5) // 6 : len(whole) - 4]


def quote_all(raw):
    return b"".join(b"%%%02X" % byte for byte in raw)


def main():
    cases = known()
    if not cases:

        @case
        def attacks_are_known(stage):
            raise Skipped("SALLYPORT_DATA has no attacks")

    register(cases)
    with rig.Rig() as started:
        return run(*(Stage(started) for _ in range(2)))


if __name__ == "__main__":
    sys.exit(main())
