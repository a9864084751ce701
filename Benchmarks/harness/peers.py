"""Another gateway measured in the same rounds, described by a JSON file of the user's:

    {"name": "other", "command": ["/path/to/gateway", "--port", "@PORT@", "--upstream", "@UPSTREAM@"]}

@JWKS@ is the issuer's key set, @PUBLIC_KEY@ its key as PEM, @FOLDER@ an empty folder. The gateway must offer the tool
`get_customer` at /mcp, answer at / once it is ready, and send the upstream the credential that @CREDENTIAL@ stands for.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from .places import fresh_folder
from .process import Process, free_port, wait_until_it_answers
from .servers import CREDENTIAL, Server
from .tokens import Issuer, openssl


@dataclass(frozen=True)
class Peer:
    name: str
    command: list[str]

    def start(self, upstream: Server, issuer: Issuer, cpus: set[int]) -> Server:
        folder = fresh_folder("peer")
        public_key = folder / "issuer.pub.pem"
        openssl("ec", "-in", issuer.key, "-pubout", "-out", public_key)
        port = free_port()
        values = {
            "PORT": port, "UPSTREAM": upstream.port, "JWKS": issuer.jwks, "PUBLIC_KEY": public_key, "FOLDER": folder,
            "CREDENTIAL": CREDENTIAL,
        }
        command = self.command
        for name, value in values.items():
            command = [part.replace(f"@{name}@", str(value)) for part in command]
        process = Process(command, cpus, log=folder / "output.log", folder=folder)
        wait_until_it_answers(process, port)
        return Server(process, port)


def read_peer(path: str) -> Peer:
    description = json.loads(Path(path).read_text())
    return Peer(description["name"], description["command"])
