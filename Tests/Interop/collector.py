"""A collector of OpenTelemetry's: takes traces over HTTP as JSON, and reads them with the protocol's own definitions."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def decode(body):
    """The request; whatever the protocol does not know is an error."""
    value = json.loads(body)
    # OTLP writes ids in hexadecimal, where protobuf's own mapping has Base64.
    for resource in value["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for key, length in [("traceId", 32), ("spanId", 16), ("parentSpanId", 16)]:
                    if key in span:
                        if len(span[key]) != length:
                            raise ValueError(f"{key} {span[key]!r}")
                        span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
    return json_format.ParseDict(value, ExportTraceServiceRequest())


class Collector:
    def __init__(self, port=0, status=200):
        self.status = status
        self.spans, self.bodies, self.flaws, self.authorizations = [], [], [], []
        self.changed = threading.Condition()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with collector.changed:
                    collector.bodies.append(body)
                    collector.authorizations.append(self.headers.get("Authorization"))
                    try:
                        if self.path != "/v1/traces" or self.headers["Content-Type"] != "application/json":
                            raise ValueError(f"{self.path} {self.headers}")
                        request = decode(body)
                        if collector.status == 200:
                            for resource in request.resource_spans:
                                for scope in resource.scope_spans:
                                    collector.spans += scope.spans
                    except Exception as flaw:
                        collector.flaws.append(repr(flaw))
                    collector.changed.notify_all()
                self.send_response(collector.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1/traces"

    def wait_for(self, count, limit=20):
        """The spans, once there are so many."""
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.spans) >= count or self.flaws, limit) or self.flaws:
                raise AssertionError(f"{len(self.spans)} spans within {limit} s, {self.flaws}")
            return list(self.spans)

    def wait_for_requests(self, count, limit=20):
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.bodies) >= count, limit):
                raise AssertionError(f"{len(self.bodies)} requests within {limit} s")

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def attributes(span):
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}
