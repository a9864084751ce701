"""Approvals: what ten thousand calls that wait cost a read, and how soon a call runs once a person said yes.

The first compares two gateways that are asked in turn. The second holds requests of real clients (`input_required`, sent
again with their state) and takes the time from the moment that the journal gives the approval to the client's answer; the
reference is the same write in the same run where policy allows it without asking, one after the other.
"""

import base64
import http.client
import json
import re
import sqlite3
import sys
import threading
import time
from contextlib import ExitStack

from .calls import call_target, customers_gateway
from .figures import Figure, paired
from .load import Run, measure
from .process import free_port
from .progress import say
from .servers import Gateway, Server, start_upstream
from .settings import Settings

CONNECTIONS = 64
PENDING, PER_AGENT = 10_000, 50
PASSWORD = "harbour-gate-of-the-bench"
TOOLS = """\
      get_customer: { bucket: read, scope: user-credential }
      update_customer: { bucket: write, scope: user-credential }
"""


def run(settings: Settings) -> list[Figure]:
    with ExitStack() as stack:
        upstream = stack.enter_context(start_upstream(settings.load_cpus))
        return beside_reads(settings, upstream) + from_decision(settings, upstream)


def writing_gateway(name: str, upstream: Server, allows: bool = False) -> Gateway:
    gateway = customers_gateway(name, upstream)
    gateway.pages = free_port()
    text = gateway.configuration.read_text()
    text = re.sub(r"      get_customer: .*\n", TOOLS, text)
    text = text.replace(
        "version: 1\n",
        f"version: 1\npages: {{ listen: 127.0.0.1:{gateway.pages}, url: http://localhost:{gateway.pages} }}\n"
        "people: { ben: { roles: [manager] } }\n", 1)
    if allows:
        text = text.replace("effect: ask, buckets: [write], approvers: [manager]", "effect: allow, buckets: [write]")
    gateway.configuration.write_text(text)
    gateway.run("users", "add", "ben", "--role", "manager", "--password", text=PASSWORD)
    gateway.put_credential()
    return gateway


class Client:
    """One connection of a client that opens links."""

    def __init__(self, server: Server, token: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.token = token

    def call(self, arguments: dict, **more) -> dict:
        params = {
            "name": "update_customer", "arguments": arguments, **more,
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"url": {}}},
            },
        }
        self.connection.request("POST", "/mcp", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}), {
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": "tools/call", "Mcp-Name": "update_customer",
        })
        answer = self.connection.getresponse().read()
        received = time.time()
        if b"data: " in answer:
            answer = answer[answer.rindex(b"data: ") + 6:]
        result = json.loads(answer)["result"]
        result["received"] = received
        return result


def propose(client: Client, arguments: dict) -> tuple[str, str]:
    """Makes a call that waits; its id and the state to come back with."""
    result = client.call(arguments)
    if result["resultType"] != "input_required":
        raise RuntimeError(f"it does not wait: {result}")
    return result["inputRequests"]["approval"]["params"]["url"].rsplit("/", 1)[1], result["requestState"]


def approve(gateway: Gateway, call: str) -> None:
    """Says yes as a person's own program does."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.pages, timeout=60)
    credentials = base64.b64encode(f"ben:{PASSWORD}".encode()).decode()
    connection.request("POST", f"/api/approvals/{call}", json.dumps({"verdict": "approve"}), {
        "Host": f"localhost:{gateway.pages}", "Authorization": f"Basic {credentials}", "Content-Type": "application/json",
    })
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {answer.read()!r}")
    answer.read()
    connection.close()


def beside_reads(settings: Settings, upstream: Server) -> list[Figure]:
    runs: dict[str, list[Run]] = {"waiting": [], "none": []}
    with ExitStack() as stack:
        systems = {}
        for name in runs:
            gateway = writing_gateway(f"approvals-{name}", upstream)
            server = stack.enter_context(gateway.start(settings.server_cpus))
            systems[name] = (server, gateway.issuer.token())
            if name == "waiting":
                say(f"{PENDING} calls are proposed")
                fill(gateway, server)
        for number in range(settings.rounds):
            for name, (server, token) in systems.items():
                run = measure(
                    call_target(server, token), server.process, upstream.process, settings.load_cpus, CONNECTIONS,
                    settings.seconds)
                say(f"  round {number + 1} {name:7} {run.rate:8.0f}/s  p50 {run.p50:6.0f} us  p99 {run.p99:6.0f} us  CPU {run.cpu_microseconds:6.1f} us")
                runs[name].append(run)
    pairs = list(zip(runs["waiting"], runs["none"]))
    return [
        paired("approvals.waiting.cpu", "us/call", "none waiting", [(a.cpu_microseconds, b.cpu_microseconds) for a, b in pairs]),
        paired("approvals.waiting.p50", "us", "none waiting", [(a.p50, b.p50) for a, b in pairs]),
        paired("approvals.waiting.p99", "us", "none waiting", [(a.p99, b.p99) for a, b in pairs]),
        paired("approvals.waiting.throughput", "calls/s", "none waiting", [(a.rate, b.rate) for a, b in pairs]),
    ]


def fill(gateway: Gateway, server: Server) -> None:
    agents = [gateway.issuer.token(agent=f"bench-{number}") for number in range(PENDING // PER_AGENT)]
    failures: list[Exception] = []

    def work(tokens: list[str]) -> None:
        try:
            for token in tokens:
                client = Client(server, token)
                for number in range(PER_AGENT):
                    propose(client, {"id": f"c-{number}", "status": "dormant"})
                client.connection.close()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(agents[index::4],)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def from_decision(settings: Settings, upstream: Server) -> list[Figure]:
    count = 40 if settings.quick else 300
    # Two threads of this process take part; by default one waits up to 5 ms for the other, which is all of the tail.
    sys.setswitchinterval(0.0001)
    with ExitStack() as stack:
        asking, allowing = writing_gateway("approvals-ask", upstream), writing_gateway("approvals-allow", upstream, True)
        server = stack.enter_context(asking.start(settings.server_cpus))
        free = stack.enter_context(allowing.start(settings.server_cpus))
        token, free_token = asking.issuer.token(), allowing.issuer.token()
        direct = Client(free, free_token)
        direct.call({"id": "warm", "status": "up"})
        plain: list[float] = []
        received: dict[str, float] = {}
        client = Client(server, token)
        for number in range(count):
            arguments = {"id": f"b-{number}", "status": "dormant"}
            call, state = propose(client, arguments)

            def wait() -> None:
                answers = {"approval": {"action": "accept"}}
                result = client.call(arguments, requestState=state, inputResponses=answers)
                if result.get("resultType") == "complete" and not result.get("isError"):
                    received[call] = result["received"]

            waiting = threading.Thread(target=wait)
            waiting.start()
            # By the time the password is verified the request waits along.
            approve(asking, call)
            waiting.join(60)
            begin = time.time()
            direct.call(arguments)
            plain.append(time.time() - begin)
        if len(received) != count:
            raise RuntimeError(f"{len(received)} of {count} calls ran")
    with sqlite3.connect(f"file:{asking.folder / 'data' / 'sallyport.db'}?mode=ro", uri=True) as database:
        decided = dict(database.execute("SELECT call, at FROM entries WHERE phase = 'approved'"))
    approved = sorted((received[call] - decided[call] / 1e6) * 1e6 for call in received)
    plain = sorted(value * 1e6 for value in plain)
    result = []
    for percent in [50, 90, 99, 100]:
        ours, theirs = at(approved, percent), at(plain, percent)
        name = "max" if percent == 100 else f"p{percent}"
        say(f"  {name:4} decision to answer {ours:7.0f} us, the same write without approval {theirs:7.0f} us")
        goal = ("<=", 3) if percent == 99 else None
        result.append(paired(f"approvals.decided.{name}", "us", "without approval", [(ours, theirs)], goal))
    return result


def at(values: list[float], percent: int) -> float:
    return values[min(len(values) - 1, len(values) * percent // 100)]
