"""The journal beside the bare engines, one process beside two on one database, and proofs and searches in a long log.

`log-bench` records calls as the gate does, 64 at a time: each waits until its admission is on disk, and its outcome rides along with
a later commit. The bare engine then writes as many rows of the same size in each transaction, into the same table with the same
indexes and triggers: a program in C for SQLite, pgbench with one connection for PostgreSQL, whose journal has one writer at a time.
"""

import json
import re
import shutil
import sqlite3
import statistics
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import programs
from .calls import call_target, customers_gateway
from .figures import Figure, paired
from .load import load
from .places import PACKAGE, PROGRAMS, SCRATCH, fresh_folder
from .progress import say
from .servers import Gateway, start_upstream
from .settings import Settings

TASKS = 64
ENTRIES = 1_000_000


def bench(*arguments, timeout: int = 900) -> dict:
    command = [str(programs.product("log-bench")), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {(done.stdout + done.stderr).strip()}")
    return json.loads(done.stdout)


@contextmanager
def postgres():
    """A PostgreSQL of its own, with durable commits; gives its URL."""
    folder = SCRATCH / "postgres"
    subprocess.run([PACKAGE / "scripts" / "postgres", "stop", folder], capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)
    started = subprocess.run(
        [PACKAGE / "scripts" / "postgres", "start", folder], check=True, capture_output=True, text=True)
    try:
        yield started.stdout.split()[-1]
    finally:
        subprocess.run([PACKAGE / "scripts" / "postgres", "stop", folder], capture_output=True)


def psql(url: str, statement: str) -> str:
    return subprocess.run(
        ["psql", "--no-psqlrc", "-At", url, "-c", statement], check=True, capture_output=True, text=True).stdout.strip()


# Appends


def append_sqlite(settings: Settings) -> tuple[dict, float]:
    folder = fresh_folder("log-append")
    ours = bench("append", folder / "journal.db", TASKS, settings.seconds)
    empty = folder / "engine.db"
    bench("append", empty, 1, 0.001)
    with sqlite3.connect(empty) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    done = subprocess.run(
        [PROGRAMS / "engine", empty, str(TASKS), str(ours["body_bytes"]), str(settings.seconds)],
        check=True, capture_output=True, text=True, timeout=120)
    return ours, float(done.stdout)


PGBENCH = """\
INSERT INTO entries (at, call, previous, phase, actor, agent, tool, body)
SELECT 1790000000000000, 'c' || :client_id || '-' || nextval('bench_calls'), 0, 'admitted', 'user-1', 'agent-1', 'tool_1',
  repeat('x', {bytes}) FROM generate_series(1, {rows});
"""


def append_postgres(settings: Settings, url: str) -> tuple[dict, float]:
    psql(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    ours = bench("append", url, TASKS, settings.seconds)
    psql(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    bench("append", url, 1, 0.001)
    psql(url, "CREATE SEQUENCE bench_calls")
    script = fresh_folder("pgbench") / "append.sql"
    script.write_text(PGBENCH.format(bytes=ours["body_bytes"], rows=TASKS))
    done = subprocess.run(
        ["pgbench", "--no-vacuum", "--client=1", f"--time={max(1, int(settings.seconds))}", f"--file={script}", url],
        check=True, capture_output=True, text=True, timeout=120)
    rate = float(re.search(r"tps = ([\d.]+)", done.stdout)[1])
    return ours, rate * TASKS


def appends(settings: Settings, url: str) -> list[Figure]:
    pairs: dict[str, list[tuple[float, float]]] = {"sqlite": [], "postgresql": []}
    waits: dict[str, list[float]] = {"sqlite": [], "postgresql": []}
    for number in range(settings.rounds):
        for name, (ours, engine) in [
            ("sqlite", append_sqlite(settings)), ("postgresql", append_postgres(settings, url)),
        ]:  # fmt: skip
            say(f"  round {number + 1} {name:10} {ours['entries_per_second']:8.0f} entries/s, the bare engine {engine:8.0f} rows/s; "
                f"admitted p50 {ours['admitted_p50_ms']} ms")
            pairs[name].append((ours["entries_per_second"], engine))
            waits[name].append(ours["admitted_p50_ms"])
    result = []
    for name, engine in [("sqlite", "SQLite from C"), ("postgresql", "pgbench")]:
        result.append(paired(f"log.append.{name}", "entries/s", engine, pairs[name]))
        result.append(Figure(f"log.append.{name}.admitted.p50", statistics.median(waits[name]), "ms"))
    return result


# One process beside two


def replica_gateways(upstream, url: str | None, count: int) -> list[Gateway]:
    """Gateways with one set of keys; on one PostgreSQL where there is a URL."""
    if url:
        psql(url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    gateways = []
    for number in range(count):
        gateway = customers_gateway(f"replica-{number}", upstream)
        if url:
            text = gateway.configuration.read_text()
            gateway.configuration.write_text(text.replace("data: data\n", f"data: data\ndatabase: {url}\n"))
        if gateways:
            first = gateways[0]
            for key in ["vault.key", "signing.key", "note.key"]:
                (gateway.folder / "data").mkdir(exist_ok=True, mode=0o700)
                shutil.copy2(first.folder / "data" / key, gateway.folder / "data" / key)
            # They are asked with the tokens of the first.
            text = gateway.configuration.read_text()
            gateway.configuration.write_text(text.replace(str(gateway.issuer.jwks), str(first.issuer.jwks)))
        else:
            gateway.put_credential()
        gateways.append(gateway)
    return gateways


def throughput(settings: Settings, url: str | None, count: int) -> float:
    """Calls a second through so many gateways together, 64 connections in all. Everything shares all processors."""
    with ExitStack() as stack:
        upstream = stack.enter_context(start_upstream(settings.server_cpus | settings.load_cpus))
        gateways = replica_gateways(upstream, url, count)
        servers = [stack.enter_context(gateway.start(settings.server_cpus | settings.load_cpus)) for gateway in gateways]
        token = gateways[0].issuer.token()
        reports: list[dict] = []

        def ask(server):
            reports.append(load(
                call_target(server, token), settings.server_cpus | settings.load_cpus, TASKS // count, settings.seconds))

        threads = [threading.Thread(target=ask, args=[server]) for server in servers]
        begin = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(reports) != count:
            raise RuntimeError("a gateway could not be asked")
        return sum(report["good"] for report in reports) / (time.monotonic() - begin)


def replicas(settings: Settings, url: str) -> list[Figure]:
    one, two = [], []
    for number in range(settings.rounds):
        sqlite, single, double = (
            throughput(settings, None, 1), throughput(settings, url, 1), throughput(settings, url, 2))
        say(f"  round {number + 1} one on SQLite {sqlite:7.0f}/s, one on PostgreSQL {single:7.0f}/s, two {double:7.0f}/s")
        one.append((single, sqlite))
        two.append((double, sqlite))
    return [
        paired("log.calls.postgresql.one", "calls/s", "one on SQLite", one),
        paired("log.calls.postgresql.two", "calls/s", "one on SQLite", two),
    ]


# A long log


def timed(*command) -> float:
    begin = time.monotonic()
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=600)
    return time.monotonic() - begin


def long_log(settings: Settings) -> list[Figure]:
    folder = fresh_folder("log-long")
    path = folder / "journal.db"
    entries = ENTRIES // 10 if settings.quick else ENTRIES
    filled = bench("fill", path, entries)
    say(f"  {filled['entries']} entries: filled in {filled['fill_seconds']} s, sealed in {filled['seal_seconds']} s, "
        f"indexed in {filled['index_seconds']} s")
    proofs = bench("prove", path, 1000)
    searches = bench("search", path, 200)
    for name, one in searches.items():
        say(f"  search {name:16} p50 {one['p50_ms']:7.2f} ms  p99 {one['p99_ms']:7.2f} ms")
    (folder / "log.pub").write_text(filled["key"] + "\n")
    verify = timed(programs.product("sallyport"), "audit", "verify", "--database", path, "--key", filled["key"])
    size = filled["entries"] / 1e6
    say(f"  verified in {verify:.1f} s")
    return [
        Figure("log.seal", filled["seal_seconds"] / size, "s per million"),
        Figure("log.index", filled["index_seconds"] / size, "s per million"),
        Figure("log.receipt.p50", proofs["receipt_p50_ms"], "ms"), Figure("log.receipt.p99", proofs["receipt_p99_ms"], "ms"),
        Figure("log.receipt.check.p50", proofs["check_p50_ms"], "ms"),
        Figure("log.consistency.p50", proofs["consistency_p50_ms"], "ms"),
        Figure("log.verify", verify / size, "s per million"),
        *(Figure(f"log.search.{name.replace(' ', '-')}.{share}", one[f"{share}_ms"], "ms")
          for name, one in searches.items() for share in ["p50", "p99"]),
    ]


def run(settings: Settings) -> list[Figure]:
    figures = []
    with postgres() as url:
        say("appends")
        figures += appends(settings, url)
        say("calls on one database")
        figures += replicas(settings, url)
    say("a long log")
    return figures + long_log(settings)
