"""Memory of an idle process, and of each idle client that keeps its connection, beside nginx's."""

import resource
import time
from contextlib import ExitStack

from .calls import customers_gateway
from .figures import Figure
from .mcp import Client
from .progress import say
from .servers import Server, start_nginx_proxy, start_upstream
from .settings import Settings

COUNTS = [1000, 5000]
SETTLE = 1.0


def run(settings: Settings) -> list[Figure]:
    allow_many_files()
    with ExitStack() as stack:
        upstream = stack.enter_context(start_upstream(settings.load_cpus))
        gateway = customers_gateway("memory", upstream)
        systems = {
            "nginx": stack.enter_context(start_nginx_proxy(upstream, settings.server_cpus)),
            "sallyport": stack.enter_context(gateway.start(settings.server_cpus)),
        }
        gateway.put_credential()
        token = gateway.issuer.token()
        measured = {name: memory_by_clients(server, token) for name, server in systems.items()}
    ours, reference = measured["sallyport"], measured["nginx"]
    result = [figure("memory.idle", "MB", ours[0] / 1e6, reference[0] / 1e6)]
    for count in COUNTS:
        each = [(memory[count] - memory[0]) / count / 1e3 for memory in (ours, reference)]
        result.append(figure(f"memory.per-connection.{count}", "kB", *each))
    return result


def figure(name: str, unit: str, value: float, reference: float) -> Figure:
    return Figure(name, value, unit, "nginx proxy", reference, value / reference if reference > 0 else None)


def memory_by_clients(server: Server, token: str) -> dict[int, int]:
    """Bytes without clients (one call was answered), and with so many idle ones that each called once."""
    clients = [called_client(server.port, token)]
    clients.pop().close()
    time.sleep(SETTLE)
    memory = {0: server.process.memory_bytes()}
    try:
        for count in COUNTS:
            while len(clients) < count:
                clients.append(called_client(server.port, token))
            time.sleep(SETTLE)
            memory[count] = server.process.memory_bytes()
            say(f"memory with {count} idle clients: {memory[count] / 1e6:.1f} MB ({server.process.process.args[0]})")
    finally:
        for client in clients:
            client.close()
    return memory


def called_client(port: int, token: str) -> Client:
    client = Client(port, token)
    client.request("tools/call", name="get_customer", arguments={"id": "1"})
    return client


def allow_many_files() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < COUNTS[-1] + 200:
        raise RuntimeError(f"{COUNTS[-1]} connections need as many open files; the limit is {hard} (ulimit -Hn)")
