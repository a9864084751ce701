"""`tools/list` of all tools of a large document for one principal, beside nginx serving the same bytes from a file.

The first list is made before anything is measured. Where the list has several pages, each is measured by itself and
the times are added.
"""

import re
import subprocess
from contextlib import ExitStack

from .figures import Figure, paired
from .imports import DOCUMENTS, document
from .load import Run, Target, measure
from .mcp import Client
from .places import data_folder
from .programs import product
from .progress import say
from .servers import Gateway, start_nginx_files, start_upstream
from .settings import Settings

# A line of the configuration that `sallyport init` writes.
TOOL_LINE = re.compile(r"^\s+(\w+): \{ bucket: \w+, scope: .*\}$", re.MULTILINE)
SETTINGS = '{ bucket: read, scope: user-credential, reason: "benchmark" }'
CONNECTIONS = {"latency": 1, "throughput": 16}


def document_gateway(name: str, path, upstream_port: int) -> Gateway:
    """A gateway that offers every operation of the document to everybody whom policy lets read."""
    text = run_init(path)
    return Gateway(name, path, {tool: SETTINGS for tool in TOOL_LINE.findall(text)}, upstream_port)


def run_init(path) -> str:
    command = [str(product("sallyport")), "init", str(path), "--output", "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


def run(settings: Settings) -> list[Figure]:
    path = document(DOCUMENTS["github"])
    if path is None:
        say(f"tools/list: skipped, {data_folder() / 'openapi'} does not hold the GitHub document (set SALLYPORT_DATA)")
        return []
    runs: dict[tuple[str, str], list[list[Run]]] = {}
    with ExitStack() as stack:
        upstream = stack.enter_context(start_upstream(settings.load_cpus))
        gateway = document_gateway("listing", path, upstream.port)
        server = stack.enter_context(gateway.start(settings.server_cpus))
        token = gateway.issuer.token()
        pages = fetch_pages(server.port, token)
        names = [f"page-{number}.json" for number in range(len(pages))]
        files = {name: content for name, (_, _, content) in zip(names, pages)}
        nginx = stack.enter_context(start_nginx_files(files, settings.server_cpus))
        tools, size = sum(count for _, count, _ in pages), sum(map(len, files.values()))
        say(f"tools/list: {tools} tools, {size / 1e6:.2f} MB, {len(pages)} pages")
        for _ in range(settings.rounds):
            for label, connections in CONNECTIONS.items():
                for name, system in (("nginx", nginx), ("sallyport", server)):
                    is_nginx = name == "nginx"
                    targets = nginx_targets(nginx.port, names) if is_nginx else list_targets(server.port, token, pages)
                    page_runs = [
                        measure(target, system.process, None, settings.load_cpus, connections, settings.seconds)
                        for target in targets]
                    runs.setdefault((label, name), []).append(page_runs)
    return figures(runs, tools)


def fetch_pages(port: int, token: str) -> list[tuple[str | None, int, bytes]]:
    """(cursor, tools, bytes) of each page."""
    client, cursor, pages = Client(port, token), None, []
    while True:
        result, content = client.request("tools/list", **({"cursor": cursor} if cursor else {}))
        pages.append((cursor, len(result["tools"]), content))
        cursor = result.get("nextCursor")
        if not cursor:
            client.close()
            return pages


def list_targets(port: int, token: str, pages) -> list[Target]:
    base = {"token": token, "era": "modern", "expect": '"inputSchema"'}
    return [
        Target(f"http://127.0.0.1:{port}/mcp", base | ({"cursor": cursor} if cursor else {}), method="tools/list")
        for cursor, _, _ in pages]


def nginx_targets(port: int, names: list[str]) -> list[Target]:
    return [Target(f"http://127.0.0.1:{port}/{name}", {"expect": '"inputSchema"'}, is_get=True) for name in names]


def figures(runs: dict[tuple[str, str], list[list[Run]]], tools: int) -> list[Figure]:
    def pairs(label: str, value) -> list[tuple[float, float]]:
        return [(value(ours), value(reference))
                for ours, reference in zip(runs[label, "sallyport"], runs[label, "nginx"])]

    def whole_rate(page_runs: list[Run]) -> float:
        return 1 / sum(1 / run.rate for run in page_runs)

    against = "nginx, same bytes from a file"
    return [
        Figure("list.tools", tools, "tools"),
        paired("list.p50", "us", against, pairs("latency", lambda pages: sum(run.p50 for run in pages)), ("<=", 3)),
        paired("list.p99", "us", against, pairs("latency", lambda pages: sum(run.p99 for run in pages))),
        paired("list.throughput", "lists/s", against, pairs("throughput", whole_rate)),
        paired(
            "list.cpu", "us/list", against,
            pairs("throughput", lambda pages: sum(run.cpu_microseconds for run in pages))),
    ]
