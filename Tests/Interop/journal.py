"""What the cases about the journal share: some calls of each kind, and both verifiers."""

import contextlib
import itertools
import json
import sqlite3
import subprocess
import sys

import wire
from cases import same, until
from rig import ROOT

REFUND = {"paymentId": "pay_north_03", "amount": 50, "currency": "EUR", "reason": "returned goods"}


AMOUNTS = itertools.count(61)


class World:
    def __init__(self, started):
        self.rig = started
        self._acme = None

    @property
    def acme(self):
        self._acme = self._acme or self.rig.acme()
        return self._acme


def sealed(gateway):
    """Waits until everything in the journal is in the log; returns the size."""

    def check():
        with contextlib.closing(sqlite3.connect(gateway.data / "sallyport.db")) as database:
            entries = database.execute("SELECT MAX(position) FROM entries").fetchone()[0]
            size = database.execute("SELECT MAX(size) FROM checkpoints").fetchone()[0]
        return size if entries == size else None

    return until(check)


def work(world, gateway, reads=20):
    """Some calls of each kind."""
    token = gateway.token("ana")
    for _ in range(reads):
        wire.call(gateway.port, token, "get_deal", {"dealId": "deal_north_01"})
    wire.call(gateway.port, token, "get_deal", {"dealId": "deal_south_01"})
    wire.call(gateway.port, token, "bulk_delete_customers", {})
    arguments = {**REFUND, "amount": next(AMOUNTS)}
    call = wire.call(gateway.port, token, "create_refund", arguments).result["_meta"]["dev.sallyport/call"]
    same(gateway.approve(call).status, 0)
    # What Acme says of it does not matter: a payment is refunded up to its amount.
    wire.call(gateway.port, token, "create_refund", arguments)
    return call


def key_of(gateway):
    return (gateway.data / "log.pub").read_text().strip()


def verify(gateway, *arguments, data=None):
    """What both verifiers say of a file; they have to agree on whether it is sound, and on what is first."""
    told = gateway.run("audit", "verify", "--json", *arguments, stdin=data)
    swift = json.loads(told.out)
    same(told.status, 0 if swift["sound"] else 1)
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/verify-log", "--json", *arguments],
        input=(data or "").encode(), capture_output=True, timeout=120,
    )  # fmt: skip
    other = json.loads(done.stdout)
    same(done.returncode, 0 if other["sound"] else 1, done.stderr)
    same(other["sound"], swift["sound"], str((swift, other)))
    if not swift["sound"]:
        first, second = swift["first_flaw"], other["first_flaw"]
        same((second["flaw"], second["position"]), (first["flaw"], first["position"]), str((swift, other)))
    return swift
