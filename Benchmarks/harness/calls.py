"""`tools/call` through the gateway and through nginx, in front of the same upstream, asked by the same load.

Both stand ready on CPU 0 and are asked in turn, so that each ratio comes from two runs that follow one another. The
gateway checks token, policy, schema and scope, injects the credential from its vault, and has each call on disk before
the upstream hears of it; nginx passes bytes on.
"""

import sqlite3
from contextlib import ExitStack

from .figures import Figure, paired
from .load import Run, Target, measure
from .peers import read_peer
from .places import BENCHMARKS
from .progress import say
from .servers import Gateway, Server, start_nginx_proxy, start_upstream
from .settings import Settings

CONNECTIONS = {"legacy": [1, 32, 64, 128], "modern": [1, 64]}
QUICK = {"legacy": [1, 64], "modern": [64]}
OPEN_CONNECTIONS = 64
OURS = "sallyport"
TOOL = {"get_customer": "{ bucket: read, scope: user-credential }"}


def call_target(server: Server, token: str, era: str = "legacy") -> Target:
    """Calls that carry a number of their own, which the answer must repeat beside a field of the record."""
    arguments = '{"id":"@@@@@@"}'
    options = {"tool": "get_customer", "arguments": arguments, "expect": "enterprise", "token": token, "era": era}
    return Target(f"http://127.0.0.1:{server.port}/mcp", options)


def customers_gateway(name: str, upstream: Server) -> Gateway:
    return Gateway(name, BENCHMARKS / "openapi" / "customers.yaml", TOOL, upstream.port)


def run(settings: Settings) -> list[Figure]:
    with ExitStack() as stack:
        upstream = stack.enter_context(start_upstream(settings.load_cpus))
        gateway = customers_gateway("calls", upstream)
        systems = {"nginx": stack.enter_context(start_nginx_proxy(upstream, settings.server_cpus))}
        systems[OURS] = stack.enter_context(gateway.start(settings.server_cpus))
        gateway.put_credential()
        if settings.peer:
            peer = read_peer(settings.peer)
            systems[peer.name] = stack.enter_context(peer.start(upstream, gateway.issuer, settings.server_cpus))
        rounds = Rounds(settings, upstream, systems, gateway.issuer.token())
        for number in range(settings.rounds):
            say(f"tools/call, round {number + 1} of {settings.rounds}")
            rounds.one_more()
    check_records(gateway, rounds.answered)
    return figures(rounds.runs)


class Rounds:
    """Asks each system in turn, with every number of connections. `answered` counts the gateway's answers."""

    def __init__(self, settings: Settings, upstream: Server, systems: dict[str, Server], token: str):
        self.settings, self.upstream, self.systems, self.token = settings, upstream, systems, token
        self.runs: dict[tuple[str, str, str], list[Run]] = {}
        self.answered = 0

    def one_more(self) -> None:
        for era, counts in (QUICK if self.settings.quick else CONNECTIONS).items():
            for connections in counts:
                for name in self.systems:
                    self.measure(name, str(connections), era, connections)
        capacity = self.runs["legacy", str(OPEN_CONNECTIONS), OURS][-1].rate
        for name in self.systems:
            self.measure(name, "open", "legacy", OPEN_CONNECTIONS, rate=int(capacity / 2))

    def measure(self, name: str, label: str, era: str, connections: int, rate: float = 0) -> None:
        server, settings = self.systems[name], self.settings
        for _ in range(settings.repeats + 1):
            run = measure(
                call_target(server, self.token, era), server.process, self.upstream.process, settings.load_cpus,
                connections, settings.seconds, rate=rate)
            self.answered += run.answered if name == OURS else 0
            if run.others <= settings.max_others:
                break
        say(f"  {era} {label:>4} {name:10} {run.rate:8.0f}/s  p50 {run.p50:7.0f} us  p99 {run.p99:7.0f} us  "
            f"CPU {run.cpu_microseconds:6.1f} us  others {run.others:4.0%}")
        self.runs.setdefault((era, label, name), []).append(run)


def check_records(gateway: Gateway, answered: int) -> None:
    """Every answered call must be on disk with its outcome once the gateway has ended."""
    path = gateway.folder / "data" / "sallyport.db"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        phases = dict(database.execute("SELECT phase, COUNT(*) FROM entries WHERE phase IS NOT NULL GROUP BY phase"))
    say(f"{answered} calls answered; recorded: {phases}")
    if phases.get("settled", 0) < answered:
        raise RuntimeError(f"{answered} calls were answered, but the journal holds {phases}")


def figures(runs: dict[tuple[str, str, str], list[Run]]) -> list[Figure]:
    result = []
    for era, label, name in runs:
        if name == "nginx":
            continue
        pairs = list(zip(runs[era, label, name], runs[era, label, "nginx"]))
        prefix = f"calls.{era}.{label}" if name == OURS else f"calls.{name}.{era}.{label}"
        is_goal = name == OURS and label == "64"

        def add(suffix: str, unit: str, value, goal=None) -> None:
            values = [(value(ours), value(reference)) for ours, reference in pairs]
            result.append(paired(f"{prefix}.{suffix}", unit, "nginx proxy", values, goal))

        if label != "open":
            add("throughput", "calls/s", lambda run: run.rate, (">=", 0.30) if is_goal else None)
        add("p50", "us", lambda run: run.p50)
        add("p99", "us", lambda run: run.p99)
        add("cpu", "us/call", lambda run: run.cpu_microseconds, ("<=", 3) if is_goal else None)
        if label == "64":
            add("memory", "MB", lambda run: run.memory_bytes / 1e6)
    return result
