"""The rig: starts Acme, an upstream of the tests' own and Sallyport on free loopback ports in a temporary folder."""

import contextlib
import http.client
import json
import os
import random
import re
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from upstream import Upstream, document

ROOT = Path(__file__).resolve().parents[2]
ACME_KEYS = {
    "ana": ("acme-north", "sales", "ak_demo_ana_north_sales"),
    "ben": ("acme-north", "manager", "ak_demo_ben_north_manager"),
    "cleo": ("acme-south", "sales", "ak_demo_cleo_south_sales"),
}
PASSWORD = "harbour-gate-{}"


def binary(name):
    """A product of the package: beside SALLYPORT_BIN where that is set, else where `swift build` puts it."""
    if place := os.environ.get("SALLYPORT_BIN"):
        path = Path(place)
        path = path if path.is_dir() else path.parent
    else:
        told = subprocess.run(
            ["swift", "build", "--show-bin-path"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        path = Path(told.stdout.strip())
        os.environ["SALLYPORT_BIN"] = str(path)
    return str(path / name)


def data():
    """The folder of shared data; a path that may not exist."""
    return Path(os.environ.get("SALLYPORT_DATA") or ROOT / "../shared/data").resolve()


class Process:
    """A server that says on standard output when it is ready."""

    def __init__(self, arguments, stderr, ready="listening on ", limit=120, environment=None, umask=-1):
        self.arguments = arguments
        self.stderr = Path(stderr)
        with open(self.stderr, "ab") as errors:
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **(environment or {})},
                umask=umask,
            )
        self.printed = b""
        try:
            self.ready = self._line(ready, time.monotonic() + limit)
        except BaseException:
            self.kill()
            raise

    def _line(self, wanted, end):
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                for line in self.printed.decode(errors="replace").splitlines(keepends=True):
                    if wanted in line and line.endswith("\n"):
                        return line.strip()
                left = end - time.monotonic()
                chunk = os.read(self.process.stdout.fileno(), 65536) if left > 0 and selector.select(left) else None
                if not chunk:
                    errors = self.stderr.read_text(errors="replace")[-2000:]
                    raise AssertionError(f"{self.arguments[0]} did not get ready: {self.printed!r} {errors}")
                self.printed += chunk

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        """Ends it at once, as a power cut would."""
        if self.process.poll() is None:
            self.process.kill()
        self._reap()

    def stop(self, limit=15):
        """Asks it to end, and returns its status; kills it when it does not."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
        return self._reap()

    def _reap(self):
        self.process.wait()
        if not self.process.stdout.closed:
            self.printed += self.process.stdout.read()
            self.process.stdout.close()
        return self.process.returncode


class Acme(Process):
    """The example product, with its rows as seeded."""

    def __init__(self, folder):
        super().__init__(
            [binary("acme"), "serve", "--port", "0", "--database", str(folder / "acme.db"), "--seed"],
            folder / "acme.err",
        )
        self.port = int(self.ready.rsplit(":", 1)[1])

    def get(self, path, key=ACME_KEYS["ana"][2]):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers={"X-Api-Key": key})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def requests(self):
        """How many requests Acme has been sent in all, by endpoint."""
        return self.get("/_stats")["endpoints"]

    def refunds(self, payment, key=ACME_KEYS["ana"][2]):
        return self.get(f"/payments/{payment}/refunds", key)["items"]


class Gateway:
    """One data directory and one configuration, and the commands of Sallyport on them."""

    def __init__(self, folder, configuration, environment=None, umask=-1):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "sallyport.yaml"
        self.config.write_text(configuration)
        self.data = self.folder / "data"
        self.environment = environment or {}
        # The mask of new files that commands and the server start with; -1 for that of the tests.
        self.umask = umask
        self.server = None
        self.port = None
        self.said = b""

    # Commands

    def run(self, *arguments, stdin=None, limit=120):
        """Runs a command; nothing comes on its standard input unless something is given."""
        done = subprocess.run(
            [binary("sallyport"), *arguments, "--config", str(self.config)],
            cwd=self.folder,
            input=b"" if stdin is None else stdin.encode(),
            capture_output=True,
            timeout=limit,
            env={**os.environ, **self.environment},
            umask=self.umask,
        )
        self.said += done.stdout + done.stderr
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def do(self, *arguments, stdin=None):
        """Runs a command that has to succeed, and returns what it prints."""
        done = self.run(*arguments, stdin=stdin)
        if done.status != 0:
            raise AssertionError(f"sallyport {' '.join(arguments)}: {done.status} {done.out}{done.err}")
        return done.out

    def add(self, name, tenant="acme-north", roles=("sales",), password=False, secret=None, vault="acme"):
        options = [word for role in roles for word in ("--role", role)]
        if tenant is not None:
            options += ["--tenant", tenant]
        if password:
            self.do("users", "add", name, *options, "--password", stdin=PASSWORD.format(name))
        else:
            self.do("users", "add", name, *options)
        if secret is not None:
            owner = ["--tenant", tenant] if tenant is not None else []
            self.do("vault", "put", vault, "--user", name, *owner, stdin=secret)

    def token(self, user, agent="interop", lifetime="1h"):
        return self.do("token", user, "--agent", agent, "--lifetime", lifetime).strip()

    def waiting(self):
        return json.loads(self.do("approvals", "list", "--json"))

    def approve(self, call, person="ben", password=None, verdict="approve"):
        return self.run(
            "approvals", verdict, call, "--as", person, stdin=PASSWORD.format(person) if password is None else password
        )

    def audit(self, *arguments):
        return [json.loads(line) for line in self.do("audit", "search", "--json", *arguments).splitlines()]

    def events(self, call):
        """The events of a call in their order."""
        entries = sorted(self.audit("--call", call), key=lambda entry: entry["position"])
        return [event for entry in entries for event in entry["events"]]

    # The server

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/mcp"

    def start(self, *arguments, limit=120):
        self.server = Process(
            [binary("sallyport"), "serve", "--config", str(self.config), *arguments],
            self.folder / "serve.err",
            limit=limit,
            environment=self.environment,
            umask=self.umask,
        )
        self.port = int(re.search(r":(\d+)/mcp$", self.server.ready)[1])
        return self

    def stop(self, limit=15):
        if self.server is None:
            return None
        status = self.server.stop(limit)
        self.said += self.server.printed
        self.server = None
        return status

    def kill(self):
        self.server.kill()
        self.said += self.server.printed
        self.server = None

    def hangup(self):
        os.kill(self.server.pid, signal.SIGHUP)

    def log(self):
        path = self.folder / "serve.err"
        return path.read_text(errors="replace") if path.exists() else ""


class Done:
    """How a command ended."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __repr__(self):
        return f"status {self.status}\n{self.out}{self.err}"


class Rig(contextlib.ExitStack):
    """Everything that was started, and the way to end it."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="interop."))
        if os.environ.get("INTEROP_KEEP"):
            print(f"note: everything stays in {self.folder}", flush=True)
        else:
            self.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._seeds = {}
        self._seeding = threading.Lock()
        signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(SystemExit(143)))

    def place(self):
        return Path(tempfile.mkdtemp(dir=self.folder))

    def acme(self):
        acme = Acme(self.place())
        self.callback(acme.stop)
        return acme

    def upstream(self):
        upstream = Upstream()
        self.callback(upstream.close)
        return upstream

    def gateway(self, configuration, environment=None, beside=None, umask=-1):
        """A gateway that is not started yet; `beside` are files that its configuration reads."""
        folder = self.place()
        for name, text in (beside or {}).items():
            (folder / name).write_text(text)
        gateway = Gateway(folder, configuration, environment, umask)
        self.callback(gateway.stop)
        return gateway

    def acme_gateway(self, acme, configuration=None):
        """Sallyport in front of Acme with the configuration of the example, and its people."""
        gateway = self.gateway(configuration or acme_configuration(acme.port))
        self._seed(
            "acme",
            gateway,
            lambda: (
                gateway.add("ana", secret=ACME_KEYS["ana"][2]),
                gateway.add("ben", roles=["manager"], password=True, secret=ACME_KEYS["ben"][2]),
            ),
        )
        return gateway

    def _seed(self, name, gateway, fill):
        """Fills a data directory, or copies the one that was filled alike."""
        with self._seeding:
            if name in self._seeds:
                shutil.copytree(self._seeds[name], gateway.data)
            else:
                fill()
                self._seeds[name] = shutil.copytree(gateway.data, self.folder / f"seed-{name}")

    def quay_gateway(self, upstream, environment=None, **options):
        """Sallyport in front of the tests' own upstream, with one user and one approver."""
        gateway = self.gateway(
            quay_configuration(upstream.port, **options),
            environment,
            {"quay.json": json.dumps(document(upstream.port))},
        )
        self._seed(
            "quay",
            gateway,
            lambda: (
                gateway.add("ana", secret="quay-key-of-ana", vault="quay"),
                gateway.add("ben", roles=["manager"], password=True),
            ),
        )
        return gateway


def acme_configuration(port):
    text = (ROOT / "Examples/Acme/sallyport.yaml").read_text()
    for old, new in [
        ("127.0.0.1:9400", f"127.0.0.1:{port}"),
        ("listen: 127.0.0.1:8080", "listen: 127.0.0.1:0"),
        ("openapi: openapi.yaml", f"openapi: {json.dumps(str(ROOT / 'Examples/Acme/openapi.yaml'))}"),
        ("data: sallyport-data", "data: data"),
    ]:
        if old not in text:
            raise AssertionError(f"Examples/Acme/sallyport.yaml has no {old!r}")
        text = text.replace(old, new)
    return text


def free_port():
    """A port that nobody has, below those that the system gives away by itself: one of those may be gone the next moment."""
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def with_pages(configuration, port):
    """A configuration whose approvals have pages."""
    pages = f"pages: {{ listen: 127.0.0.1:{port}, url: http://localhost:{port} }}\n"
    return configuration.replace("version: 1\n", "version: 1\n" + pages, 1)


def certificate(folder, name="gateway"):
    """A certificate for 127.0.0.1 and localhost that vouches for itself, and its key."""
    subprocess.run(
        [
            *["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
            *["-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-days", "2"],
            *["-keyout", f"{name}.key", "-out", f"{name}.pem"],
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def with_own_confirmation(configuration):
    """The example's configuration, where users confirm changes of deals themselves, in their client as well."""
    old = "      except: { tools: [create_refund] }\n      approvers: [manager]\n"
    if old not in configuration:
        raise AssertionError("the example's rule on writes has changed")
    return configuration.replace(
        old,
        old.replace("[create_refund]", "[create_refund, update_deal]")
        + "    - id: own-changes\n      effect: ask\n      tools: [update_deal]\n      confirm: client\n",
        1,
    )


QUAY_TOOLS = {
    "get_tide": "read",
    "get_echo": "read",
    "create_echo": "write",
    "get_refusal": "read",
    "get_fault": "read",
    "get_moved": "read",
    "get_wrong": "read",
    "get_chatter": "read",
    "get_told_refusal": "read",
    "create_fault": "write",
    "create_told_fault": "write",
    "create_job": "write",
}


def quay_configuration(
    port, writes="allow", time_limit="30s", per="user", placement="{ header: X-Quay-Key }", tools=None, extra=""
):
    """Sallyport in front of the tests' own upstream; `writes` are allowed or asked."""
    approvers = "\n      approvers: [manager]" if writes == "ask" else ""
    scope = "user-credential" if per == "user" else '{ service-wide: "a test" }'
    lines = "\n".join(
        f"      {name}: {{ bucket: {bucket}, scope: {scope} }}" for name, bucket in (tools or QUAY_TOOLS).items()
    )
    return f"""version: 1
listen: 127.0.0.1:0
resource: http://127.0.0.1:8080/mcp
data: data
issuers:
  - local: true
people:
  ben: {{ roles: [manager] }}
{extra}sources:
  quay:
    openapi: quay.json
    url: http://127.0.0.1:{port}
    allow-addresses: [127.0.0.1/32]
    time-limit: {time_limit}
    credential: {{ secret: quay, as: {placement}, per: {per} }}
    tools:
{lines}
policy:
  rules:
    - id: reads
      effect: allow
      buckets: [read]
    - id: writes
      effect: {writes}
      buckets: [write]{approvers}
"""
