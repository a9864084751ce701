"""Processes, files, signals and people: Sallyport as whoever runs it meets it."""

import base64
import contextlib
import hashlib
import hmac
import http.client
import http.server
import json
import os
import random
import re
import socket
import sqlite3
import ssl
import stat
import subprocess
import sys
import threading
import time
import urllib.parse

import rig
import wire
from cases import Skipped, case, cases_of, run, same, that, waits
from rig import ACME_KEYS, PASSWORD
from wire import Connection, TLSConnection, modern, modern_headers, post, request_bytes

REFUND = {"paymentId": "pay_north_03", "amount": 500, "currency": "EUR", "reason": "returned goods"}


class World:
    def __init__(self, started):
        self.rig = started
        self._acme = self._upstream = None

    @property
    def acme(self):
        self._acme = self._acme or self.rig.acme()
        return self._acme

    @property
    def upstream(self):
        self._upstream = self._upstream or self.rig.upstream()
        self._upstream.hold()
        return self._upstream


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def propose(gateway, token, arguments):
    """Makes a call that waits, and returns its id."""
    result = wire.call(gateway.port, token, "create_refund", arguments).result
    that("waits for a person" in wire.text_of(result), result)
    return result["_meta"]["dev.sallyport/call"]


# One process owns the data


@case
def a_second_server_refuses_and_names_the_first(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    try:
        second = gateway.run("serve", limit=90)
        that(second.status not in (0, None), second)
        that(
            re.search(rf"\b{gateway.server.pid}\b", second.err), f"the pid {gateway.server.pid} is not named: {second}"
        )
        same(second.out, "")
        that("hint:" in second.err, second.err)
    finally:
        same(len(wire.listed(gateway.port, gateway.token("ana"))), 18, "the first serves on")


@case
def another_configuration_on_the_same_data_refuses_too(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    other = rig.Gateway(
        gateway.folder / "other", gateway.config.read_text().replace("data: data", f"data: {gateway.data}")
    )
    second = other.run("serve", limit=90)
    that(second.status != 0 and str(gateway.server.pid) in second.err, second)


@case
def what_a_killed_server_left_behind_is_no_hindrance(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    gateway.kill()
    that((gateway.data / "sallyport.sock").exists(), "the socket of the killed server is gone")
    that("ana" in gateway.do("users", "list"), "users")
    gateway.start()
    same(gateway.stop(), 0, gateway.log()[-500:])
    that(not (gateway.data / "sallyport.sock").exists(), "the socket stays behind after an orderly end")


@cases_of({"0000": 0, "0077": 0o077})
def what_is_made_is_private_whatever_the_mask(world, umask):
    # Nothing is there before: the server makes the directory, and what it serves makes the rest.
    gateway = world.rig.gateway(rig.acme_configuration(world.acme.port), umask=umask).start()
    gateway.add("ana", secret=ACME_KEYS["ana"][2])
    gateway.add("ben", roles=["manager"], password=True)
    call = propose(gateway, gateway.token("ana"), REFUND)
    same(gateway.approve(call).status, 0)
    private(gateway, ["vault.key", "signing.key", "sallyport.sock"])
    # A journal that a killed server left is taken over, and what ends in order leaves nothing open either.
    gateway.kill()
    gateway.do("users", "list")
    private(gateway, ["vault.key", "signing.key"])
    gateway.start()
    same(gateway.stop(), 0)
    private(gateway, ["vault.key", "signing.key"])


def private(gateway, names):
    same(oct(mode(gateway.data)), oct(0o700), "the data directory")
    found = {str(path.relative_to(gateway.data)): path for path in gateway.data.rglob("*")}
    that(found.keys() >= set(names), f"{names} are not all in {sorted(found)}")
    for name, path in found.items():
        same(oct(mode(path)), oct(0o700 if path.is_dir() else 0o600), name)


@case
def a_data_directory_that_others_may_read_is_closed_or_refused(world):
    gateway = world.rig.gateway(rig.acme_configuration(world.acme.port))
    gateway.data.mkdir(mode=0o755)
    os.chmod(gateway.data, 0o755)
    told = gateway.run("users", "list")
    that(told.status != 0 or mode(gateway.data) == 0o700, f"mode {oct(mode(gateway.data))}, and {told}")


@cases_of({"vault.key": "vault.key", "signing.key": "signing.key"})
def a_key_that_others_may_read_is_refused(world, name):
    gateway = world.rig.acme_gateway(world.acme)
    os.chmod(gateway.data / name, 0o644)
    told = gateway.run("users", "list")
    that(told.status != 0 and name in told.err, told)


@cases_of({"vault.key": "vault.key", "signing.key": "signing.key"})
def a_key_that_is_broken_is_refused(world, name):
    gateway = world.rig.acme_gateway(world.acme)
    (gateway.data / name).write_bytes(b"nonsense")
    told = gateway.run("users", "list")
    that(told.status != 0, told)
    that("nonsense" not in told.out + told.err, "the key's text is shown")


@case
def another_vault_key_opens_nothing(world):
    gateway = world.rig.acme_gateway(world.acme)
    other = world.rig.gateway(rig.acme_configuration(world.acme.port))
    other.do("users", "list")
    (gateway.data / "vault.key").write_bytes((other.data / "vault.key").read_bytes())
    os.chmod(gateway.data / "vault.key", 0o600)
    before = world.acme.requests()
    try:
        gateway.start()
    except AssertionError:
        return
    result = wire.call(gateway.port, gateway.token("ana"), "get_me").result
    same(result["isError"], True)
    same(world.acme.requests(), before, "requests at Acme")


# Commands


@cases_of({"with the server": True, "without the server": False})
def commands_work(world, running):
    gateway = world.rig.acme_gateway(world.acme)
    if running:
        gateway.start()
    that(("running: true" in gateway.do("status")) == running, gateway.do("status"))
    gateway.do("check")
    that("get_deal" in gateway.do("tools"), "tools")
    same(len([t for t in json.loads(gateway.do("tools", "--json")) if t["name"] == "get_deal"]), 1)
    gateway.do("users", "add", "dora", "--role", "clerk")
    that("dora" in gateway.do("users", "list"), "users list")
    gateway.do("users", "password", "dora", stdin="another-password")
    gateway.do("vault", "put", "acme", "--user", "dora", stdin="secret-of-dora")
    that(
        "dora" in gateway.do("vault", "list") and "secret-of-dora" not in gateway.do("vault", "list", "--json"),
        "vault list",
    )
    gateway.do("vault", "remove", "acme", "--user", "dora")
    that("dora" not in gateway.do("vault", "list"), "vault remove")
    same(gateway.token("dora").count("."), 2)
    gateway.do("users", "disable", "dora")
    that("Nothing waits" in gateway.do("approvals", "list"), "approvals")
    acts = [event.get("act") for entry in gateway.audit("--limit", "200") for event in entry["events"]]
    for act in ["user-add", "user-password", "vault-put", "vault-remove", "token-issue", "user-disable"]:
        that(act in acts, f"{act} is not in the journal: {acts}")
    that("allow" in gateway.do("policy", "explain", "get_deal", "--role", "sales"), "policy explain")
    told = gateway.run("reload")
    that((told.status == 0) == running, told)


@case
def what_commands_do_is_seen_after_a_restart(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    call = propose(gateway, token, REFUND)
    gateway.kill()
    same([waiting["id"] for waiting in gateway.waiting()], [call], "without a server")
    same(gateway.approve(call).status, 0)
    gateway.start()
    before = world.acme.requests().get("POST /payments/{paymentId}/refunds", 0)
    ran = wire.call(gateway.port, token, "create_refund", REFUND).result
    same(ran["isError"], False, wire.text_of(ran))
    gateway.kill()
    gateway.start()
    again = wire.call(gateway.port, token, "create_refund", REFUND).result
    that("already ran once" in wire.text_of(again), again)
    same(world.acme.requests()["POST /payments/{paymentId}/refunds"], before + 1)


@case
def bad_commands_end_with_a_status_and_a_sentence(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    for arguments, stdin in [
        (["approvals", "show", "nonsense"], None),
        (["approvals", "show", "0" * 32], None),
        (["approvals", "approve", "nonsense", "--as", "ben"], "x" * 12),
        (["users", "add", "Ana"], None),
        (["users", "add", "ana"], None),
        (["users", "add", "weak", "--password"], "short"),
        (["users", "disable", "nobody"], None),
        (["token", "nobody", "--agent", "a"], None),
        (["token", "ana", "--agent", "a", "--lifetime", "8d"], None),
        (["vault", "put", "acme", "--user", "ana"], ""),
        (["vault", "remove", "nothing"], None),
        (["audit", "search", "--phase", "x"], None),
        (["audit", "search", "--since", "x"], None),
        (["policy", "explain", "no_such_tool"], None),
        (["approvals", "approve"], None),
    ]:
        told = gateway.run(*arguments, stdin=stdin)
        that(told.status not in (0, None) and told.status > 0, f"{arguments}: {told}")
        that("error:" in told.err.lower(), f"{arguments}: {told}")
        that("Fatal error" not in told.err and "at /" not in told.err, f"{arguments}: {told}")


@case
def a_running_server_can_be_administered_while_its_file_is_broken(world):
    # The file is being edited, or was replaced by a bad one: just then somebody has to be locked out.
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    call = propose(gateway, token, {**REFUND, "paymentId": "pay_north_04"})
    good = gateway.config.read_text()
    gateway.config.write_text(good.replace("bucket: read", "bucket: raed", 1))
    told = gateway.run("users", "disable", "ana")
    that(told.status == 0, f"users disable: {told}")
    that(gateway.run("approvals", "list").status == 0, "approvals list")
    that(gateway.approve(call, verdict="reject").status == 0, "approvals reject")


# Who decides


@case
def nobody_decides_who_may_not(world):
    gateway = world.rig.acme_gateway(world.acme)
    gateway.add("dora", roles=["clerk"], password=True)
    gateway.add("fred", roles=["sales"])
    gateway.start()
    token = gateway.token("ana")
    call = propose(gateway, token, {**REFUND, "paymentId": "pay_north_05"})
    before = world.acme.requests()
    for what, person, password in [
        ("a wrong password", "ben", "wrong-password"),
        ("an empty password", "ben", ""),
        ("a token as password", "ben", token),
        ("the requester", "ana", PASSWORD.format("ana")),
        ("a wrong role", "dora", None),
        ("no password at all", "fred", "anything-at-all"),
        ("nobody", "nobody", "anything-at-all"),
        ("a name with a space", "ben ", PASSWORD.format("ben")),
        ("a longer password", "ben", PASSWORD.format("ben") + "x"),
        ("another case", "Ben", PASSWORD.format("ben")),
    ]:
        for verdict in ["approve"] if what != "a wrong role" else ["approve", "reject"]:
            told = gateway.approve(call, person, password, verdict)
            that(told.status != 0, f"{what} may {verdict}: {told}")
            that("rror" in told.err and (not password or password not in told.out + told.err), f"{what}: {told}")
    same([waiting["id"] for waiting in gateway.waiting()], [call], "it still waits")
    still = wire.call(gateway.port, token, "create_refund", {**REFUND, "paymentId": "pay_north_05"}).result
    that("waits for a person" in wire.text_of(still), still)
    same(world.acme.requests(), before, "requests at Acme")
    acts = [event for entry in gateway.audit("--limit", "500") for event in entry["events"]]
    kinds = [event.get("act") for event in acts]
    that("sign-in-refused" in kinds and "decision-refused" in kinds, kinds)
    same(gateway.approve(call).status, 0, "the right one may")
    decided = [event for event in gateway.events(call) if event["event"] == "approved"]
    same([event["by"] for event in decided], ["ben"])


@case
def nobody_approves_their_own_agents_call(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ben", agent="bens-agent")
    call = propose(gateway, token, {**REFUND, "paymentId": "pay_north_06"})
    before = world.acme.requests()
    told = gateway.approve(call, "ben")
    that(told.status != 0 and "own name" in told.err, told)
    same([waiting["id"] for waiting in gateway.waiting()], [call])
    same(world.acme.requests(), before)


@case
def a_role_towards_the_product_makes_no_approver(world):
    # The configuration says who may decide, under `people`.
    gateway = world.rig.acme_gateway(world.acme)
    gateway.add("mona", roles=["manager"], password=True)
    gateway.start()
    call = propose(gateway, gateway.token("ana"), {**REFUND, "paymentId": "pay_north_07"})
    told = gateway.approve(call, "mona")
    that(told.status != 0, f"mona is not among the people of the configuration, and decided: {told}")


@case
def a_decision_is_made_once(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    arguments = {**REFUND, "paymentId": "pay_north_02", "amount": 100}
    call = propose(gateway, token, arguments)
    results = []
    threads = [
        threading.Thread(target=lambda v=v: results.append((v, gateway.approve(call, verdict=v))))
        for v in ["approve", "reject", "approve"]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(sorted(told.status == 0 for _, told in results), [False, False, True], repr(results))
    verdicts = [event["event"] for event in gateway.events(call) if event["event"] in ("approved", "rejected")]
    same(len(verdicts), 1)


@case
def a_repeat_from_many_sides_runs_once(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    arguments = {**REFUND, "paymentId": "pay_north_01", "amount": 60}
    call = propose(gateway, token, arguments)
    same(gateway.approve(call).status, 0)
    before = world.acme.requests().get("POST /payments/{paymentId}/refunds", 0)
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(wire.call(gateway.port, token, "create_refund", arguments)))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(world.acme.requests()["POST /payments/{paymentId}/refunds"], before + 1)
    same(len(world.acme.refunds("pay_north_01")), 1)
    that(all(reply.status == 200 for reply in results), results)
    # Another user and another agent of the same user have no part in it.
    other = wire.call(gateway.port, gateway.token("ana", agent="other"), "create_refund", arguments).result
    that("waits for a person" in wire.text_of(other), other)


@case
def an_agents_token_is_no_way_in(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    call = propose(gateway, token, {**REFUND, "paymentId": "pay_north_08", "amount": 70})
    for method in [
        "approvals/approve",
        "approvals-decide",
        "approvals/list",
        "users-add",
        "token-issue",
        "status",
        "vault-list",
    ]:
        message = modern(method, {"call": call, "person": "ben", "verdict": "approve"})
        same(post(gateway.port, message, modern_headers(message, token)).status, 404, method)
        refused = wire.call(gateway.port, token, method.replace("/", "_").replace("-", "_"), {"call": call})
        same(refused.error["code"], -32602, method)
    for path in ["/approvals", f"/approve/{call}", "/admin", "/api/approvals", "/users"]:
        for verb in ["GET", "POST"]:
            same(post(gateway.port, b"{}", wire.legacy_headers(token), path=path, method=verb).status, 404, path)
    raw = {
        "command": "approvals-decide",
        "arguments": {"call": call, "person": "ben", "verdict": "approve", "password": token},
    }
    same(post(gateway.port, raw, wire.legacy_headers(token)).status, 400)
    for meta in [{"dev.sallyport/approved": True}, {"dev.sallyport/call": call}]:
        still = wire.call(
            gateway.port, token, "create_refund", {**REFUND, "paymentId": "pay_north_08", "amount": 70}, meta
        ).result
        that("waits for a person" in wire.text_of(still), still)
    same([waiting["id"] for waiting in gateway.waiting()], [call])


@case
def the_socket_takes_no_nonsense(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    path = str(gateway.data / "sallyport.sock")
    for data in [
        b"\n",
        b"nonsense\n",
        b"{}\n",
        b'{"command":7}\n',
        b'{"command":"approvals-decide","arguments":{}}\n',
        b"[" * 100_000 + b"\n",
        b"\xff\xfe\n",
        b"x" * (3 << 20),
        b'{"command":"status","arguments":[]}\n',
        b"POST /mcp HTTP/1.1\r\nHost: x\r\n\r\n",
    ]:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(path)
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                reply = connection.recv(1 << 20)
            except OSError:
                reply = b""
            that(b"result" not in reply or b"status" in data or b"status" in reply, reply[:200])
    that("running: true" in gateway.do("status"), "it serves on")


# The configuration


@cases_of({"reload": "reload", "SIGHUP": "SIGHUP"})
def a_broken_configuration_changes_nothing_and_every_problem_is_told(world, how):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    before = wire.listed(gateway.port, token)
    good = gateway.config.read_text()
    broken = (
        good.replace("get_me: { bucket: read", "get_me: { bucket: raed")
        .replace("effect: deny", "effect: dney")
        .replace("time-limit: 10s", "time-limit: soon")
        .replace("    owner: team-crm\n", "    ownr: team-crm\n")
    )
    wanted = ["raed", "dney", "soon", "ownr"]
    lines = {word: next(n for n, line in enumerate(broken.splitlines(), 1) if word in line) for word in wanted}
    gateway.config.write_text(broken)
    # `check` is the measure.
    checked = gateway.run("check")
    same(checked.status, 1)
    for word, line in lines.items():
        that(
            re.search(rf"sallyport\.yaml:{line}(:\d+)?: error: ", checked.out),
            f"check tells nothing of line {line} ({word}): {checked.out}",
        )
    if how == "reload":
        told = gateway.run("reload")
        that(told.status != 0, told)
        text = told.err
    else:
        mark = len(gateway.log())
        gateway.hangup()
        wait_for_log(gateway, mark, "stays in force")
        # The problems follow line by line.
        for line in lines.values():
            text = wait_for_log(gateway, mark, f":{line}")
    for word, line in lines.items():
        that(f":{line}" in text, f"nothing is told of line {line} ({word}): {text}")
    same(wire.listed(gateway.port, token), before, "the list")
    gateway.config.write_text(good)


@case
def every_problem_of_a_configuration_has_its_remedy(world):
    gateway = world.rig.gateway(
        rig.acme_configuration(world.acme.port)
        .replace("get_me: { bucket: read", "get_me: { bucket: raed")
        .replace("effect: deny", "effect: dney")
        .replace("time-limit: 10s", "time-limit: soon")
        .replace("    owner: team-crm\n", "    ownr: team-crm\n")
        .replace("get_deal: { bucket", "get_dael: { bucket")
    )
    told = gateway.run("check").out.splitlines()
    errors = [(line, after) for line, after in zip(told, [*told[1:], ""]) if ": error: " in line]
    that(len(errors) >= 5, told)
    # Either what is wrong says what must be there, or a hint does.
    bare = [line for line, after in errors if "hint:" not in after and "this must be " not in line]
    same(bare, [], "errors without a remedy")


@cases_of({"reload": "reload", "SIGHUP": "SIGHUP"})
def a_good_configuration_changes_what_is_listed(world, how):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
    message = modern("tools/list")

    def names():
        return {
            tool["name"] for tool in wire.post_on(connection, message, modern_headers(message, token)).result["tools"]
        }

    that("get_deal" in names() and "get_me" in names(), names())
    good = gateway.config.read_text()
    gateway.config.write_text(
        good.replace("get_deal: { bucket: read, scope: user-credential }", "get_deal: { bucket: never }").replace(
            "- { roles: [sales], tool: list_deals, expect: allow }", "- { roles: [sales], tool: get_me, expect: allow }"
        )
    )
    if how == "reload":
        gateway.do("reload")
    else:
        mark = len(gateway.log())
        gateway.hangup()
        wait_for_log(gateway, mark, "new configuration is in force")
    that("get_deal" not in names() and "get_me" in names(), names())
    same(wire.call(gateway.port, token, "get_deal", {"dealId": "deal_north_01"}).error["code"], -32602)
    connection.close()


@case
def a_reload_takes_every_part_or_says_what_needs_a_restart(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    good = gateway.config.read_text()
    for what, old, new, holds in [
        (
            "scopes of an issuer",
            "  - local: true\n",
            "  - local: true\n    scopes: [tools]\n",
            lambda: post(gateway.port, modern("tools/list"), modern_headers(modern("tools/list"), token)).status == 403,
        ),
        (
            "origins",
            "resource: ",
            "origins: [https://pages.example]\nresource: ",
            lambda: post(
                gateway.port,
                modern("tools/list"),
                {**modern_headers(modern("tools/list"), token), "Origin": "https://pages.example"},
            ).status
            == 200,
        ),
        (
            "hosts",
            "resource: ",
            "hosts: [gateway.example]\nresource: ",
            lambda: post(
                gateway.port,
                modern("tools/list"),
                {**modern_headers(modern("tools/list"), token), "Host": "gateway.example"},
            ).status
            == 200,
        ),
    ]:
        that(old in good, old)
        gateway.config.write_text(good.replace(old, new, 1))
        told = gateway.run("reload")
        said = (told.out + told.err).lower()
        that("restart" in said or holds(), f"{what}: 'reload' says {said!r}, and nothing has changed")
    gateway.config.write_text(good)
    gateway.do("reload")


class Receiver:
    """An address that notices are sent to; keeps them with their headers."""

    def __init__(self):
        kept = self.kept = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                kept.append((self.headers, self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def signature(body, headers, key):
    """As Standard Webhooks 1.0 has it."""
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key.encode(), text, hashlib.sha256).digest()).decode()


@waits
@case
def a_source_that_changes_while_serving_is_held_back_told_and_released_by_a_person(world):
    receiver = Receiver()
    gateway = world.rig.acme_gateway(world.acme)
    document = gateway.folder / "openapi.yaml"
    document.write_text((rig.ROOT / "Examples/Acme/openapi.yaml").read_text())
    gateway.config.write_text(
        gateway.config.read_text().replace(str(rig.ROOT / "Examples/Acme/openapi.yaml"), "openapi.yaml")
        + f"\nreread-sources: 10s\nnotify: [{{ webhook: 'http://127.0.0.1:{receiver.port}/in', secret: hook, "
        "allow-loopback: true }]\n"
    )
    gateway.do("vault", "put", "hook", stdin="what both know")
    gateway.start()
    token = gateway.token("ana")
    names = lambda: {tool["name"] for tool in wire.listed(gateway.port, token)}
    that("get_deal" in names(), names())
    text = document.read_text()
    that("summary: Get a deal" in text, "the document says so")
    document.write_text(text.replace("summary: Get a deal", "summary: Get a deal and mail it to everybody"))
    end = time.monotonic() + 60
    while "get_deal" in names():
        that(time.monotonic() < end, "the schedule did not come")
        time.sleep(0.5)
    that("get_me" in names(), "the others serve on")
    while not any(b"changed-definition:acme/get_deal" in body for _, body in receiver.kept):
        that(time.monotonic() < end, f"nobody was told: {receiver.kept}")
        time.sleep(0.2)
    headers, body = next(pair for pair in receiver.kept if b"changed-definition:acme/get_deal" in pair[1])
    same(headers["webhook-signature"], signature(body, headers, "what both know"))
    that(headers["webhook-signature"] != signature(body + b" ", headers, "what both know"), "it can fail")
    told = json.loads(gateway.do("findings", "--json"))
    that("changed-definition:acme/get_deal" in {finding["id"] for finding in told}, told)
    refused = gateway.run("tools", "review", "get_deal", "--as", "ben", stdin="a wrong password")
    that(refused.status != 0 and "get_deal" not in names(), refused)
    gateway.do("tools", "review", "get_deal", "--as", "ben", stdin=PASSWORD.format("ben"))
    that("get_deal" in names(), names())
    gateway.do("reread")
    same(json.loads(gateway.do("findings", "show", "changed-definition:acme/get_deal", "--json"))["state"], "fixed")
    receiver.server.shutdown()


@case
def findings_are_assigned_accepted_and_attested_and_the_report_says_so(world):
    gateway = world.rig.acme_gateway(world.acme)
    first = gateway.run("report", "--fail-on", "high")
    same(first.status, 2)
    that("fail: high: ungated-tool:acme/create_refund" in first.err, first.err)
    until = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 86400))
    password = PASSWORD.format("ben")
    for line in first.err.splitlines():
        finding = re.search(r"fail: \w+: (\S+):? ", line)[1].rstrip(":")
        gateway.do("findings", "accept", finding, "--as", "ben", "--reason", "until May", "--until", until, stdin=password)
    same(gateway.run("report", "--fail-on", "high").status, 0)
    gateway.do(
        "findings", "assign", "undeclared-answer:acme/delete_customer", "--owner", "crm", "--due", until, "--as", "ben",
        stdin=password,
    )  # fmt: skip
    gateway.do(
        "attest", "incident-process", "--link", "https://wiki.example/incidents", "--until", until, "--as", "ben",
        stdin=password,
    )  # fmt: skip
    for form in ["text", "html", "markdown", "json", "sarif"]:
        path = gateway.folder / f"report.{form}"
        gateway.do("report", "--format", form, "--since", "1d", "--output", str(path))
        gateway.do("report", "verify", str(path))
    report = json.loads((gateway.folder / "report.json").read_text())
    states = {finding["id"]: finding for finding in report["findings"]}
    same(states["ungated-tool:acme/create_refund"]["state"], "accepted")
    same(states["undeclared-answer:acme/delete_customer"]["owner"], "crm")
    that(any("ben on " in item["evidence"] and item["met"] for item in report["checklist"]), report["checklist"])
    that(any(step["by"] == "ben" for step in report["changes"]["steps"]), report["changes"])
    sarif = json.loads((gateway.folder / "report.sarif").read_text())["runs"][0]["results"]
    that(any("suppressions" in result for result in sarif), "what is accepted is suppressed")
    gateway.do("findings", "withdraw", "ungated-tool:acme/create_refund", "--as", "ben", "--reason", "no", stdin=password)
    same(gateway.run("report", "--fail-on", "high").status, 2)
    for words in [["findings", "show", "nothing:x"], ["report", "--since", "never"], ["findings", "--state", "lost"]]:
        told = gateway.run(*words)
        that(told.status == 1 and told.err.startswith("Error: ") and not told.out, told)


@case
def a_database_of_another_version_is_not_reported_on(world):
    gateway = world.rig.acme_gateway(world.acme)
    gateway.do("report")
    database = sqlite3.connect(gateway.data / "sallyport.db")
    with database:
        database.execute("INSERT INTO schema_version (version, digest) VALUES (99, 'x')")
    database.close()
    told = gateway.run("report", "--format", "html", "--output", str(gateway.folder / "report.html"))
    same(told.status, 1)
    that("version 99" in told.err and not (gateway.folder / "report.html").exists(), told)


@case
def a_changed_policy_voids_what_waits(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    arguments = {**REFUND, "paymentId": "pay_north_04", "amount": 80}
    call = propose(gateway, token, arguments)
    same(gateway.approve(call).status, 0)
    gateway.config.write_text(gateway.config.read_text().replace("expires: 1h", "expires: 2h"))
    gateway.do("reload")
    before = world.acme.requests()
    told = wire.call(gateway.port, token, "create_refund", arguments).result
    that("waits for a person" in wire.text_of(told), told)
    that(told["_meta"]["dev.sallyport/call"] != call, "the old approval is used")
    same(world.acme.requests(), before, "requests at Acme")


@case
def a_rule_may_run_a_call_on_its_approval_also_after_a_restart(world):
    configuration = rig.acme_configuration(world.acme.port).replace(
        "      expires: 1h\n", "      expires: 1h\n      execute: on-approval\n", 1
    )
    gateway = world.rig.acme_gateway(world.acme, configuration).start()
    token = gateway.token("ana")

    def settled(call):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            events = gateway.events(call)
            if events[-1]["event"] == "settled":
                return [event["event"] for event in events]
            time.sleep(0.05)
        raise AssertionError(gateway.events(call))

    way = ["opened", "decided", "proposed", "approved", "admitted", "settled"]
    call = propose(gateway, token, {**REFUND, "amount": 61})
    same(gateway.approve(call).status, 0)
    same(settled(call), way)
    # What was approved while no server ran is done once one does.
    call = propose(gateway, token, {**REFUND, "amount": 62})
    gateway.kill()
    same(gateway.approve(call).status, 0)
    same(gateway.events(call)[-1]["event"], "approved")
    gateway.start()
    same(settled(call), way)
    # Neither is a disabled user's.
    call = propose(gateway, token, {**REFUND, "amount": 63})
    gateway.do("users", "disable", "ana")
    gateway.approve(call)
    same(gateway.events(call)[-1]["event"], "approved")
    same(sorted(refund["amount"] for refund in world.acme.refunds("pay_north_03") if 60 < refund["amount"] < 64), [61, 62])
    gateway.stop()


@case
def a_fact_is_asked_at_an_address_when_the_call_runs(world):
    seen = []
    window = {"open": True}

    class Status(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers["Authorization"]))
            body = json.dumps(window).encode()
            self.send_response(200 if window else 503)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Status)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    requirement = (
        f"      requires: [{{ id: window, url: 'http://127.0.0.1:{server.server_port}/windows', allow-loopback: true, "
        "secret: status, arguments: { payment: { argument: paymentId } }, field: open, equals: true }]\n"
    )
    configuration = rig.acme_configuration(world.acme.port).replace(
        "      when: { argument: amount, at-most: 50 }\n", "      when: { argument: amount, at-most: 50 }\n" + requirement, 1
    )
    gateway = world.rig.acme_gateway(world.acme, configuration)
    gateway.do("vault", "put", "status", stdin="status-token")
    gateway.start()
    token = gateway.token("ana")
    small = {**REFUND, "paymentId": "pay_north_05", "amount": 1}
    made = wire.call(gateway.port, token, "create_refund", small).result
    that(not made.get("isError"), made)
    same(seen, [("/windows?payment=pay_north_05", "Bearer status-token")])
    for closed in [{"open": False}, {}]:
        window.clear()
        window.update(closed)
        refused = wire.call(gateway.port, token, "create_refund", {**small, "amount": 2}).result
        same(refused["_meta"]["dev.sallyport/code"], "precondition-failed")
    server.shutdown()
    server.server_close()
    refused = wire.call(gateway.port, token, "create_refund", {**small, "amount": 3}).result
    same(refused["_meta"]["dev.sallyport/code"], "precondition-failed")
    that("status-token" not in json.dumps(gateway.audit()) + gateway.log(), "the secret is written down")
    gateway.stop()


@case
def a_deletion_in_its_reversible_form_is_taken_back_once(world):
    configuration = rig.acme_configuration(world.acme.port)
    for old, new in [
        (
            "delete_customer: { bucket: write, scope: user-credential }",
            "delete_customer:\n"
            "        bucket: write\n"
            "        scope: user-credential\n"
            "        instead: { tool: update_customer, arguments: { customerId: { argument: customerId }, body: { status: archived } } }\n"
            "        undo: { tool: update_customer, arguments: { customerId: { argument: customerId }, body: { status: { before: /status } } } }",
        ),
        ("update_deal: { bucket: write, scope: user-credential }", "update_deal: { bucket: write, scope: user-credential, undo: restore }"),
        ("    - id: only-managers-delete\n      effect: deny\n      tools: [delete_customer]\n      roles: [sales]\n", ""),
        ("    - { roles: [sales], tool: delete_customer, expect: deny }\n", ""),
    ]:
        that(old in configuration, old)
        configuration = configuration.replace(old, new, 1)
    gateway = world.rig.acme_gateway(world.acme, configuration).start()
    token = gateway.token("ana")

    def make(tool, arguments):
        """Makes a call, has it approved, and returns its id and its answer."""
        waiting = wire.call(gateway.port, token, tool, arguments).result
        call = waiting["_meta"]["dev.sallyport/call"]
        same(gateway.approve(call).status, 0)
        return call, wire.call(gateway.port, token, tool, arguments).result

    def undo(call, person="ben"):
        return gateway.run("undo", call, "--as", person, "--json", stdin=PASSWORD.format(person))

    customer = world.acme.get("/customers")["items"][0]["id"]
    status = lambda: world.acme.get(f"/customers/{customer}")["status"]
    same(status(), "active")
    call, answer = make("delete_customer", {"customerId": customer})
    same(answer["structuredContent"]["status"], "archived")
    same(status(), "archived")
    waiting = json.loads(undo(call).out)
    same(waiting["state"], "proposed")
    same(status(), "archived")
    same(gateway.approve(waiting["call"]).status, 0)
    same(json.loads(undo(call).out), {"message": f"{call} is taken back by {waiting['call']}.", "call": waiting["call"], "state": "done"})
    same(status(), "active")
    again = undo(call)
    same(json.loads(again.out)["state"], "done")
    same(gateway.events(waiting["call"])[0]["part_of"], call)

    deal = {"dealId": "deal_north_03", "body": {"close_date": "2027-03-03"}}
    before = world.acme.get("/deals/deal_north_03")["close_date"]
    call, answer = make("update_deal", deal)
    same(answer["structuredContent"]["close_date"], "2027-03-03")
    waiting = json.loads(undo(call).out)["call"]
    same(gateway.approve(waiting).status, 0)
    same(json.loads(undo(call).out)["state"], "done")
    same(world.acme.get("/deals/deal_north_03")["close_date"], before)

    # What took a call back can be taken back as well.
    same(json.loads(undo(waiting).out)["state"], "proposed")
    nobody = gateway.run("undo", call, "--as", "ana", stdin="x")
    that(nobody.status != 0, nobody)
    gateway.stop()


def wait_for_log(gateway, mark, text, limit=20):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        said = gateway.log()[mark:]
        if text in said and said.endswith("\n"):
            return said
        time.sleep(0.05)
    raise AssertionError(f"the log never says {text!r}: {gateway.log()[mark:]}")


# TLS


def tls_gateway(world, key="gateway"):
    text = rig.acme_configuration(world.acme.port)
    gateway = world.rig.acme_gateway(
        world.acme, text + f"tls: {{ certificate: gateway.pem, key: {key}.key }}\n"
    )
    for name in {"gateway", key}:
        rig.certificate(gateway.folder, name)
    return gateway


def trusting(gateway):
    return ssl.create_default_context(cafile=gateway.folder / "gateway.pem")


@case
def agents_are_served_over_TLS_and_over_nothing_else(world):
    gateway = tls_gateway(world).start()
    that(f"https://127.0.0.1:{gateway.port}/mcp" in gateway.server.ready, gateway.server.ready)
    token = gateway.token("ana")
    message = modern("tools/list")
    for version in [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]:
        context = trusting(gateway)
        context.minimum_version = context.maximum_version = version
        connection = http.client.HTTPSConnection("127.0.0.1", gateway.port, timeout=30, context=context)
        for _ in range(2):
            reply = wire.post_on(connection, message, modern_headers(message, token))
            same((reply.status, len(reply.result["tools"])), (200, 18), version.name)
        connection.close()
    stranger = http.client.HTTPSConnection("127.0.0.1", gateway.port, timeout=30, context=ssl.create_default_context())
    try:
        wire.post_on(stranger, message, modern_headers(message, token))
        raise AssertionError("a client that trusts nobody got an answer")
    except ssl.SSLCertVerificationError:
        pass
    with Connection(gateway.port, timeout=20) as connection:
        connection.send(request_bytes(message, token))
        that(connection.is_closed(15), "a client without TLS is kept waiting")
        # An alert of TLS is no word of HTTP.
        for word in [b"HTTP/1", b"tools", b"sallyport", b"get_me"]:
            that(word not in connection.buffer, connection.buffer)
    same(gateway.stop(), 0, gateway.log()[-500:])


@case
def a_signal_ends_it_within_five_seconds_over_TLS(world):
    gateway = tls_gateway(world).start()
    token = gateway.token("ana")
    # One in the middle of its handshake, one that is idle; neither says goodbye.
    with Connection(gateway.port) as silent, TLSConnection(gateway.port, trusting(gateway)) as idle:
        silent.send(b"\x16\x03\x01")
        idle.send(request_bytes(modern("tools/list"), token))
        same(idle.reply().status, 200)
        begin = time.monotonic()
        same(gateway.stop(limit=30), 0, gateway.log()[-500:])
        took = time.monotonic() - begin
    that(took < 5, f"it took {took:.1f} s")


@case
def a_key_that_does_not_belong_to_the_certificate_is_refused_at_the_start(world):
    told = tls_gateway(world, key="other").run("serve", limit=90)
    that(told.status > 0 and "other.key' is not the key of the certificate" in told.err, told)
    same(told.out, "", "it listens")


# The end


@case
def a_signal_ends_it_within_five_seconds_whatever_is_open(world):
    upstream = world.upstream
    gateway = world.rig.quay_gateway(upstream).start()
    token = gateway.token("ana")
    idle = Connection(gateway.port)
    half = Connection(gateway.port)
    half.send(request_bytes(modern("tools/list"), token)[:-10])
    kept = Connection(gateway.port)
    kept.send(request_bytes(modern("tools/list"), token))
    same(kept.reply().status, 200)
    socket_ = socket.socket(socket.AF_UNIX)
    socket_.connect(str(gateway.data / "sallyport.sock"))
    busy = []
    for name, meta in [("ending-1", {}), ("ending-2", {"progressToken": "t"})]:
        connection = Connection(gateway.port)
        connection.send(
            request_bytes(
                modern("tools/call", {"name": "create_job", "arguments": {"name": name, "seconds": 60}, "_meta": meta}),
                token,
            )
        )
        upstream.wait_for("began", name)
        busy.append(connection)
    begin = time.monotonic()
    status = gateway.stop(limit=30)
    took = time.monotonic() - begin
    for connection in [idle, half, kept, *busy]:
        that(connection.is_closed(5), "a connection is still open")
        connection.socket.close()
    socket_.close()
    same(status, 0, gateway.log()[-800:])
    that(took < 5, f"it took {took:.1f} s")
    gateway.start()
    for name in ["ending-1", "ending-2"]:
        same(settlements(gateway, name), ["unknown"], name)
        same(upstream.count("began", name), 1)


@case
def a_signal_ends_an_idle_server_without_a_complaint(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    same(gateway.stop(), 0, gateway.log()[-500:])
    that("rror" not in gateway.log(), gateway.log()[-800:])


def settlements(gateway, name):
    """How the calls of create_job with this name ended."""
    found = []
    for entry in gateway.audit("--tool", "create_job", "--limit", "5000"):
        opened = [event for event in entry["events"] if event.get("event") == "opened"]
        if opened and opened[0]["arguments"].get("name") == name:
            found += [event["outcome"] for event in gateway.events(entry["call"]) if event["event"] == "settled"]
    return found


@case
def a_call_that_a_crash_interrupts_has_an_unknown_outcome_and_is_not_repeated(world):
    upstream = world.upstream
    gateway = world.rig.quay_gateway(upstream).start()
    token = gateway.token("ana", lifetime="24h")
    for number in range(6):
        name = f"crash-{number}"
        meta = {"dev.sallyport/idempotency-key": name}
        arguments = {"name": name, "seconds": 60}
        connection = Connection(gateway.port)
        connection.send(
            request_bytes(modern("tools/call", {"name": "create_job", "arguments": arguments, "_meta": meta}), token)
        )
        upstream.wait_for("began", name)
        gateway.kill()
        connection.socket.close()
        gateway.start()
        again = wire.call(gateway.port, token, "create_job", arguments, meta).result
        same(again["isError"], True)
        that("unknown" in wire.text_of(again), again)
        same(upstream.count("began", name), 1, f"{name} was sent again")
        if number % 3 == 0:
            events = gateway.events(again["_meta"]["dev.sallyport/call"])
            same([event["event"] for event in events], ["opened", "decided", "admitted", "settled"])
            same(events[-1]["outcome"], "unknown")
    phases = gateway.audit("--tool", "create_job", "--phase", "admitted")
    same(phases, [], "calls that are neither here nor there")


@case
def an_approved_call_that_a_crash_interrupts_is_not_repeated(world):
    upstream = world.upstream
    gateway = world.rig.quay_gateway(upstream, writes="ask").start()
    token = gateway.token("ana", lifetime="24h")
    for number in range(3):
        name = f"approved-crash-{number}"
        arguments = {"name": name, "seconds": 60}
        told = wire.call(gateway.port, token, "create_job", arguments).result
        call = told["_meta"]["dev.sallyport/call"]
        same(gateway.approve(call).status, 0)
        connection = Connection(gateway.port)
        connection.send(request_bytes(modern("tools/call", {"name": "create_job", "arguments": arguments}), token))
        upstream.wait_for("began", name)
        gateway.kill()
        connection.socket.close()
        gateway.start()
        again = wire.call(gateway.port, token, "create_job", arguments).result
        that(again["isError"] and "unknown" in wire.text_of(again), again)
        same(again["_meta"]["dev.sallyport/call"], call)
        same(upstream.count("began", name), 1, f"{name} was sent again")


@case
def nothing_that_was_acknowledged_is_lost_in_a_crash_and_nothing_leaves_unrecorded(world):
    upstream = world.upstream
    gateway = world.rig.quay_gateway(upstream).start()
    token = gateway.token("ana", lifetime="24h")
    seed = int.from_bytes(os.urandom(4), "big")
    chance = random.Random(seed)
    acknowledged, sent = set(), set()
    for turn in range(5):
        stop = threading.Event()

        def write(lane, port=gateway.port, turn=turn):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            number = 0
            try:
                while not stop.is_set():
                    name = f"load-{turn}-{lane}-{number}"
                    number += 1
                    sent.add(name)
                    message = modern("tools/call", {"name": "create_job", "arguments": {"name": name}})
                    result = wire.post_on(connection, message, modern_headers(message, token)).result
                    if not result["isError"]:
                        acknowledged.add(name)
            except (OSError, http.client.HTTPException, AssertionError, ValueError):
                pass

        threads = [threading.Thread(target=write, args=(lane,)) for lane in range(6)]
        for thread in threads:
            thread.start()
        # Any moment will do, so long as no two are alike.
        time.sleep(0.2 + chance.random() * 0.5)
        gateway.kill()
        stop.set()
        for thread in threads:
            thread.join()
        gateway.start()
    ended = {}
    entries = gateway.audit("--limit", "10000", "--tool", "create_job")
    names = {}
    for entry in sorted(gateway.audit("--limit", "10000"), key=lambda entry: entry["position"]):
        for event in entry["events"]:
            if event.get("event") == "opened":
                names[entry["call"]] = event["arguments"]["name"]
            if event.get("event") == "settled":
                ended.setdefault(names[entry["call"]], []).append(event["outcome"])
    that(entries and len(acknowledged) > 20, f"{len(acknowledged)} calls (seed {seed})")
    for name in acknowledged:
        same(ended.get(name), ["result"], f"{name} was acknowledged (seed {seed})")
    recorded = set(names.values())
    for kind, name in list(upstream.events):
        if kind == "began" and name in sent:
            that(name in recorded, f"{name} left without a record (seed {seed})")
            same(upstream.count("began", name), 1, f"{name} left more than once (seed {seed})")
    for name in recorded:
        same(len(ended.get(name, [])), 1, f"{name} has one outcome (seed {seed})")


# Users and credentials


@case
def a_disabled_user_loses_access_at_once(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
    message = modern("tools/call", {"name": "get_me", "arguments": {}})
    same(wire.post_on(connection, message, modern_headers(message, token)).status, 200)
    call = propose(gateway, token, {**REFUND, "paymentId": "pay_north_05", "amount": 90})
    before = world.acme.requests()
    gateway.do("users", "disable", "ana")
    same(wire.post_on(connection, message, modern_headers(message, token)).status, 401, "on the open connection")
    same(post(gateway.port, message, modern_headers(message, token)).status, 401, "on a new connection")
    told = gateway.run("token", "ana", "--agent", "x")
    that(told.status != 0, f"a disabled user gets a token: {told}")
    same(world.acme.requests(), before, "requests at Acme")
    gateway.kill()
    gateway.start()
    same(post(gateway.port, message, modern_headers(message, token)).status, 401, "after a restart")
    gateway.approve(call)
    same(world.acme.requests(), before, "requests at Acme")
    connection.close()


@case
def a_disabled_approver_decides_nothing(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    call = propose(gateway, gateway.token("ana"), {**REFUND, "paymentId": "pay_north_05", "amount": 91})
    gateway.do("users", "disable", "ben")
    that(gateway.approve(call).status != 0, "a disabled approver decided")
    same([waiting["id"] for waiting in gateway.waiting()], [call])


@case
def without_a_credential_of_their_own_nobody_is_served_with_anothers(world):
    gateway = world.rig.acme_gateway(world.acme)
    gateway.add("eve")
    gateway.add("cleo", tenant="acme-south")
    gateway.do("users", "add", "lone", "--role", "sales")
    gateway.do("vault", "put", "acme", "--user", "cleo", "--tenant", "acme-north", stdin=ACME_KEYS["cleo"][2])
    gateway.do("vault", "put", "acme", stdin=ACME_KEYS["ben"][2])
    gateway.start()
    before = world.acme.requests()
    for user in ["eve", "cleo", "lone"]:
        token = gateway.token(user)
        for tool, arguments in [("get_me", {}), ("create_refund", {**REFUND, "amount": 5}), ("create_refund", REFUND)]:
            result = wire.call(gateway.port, token, tool, arguments).result
            same(result["isError"], True, f"{user} {tool}")
            same(result["_meta"]["dev.sallyport/code"], "missing-credential", f"{user} {tool}")
    same(gateway.waiting(), [], "nothing is proposed that could not run")
    same(world.acme.requests(), before, "requests at Acme")
    gateway.do("vault", "put", "acme", "--user", "eve", "--tenant", "acme-north", stdin=ACME_KEYS["ana"][2])
    same(wire.call(gateway.port, gateway.token("eve"), "get_me").result["isError"], False, "once it is there")
    gateway.do("vault", "remove", "acme", "--user", "eve", "--tenant", "acme-north")
    same(wire.call(gateway.port, gateway.token("eve"), "get_me").result["isError"], True, "once it is gone")


# Secrets

CANARY = "canary-7f3kQ9zXw2Lm:Vb8tRj5nYc1Hd"


def forms(secret):
    """The secret as it may be written down."""
    raw = secret.encode()
    found = {
        "plain": raw,
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "reversed": raw[::-1],
        "JSON": json.dumps(secret)[1:-1].encode(),
        "percent": urllib.parse.quote(secret, safe="").encode(),
        "UTF-16": secret.encode("utf-16-le"),
    }
    for shift in range(3):
        # Base64 of a text that contains it, at each of the three alignments.
        text = base64.b64encode(b"\0" * shift + raw)
        found[f"base64+{shift}"] = text[4 if shift else 0 : -4]
    return found


def nowhere(secret, places):
    for place, data in places.items():
        for form, text in forms(secret).items():
            that(text not in data, f"the secret is in {place} ({form})")


def everything(gateway):
    """All that the gateway has written: files, logs, what commands print. Kills it, so that journals stay unfolded."""
    places = {
        "the journal": gateway.do("audit", "search", "--json", "--limit", "10000").encode(),
        "the journal's text": gateway.do("audit", "search", "--limit", "10000").encode(),
        "vault list": (gateway.do("vault", "list", "--json") + gateway.do("vault", "list")).encode(),
        "status and tools": (gateway.do("status") + gateway.do("tools", "--json")).encode(),
    }
    gateway.kill()
    places["the log"] = gateway.log().encode()
    for path in gateway.data.rglob("*"):
        if path.is_file():
            places[path.name] = path.read_bytes()
    places["what commands said"] = gateway.said
    return places


@cases_of(
    {
        "header": ("{ header: X-Quay-Key }", CANARY),
        "bearer": ("bearer", CANARY),
        "basic": ("basic", CANARY),
        "query": ("{ query: key }", CANARY),
        "a header that JSON escapes": ("{ header: X-Quay-Key }", 'q"' + CANARY + '\\"q'),
    }
)
def the_secret_is_nowhere_even_if_the_source_says_it_back(world, row):
    placement, secret = row
    upstream = world.upstream
    upstream.release()
    gateway = world.rig.quay_gateway(upstream, placement=placement)
    gateway.do("vault", "put", "quay", "--user", "ana", "--tenant", "acme-north", stdin=secret)
    gateway.start()
    token = gateway.token("ana")
    answers = {}
    for tool, arguments, meta in [
        ("get_echo", {}, {}),
        ("create_echo", {"name": "x"}, {"dev.sallyport/idempotency-key": "k"}),
        ("create_echo", {"name": "x"}, {"dev.sallyport/idempotency-key": "k"}),
        ("get_refusal", {}, {}),
        ("get_fault", {}, {}),
        ("get_moved", {}, {}),
        ("get_wrong", {}, {}),
        ("get_tide", {}, {}),
        ("get_chatter", {}, {}),
        ("get_told_refusal", {}, {}),
    ]:
        reply = wire.call(gateway.port, token, tool, arguments, meta)
        answers[f"the answer of {tool}"] = answers.get(f"the answer of {tool}", b"") + reply.body
    nowhere(secret, everything(gateway))
    nowhere(secret, {place: text for place, text in answers.items() if "echo" not in place})
    # Last, and apart: the source puts it into declared fields.
    nowhere(secret, answers)


@case
def the_secret_is_nowhere_when_the_source_cannot_be_reached(world):
    gateway = world.rig.gateway(rig.quay_configuration(1), beside={"quay.json": json.dumps(rig.document(1))})
    gateway.add("ana", secret=CANARY, vault="quay")
    gateway.start()
    token = gateway.token("ana")
    body = b"".join(
        wire.call(gateway.port, token, tool, {"name": "x"} if tool.startswith("create") else {}).body
        for tool in ["get_tide", "create_job"]
    )
    nowhere(CANARY, {"an answer": body, **everything(gateway)})


@case
def the_secret_is_not_in_the_memory_of_a_command_line_or_an_environment(world):
    gateway = world.rig.quay_gateway(world.upstream).start()
    gateway.do("vault", "put", "quay", "--user", "ana", "--tenant", "acme-north", stdin=CANARY)
    for name in ["cmdline", "environ"]:
        with open(f"/proc/{gateway.server.pid}/{name}", "rb") as file:
            that(CANARY.encode() not in file.read(), name)


@case
def passwords_and_tokens_are_not_written_down(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    token = gateway.token("ana")
    call = propose(gateway, token, {**REFUND, "paymentId": "pay_north_05", "amount": 95})
    gateway.approve(call, password="a-wrong-password-x")
    gateway.approve(call)
    wire.call(gateway.port, token + "x", "get_me")
    gateway.said = b""
    places = everything(gateway)
    for secret in [PASSWORD.format("ben"), "a-wrong-password-x", token.split(".")[2], ACME_KEYS["ana"][2]]:
        nowhere(secret, places)


@case
def the_vaults_key_may_come_from_the_environment(world):
    key = base64.b64encode(bytes(range(32))).decode()
    gateway = world.rig.gateway(rig.acme_configuration(world.acme.port), {"SALLYPORT_VAULT_KEY": key})
    gateway.add("ana", secret=ACME_KEYS["ana"][2])
    gateway.start()
    same(wire.call(gateway.port, gateway.token("ana"), "get_me").result["isError"], False)
    that(not (gateway.data / "vault.key").exists(), "a key file was made all the same")
    nowhere(key, everything(gateway))


# A clock that is behind, a database that cannot be written


@case
def a_clock_that_is_behind_the_journal_is_refused(world):
    gateway = world.rig.quay_gateway(world.rig.upstream()).start()
    gateway.stop()
    # As if it had been written before the clock was set back by an hour.
    with contextlib.closing(sqlite3.connect(gateway.data / "sallyport.db", isolation_level=None)) as database:
        database.execute(
            "INSERT INTO entries (at, actor, act, body) VALUES (?, 'x', 'look', '{}')", [int((time.time() + 3600) * 1e6)]
        )
    for command in ["status", "serve"]:
        done = gateway.run(command)
        that(done.status == 1 and "the clock says" in done.err, done)


@case
def a_database_that_cannot_be_written_is_refused_at_the_start(world):
    gateway = world.rig.quay_gateway(world.rig.upstream()).start()
    gateway.stop()
    size = (gateway.data / "sallyport.db").stat().st_size
    inside = [rig.binary("sallyport"), "serve", "--config", str(gateway.config)]
    # A folder that is mounted read-only holds for root as well.
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"',
         str(gateway.data), *inside],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    if "unshare" in done.stderr or "mount:" in done.stderr:
        raise Skipped("nothing can be mounted here")
    that(done.returncode == 1 and "cannot be" in done.stderr, done)
    same((gateway.data / "sallyport.db").stat().st_size, size)
    gateway.start()
    gateway.stop()


# A full disk


@case
def a_full_disk_refuses_calls_and_loses_nothing(world):
    upstream = world.upstream
    upstream.release()
    gateway = world.rig.quay_gateway(upstream)
    # A server whose files may not grow beyond a bound is one with a full disk.
    bound = sum(path.stat().st_size for path in gateway.data.iterdir()) // 512 + 400
    script = f"ulimit -f {bound}; exec \"$@\""
    process = rig.Process(
        ["bash", "-c", script, "_", rig.binary("sallyport"), "serve", "--config", str(gateway.config)],
        gateway.folder / "serve.err",
    )
    gateway.server = process
    gateway.port = int(re.search(r":(\d+)/mcp$", process.ready)[1])
    token = gateway.token("ana")
    acknowledged, refused = [], None
    for number in range(3000):
        name = f"disk-{number}"
        try:
            result = wire.call(gateway.port, token, "create_job", {"name": name}).result
        except (OSError, http.client.HTTPException) as error:
            raise AssertionError(
                f"after {number} calls the server is gone ({error!r}): {gateway.log()[-800:]}"
            ) from error
        if result["isError"]:
            refused = (name, result)
            break
        acknowledged.append(name)
    that(refused, f"{len(acknowledged)} calls, and no end of the disk")
    name, result = refused
    that(result["_meta"]["dev.sallyport/code"] in ("not-recorded", "outcome-unknown"), result)
    if result["_meta"]["dev.sallyport/code"] == "not-recorded":
        same(upstream.count("began", name), 0, "an unrecorded call left")
    gateway.kill()
    gateway.start()
    ended = {}
    names = {}
    for entry in sorted(gateway.audit("--limit", "10000"), key=lambda entry: entry["position"]):
        for event in entry["events"]:
            if event.get("event") == "opened":
                names[entry["call"]] = event["arguments"]["name"]
            if event.get("event") == "settled":
                ended[names[entry["call"]]] = event["outcome"]
    for name in acknowledged:
        same(ended.get(name), "result", name)
    same(wire.call(gateway.port, token, "create_job", {"name": "after"}).result["isError"], False, "with room again")


if __name__ == "__main__":
    with rig.Rig() as started:
        # Most of a case is waiting for one process to start or end, so two are done at a time.
        sys.exit(run(World(started), World(started)))
