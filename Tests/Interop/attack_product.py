"""The product of the attack cases: answers as it is programmed, and remembers every byte that reaches it."""

import base64
import gzip
import http.server
import json
import re
import threading
from urllib.parse import quote

from upstream import PatientHandler

CANARIES = {
    "shop": "sk_live_CANARY_7f3a9c51d2",
    "crm": "pw_CANARY_55e0",
    "query": "qk_CANARY_91bb",
}

OPERATIONS = [
    ("getCustomer", "GET", r"/customers/.+"),
    ("updateCustomer", "PUT", r"/customers/.+"),
    ("deleteCustomer", "DELETE", r"/customers/.+"),
    ("searchOrders", "GET", r"/orders(\?.*)?"),
    ("getInvoice", "GET", r"/tenants/[^/]+/invoices/.+"),
    ("createRefund", "POST", r"/refunds"),
    ("createPayout", "POST", r"/payouts"),
    ("slowOp", "POST", r"/slow"),
    ("tagOrder", "POST", r"/tags"),
    ("exportAll", "GET", r"/export"),
    ("crm", "GET", r"/contacts/.+"),
]


def document(port, changes=None):
    """Its OpenAPI document; `changes` may alter it."""

    def answer(**fields):
        schema = {"type": "object", "properties": {name: {"type": kind} for name, kind in fields.items()}}
        return {"200": {"description": "Done.", "content": {"application/json": {"schema": schema}}}}

    def body(required, **fields):
        schema = {"type": "object", "properties": fields, "required": required}
        return {"required": True, "content": {"application/json": {"schema": schema}}}

    text = {"type": "string"}
    identity = [{"name": "id", "in": "path", "required": True, "schema": text}]
    amount = {"type": "number", "exclusiveMinimum": 0}
    customer = answer(id="string", name="string", email="string", raw="string", b="string")
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": f"http://127.0.0.1:{port}"}],
        "paths": {
            "/customers/{id}": {
                "get": {"operationId": "getCustomer", "summary": "Read a customer", "parameters": identity, "responses": customer},
                "put": {
                    "operationId": "updateCustomer",
                    "summary": "Update a customer",
                    "parameters": identity,
                    "requestBody": body(["name", "email"], name=text, email=text, password={**text, "format": "password"}),
                    "responses": customer,
                },
                "delete": {"operationId": "deleteCustomer", "summary": "Delete a customer", "parameters": identity, "responses": answer()},
            },
            "/orders": {
                "get": {
                    "operationId": "searchOrders",
                    "summary": "Search orders",
                    "parameters": [
                        {"name": "q", "in": "query", "schema": text},
                        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                        {"name": "cursor", "in": "query", "schema": text},
                        {"name": "X-Ref", "in": "header", "schema": text},
                    ],
                    "responses": answer(next="string"),
                }
            },
            "/tenants/{tenantId}/invoices/{invoiceId}": {
                "get": {
                    "operationId": "getInvoice",
                    "summary": "Read an invoice",
                    "parameters": [
                        {"name": name, "in": "path", "required": True, "schema": text} for name in ["tenantId", "invoiceId"]
                    ],
                    "responses": answer(id="string"),
                }
            },
            "/refunds": {
                "post": {
                    "operationId": "createRefund",
                    "summary": "Create a refund",
                    "requestBody": body(
                        ["orderId", "amount", "currency"],
                        orderId=text, amount=amount, currency={"enum": ["EUR", "USD"]}, note=text,
                    ),
                    "responses": answer(id="string"),
                }
            },
            "/payouts": {
                "post": {
                    "operationId": "createPayout",
                    "summary": "Create a payout",
                    "requestBody": body(["iban", "amount"], iban=text, amount=amount),
                    "responses": answer(id="string"),
                }
            },
            "/slow": {"post": {"operationId": "slowOp", "summary": "Start something slow", "responses": answer(id="string")}},
            "/tags": {
                "post": {
                    "operationId": "tagOrder",
                    "summary": "Tag an order",
                    "requestBody": body(["caf\u00e9"], **{"caf\u00e9": text}),
                    "responses": answer(id="string"),
                }
            },
            "/export": {"get": {"operationId": "exportAll", "summary": "Export all data", "responses": answer()}},
        },
    }
    if changes:
        changes(whole)
    return json.dumps(whole)


def contacts(port):
    """The OpenAPI document of the second product."""
    return json.dumps(
        {
            "openapi": "3.1.0",
            "info": {"title": "CRM", "version": "1"},
            "servers": [{"url": f"http://127.0.0.1:{port}"}],
            "paths": {
                "/contacts/{id}": {
                    "get": {
                        "operationId": "getContact",
                        "summary": "Read a contact",
                        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                        "responses": {
                            "200": {
                                "description": "Done.",
                                "content": {"application/json": {"schema": {"type": "object", "properties": {"id": {"type": "string"}}}}},
                            }
                        },
                    }
                }
            },
        }
    )


class Product:
    """Listens on a free loopback port."""

    def __init__(self):
        self.requests = []
        self.answers = {}
        self.released = threading.Event()
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"product": self})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def forget(self):
        with self._lock:
            self.requests.clear()
            self.answers.clear()

    def program(self, operation, answer):
        self.answers[operation] = answer

    def note(self, request):
        with self._lock:
            self.requests.append(request)

    def count(self, operation):
        with self._lock:
            return sum(request["operation"] == operation for request in self.requests)

    def all_bytes(self):
        with self._lock:
            return b"\n".join(request["bytes"] for request in self.requests)


class _Handler(PatientHandler):
    product: Product

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        method, target = self.command, self.path
        operation = next(
            (name for name, verb, pattern in OPERATIONS if verb == method and re.fullmatch(pattern, target)), "other"
        )
        lines = f"{self.requestline}\r\n{self.headers.as_string()}".encode("latin-1", "replace")
        self.product.note(
            {"operation": operation, "method": method, "target": target, "line": self.requestline, "body": body,
             "bytes": lines + body}
        )
        try:
            self._answer(operation, self.product.answers.get(operation) or {})
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve

    def _answer(self, operation, answer):
        secret = CANARIES["shop"]
        if answer.get("hang"):
            self.product.released.wait(60)
            self.close_connection = True
            return
        if operation == "slowOp":
            self.product.released.wait(2)
        status = answer.get("status", 200)
        headers = {"Content-Type": "application/json", **answer.get("headers", {})}
        body = answer.get("body", '{"id":"1","name":"Ada","email":"ada@example.com"}').encode()
        variant = answer.get("variant")
        told = {
            "base64": base64.b64encode(secret.encode()).decode(),
            "urlencode": "".join(f"%{byte:02X}" for byte in secret.encode()),
            "json_u_escape": None,
        }
        if variant == "json_u_escape":
            body = ('{"name":"' + "".join(f"\\u{ord(letter):04x}" for letter in secret) + '"}').encode()
        elif variant in told:
            body = json.dumps({"name": told[variant]}).encode()
        elif variant == "response_header":
            headers["X-Secret"] = secret
        elif variant == "location":
            status, headers["Location"] = 302, f"http://127.0.0.1:{self.product.port}/?{quote(secret)}"
        elif variant in ("gzip", "chunk_split_mid_secret"):
            body = json.dumps({"name": secret}).encode()
        if variant == "gzip":
            headers["Content-Encoding"], body = "gzip", gzip.compress(body)
        if count := answer.get("gzip_of_zero_bytes"):
            headers["Content-Encoding"], body = "gzip", gzip.compress(b"0" * count)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if variant == "chunk_split_mid_secret":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            middle = body.index(secret.encode()) + len(secret) // 2
            for part in (body[:middle], body[middle:]):
                self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
