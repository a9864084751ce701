"""What cases in words need: a changed database, a reload, somebody at the pages."""

import base64
import contextlib
import http.client
import re
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import urlencode

import rig
from cases import Skipped, until


@contextlib.contextmanager
def opened(path):
    """The journal's file, as somebody with the disk could change it: what keeps entries from being changed is put back after."""
    with contextlib.closing(sqlite3.connect(path)) as rows:
        guards = rows.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            rows.execute(f'DROP TRIGGER "{name}"')
        yield rows
        for _, sql in guards:
            rows.execute(sql)
        rows.commit()


def flip(path, table, column):
    with opened(path) as rows:
        row, value = rows.execute(f"SELECT rowid, {column} FROM {table} LIMIT 1").fetchone()
        changed = bytes([value[0]]) + value[1:-1] + bytes([value[-1] ^ 1])
        rows.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (changed, row))


@contextlib.contextmanager
def faulty(gateway, fault):
    """Has the kernel answer some system calls of a running gateway with a fault; gives what counts those that it did."""
    trace = gateway.folder / "faults"
    calls = fault.partition(":")[0]
    tracer = subprocess.Popen(
        ["strace", "--follow-forks", "--quiet=all", "-e", f"trace={calls}", "-e", f"inject={fault}", "-p", str(gateway.server.pid),
         "-o", str(trace)],
        stderr=subprocess.PIPE,
    )
    try:
        until(lambda: tracer.poll() is not None or is_traced(gateway.server.pid))
        if tracer.poll() is not None:
            raise Skipped(f"no process may be traced here: {tracer.stderr.read().decode()[-200:]}")
        yield lambda: trace.read_text().count("(INJECTED)")
    finally:
        tracer.terminate()
        tracer.communicate()


def is_traced(process):
    """Whether every thread of a process has its tracer."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return all("TracerPid:\t0\n" not in (thread / "status").read_text() for thread in threads)


def basic(person):
    return "Basic " + base64.b64encode(f"{person}:{rig.PASSWORD.format(person)}".encode()).decode()


class Visitor:
    """A person who signed in at the pages, without a browser."""

    def __init__(self, stage, person, next=None):
        self.stage, self.cookie = stage, None
        fields = {"name": person, "password": rig.PASSWORD.format(person), **({"next": next} if next else {})}
        self.send("POST", "/sign-in", fields)
        found = dict(self.headers)
        self.set_cookie, self.location = found.get("Set-Cookie", ""), found.get("Location", "")
        self.cookie = self.set_cookie.split(";")[0]

    def send(self, method, path, form=None, headers=None):
        host = f"localhost:{self.stage.pages}"
        headers = {"Host": host, "Origin": f"http://{host}", **({"Cookie": self.cookie} if self.cookie else {}), **(headers or {})}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.stage.pages, timeout=30)
        connection.request(method, path, None if form is None else urlencode(form), headers)
        response = connection.getresponse()
        body = response.read()
        self.headers = response.getheaders()
        self.stage.sent += body
        return response.status, body.decode()

    def form(self, call):
        """The fields of the form that approves a call."""
        _, html = self.send("GET", f"/approvals/{call}")
        form = next(part for part in html.split("<form")[1:] if 'value="approve"' in part)
        return dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))


def reload(stage):
    """Has the configuration and the documents read again."""
    stage.gateway.do("reload")


def page(stage, path, person):
    """What a signed-in person gets at a page's address."""
    return Visitor(stage, person).send("GET", path)[1]
