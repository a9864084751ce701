"""A witness of the tests' own (C2SP tlog-witness): signs that a log only grows, and remembers the last size and root."""

import base64
import hashlib
import http.server
import subprocess
import tempfile
import threading
import time
from pathlib import Path


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_consistent(old, old_root, new, new_root, proof):
    """RFC 9162 §2.1.4.2."""
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof
    path = ([old_root] if old & (old - 1) == 0 else []) + proof
    if not path:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for one in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(one, fr), node(one, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, one)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


class Witness:
    def __init__(self, name="witness.test/w1"):
        self.name = name
        self.folder = tempfile.mkdtemp(prefix="witness.")
        self.key = Path(self.folder) / "key.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True)
        der = subprocess.run(
            ["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"], check=True, capture_output=True
        ).stdout
        public = der[-32:]
        self.hash = hashlib.sha256(name.encode() + b"\n\x04" + public).digest()[:4]
        self.vkey = f"{name}+{self.hash.hex()}+" + base64.b64encode(b"\x04" + public).decode()
        self.size, self.root, self.requests, self.refusals = 0, hashlib.sha256(b"").digest(), [], []
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, kind, answer = witness.take(self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer.encode())))
                self.end_headers()
                self.wfile.write(answer.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/w"

    def take(self, path, body):
        head, _, note = body.partition("\n\n")
        lines = head.split("\n")
        old, proof = int(lines[0].removeprefix("old ")), [base64.b64decode(line) for line in lines[1:]]
        text = note.split("\n\n")[0] + "\n"
        size, root = int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2])
        self.requests.append((path, old, size, len(proof)))
        if old != self.size:
            return 409, "text/x.tlog.size", f"{self.size}\n"
        if not is_consistent(old, self.root, size, root, proof):
            self.refusals.append(size)
            return 422, "text/plain", "inconsistent\n"
        self.size, self.root = size, root
        seconds = int(time.time())
        with tempfile.NamedTemporaryFile(dir=self.folder) as message:
            message.write(f"cosignature/v1\ntime {seconds}\n{text}".encode())
            message.flush()
            signature = subprocess.run(
                ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.key, "-in", message.name],
                check=True, capture_output=True,
            ).stdout  # fmt: skip
        line = base64.b64encode(self.hash + seconds.to_bytes(8, "big") + signature).decode()
        return 200, "text/plain", f"\u2014 {self.name} {line}\n"

    def close(self):
        self.server.shutdown()
