"""MCP as bytes on a connection, without any client library."""

import http.client
import json
import select
import socket
import time

MODERN = "2026-07-28"


class Reply:
    """An HTTP response that has been read to its end."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def json(self):
        """The message; the last one where the body is a stream of events."""
        if (self.header("content-type") or "").startswith("text/event-stream"):
            return self.events[-1]
        return json.loads(self.body)

    @property
    def events(self):
        return [json.loads(line[5:]) for line in self.body.decode().splitlines() if line.startswith("data:")]

    @property
    def result(self):
        message = self.json
        if "result" not in message:
            raise AssertionError(f"no result: {self}")
        return message["result"]

    @property
    def error(self):
        message = self.json
        if "error" not in message:
            raise AssertionError(f"no error: {self}")
        return message["error"]

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:600]!r}"


def modern(method, params=None, id=1, version=MODERN, **envelope):
    """A request of the modern era."""
    params = dict(params or {})
    params["_meta"] = {
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "interop", "version": "1"},
        **envelope,
        **params.get("_meta", {}),
    }
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


def modern_headers(message, token, version=MODERN):
    headers = legacy_headers(token, version)
    headers["Mcp-Method"] = message["method"]
    if "name" in message.get("params", {}):
        headers["Mcp-Name"] = message["params"]["name"]
    return headers


def legacy_headers(token, version=None):
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if version is not None:
        headers["MCP-Protocol-Version"] = version
    return headers


def post(port, body, headers, path="/mcp", method="POST", timeout=60):
    """Sends one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        return post_on(connection, body, headers, path, method)
    finally:
        connection.close()


def post_on(connection, body, headers, path="/mcp", method="POST"):
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return Reply(response.status, response.getheaders(), response.read())


def call(port, token, tool, arguments=None, meta=None, id=1, timeout=60, accept=None):
    """Calls a tool as a modern client."""
    params = {"name": tool, "arguments": arguments or {}}
    if meta:
        params["_meta"] = meta
    message = modern("tools/call", params, id)
    headers = modern_headers(message, token)
    if accept:
        headers["Accept"] = accept
    return post(port, message, headers, timeout=timeout)


def listed(port, token):
    """The tools of all pages."""
    tools, cursor = [], None
    while True:
        message = modern("tools/list", {} if cursor is None else {"cursor": cursor})
        result = post(port, message, modern_headers(message, token), timeout=300).result
        tools += result["tools"]
        cursor = result.get("nextCursor")
        if cursor is None:
            return tools


def text_of(result):
    return "\n".join(item["text"] for item in result["content"] if item["type"] == "text")


def request_bytes(message, token, extra=(), version=MODERN, line="POST /mcp HTTP/1.1", host="127.0.0.1", length=True):
    """A request as bytes; `extra` are further header lines."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    lines = [line] + ([f"Host: {host}"] if host is not None else [])
    headers = modern_headers(message, token, version) if isinstance(message, dict) else legacy_headers(token, version)
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += list(extra)
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def too_large(message, token, behind):
    """A request whose chunks are as much as is taken, then one byte more together with the bytes that come behind."""
    head = request_bytes(message, token, ["Transfer-Encoding: chunked"], length=False).partition(b"\r\n\r\n")[0]
    chunks = (b"10000\r\n" + b" " * 65536 + b"\r\n") * 64
    return head + b"\r\n\r\n" + chunks + b"1\r\n \r\n0\r\n\r\n" + behind


class Connection:
    """A socket that reads one response after the other."""

    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.settimeout(timeout)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        chunk = self.socket.recv(65536)
        if not chunk:
            raise EOFError(f"closed after {self.buffer[:300]!r}")
        self.buffer += chunk

    def _until(self, mark):
        while mark not in self.buffer:
            self._more()
        head, _, self.buffer = self.buffer.partition(mark)
        return head

    def _take(self, count):
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def is_readable(self, within):
        """Whether something comes within some seconds."""
        return bool(select.select([self.socket], [], [], within)[0])

    def until_it_has(self, mark, count=1):
        """Reads until something has come so often; it stays in the buffer."""
        while self.buffer.count(mark) < count:
            self._more()

    def reply(self):
        """Reads one response, framed by a length or in chunks."""
        lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]
        fields = {name.lower(): value for name, value in headers}
        if "chunked" in fields.get("transfer-encoding", ""):
            body = b""
            while (size := int(self._until(b"\r\n"), 16)) > 0:
                body += self._take(size)
                self._take(2)
            self._take(2)
        else:
            body = self._take(int(fields.get("content-length", 0)))
        return Reply(status, headers, body)

    def is_closed(self, within=30):
        """Whether the other side closes within some seconds, whatever it sends before."""
        end = time.monotonic() + within
        try:
            while (left := end - time.monotonic()) > 0:
                self.socket.settimeout(left)
                chunk = self.socket.recv(65536)
                if not chunk:
                    return True
                self.buffer += chunk
        except TimeoutError:
            return False
        except OSError:
            return True
        return False


class TLSConnection(Connection):
    """One that talks through TLS, and hangs up without a goodbye."""

    def __init__(self, port, context, timeout=60):
        super().__init__(port, timeout)
        self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")
