"""Several processes on one PostgreSQL: calls, approvals, stops and the log that they share, and what dies."""

import contextlib
import json
import random
import shutil
import socket
import subprocess
import sys
import threading

import rig
import wire
from cases import case, run, same, that, until
from rig import ACME_KEYS, PASSWORD, ROOT

REFUND = {"paymentId": "pay_north_03", "amount": 50, "currency": "EUR", "reason": "returned goods"}


class World:
    def __init__(self, started):
        self.rig = started
        self._acme = None
        self._postgres = None

    @property
    def acme(self):
        self._acme = self._acme or self.rig.acme()
        return self._acme

    @property
    def postgres(self):
        """A PostgreSQL of its own: its folder, and the URL."""
        if self._postgres is None:
            folder = self.rig.place() / "postgres"
            for one in folder.parents:
                if one == self.rig.folder.parent:
                    break
                one.chmod(0o711)
            url = subprocess.run(
                [ROOT / "scripts/postgres", "start", folder], check=True, capture_output=True, text=True
            ).stdout.strip()
            self.rig.callback(subprocess.run, [ROOT / "scripts/postgres", "stop", folder], capture_output=True)
            self._postgres = (folder, url)
        return self._postgres

    def database(self):
        """The URL of an empty database."""
        _, url = self.postgres
        name = f"d{random.getrandbits(40)}"
        subprocess.run(["psql", "-qX", url, "-c", f"CREATE DATABASE {name}"], check=True, capture_output=True)
        return url.replace("/sallyport?", f"/{name}?")


def key_of(gateway):
    return (gateway.data / "log.pub").read_text().strip()


def replica(world, url, of=None, acme=None):
    """A gateway on a PostgreSQL database; another one on the same has the same keys."""
    configuration = rig.acme_configuration((acme or world.acme).port) + f"database: {url}\n"
    gateway = world.rig.gateway(configuration)
    if of is None:
        gateway.add("ana", secret=ACME_KEYS["ana"][2])
        gateway.add("ben", roles=["manager"], password=True, secret=ACME_KEYS["ben"][2])
    else:
        gateway.data.mkdir()
        for name in ["vault.key", "note.key", "signing.key"]:
            shutil.copy(of.data / name, gateway.data / name)
    return gateway


@case
def replicas_share_calls_approvals_stops_and_the_log(world):
    url = world.database()
    acme = world.rig.acme()
    first = replica(world, url, acme=acme)
    second = replica(world, url, of=first, acme=acme).start()
    first.start()
    token = first.token("ana")
    deal = {"dealId": "deal_north_01"}
    for gateway in [first, second]:
        that("deal_north_01" in wire.text_of(wire.call(gateway.port, token, "get_deal", deal).result), "a read")
    # Asked at one, decided at the other, repeated at the first.
    arguments = {**REFUND, "amount": 71}
    asked = wire.call(first.port, token, "create_refund", arguments).result
    call = asked["_meta"]["dev.sallyport/call"]
    same([one["id"] for one in second.waiting()], [call])
    same(second.approve(call).status, 0)
    done = wire.call(first.port, token, "create_refund", arguments).result
    that(not done.get("isError"), done)
    same(done["_meta"]["dev.sallyport/call"], call)
    same([event["event"] for event in second.events(call)][-2:], ["admitted", "settled"])
    same(len([one for one in acme.refunds("pay_north_03") if one["amount"] == 71]), 1)
    # Whatever is stopped at one is admitted at none from then on.
    first.do("stop", "agent", "interop", "--reason", "test")
    for gateway in [first, second]:
        told = wire.call(gateway.port, token, "get_deal", deal).result
        same(told["_meta"]["dev.sallyport/code"], "stopped")
    same(second.run("resume", "agent", "interop", "--as", "ben", stdin=PASSWORD.format("ben")).status, 0)
    until(lambda: not wire.call(first.port, token, "get_deal", deal).result["isError"])
    # So is a user.
    first.do("users", "disable", "ana")
    until(lambda: wire.call(second.port, token, "get_deal", deal).status == 401, 3)
    told = second.run("audit", "verify", "--json", "--key", key_of(first))
    that(json.loads(told.out)["sound"], told)
    # A gateway with other keys goes nowhere.
    stranger = world.rig.gateway(first.config.read_text())
    told = stranger.run("serve")
    that(told.status != 0 and "is not signed by this installation" in told.err, told)
    first.stop()
    second.stop()


@case
def one_approval_runs_once_whatever_replica_is_asked(world):
    url = world.database()
    acme = world.rig.acme()
    first = replica(world, url, acme=acme)
    gateways = [replica(world, url, of=first, acme=acme).start(), first.start()]
    token = first.token("ana")
    for amount in range(121, 126):
        arguments = {**REFUND, "amount": amount}
        call = wire.call(first.port, token, "create_refund", arguments).result["_meta"]["dev.sallyport/call"]
        same(gateways[0].approve(call).status, 0)
        threads = [
            threading.Thread(target=wire.call, args=(gateways[index % 2].port, token, "create_refund", arguments))
            for index in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    refunds = sorted(one["amount"] for one in acme.refunds("pay_north_03") if 120 < one["amount"] < 126)
    same(refunds, [121, 122, 123, 124, 125])
    for gateway in gateways:
        gateway.stop()


@case
def calls_of_a_replica_that_died_are_unknown_and_those_of_others_are_left_alone(world):
    url = world.database()
    upstream = world.rig.upstream()
    configuration = rig.quay_configuration(upstream.port, writes="allow") + f"database: {url}\n"
    files = {"quay.json": json.dumps(rig.document(upstream.port))}
    first = world.rig.gateway(configuration, None, files)
    first.add("ana", secret="quay-key-of-ana", vault="quay")
    first.start()
    second = world.rig.gateway(configuration, None, files)
    second.data.mkdir()
    for name in ["vault.key", "note.key", "signing.key"]:
        shutil.copy(first.data / name, second.data / name)
    second.start()
    token = first.token("ana")
    upstream.hold()
    held = []

    def call(gateway, key):
        with contextlib.suppress(Exception):
            held.append(wire.call(gateway.port, token, "create_job", {"name": "x", "seconds": 50}, meta={"dev.sallyport/idempotency-key": key}))

    threads = [threading.Thread(target=call, args=(gateway, f"k{index}")) for index, gateway in enumerate([first, second])]
    for thread in threads:
        thread.start()
    until(lambda: len([e for e in second.audit("--limit", "50") if e["events"][-1].get("event") == "admitted"]) == 2)
    first.kill()
    # A third one that starts finds what the first left, and nothing else.
    third = world.rig.gateway(configuration, None, files)
    third.data.mkdir()
    for name in ["vault.key", "note.key", "signing.key"]:
        shutil.copy(second.data / name, third.data / name)
    third.start()

    def outcomes():
        return [
            event["outcome"] for entry in third.audit("--limit", "50") for event in entry["events"]
            if event.get("event") == "settled"
        ]  # fmt: skip

    same(outcomes(), ["unknown"])
    upstream.release()
    for thread in threads:
        thread.join()
    until(lambda: sorted(outcomes()) == ["result", "unknown"])
    for gateway in [second, third]:
        gateway.stop()


class Traffic:
    """Reads through a gateway, eight at a time, whatever happens to its database; remembers what was answered."""

    def __init__(self, gateway):
        self.gateway, self.token = gateway, gateway.token("ana")
        self.answered, self.ends = [], threading.Event()
        self.threads = [threading.Thread(target=self.ask) for _ in range(8)]
        for thread in self.threads:
            thread.start()

    def ask(self):
        while not self.ends.wait(0.002):
            with contextlib.suppress(Exception):
                result = wire.call(self.gateway.port, self.token, "get_deal", {"dealId": "deal_north_01"}).result
                if not result.get("isError"):
                    self.answered.append(result["_meta"]["dev.sallyport/call"])

    def stop(self):
        self.ends.set()
        for thread in self.threads:
            thread.join()

    def check(self, url):
        """Whether the log is sound, and has everything that was answered."""
        rows = subprocess.run(
            ["psql", "-qXAt", url, "-c", "SELECT call FROM entries WHERE phase = 'admitted'"],
            check=True, capture_output=True, text=True,
        ).stdout.split()  # fmt: skip
        same(set(self.answered) - set(rows), set(), "answers without a record of their intent")
        told = self.gateway.run("audit", "verify", "--json", "--key", key_of(self.gateway))
        that(json.loads(told.out)["sound"], told)


@case
def a_database_that_restarts_loses_nothing_that_was_acknowledged(world):
    folder, _ = world.postgres
    url = world.database()
    gateway = replica(world, url).start()
    traffic = Traffic(gateway)
    for mode in ["fast", "immediate"]:
        before = len(traffic.answered)
        until(lambda: len(traffic.answered) > before + 100)
        subprocess.run([ROOT / "scripts/postgres", "restart", folder, mode], check=True, capture_output=True)
        before = len(traffic.answered)
        until(lambda: len(traffic.answered) > before + 100)
    traffic.stop()
    gateway.stop()
    traffic.check(url)


@case
def a_database_over_tls_has_to_be_the_one_that_is_meant(world):
    folder, _ = world.postgres
    url = world.database().replace("sslmode=disable", f"sslmode=verify-full&sslrootcert={folder}/server.pem")
    gateway = replica(world, url).start()
    reply = wire.call(gateway.port, gateway.token("ana"), "get_deal", {"dealId": "deal_north_01"})
    that(not reply.result.get("isError"), reply.result)
    used = subprocess.run(
        ["psql", "-qXAt", world.postgres[1], "-c", "SELECT COUNT(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
         f" WHERE ssl AND datname = '{url.split('?')[0].split('/')[-1]}'"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    that(int(used) > 0, "no connection is encrypted")
    gateway.stop()
    # Somebody else's certificate, and a name that it does not bear.
    rig.certificate(gateway.folder, "other")
    text = gateway.config.read_text()
    gateway.config.write_text(text.replace(f"{folder}/server.pem", f"{gateway.folder}/other.pem"))
    refused = gateway.run("status")
    that(refused.status != 0 and "certificate" in refused.err, refused)


class Forwarder:
    """A port whose connections lead to another one, as a name does that moves when a server takes over."""

    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                server.settimeout(None)
            except OSError:
                client.close()
                continue
            self.pairs.append((client, server))
            for source, sink in [(client, server), (server, client)]:
                threading.Thread(target=self.copy, args=[source, sink], daemon=True).start()

    def copy(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def move(self, target):
        self.target = target
        for pair in self.pairs:
            for one in pair:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)


@case
def a_standby_that_takes_over_has_everything_that_was_acknowledged(world):
    base = world.rig.place()
    world.rig.folder.chmod(0o711)
    base.chmod(0o711)
    primary, standby = base / "primary", base / "standby"
    started = subprocess.run([ROOT / "scripts/postgres", "start", primary], check=True, capture_output=True, text=True)
    for folder in (standby, primary):
        world.rig.callback(subprocess.run, [ROOT / "scripts/postgres", "stop", folder], capture_output=True)
    forwarder = Forwarder(int((primary / "port").read_text()))
    url = started.stdout.strip().replace(f":{forwarder.target}/", f":{forwarder.port}/")
    gateway = replica(world, url).start()
    subprocess.run([ROOT / "scripts/postgres", "standby", standby, primary], check=True, capture_output=True)
    traffic = Traffic(gateway)
    until(lambda: len(traffic.answered) > 200)
    subprocess.run([ROOT / "scripts/postgres", "stop", primary], check=True, capture_output=True)
    subprocess.run([ROOT / "scripts/postgres", "promote", standby], check=True, capture_output=True)
    before = len(traffic.answered)
    forwarder.move(int((standby / "port").read_text()))
    until(lambda: len(traffic.answered) > before + 100)
    traffic.stop()
    # Everything is sealed on, and nothing was begun anew.
    gateway.stop()
    traffic.check(url)


if __name__ == "__main__":
    with rig.Rig() as started:
        sys.exit(run(World(started)))
