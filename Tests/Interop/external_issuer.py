"""Tokens of an issuer that is not Sallyport's own, verified by its published keys."""

import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import rig
import wire
from cases import case, same, that

ISSUER = "https://login.quay.example"
AUDIENCE = "http://127.0.0.1:8080/mcp"


class Issuer:
    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.other = ec.generate_private_key(ec.SECP256R1())

    @property
    def keys(self):
        key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**key, "kid": "one", "use": "sig", "alg": "ES256"}]}

    def token(self, key=None, algorithm="ES256", headers=None, **changes):
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": "ana",
            "aud": AUDIENCE,
            "exp": now + 600,
            "iat": now,
            "client_id": "quay-agent",
            "tenant": "acme-north",
            "roles": ["sales"],
            "scope": "tools other",
            **changes,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(
            claims, key or self.key, algorithm=algorithm, headers={"kid": "one", "typ": "at+jwt", **(headers or {})}
        )


def quay(world):
    def make():
        issuer = Issuer()
        text = rig.quay_configuration(world.upstream.port).replace(
            "  - local: true\n",
            "  - local: true\n"
            f"  - issuer: {ISSUER}\n    jwks: ./keys.json\n    algorithms: [ES256]\n    scopes: [tools]\n"
            "    claims: { tenant: tenant, roles: roles, agent: client_id }\n",
        )
        gateway = world.rig.gateway(
            text,
            beside={"quay.json": json.dumps(rig.document(world.upstream.port)), "keys.json": json.dumps(issuer.keys)},
        )
        gateway.do(
            "vault", "put", "quay", "--user", "ana", "--tenant", "acme-north", "--issuer", ISSUER,
            stdin="quay-key-of-ana",
        )
        return issuer, gateway.start()

    return world._part("external issuer", make)


def register(modes):
    @case
    async def a_token_of_another_issuer_is_verified_by_its_keys(world):
        issuer, gateway = quay(world)
        for open_agent in modes.values():
            async with open_agent(gateway.url, issuer.token()) as agent:
                result = await agent.call("get_tide", {})
                that(not result.is_error, result.text)
        opened = [
            event
            for entry in gateway.audit("--tool", "get_tide")
            for event in entry["events"]
            if event.get("event") == "opened"
        ]
        that(opened, "no call is in the journal")
        for event in opened:
            same((event["user"], event["agent"], event["tenant"]), ("ana", "quay-agent", "acme-north"))

    @case
    def tokens_that_prove_nothing_are_refused(world):
        issuer, gateway = quay(world)
        now = int(time.time())
        good = issuer.token()
        head, body, signature = good.split(".")
        rsa_key = rsa.generate_private_key(65537, 2048)
        public = issuer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        bad = {
            "another audience": issuer.token(aud="https://other.example/mcp"),
            "an audience that begins alike": issuer.token(aud=AUDIENCE + "/more"),
            "no audience": issuer.token(aud=None),
            "another issuer": issuer.token(iss="https://evil.example"),
            "an issuer with a slash more": issuer.token(iss=ISSUER + "/"),
            "the name of the local issuer": issuer.token(iss="sallyport-local"),
            "expired": issuer.token(exp=now - 3600),
            "no expiry": issuer.token(exp=None),
            "not valid yet": issuer.token(nbf=now + 3600),
            "no subject": issuer.token(sub=None),
            "no agent": issuer.token(client_id=None),
            "another key": issuer.token(key=issuer.other),
            "another algorithm": issuer.token(key=rsa_key, algorithm="RS256"),
            "the public key as a secret": hmac_token(public, issuer),
            "no signature": jwt.encode(
                {"iss": ISSUER, "sub": "ana", "aud": AUDIENCE, "exp": now + 600, "client_id": "quay-agent"},
                None,
                algorithm="none",
            ),
            "a cut signature": f"{head}.{body}.{signature[:-8]}",
            "an empty signature": f"{head}.{body}.",
            "its own key": issuer.token(
                key=issuer.other,
                headers={"jwk": json.loads(jwt.algorithms.ECAlgorithm.to_jwk(issuer.other.public_key()))},
            ),
            "padding": f"{head}=.{body}.{signature}",
        }
        for what, token in bad.items():
            message = wire.modern("tools/list")
            reply = wire.post(gateway.port, message, wire.modern_headers(message, token))
            same(reply.status, 401, what)
            that('error="invalid_token"' in (reply.header("WWW-Authenticate") or ""), f"{what}: {reply}")

    @case
    def a_token_without_the_scope_is_forbidden_and_told_which(world):
        issuer, gateway = quay(world)
        for scope in ["other", "", None, "toolsx", "TOOLS"]:
            message = wire.modern("tools/list")
            reply = wire.post(gateway.port, message, wire.modern_headers(message, issuer.token(scope=scope)))
            same(reply.status, 403, f"scope {scope!r}")
            challenge = reply.header("WWW-Authenticate") or ""
            for part in ['error="insufficient_scope"', 'scope="tools"', "resource_metadata="]:
                that(part in challenge, f"{part} is not in {challenge}")

    @case
    def a_user_of_another_issuer_is_not_the_local_one(world):
        issuer, gateway = quay(world)
        gateway.add("ana", roles=["sales"])
        gateway.do("users", "disable", "ana")
        message = wire.modern("tools/list")
        reply = wire.post(gateway.port, message, wire.modern_headers(message, issuer.token()))
        same(reply.status, 200, "the other issuer's ana is somebody else than the disabled local one")


def hmac_token(public, issuer):
    """A token signed with HMAC whose secret is the public key: the confusion of algorithms."""
    import base64
    import hashlib
    import hmac

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    now = int(time.time())
    text = (
        part({"alg": "HS256", "kid": "one"})
        + b"."
        + part({"iss": ISSUER, "sub": "ana", "aud": AUDIENCE, "exp": now + 600, "client_id": "quay-agent"})
    )
    signature = base64.urlsafe_b64encode(hmac.new(public, text, hashlib.sha256).digest()).rstrip(b"=")
    return (text + b"." + signature).decode()
