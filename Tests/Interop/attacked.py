"""What attack cases act on: a gateway before the product of the tests, and the steps of a case."""

import json
import os
import re
import socket
import threading

import rig
import wire
from attack_answer import exchange, header_form, zipped
from attack_issuer import ISSUER, RESOURCE, Issuer
from attack_product import CANARIES, Product, contacts, document

NAMES = {
    "getCustomer": "get_customer",
    "updateCustomer": "update_customer",
    "deleteCustomer": "delete_customer",
    "searchOrders": "search_orders",
    "getInvoice": "get_invoice",
    "createRefund": "create_refund",
    "createPayout": "create_payout",
    "slowOp": "slow_op",
    "tagOrder": "tag_order",
    "exportAll": "export_all",
    "crm.getContact": "get_contact",
}


def configuration(stage, pages=None, tools=None, source="", policy="", limits=None, roles="[support, admin]", alice="alice", expires="15m"):
    tools = {
        "get_customer": '{ bucket: read, scope: { service-wide: "the case says so" } }',
        "search_orders": '{ bucket: read, scope: { service-wide: "the case says so" } }',
        "get_invoice": "{ bucket: read, scope: { bound: { tenantId: tenant } } }",
        "create_refund": '{ bucket: write, scope: { service-wide: "the case says so" } }',
        "update_customer": '{ bucket: write, scope: { service-wide: "the case says so" } }',
        "create_payout": '{ bucket: write, scope: { service-wide: "the case says so" } }',
        "slow_op": '{ bucket: write, scope: { service-wide: "the case says so" } }',
        "tag_order": '{ bucket: write, scope: { service-wide: "the case says so" } }',
        "delete_customer": "{ bucket: never }",
        "export_all": "{ bucket: never }",
        **(tools or {}),
    }
    lines = "\n".join(f"      {name}: {text}" for name, text in tools.items())
    limits = limits or """  rates:
    - { id: lookups, per: user, calls: 60, every: 1m, tools: [get_customer] }
  budgets:
    - { id: refunds, per: user, in: day, of: money, most: 500, currency: EUR, count: amount, currency-argument: currency,
        tools: [create_refund] }
"""
    return f"""version: 1
listen: 127.0.0.1:0
resource: {RESOURCE}
data: data
hosts: [gw.test, 127.0.0.1, localhost]
{f"pages: {{ listen: 127.0.0.1:{pages}, url: http://localhost:{pages} }}" if pages else ""}
issuers:
  - issuer: {ISSUER}
    jwks: http://127.0.0.1:{stage.issuer.port}/keys
    allow-loopback: true
    algorithms: [RS256, ES256]
    claims: {{ tenant: tenant, roles: roles, agent: azp }}
    tenants: [acme, evil]
  - local: true
    tenants: [acme, evil]
people:
  bob: {{ roles: [approver] }}
  carol: {{ roles: [approver] }}
  {alice}: {{ roles: [approver], subjects: [u-alice] }}
sources:
  shop:
    openapi: shop.json
    url: http://127.0.0.1:{stage.shop.port}
    allow-addresses: [127.0.0.1/32]
    time-limit: 4s
    credential: {{ secret: shop, as: bearer, per: source }}
{source}    tools:
{lines}
  crm:
    openapi: crm.json
    url: http://127.0.0.1:{stage.crm.port}
    allow-addresses: [127.0.0.1/32]
    credential: {{ secret: crm, as: basic, per: user }}
    tools:
      get_contact: {{ bucket: read, scope: user-credential }}
limits:
{limits}policy:
  rules:
    - {{ id: reads, effect: allow, buckets: [read], roles: [support, admin, readonly] }}
    - {{ id: refunds, effect: allow, tools: [create_refund], roles: {roles}, when: {{ argument: amount, at-most: 100 }} }}
    - {{ id: kadmin, effect: allow, tools: [create_refund], roles: [kadmin] }}
    - {{ id: large-refunds, effect: ask, tools: [create_refund], roles: {roles}, when: {{ argument: amount, above: 100 }}, approvers: [approver], expires: {expires} }}
    - {{ id: updates, effect: ask, tools: [update_customer], roles: {roles}, approvers: [approver] }}
    - {{ id: payouts, effect: ask, tools: [create_payout], roles: {roles}, approvers: [approver], count: 2 }}
    - {{ id: others, effect: allow, tools: [slow_op, tag_order], roles: {roles} }}
{policy}"""


def ours(text):
    """A message with our names of tools where the case has operation ids."""
    for operation, name in NAMES.items():
        text = text.replace(f'"{operation}"', f'"{name}"')
    return text


class Stage:
    """One gateway before the product, for one case at a time."""

    def __init__(self, started):
        self.rig = started
        self.shop, self.crm, self.issuer = Product(), Product(), Issuer()
        started.callback(self.shop.close)
        started.callback(self.crm.close)
        started.callback(self.issuer.close)
        self.trap = socket.create_server(("127.0.0.1", 0))
        self.trap.setblocking(False)
        started.callback(self.trap.close)
        self.gateway = None
        # Everything that agents and readers were sent, for the sweep at the end.
        self.sent = bytearray()

    def open(self, text=None, shop=None, start=True, **options):
        """A gateway with nothing in its journal."""
        self.close()
        for product in (self.shop, self.crm):
            product.forget()
            product.released.clear()
        self.issuer.published = ["rsa1", "ec1"]
        self.pages = rig.free_port() if options.pop("pages", False) else None
        options["pages"] = self.pages
        beside = {"shop.json": shop or document(self.shop.port), "crm.json": contacts(self.crm.port)}
        self.gateway = self.rig.gateway(text or configuration(self, **options), beside=beside)
        self.rig._seed(f"attacked-{id(self)}", self.gateway, self._fill)
        if start:
            self.gateway.start()
        self.tokens, self.replies, self.variables, self.last, self.variants = {}, [], {}, None, []
        self.before = 0
        # How many entries the journal had before the case.
        self.entries = len(self.journal()) if start else 0
        return self

    def _fill(self):
        for name in ["bob", "carol", "alice", "alice.admin"]:
            self.gateway.add(name, tenant="acme", roles=[], password=True)
        self.gateway.do("vault", "put", "shop", stdin=CANARIES["shop"])

    def close(self):
        self.shop.released.set()
        if self.gateway is not None:
            self.gateway.stop()
            self.sent += self.gateway.said + self.gateway.log().encode()
        self.gateway = None

    # Texts

    def fill(self, text, params=None):
        """Puts values in the place of placeholders; `{{UTF16LE:…}}` and raw bytes come as Latin-1."""
        for name, (kind, value) in [(n, next(iter(p.items()))) for n, p in (params or {}).items()]:
            text = text.replace("{{" + name + "}}", self._made(kind, value))

        def one(match):
            kind, _, rest = match[1].partition(":")
            if kind == "REPEAT":
                piece, _, count = rest.rpartition(":")
                return piece * int(count)
            if kind == "SEQ":
                form, _, count = rest.rpartition(":")
                return "".join(form % index for index in range(int(count)))
            if kind == "TOK":
                return self.token(rest)
            if kind == "CANARY":
                return CANARIES[rest]
            if kind == "HEX":
                return bytes.fromhex(rest).decode("latin-1")
            if kind == "GZIP":
                byte, _, count = rest.rpartition(":")
                return zipped(byte.encode(), int(count)).decode("latin-1")
            if kind == "UTF16LE":
                return rest.encode("utf-16-le").decode("latin-1")
            if match[1] in self.variables:
                return self.variables[match[1]]
            raise KeyError(match[0])

        return re.sub(r"\{\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\}", one, text)

    @staticmethod
    def _made(kind, value):
        piece, count = value
        return piece * count if kind == "repeat" else "".join(piece % index for index in range(count))

    def token(self, name):
        if name == "none":
            return None
        if name.startswith("tok:"):
            return self.tokens[name[4:]]
        return self.issuer.token(name)

    # Steps

    def run(self, steps):
        for step in steps:
            (kind, body), = step.items()
            getattr(self, "mint" if kind == "token" else kind)(body)
        return self

    def mcp_call(self, step):
        tool = NAMES.get(step["tool"], step["tool"])
        arguments = self.fill(step["args_raw"], step.get("params"))
        meta = {
            "io.modelcontextprotocol/protocolVersion": wire.MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "attack", "version": "1"},
            **step.get("meta", {}),
        }
        body = (
            f'{{"jsonrpc":"2.0","id":{json.dumps(step.get("rpc_id", 1))},"method":"tools/call","params":{{"name":"{tool}",'
            f'"arguments":{arguments},"_meta":{json.dumps(meta)}}}}}'
        )
        headers = {
            "Content-Type": "application/json",
            "Accept": step.get("accept", "application/json, text/event-stream"),
            "MCP-Protocol-Version": wire.MODERN,
            "Mcp-Method": "tools/call",
            "Mcp-Name": header_form(tool),
            **{name: self.fill(value) for name, value in step.get("headers", {}).items()},
        }
        self.last = step
        for operation, variant in self.variants or [(None, None)]:
            if operation:
                self.shop.program(operation, {"variant": variant})
            self.send(body.encode(), headers, step.get("as", "alice"))

    def mcp_raw(self, step):
        body = ours(self.fill(step["body_raw"], step.get("params")))
        body = body.encode("latin-1") if "{{GZIP" in step["body_raw"] or "{{HEX" in step["body_raw"] else body.encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        self.send(body, {**headers, **step.get("headers", {})}, step.get("as", "alice"))

    def send(self, body, headers, person, timeout=30):
        token = self.token(person)
        if token is not None:
            headers = {**headers, "Authorization": f"Bearer {token}"}
        self.keep(self._exchange(self.gateway.port, "POST", "/mcp", body, headers, timeout))

    def http(self, step):
        port = self.gateway.port if step["to"] == "gw" else self.pages
        headers = dict(step.get("headers", {}))
        if (token := self.token(step.get("as", "none")) if not step.get("as", "none").startswith(("session", "cookie")) else None):
            headers["Authorization"] = f"Bearer {token}"
        self.keep(self._exchange(port, step["method"], self.fill(step["path"]), step.get("body", "").encode(), headers))

    def _exchange(self, port, method, path, body, headers, timeout=30, host=None):
        """One request on a connection of its own; header values go out as they are, byte for byte."""
        with socket.create_connection(("127.0.0.1", port), timeout) as connection:
            connection.settimeout(timeout)
            lines = [f"{method} {path} HTTP/1.1", f"Host: {host or f'127.0.0.1:{port}'}", f"Content-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            head = ("\r\n".join(lines) + "\r\nConnection: close\r\n\r\n").encode("utf-8")
            return exchange(connection, head + body)

    def tcp(self, step):
        port = self.gateway.port if step["to"] == "gw" else self.pages
        data = self.fill(step["bytes"]).encode("latin-1")
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            connection.settimeout(30)
            self.keep(exchange(connection, data, self))

    def keep(self, reply):
        self.sent += reply.all
        self.replies.append(reply)

    def upstream(self, step):
        respond = dict(step["respond"])
        self.variants = [(step["op"], variant) for variant in respond.pop("variants", [])]
        if "body" in respond:
            respond["body"] = self.fill(respond["body"])
        self.shop.program(step["op"], respond)

    def do(self, words):
        if words.startswith("agent re"):
            times = int(found[1]) if (found := re.search(r"(\d+) times", words)) else 1
            for _ in range(times):
                self.mcp_call(self.last)
        else:
            raise NotImplementedError(words)

    def decide(self, step):
        call = self.waiting()[int(step["approval"][1:]) - 1]["id"]
        verdict = "approve" if step["decision"] == "approve" else "reject"
        self.decided = self.gateway.approve(call, step["by"], verdict=verdict)

    def waiting(self):
        return self.gateway.waiting()

    def parallel(self, step):
        faults = []

        def one():
            try:
                self.run(step["steps"])
            except Exception as fault:  # noqa: BLE001  (told below)
                faults.append(fault)

        threads = [threading.Thread(target=one) for _ in range(step["n"])]
        for start in range(0, len(threads), 50):
            for thread in threads[start : start + 50]:
                thread.start()
            for thread in threads[start : start + 50]:
                thread.join()
        if faults:
            raise faults[0]

    def mint(self, step):
        claims = dict(step["claims"])
        base = claims.pop("$base", "alice")
        self.tokens[step["name"]] = self.issuer.token(base, claims, step.get("header"), step["key"])

    def fault(self, step):
        raise NotImplementedError(json.dumps(step))

    # What came of it

    def is_up(self):
        return wire.post(self.gateway.port, None, {}, path="/healthz", method="GET").status == 200

    def memory(self):
        """Resident memory of the gateway, in MB."""
        with open(f"/proc/{self.gateway.server.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) / 1024

    def cpu(self):
        """CPU time of the gateway, in seconds."""
        with open(f"/proc/{self.gateway.server.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def trapped(self):
        """How many connections the trap got."""
        count = 0
        while True:
            try:
                self.trap.accept()[0].close()
                count += 1
            except BlockingIOError:
                return count

    def journal(self):
        return self.gateway.audit()
