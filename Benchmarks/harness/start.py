"""Cold start of `sallyport serve` on an existing database to the first answered /healthz, beside `python3 -c pass`."""

import subprocess
import sys
import time

from .calls import call_target, customers_gateway
from .figures import Figure, paired
from .imports import DOCUMENTS, document
from .listing import document_gateway
from .load import load
from .progress import say
from .servers import Gateway, start_upstream
from .settings import Settings

POLL = 0.001
CALLS = 2000


def run(settings: Settings) -> list[Figure]:
    times = max(5, settings.rounds * 3)
    figures = []
    with start_upstream(settings.load_cpus) as upstream:
        gateway = customers_gateway("start", upstream)
        with gateway.start() as server:
            gateway.put_credential()
            load(call_target(server, gateway.issuer.token()), settings.load_cpus, 8, 5, warmup=0, requests=CALLS)
        figures.append(paired("start.serve", "s", "python3 -c pass", [
            (start_seconds(gateway), python_seconds()) for _ in range(times)], ("<=", 5)))
        path = document(DOCUMENTS["github"])
        if path:
            large = document_gateway("start-github", path, upstream.port)
            large.start().process.stop()
            figures.append(paired("start.serve-github-catalogue", "s", "python3 -c pass", [
                (start_seconds(large), python_seconds()) for _ in range(settings.rounds)]))
    for figure in figures:
        say(f"{figure.name}: {figure.value:.3f} s, python3 -c pass {figure.reference:.3f} s")
    return figures


def start_seconds(gateway: Gateway) -> float:
    begin = time.perf_counter()
    server = gateway.start(pause=POLL)
    seconds = time.perf_counter() - begin
    server.process.stop()
    return seconds


def python_seconds() -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - begin
