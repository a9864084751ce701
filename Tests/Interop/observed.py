"""A gateway that tells how it is, and what reads it."""

import http.client
import json
import random
import subprocess

from prometheus_client.parser import text_string_to_metric_families

import rig
import wire
from cases import same, that
from collector import Collector
from rig import ROOT

# What must be seen nowhere: an argument that is a password, and what the vault holds.
PIN = "pin-7391-marker"
QUAY_KEY = "quay-key-of-ana"


class World:
    def __init__(self, started):
        self.rig = started
        self._upstream = self._postgres = None

    @property
    def upstream(self):
        self._upstream = self._upstream or self.rig.upstream()
        self._upstream.hold()
        return self._upstream

    def collector(self, **options):
        collector = Collector(**options)
        self.rig.callback(collector.close)
        return collector

    def database(self):
        """The URL of an empty PostgreSQL database."""
        if self._postgres is None:
            folder = self.rig.place() / "postgres"
            for one in folder.parents:
                if one == self.rig.folder.parent:
                    break
                one.chmod(0o711)
            self._postgres = subprocess.run(
                [ROOT / "scripts/postgres", "start", folder], check=True, capture_output=True, text=True
            ).stdout.strip()
            self.rig.callback(subprocess.run, [ROOT / "scripts/postgres", "stop", folder], capture_output=True)
        name = f"d{random.getrandbits(40)}"
        subprocess.run(["psql", "-qX", self._postgres, "-c", f"CREATE DATABASE {name}"], check=True, capture_output=True)
        return self._postgres.replace("/sallyport?", f"/{name}?")

    def gateway(self, upstream=None, traces=None, more="", observe="", **options):
        """A gateway that tells of itself on a port of its own, in front of the tests' upstream."""
        port = rig.free_port()
        section = f"listen: 127.0.0.1:{port}"
        if traces is not None:
            section += f", traces: {{ url: '{traces}', every: 1s, sample: 1, allow-loopback: true }}"
        gateway = self.rig.quay_gateway(
            upstream or self.upstream, extra=f"observe: {{ {section}{observe} }}\n{more}", **options
        )
        gateway.observe = port
        return gateway


def get(gateway, path, headers=None, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.observe, timeout=30)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return wire.Reply(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def figures(gateway):
    """Every sample by its name and labels, as Prometheus reads them."""
    reply = get(gateway, "/metrics")
    same((reply.status, reply.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"))
    samples = {}
    for family in text_string_to_metric_families(reply.body.decode()):
        that(family.documentation and family.type in ("counter", "gauge", "histogram"), family)
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            that(key not in samples, f"{key} stands twice")
            samples[key] = sample.value
    return samples


def value(samples, name, **labels):
    return samples.get((name, tuple(sorted(labels.items()))))


def with_pin(gateway):
    """Gives jobs an argument that is a password."""
    path = gateway.folder / "quay.json"
    text = json.loads(path.read_text())
    schema = text["paths"]["/jobs"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["pin"] = {"type": "string", "format": "password"}
    path.write_text(json.dumps(text))
