"""A product of the tests' own: slow, talkative, and watchful of what reaches it."""

import json
import select
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


def document(port):
    """Its OpenAPI document."""

    def answer(schema):
        return {"200": {"description": "Done.", "content": {"application/json": {"schema": schema}}}}

    headers = {
        "type": "object",
        "properties": {"headers": {"type": "object", "additionalProperties": {"type": "string"}}},
        "required": ["headers"],
    }
    job = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "seconds": {"type": "integer", "minimum": 0, "maximum": 60}},
        "required": ["name"],
        "additionalProperties": False,
    }
    named = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    seconds = {"name": "seconds", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": 60}}
    body = {"required": True, "content": {"application/json": {"schema": job}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Quay", "version": "1"},
        "servers": [{"url": f"http://127.0.0.1:{port}"}],
        "security": [{"Key": []}],
        "components": {"securitySchemes": {"Key": {"type": "apiKey", "in": "header", "name": "X-Quay-Key"}}},
        "paths": {
            "/tide": {
                "get": {
                    "operationId": "getTide",
                    "summary": "Read the tide",
                    "parameters": [seconds],
                    "responses": answer(named),
                }
            },
            "/echo": {
                "get": {
                    "operationId": "getEcho",
                    "summary": "Read the request's headers",
                    "responses": answer(headers),
                },
                "post": {
                    "operationId": "createEcho",
                    "summary": "Create an echo",
                    "requestBody": body,
                    "responses": answer(headers),
                },
            },
            "/refusal": {"get": {"operationId": "getRefusal", "summary": "Read a refusal", "responses": answer(named)}},
            "/told-refusal": {
                "get": {
                    "operationId": "getToldRefusal",
                    "summary": "Read a refusal that tells all",
                    "responses": answer(named),
                }
            },
            "/fault": {
                "get": {"operationId": "getFault", "summary": "Read a fault", "responses": answer(named)},
                "post": {
                    "operationId": "createFault",
                    "summary": "Create a fault",
                    "requestBody": body,
                    "responses": answer(named),
                },
            },
            "/told-fault": {
                "post": {
                    "operationId": "createToldFault",
                    "summary": "Create a fault that tells all",
                    "requestBody": body,
                    "responses": answer(named),
                }
            },
            "/moved": {"get": {"operationId": "getMoved", "summary": "Read what moved", "responses": answer(named)}},
            "/chatter": {
                "get": {
                    "operationId": "getChatter",
                    "summary": "Read more than is declared",
                    "responses": answer(named),
                }
            },
            "/wrong": {
                "get": {
                    "operationId": "getWrong",
                    "summary": "Read what is declared otherwise",
                    "responses": answer(named),
                }
            },
            "/jobs": {
                "post": {
                    "operationId": "createJob",
                    "summary": "Create a job",
                    "requestBody": body,
                    "responses": answer(named),
                }
            },
        },
    }


class Upstream:
    """Listens on a free port of the loopback interface; remembers what came."""

    def __init__(self):
        self._changed = threading.Condition()
        self.events = []
        # What the last request to a path carried.
        self.carried = {}
        self._released = threading.Event()
        handler = type("Handler", (_Handler,), {"upstream": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self):
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def note(self, kind, name):
        with self._changed:
            self.events.append((kind, name))
            self._changed.notify_all()

    def count(self, kind, name):
        with self._changed:
            return self.events.count((kind, name))

    def wait_for(self, kind, name, count=1, limit=30):
        """Waits until something has happened so often: `began`, `ended` or `gone` (the client hung up)."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.events.count((kind, name)) >= count, limit):
                raise AssertionError(f"the upstream saw no {kind!r} {name!r} within {limit} s: {self.events}")

    def release(self):
        """Lets everything that is slow end now."""
        self._released.set()

    def hold(self):
        self._released.clear()

    def is_gone_within(self, connection, seconds):
        """Waits for the time to pass, the release, or the client to hang up."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._released.is_set():
            if select.select([connection], [], [], min(left, 0.05))[0]:
                if connection.recv(1, socket.MSG_PEEK) == b"":
                    return True
                time.sleep(0.01)
        return False


class PatientHandler(BaseHTTPRequestHandler):
    """Says nothing, and takes it that clients are gone: one that was killed is part of the tests."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def handle(self):
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass


class _Handler(PatientHandler):
    upstream: Upstream

    def do_GET(self):
        url = urlsplit(self.path)
        self._serve(url.path, {key: values[0] for key, values in parse_qs(url.query).items()})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._serve(urlsplit(self.path).path, json.loads(body))

    def _serve(self, path, fields):
        name = fields.get("name", path)
        self.upstream.note("began", name)
        if self.upstream.is_gone_within(self.connection, int(fields.get("seconds", 0))):
            self.upstream.note("gone", name)
            self.close_connection = True
            return
        self.upstream.note("ended", name)
        headers = {**dict(self.headers.items()), "target": self.path}
        self.upstream.carried[path] = headers
        told = " ".join(f"{key}: {value}" for key, value in headers.items())
        try:
            match path:
                case "/echo":
                    self._answer(200, {"headers": headers})
                case "/refusal":
                    self._answer(422, {"name": "internal", "detail": "internal"})
                case "/fault":
                    self._answer(500, {"name": "internal", "detail": "internal"})
                case "/told-fault":
                    self._answer(502, {"name": told, "detail": told})
                case "/told-refusal":
                    self._answer(422, {"name": told, "detail": told})
                case "/wrong":
                    self._answer(200, {"name": [name], "other": "internal"})
                case "/chatter":
                    self._answer(200, {"name": name, "undeclared": told})
                case "/moved":
                    self._answer(302, {"name": "internal"}, location=f"http://127.0.0.1:{self.upstream.port}/stolen")
                case "/tide" | "/jobs":
                    self._answer(200, {"name": name, "undeclared": "internal"})
                case _:
                    self._answer(404, {"name": told})
        except OSError:
            self.upstream.note("gone", name)

    def _answer(self, status, value, location=None):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)
