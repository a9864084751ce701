"""What is recorded as others get it: a file, an HTTP collector, an OpenTelemetry collector, a syslog server over TLS."""

import base64
import contextlib
import http.server
import json
import re
import sqlite3
import subprocess
import sys
import threading
import time

import rig
import wire
from cases import case, run, same, that, until
from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2


class World:
    def __init__(self, started):
        self.rig = started
        self.acme = started.acme()


class Collector:
    """Takes batches by POST; `answers` holds statuses to give before it takes what comes."""

    def __init__(self, reply=b"{}"):
        self.taken = []
        self.refused = []
        self.answers = []
        self.headers = []
        self.most = None
        self.hold = threading.Event()
        self.hold.set()
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.hold.wait(30)
                status = collector.answers.pop(0) if collector.answers else 200
                if status == 200 and collector.most and len(body) > collector.most:
                    status = 413
                (collector.taken if status == 200 else collector.refused).append(body)
                collector.headers.append({name.title(): value for name, value in self.headers.items()})
                # A client that was killed is part of the tests.
                with contextlib.suppress(OSError):
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(reply)))
                    self.end_headers()
                    self.wfile.write(reply)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self):
        return [json.loads(line) for body in self.taken for line in body.splitlines()]


def newest(gateway):
    with contextlib.closing(sqlite3.connect(gateway.data / "sallyport.db")) as database:
        return database.execute("SELECT MAX(position) FROM entries").fetchone()[0]


def gateway_with(world, stream):
    configuration = rig.acme_configuration(world.acme.port) + f"log:\n  every: 1s\n  streams:\n    - {stream}\n"
    return world.rig.acme_gateway(world.acme, configuration)


def reads(gateway, count=10):
    token = gateway.token("ana")
    for _ in range(count):
        wire.call(gateway.port, token, "get_deal", {"dealId": "deal_north_01"})


def covers(positions, last):
    """Whether nothing is missing up to a position."""
    return set(range(1, last + 1)) <= set(positions)


@case
def a_file_gets_every_event_once_in_order_and_after_a_kill_at_least_once(world):
    gateway = gateway_with(world, "{ name: archive, file: events.jsonl }").start()
    path = gateway.folder / "events.jsonl"

    def positions():
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line)["position"] for line in lines if line]

    reads(gateway)
    last = newest(gateway)
    until(lambda: covers(positions(), last))
    same(oct(path.stat().st_mode & 0o777), "0o600")
    gateway.stop()
    gateway.start()
    reads(gateway)
    last = newest(gateway)
    until(lambda: covers(positions(), last))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    same(len({json.dumps(line, sort_keys=True) for line in lines}), len(lines), "an event came twice without a crash")
    same([line["position"] for line in lines], sorted(line["position"] for line in lines))
    # What ends a call says whose it was, also where the server began anew in between.
    settled = [line for line in lines if line.get("event") == "settled"]
    that(settled and all(line["user"] == "ana" and line["tool"] == "get_deal" for line in settled), settled[:2])
    for _ in range(3):
        reads(gateway, 5)
        gateway.kill()
        with path.open("a") as file:
            file.write('{"half')
        gateway.start()
    reads(gateway, 5)
    last = newest(gateway)

    def whole():
        return [json.loads(line)["position"] for line in path.read_text().splitlines() if not line.startswith('{"half')]

    until(lambda: covers(whole(), last))
    # A file that was moved away begins anew.
    path.rename(gateway.folder / "old.jsonl")
    reads(gateway, 2)
    until(path.exists)
    gateway.stop()


@case
def a_collector_that_fails_holds_up_no_call_and_gets_everything(world):
    collector = Collector()
    collector.answers = [503, 503, 429]
    collector.most = 60_000
    gateway = gateway_with(
        world,
        f"{{ name: siem, http: 'http://127.0.0.1:{collector.port}/in', as: jsonl, secret: siem, allow-loopback: true }}",
    )
    gateway.do("vault", "put", "siem", stdin="a bearer of the collector")
    gateway.start()
    reads(gateway, 20)
    last = newest(gateway)
    until(lambda: covers([event["position"] for event in collector.events()], last))
    that(collector.refused, "it never refused")
    same({headers["Authorization"] for headers in collector.headers}, {"Bearer a bearer of the collector"})
    that(all(len(body) <= 60_000 for body in collector.taken), "a batch that is too large was taken")
    that(re.fullmatch(r"\d+-\d+", collector.headers[-1]["Sallyport-Positions"]), collector.headers[-1])
    # One entry that is too large is told without what is in it, and keeps nothing back.
    note = "x" * 100_000
    wire.call(gateway.port, gateway.token("ana"), "get_deal", {"dealId": note})
    reads(gateway, 3)
    last = newest(gateway)
    until(lambda: covers([event["position"] for event in collector.events()], last))
    that(any(event["body"].get("left_out") for event in collector.events()), "no event was shortened")
    acts = until(lambda: gateway.audit("--act", "stream-losses"))
    that(acts[0]["events"][0]["details"]["shortened"] >= 1, acts)
    # While it hangs, calls go on, and nothing is lost by a kill.
    collector.hold.clear()
    began = time.monotonic()
    reads(gateway, 10)
    that(time.monotonic() - began < 8, "calls waited for the collector")
    last = newest(gateway)
    gateway.kill()
    collector.hold.set()
    gateway.start()
    until(lambda: covers([event["position"] for event in collector.events()], last))
    that("a bearer of the collector" not in gateway.log() + json.dumps(collector.events()), "the secret came out")
    gateway.stop()


@case
def an_opentelemetry_collector_gets_log_records(world):
    collector = Collector(reply=b'{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}')
    gateway = gateway_with(
        world, f"{{ name: otel, otlp: 'http://127.0.0.1:{collector.port}/v1/logs', allow-loopback: true }}"
    ).start()
    trace = "0af7651916cd43dd8448eb211c80319c"
    wire.call(
        gateway.port, gateway.token("ana"), "get_deal", {"dealId": "deal_north_01"},
        meta={"traceparent": f"00-{trace}-b7ad6b7169203331-01"},
    )  # fmt: skip
    last = newest(gateway)

    def records():
        found = []
        for body in list(collector.taken):
            # OTLP writes ids in hexadecimal, unlike other bytes in JSON.
            text = re.sub(
                r'"(traceId|spanId)":"([0-9a-f]+)"',
                lambda hit: '"%s":"%s"' % (hit[1], base64.b64encode(bytes.fromhex(hit[2])).decode()),
                body.decode(),
            )
            request = json_format.Parse(text, logs_service_pb2.ExportLogsServiceRequest())
            for resource in request.resource_logs:
                for scope in resource.scope_logs:
                    found += scope.log_records
        return found

    def value(record, key):
        for attribute in record.attributes:
            if attribute.key == key:
                return attribute.value.int_value or attribute.value.string_value
        return None

    until(lambda: covers([value(record, "sallyport.position") for record in records()], last))
    opened = [record for record in records() if record.event_name == "sallyport.opened"]
    same([value(record, "gen_ai.tool.name") for record in opened], ["get_deal"])
    same(opened[0].trace_id.hex(), trace)
    same(value(opened[0], "user.name"), "ana")
    that(json.loads(opened[0].body.string_value)["arguments"]["dealId"] == "deal_north_01", opened[0])
    that(abs(opened[0].time_unix_nano / 1e9 - time.time()) < 120, opened[0].time_unix_nano)
    # What a collector will never take is written down, once in a while: that is refused as well.
    acts = until(lambda: gateway.audit("--act", "stream-losses"))
    details = acts[-1]["events"][0]["details"]
    same((details["stream"], details["cause"]), ("otel", "too old"))
    that(details["refused"] >= 2, details)
    # What tells of it is delivered, refused and done with before what came later is.
    reads(gateway, 3)
    last = newest(gateway)
    until(lambda: covers([value(record, "sallyport.position") for record in records()], last))
    same(len(gateway.audit("--act", "stream-losses")), 1, "what is refused is written down again and again")
    gateway.stop()


RSYSLOG = """
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
global(
  workDirectory="{folder}" maxMessageSize="256k"
  DefaultNetstreamDriver="ossl"
  DefaultNetstreamDriverCAFile="{folder}/logs.pem"
  DefaultNetstreamDriverCertFile="{folder}/logs.pem" DefaultNetstreamDriverKeyFile="{folder}/logs.key"
)
input(type="imtcp" address="127.0.0.1" port="{port}" SupportOctetCountedFraming="on")
template(name="all" type="string" string="%PRI%|%syslogtag%|%msgid%|%structured-data%|%msg%\\n")
action(type="omfile" file="{folder}/messages" template="all" asyncWriting="off" flushOnTXEnd="on")
"""


class Rsyslog:
    """A syslog server over TLS, in the foreground and with a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.port = rig.free_port()
        (folder / "rsyslog.conf").write_text(RSYSLOG.format(folder=folder, port=self.port))
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            ["rsyslogd", "-n", "-f", str(self.folder / "rsyslog.conf"), "-i", str(self.folder / "pid")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def lines(self):
        path = self.folder / "messages"
        return path.read_text(errors="replace").splitlines() if path.exists() else []

    def positions(self):
        return [int(hit[1]) for line in self.lines() if (hit := re.search(r'position="(\d+)"', line))]


@case
def a_syslog_server_over_tls_gets_everything_also_after_it_was_away(world):
    folder = world.rig.place()
    rig.certificate(folder, "logs")
    server = Rsyslog(folder)
    world.rig.callback(server.stop)
    gateway = gateway_with(
        world, f"{{ name: soc, syslog: '127.0.0.1:{server.port}', as: cef, trust-roots: {folder}/logs.pem }}"
    ).start()
    reads(gateway, 5)
    until(lambda: "a stream is not taken" in gateway.log())
    server.start()
    last = newest(gateway)
    until(lambda: covers(server.positions(), last))
    line = next(line for line in server.lines() if "|opened|" in line)
    priority, tag, name, data, text = line.split("|", 4)
    same((priority, tag, name), ("110", "sallyport", "opened"))
    that(text.lstrip("\ufeff").startswith("CEF:0|Sallyport|"), text[:80])
    that(re.search(r"suser=ana .*request=get_deal", text), text)
    server.stop()
    reads(gateway, 5)
    last = newest(gateway)
    server.start()
    until(lambda: covers(server.positions(), last))
    gateway.stop()
    # A server that nobody vouches for gets nothing.
    rig.certificate(folder, "other")
    count = len(server.lines())
    gateway.config.write_text(gateway.config.read_text().replace("logs.pem", "other.pem"))
    gateway.start()
    reads(gateway, 2)
    until(lambda: gateway.log().count("a stream is not taken") > 1)
    same(len(server.lines()), count)
    gateway.stop()


@case
def mistakes_in_streams_are_refused_with_their_line(world):
    for stream, word in [
        ("{ name: a }", "one of"), ("{ name: a, file: x, http: 'https://x.example/' }", "one of"),
        ("{ name: A, file: x }", "name"), ("{ name: a, file: x, secret: y }", "means nothing"),
        ("{ name: a, http: 'http://x.example/' }", "no address"), ("{ name: a, syslog: nowhere }", "no syslog server"),
        ("{ name: a, file: x, forms: y }", "forms"), ("{ name: a, otlp: 'https://x.example/v1/logs', as: cef }", "nothing"),
    ]:  # fmt: skip
        done = gateway_with(world, stream).run("check")
        same(done.status, 1, done)
        that(re.search(rf"sallyport\.yaml:\d+: error: .*{word}", done.out), (word, done))


if __name__ == "__main__":
    with rig.Rig() as started:
        sys.exit(run(World(started)))
