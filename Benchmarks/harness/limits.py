"""A read under limits beside the same read without: two gateways in front of the same upstream, asked in turn."""

from contextlib import ExitStack

from .calls import call_target, customers_gateway
from .figures import Figure, paired
from .load import Run, measure
from .progress import say
from .servers import start_upstream
from .settings import Settings

CONNECTIONS = 64
# Nothing of it is ever used up: what is measured is the counting.
LIMITS = """\
limits:
  rates:
    - { id: agents, per: agent, calls: 1000000, every: 1s }
    - { id: users, per: user, calls: 1000000, every: 1s, buckets: [read] }
  budgets:
    - { id: calls, per: agent, in: day, of: calls, most: 1000000000 }
    - { id: records, per: user, in: conversation, of: records, most: 1000000000 }
"""


def run(settings: Settings) -> list[Figure]:
    runs: dict[str, list[Run]] = {}
    with ExitStack() as stack:
        upstream = stack.enter_context(start_upstream(settings.load_cpus))
        systems = {}
        for name, more in [("plain", ""), ("rates", LIMITS.split("  budgets:")[0]), ("limits", LIMITS)]:
            gateway = customers_gateway(f"limits-{name}", upstream)
            gateway.configuration.write_text(gateway.configuration.read_text() + more)
            server = stack.enter_context(gateway.start(settings.server_cpus))
            gateway.put_credential()
            systems[name] = (server, gateway.issuer.token())
        for number in range(settings.rounds):
            for name, (server, token) in systems.items():
                run = measure(
                    call_target(server, token), server.process, upstream.process, settings.load_cpus, CONNECTIONS,
                    settings.seconds)
                say(f"  round {number + 1} {name:7} {run.rate:8.0f}/s  p50 {run.p50:6.0f} us  CPU {run.cpu_microseconds:6.1f} us")
                runs.setdefault(name, []).append(run)
    result = []
    for name, goal in [("rates", None), ("limits", 1.10)]:
        pairs = list(zip(runs[name], runs["plain"]))
        result.append(paired(
            f"limits.{name}.cpu", "us/call", "without", [(a.cpu_microseconds, b.cpu_microseconds) for a, b in pairs],
            ("<=", goal) if goal else None))
        result.append(paired(f"limits.{name}.p50", "us", "without", [(a.p50, b.p50) for a, b in pairs]))
        result.append(paired(f"limits.{name}.throughput", "calls/s", "without", [(a.rate, b.rate) for a, b in pairs]))
    return result
