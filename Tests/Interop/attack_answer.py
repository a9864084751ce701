"""What comes back on a connection, byte for byte."""

import base64
import json
import re
import zlib


class Answer:
    """What came back on a connection: the first response, and everything."""

    def __init__(self, data):
        self.all = data
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1]) if lines[0].startswith("HTTP/1.") else None
        self.headers = lines[1:]
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        if "chunked" in fields.get("transfer-encoding", ""):
            body, rest_of = b"", rest
            while True:
                size, _, rest_of = rest_of.partition(b"\r\n")
                if not size or int(size, 16) == 0:
                    break
                body += rest_of[: int(size, 16)]
                rest_of = rest_of[int(size, 16) + 2 :]
            rest = body
        self.body = rest

    @property
    def messages(self):
        lines = [line[5:] for line in self.body.decode(errors="replace").splitlines() if line.startswith("data:")]
        texts = lines or [self.body.decode(errors="replace")]
        found = []
        for text in texts:
            try:
                found.append(json.loads(text))
            except ValueError:
                pass
        return found

    @property
    def message(self):
        return self.messages[-1] if self.messages else {}

    @property
    def result(self):
        return self.message.get("result") or {} if isinstance(self.message, dict) else {}

    @property
    def code(self):
        """The code of a refusal, or `pending`."""
        return (self.result.get("_meta") or {}).get("dev.sallyport/code")

    @property
    def call(self):
        return (self.result.get("_meta") or {}).get("dev.sallyport/call")

    @property
    def is_denied(self):
        if self.status is None or self.status >= 400 or not isinstance(self.message, dict):
            return True
        return "error" in self.message or bool(self.result.get("isError"))

    @property
    def is_pending(self):
        return self.code == "pending"

    def __repr__(self):
        return f"{self.status} {self.body[:500]!r}"


def exchange(connection, data, stage=None):
    """Sends, and reads until the other side closes or is silent for a while."""
    received = b""
    try:
        connection.sendall(data)
    except OSError:
        pass
    if stage is not None:
        connection.settimeout(5)
    try:
        while chunk := connection.recv(65536):
            received += chunk
        closed = True
    except TimeoutError:
        closed = False
    except OSError:
        closed = True
    answer = Answer(received)
    answer.closed = closed
    return answer


def header_form(tool):
    """A name in a header: as it is where it can be, else in the sentinel form of Base64."""
    try:
        name = json.loads(f'"{tool}"')
    except ValueError:
        name = tool
    if re.fullmatch(r"[!-~](?:[ -~]*[!-~])?", name) and not name.startswith("=?"):
        return name
    return f"=?base64?{base64.b64encode(name.encode()).decode()}?="


def zipped(byte, count):
    """So many of one byte, compressed; made in pieces."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = byte * (1 << 20)
    parts = []
    while count > 0:
        parts.append(packer.compress(piece[: min(count, len(piece))]))
        count -= len(piece)
    return b"".join(parts) + packer.flush()
