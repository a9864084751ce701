"""An issuer of tokens that signs whatever an attack asks for."""

import base64
import hashlib
import hmac
import http.server
import json
import re
import threading
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RESOURCE = "https://gw.test/mcp"
ISSUER = "https://idp.test"
PEOPLE = {
    "alice": {"sub": "u-alice", "azp": "agent-a", "tenant": "acme", "roles": ["support"]},
    "rita": {"sub": "u-rita", "azp": "agent-r", "tenant": "acme", "roles": ["readonly"]},
    "dave": {"sub": "u-dave", "azp": "agent-d", "tenant": "acme", "roles": ["admin"]},
    "mallory": {"sub": "u-mallory", "azp": "agent-m", "tenant": "evil", "roles": ["support"]},
}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Publishes its keys over HTTP, and signs whatever a case asks for."""

    def __init__(self):
        self.keys = {
            "rsa1": rsa.generate_private_key(65537, 2048),
            "rsa3": rsa.generate_private_key(65537, 2048),
            "ec1": ec.generate_private_key(ec.SECP256R1()),
            "attacker_rsa": rsa.generate_private_key(65537, 2048),
        }
        self.published = ["rsa1", "ec1"]
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments):
                pass

            def do_GET(self):
                body = json.dumps({"keys": [issuer.public(name) for name in issuer.published]}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def public(self, name):
        """A key as a JSON Web Key."""
        key = self.keys[name].public_key().public_numbers()
        if name == "ec1":
            x, y = (base64url(part.to_bytes(32, "big")) for part in (key.x, key.y))
            return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "k2", "use": "sig", "alg": "ES256"}
        kid = {"rsa1": "k1", "rsa3": "k3"}.get(name, "evil")
        n = base64url(key.n.to_bytes((key.n.bit_length() + 7) // 8, "big"))
        return {"kty": "RSA", "n": n, "e": "AQAB", "kid": kid, "use": "sig", "alg": "RS256"}

    def claims(self, person, changes=()):
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": RESOURCE, "exp": now + 300, "iat": now, **PEOPLE[person]}
        for name, value in dict(changes).items():
            if value == "$absent":
                claims.pop(name, None)
            else:
                claims[name] = value
        return claims

    def token(self, person, changes=(), header=None, key="rsa1"):
        header = {"alg": "RS256", "kid": "k1", **(header or {})} if header is None else dict(header)
        if isinstance(header.get("jwk"), str):
            header["jwk"] = self.public("attacker_rsa")
        # "$raw:1e400" stands in the token as it is, which no JSON value of Python could.
        text = json.dumps(self.claims(person, changes))
        text = re.sub(r'"\$raw:([^"]*)"', r"\1", text)
        signed = f"{base64url(json.dumps(header).encode())}.{base64url(text.encode())}"
        return f"{signed}.{base64url(self._signature(signed.encode(), key))}"

    def _signature(self, text, key):
        if key == "none":
            return b""
        if key == "zero64":
            return bytes(64)
        if key.startswith("hs:"):
            secret = key[3:].encode()
            if key == "hs:pem(rsa1.pub)":
                secret = self.keys["rsa1"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            return hmac.new(secret, text, hashlib.sha256).digest()
        if key == "ec1":
            r, s = utils.decode_dss_signature(self.keys[key].sign(text, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return self.keys[key].sign(text, padding.PKCS1v15(), hashes.SHA256())
