"""The gateway's configuration, as an operator would write it."""

from pathlib import Path

from .tokens import AUDIENCE, ISSUER

SECRET_NAME = "product"

TEMPLATE = """\
version: 1
listen: 127.0.0.1:{port}
resource: http://127.0.0.1:{port}/mcp
data: data
issuers:
  - issuer: {issuer}
    jwks: {jwks}
    audience: {audience}
    algorithms: [ES256]
    claims: {{ tenant: tenant, roles: roles, agent: client_id }}
sources:
  product:
    openapi: {openapi}
    url: http://127.0.0.1:{upstream}
    allow-addresses: [127.0.0.1/32]
    credential: {{ secret: {secret}, as: bearer, per: user }}
    tools:
{tools}
policy:
  rules:
    - {{ id: reads, effect: allow, buckets: [read], roles: [support] }}
    - {{ id: writes, effect: ask, buckets: [write], approvers: [manager] }}
"""


def text(port: int, upstream: int, openapi: Path, jwks: Path, tools: dict[str, str]) -> str:
    """A whole configuration; `tools` maps each name to its settings in YAML."""
    lines = "\n".join(f"      {name}: {settings}" for name, settings in tools.items())
    return TEMPLATE.format(
        port=port, upstream=upstream, openapi=quoted(openapi), jwks=quoted(jwks), issuer=ISSUER, audience=AUDIENCE,
        secret=SECRET_NAME, tools=lines)


def quoted(path: Path) -> str:
    """A YAML single-quoted scalar."""
    return "'" + str(path).replace("'", "''") + "'"
