"""An issuer of its own: a P-256 key, its JWKS and tokens signed with it, through the openssl command."""

import base64
import json
import subprocess
import time
import uuid
from pathlib import Path

ISSUER = "perf-harness"
AUDIENCE = "perf-gateway"
USER = "agent-42"
TENANT = "north"


class Issuer:
    """Signs ES256 tokens; `jwks` is the file that the gateway reads its public key from."""

    def __init__(self, folder: Path):
        self.key = folder / "issuer.pem"
        self.jwks = folder / "jwks.json"
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key)
        public = openssl("ec", "-in", self.key, "-pubout", "-outform", "DER")
        # SubjectPublicKeyInfo ends with the uncompressed point 04 || x || y (RFC 5480 §2.2).
        point = public[-64:]
        key = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "bench"}
        key |= {"x": encoded(point[:32]), "y": encoded(point[32:])}
        self.jwks.write_text(json.dumps({"keys": [key]}))

    def token(self, lifetime: int = 4 * 3600, agent: str = "bench") -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": USER, "client_id": agent, "tenant": TENANT, "roles": ["support"],
            "iat": now - 5, "nbf": now - 5, "exp": now + lifetime, "jti": str(uuid.uuid4()),
        }
        header = {"alg": "ES256", "typ": "at+jwt", "kid": "bench"}
        signed = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
        signature = openssl("dgst", "-sha256", "-sign", self.key, text=signed.encode())
        return f"{signed}.{encoded(raw_signature(signature))}"


def openssl(*arguments, text: bytes | None = None) -> bytes:
    command = ["openssl", *map(str, arguments)]
    return subprocess.run(command, input=text, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def raw_signature(der: bytes) -> bytes:
    """r || s, 32 bytes each (RFC 7518 §3.4), of a DER sequence of two integers shorter than 128 bytes."""
    length = der[3]
    r, rest = der[4:4 + length], der[4 + length:]
    s = rest[2:2 + rest[1]]
    return b"".join(part.lstrip(b"\0").rjust(32, b"\0") for part in (r, s))
