"""The servers of the benchmark: upstream, nginx as reference, the gateway."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import configuration, programs
from .places import BENCHMARKS, PROGRAMS, fresh_folder
from .process import Process, free_port, wait_until_it_answers
from .tokens import ISSUER, TENANT, USER, Issuer

SECRET = "upstream-secret-123"
CREDENTIAL = f"Bearer {SECRET}"


@dataclass
class Server:
    """A server that answers on a port of loopback."""

    process: Process
    port: int

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_) -> None:
        self.process.stop()


def start_upstream(cpus: set[int]) -> Server:
    port = free_port()
    process = Process([PROGRAMS / "upstream", port, CREDENTIAL], cpus)
    wait_until_it_answers(process, port)
    return Server(process, port)


def start_nginx_proxy(upstream: Server, cpus: set[int]) -> Server:
    return start_nginx("proxy", fresh_folder("nginx-proxy"), cpus, UPSTREAM=upstream.port, CREDENTIAL=CREDENTIAL)


def start_nginx_files(files: dict[str, bytes], cpus: set[int]) -> Server:
    folder = fresh_folder("nginx-files")
    (folder / "files").mkdir()
    for name, content in files.items():
        (folder / "files" / name).write_bytes(content)
    return start_nginx("files", folder, cpus)


def start_nginx(template: str, folder: Path, cpus: set[int], **values) -> Server:
    port = free_port()
    text = (BENCHMARKS / "nginx" / f"{template}.conf").read_text()
    # Started by root, nginx would give its workers to a user who may not read the scratch folder.
    values |= {"USER": "user root;" if os.geteuid() == 0 else "", "FOLDER": folder, "PORT": port}
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    (folder / "nginx.conf").write_text(text)
    command = [programs.nginx(), "-c", folder / "nginx.conf", "-e", folder / "error.log"]
    process = Process(command, cpus, log=folder / "output.log")
    wait_until_it_answers(process, port)
    return Server(process, port)


class Gateway:
    """A configured gateway with its data, which can be started and stopped again."""

    def __init__(self, name: str, openapi: Path, tools: dict[str, str], upstream_port: int):
        self.folder = fresh_folder(name)
        self.port = free_port()
        self.issuer = Issuer(self.folder)
        self.configuration = self.folder / "sallyport.yaml"
        self.configuration.write_text(configuration.text(self.port, upstream_port, openapi, self.issuer.jwks, tools))
        self.run("check")

    def run(self, *arguments: str, text: str | None = None) -> str:
        """Runs a command of the product on this configuration and returns what it prints."""
        command = [str(programs.product("sallyport")), *arguments, "--config", str(self.configuration)]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"sallyport {' '.join(arguments)}: {(done.stderr or done.stdout).strip()}")
        return done.stdout

    def start(self, cpus: set[int] | None = None, pause: float = 0.02) -> Server:
        """Starts serving; on given CPUs with an event loop for each, as nginx has a worker for each."""
        command = [programs.product("sallyport"), "serve", "--config", self.configuration]
        if cpus:
            command += ["--threads", len(cpus)]
        process = Process(command, cpus, log=self.folder / "output.log", folder=self.folder)
        try:
            wait_until_it_answers(process, self.port, "/healthz", pause=pause)
        except BaseException:
            process.stop()
            raise
        return Server(process, self.port)

    def put_credential(self) -> None:
        """Gives the user the credential that the upstream asks for."""
        owner = ["--user", USER, "--tenant", TENANT, "--issuer", ISSUER]
        self.run("vault", "put", configuration.SECRET_NAME, *owner, text=SECRET)
