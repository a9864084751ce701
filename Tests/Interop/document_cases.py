"""`init`, `check` and `serve` for real documents of the shared data.

The Swift tests import all of them and load the configuration that `init` writes for each (RealDocumentTests,
InitialConfigurationTests). Here the commands do it, and a client lists what is served: for every small document, and
for the large ones in LARGE. INTEROP_DOCUMENTS=all takes every document.
"""

import json
import os
import re
import subprocess
import sys

import rig
import wire
from cases import Skipped, case, run, same, that

SMALL = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "paths": {"/a": {"get": {"operationId": "getA", "responses": {"200": {"description": "A."}}}}},
}
# What a document above SMALL_BYTES has that no smaller one does.
LARGE = {
    "okta_management.yaml": "the most operations, 802 of them; anchors and aliases of YAML",
    "stripe_old.yaml": "a name twice in one mapping; circular schemas in a large document",
    "discord_3.1.json": "OpenAPI 3.1 at size; integers beyond 2^53",
    "sendgrid_swagger2.yaml": "two operations with one operationId",
    "star_trek_3.0.json": "no operationId at all",
    "docker_engine_swagger2.yaml": "Swagger 2.0 without a server",
}
SMALL_BYTES = 300_000
NAME = re.compile(r"[a-z0-9_]{1,48}")


class World:
    """One data directory for all, so that one token is good for every configuration."""

    def __init__(self, rig_):
        self.rig = rig_
        small = rig_.gateway(
            rig.quay_configuration(9, per="source", tools={"get_a": "read"}), beside={"quay.json": json.dumps(SMALL)}
        )
        small.add("ana")
        self.token = small.token("ana", lifetime="24h")
        self.data = small.data


def documents():
    """Name and size of every document."""
    manifest = rig.data() / "openapi/manifest.json"
    if not manifest.exists():
        return {}
    return {entry["file"]: entry["bytes"] for entry in json.loads(manifest.read_text())}


def chosen():
    sizes = documents()
    if os.environ.get("INTEROP_DOCUMENTS") == "all":
        return list(sizes)
    return [name for name, size in sizes.items() if size < SMALL_BYTES or name in LARGE]


def register(name):
    def document(world):
        folder = world.rig.place()
        gateway = rig.Gateway(folder, "")
        gateway.config.unlink()
        path = rig.data() / "openapi" / name
        made = init(gateway, path)
        same(made.status, 0, f"init: {made}")
        text = gateway.config.read_text()
        for old, new in [
            ("listen: 127.0.0.1:8080", "listen: 127.0.0.1:0"),
            ("data: sallyport-data", f"data: {json.dumps(str(world.data))}"),
        ]:
            that(old in text, f"init wrote no {old!r}")
            text = text.replace(old, new)
        gateway.config.write_text(text)
        tools, held, _ = counts(gateway)
        if held == 0 or path.stat().st_size < 200_000:
            serves(world, gateway, tools, held)
        if held > 0:
            # What a person would have to look at, declared.
            gateway.config.write_text(text.replace("scope: undeclared", 'scope: { service-wide: "a test" }'))
            serves(world, gateway, tools + held, 0)

    document.__name__ = f"init, check and serve {name}"
    case(document)


def init(gateway, path):
    done = subprocess.run(
        [rig.binary("sallyport"), "init", str(path), "--output", str(gateway.config)], capture_output=True, timeout=600
    )
    return rig.Done(done.returncode, done.stdout.decode(), done.stderr.decode()[-2000:])


def counts(gateway):
    """Tools, held back, never, as `check` counts them."""
    told = gateway.run("check", limit=600)
    same(told.status, 0, f"check: {told.out[-1500:]}{told.err[-500:]}")
    found = re.search(r"sound, \d+ warnings; (\d+) tools, (\d+) held back without a scope, (\d+) never", told.out)
    that(found, told.out[-500:])
    that(
        all(re.search(r":\d+:", line) for line in told.out.splitlines() if ": error: " in line),
        "an error without a line",
    )
    return tuple(int(number) for number in found.groups())


def serves(world, gateway, expected, held_back):
    mark = len(gateway.log())
    gateway.start(limit=600)
    try:
        tools = wire.listed(gateway.port, world.token)
    finally:
        status = gateway.stop()
    same(status, 0, gateway.log()[-500:])
    same(len(tools), expected, "tools listed")
    names = [tool["name"] for tool in tools]
    same(names, sorted(set(names)), "names")
    for tool in tools:
        that(NAME.fullmatch(tool["name"]), tool["name"])
        that(tool.get("description"), f"{tool['name']} has no description")
        same(tool["inputSchema"].get("type"), "object", tool["name"])
    held = int(
        (
            re.findall(r"count=(\d+)", next((l for l in gateway.log()[mark:].splitlines() if "held back" in l), ""))
            or ["0"]
        )[0]
    )
    same(held, held_back, "what serve says is held back")


@case
def there_are_documents(world):
    names = documents()
    if not names:
        raise Skipped(f"no {rig.data() / 'openapi/manifest.json'}: SALLYPORT_DATA")
    that(len(names) >= 30, f"{len(names)} documents")
    same(sorted(LARGE.keys() - names.keys()), [], "large documents that are not there")
    same([name for name in LARGE if names[name] < SMALL_BYTES], [], "large documents that are small")
    that(len(chosen()) >= 20, f"{len(chosen())} documents are chosen")
    for name in names:
        that((rig.data() / "openapi" / name).exists(), name)


for _name in chosen():
    register(_name)

if __name__ == "__main__":
    with rig.Rig() as started:
        sys.exit(run(World(started)))
