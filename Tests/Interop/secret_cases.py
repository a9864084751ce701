"""Secrets through every way in, and a look at every byte that comes out: journal, logs, figures, traces, pages, reports, exports."""

import base64
import http.client
import http.server
import json
import sys
import threading
import urllib.parse

import rig
import wire
from cases import case, run, same, that, until
from observed import PIN, QUAY_KEY, World, get, with_pin
from rig import PASSWORD

# Of the form in which a well-known host of code writes its tokens.
SHAPE = "ghp_" + "Zq7Rk2Lm9Xv4Bn6Tc1Wd8Hs3Jf5Gp0YaUeIo"
HOOK, SIEM = "hook-marker-5521-secret", "siem-marker-8817-secret"
# What is no secret, and is found: or nothing would show that the search finds anything.
PLAIN = "harmless-plain-marker"


class Taker:
    """Takes whatever is posted."""

    def __init__(self):
        bodies = self.bodies = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def forms(secret):
    """A secret as it is, and in Base64 wherever it begins."""
    raw = secret.encode()
    found = [raw]
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw)
        # Without the characters that depend on what stands before and behind it.
        found.append(text[4 if shift else 0 : -4])
    return found + [raw.hex().encode(), raw.hex().upper().encode(), "".join(f"%{byte:02X}" for byte in raw).encode()]


def spoken(secret):
    """A secret as an agent may write it."""
    raw = secret.encode()
    return [
        secret, raw.hex(), raw.hex().upper(), "".join(f"%{byte:02X}" for byte in raw), base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(b"x" + raw).decode().rstrip("="), base64.b64encode(b"xy" + raw + b"z").decode(),
    ]  # fmt: skip


def attack(gateway, token):
    """Secrets in every place where an agent or a person may put one. What comes back is returned."""
    said = []

    def call(tool, arguments, **more):
        reply = wire.call(gateway.port, token, tool, arguments, **more)
        said.append(json.dumps(reply.result) if reply.status == 200 else reply.body.decode(errors="replace"))
        return reply

    for text in [*spoken(QUAY_KEY), *spoken(HOOK)]:
        call("create_job", {"name": f"{PLAIN} {text} behind"})
    for text in [QUAY_KEY, SHAPE, token, HOOK, f"before {SHAPE} behind", f'"{QUAY_KEY}"']:
        call("create_job", {"name": f"{PLAIN} {text}", "pin": PIN})
        call("create_echo", {"name": text})
        call("get_tide", {"seconds": text})
        call(text, {"name": text})
        call("create_job", {text: text, "name": {"deep": [text]}})
        call("get_tide", {}, meta={"dev.sallyport/idempotency-key": text, "traceparent": text, "x": text})
    for tool in ["get_told_refusal", "get_chatter", "get_wrong", "get_moved", "get_fault", "get_refusal"]:
        call(tool, {})
    call("create_told_fault", {"name": SHAPE})
    # Nobody's own words to the agent hold them either, but for what it sent itself.
    return said


def pages(port, calls):
    """The pages as a browser gets them, once ben is signed in."""

    def send(method, path, form=None, cookie=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
        if cookie:
            headers["Cookie"] = cookie
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urllib.parse.urlencode(form) if form else None, headers)
        response = connection.getresponse()
        return response.status, response.getheader("Set-Cookie"), response.read()

    status, cookie, _ = send("POST", "/sign-in", {"name": "ben", "password": PASSWORD.format("ben")})
    same(status, 303)
    cookie = cookie.split(";")[0]
    for path in ["/approvals", *(f"/approvals/{call['id']}" for call in calls[:5])]:
        status, _, body = send("GET", path, cookie=cookie)
        same(status, 200, path)
        that(b"<h1>" in body, body)
        yield path, body


@case
def a_secret_comes_out_nowhere(world):
    taker, collector = Taker(), world.collector()
    port = rig.free_port()
    more = (
        f"pages: {{ listen: 127.0.0.1:{port}, url: http://localhost:{port} }}\n"
        "log:\n  every: 1s\n  streams:\n    - { name: archive, file: events.jsonl }\n"
        f"    - {{ name: siem, http: 'http://127.0.0.1:{taker.port}/in', as: ocsf, secret: siem, allow-loopback: true }}\n"
        f"notify: [{{ webhook: 'http://127.0.0.1:{taker.port}/hook', secret: hook, allow-loopback: true }}]\n"
    )
    gateway = world.gateway(traces=collector.url, more=more, writes="ask")
    with_pin(gateway)
    gateway.config.write_text(gateway.config.read_text().replace("roles: [manager]", "roles: [manager, auditor]", 1))
    gateway.do("vault", "put", "hook", stdin=HOOK)
    gateway.do("vault", "put", "siem", stdin=SIEM)
    gateway.start()
    # A new vault value is one that agents may know already.
    token = gateway.token("ana")
    said = attack(gateway, token)
    waiting = gateway.waiting()
    that(waiting, "nothing waits")
    for number, call in enumerate(waiting):
        gateway.run(
            "approvals", ["approve", "reject"][number % 2], call["id"], "--as", "ben", "--reason", f"{PLAIN} {SHAPE} {QUAY_KEY}",
            stdin=PASSWORD.format("ben"),
        )  # fmt: skip
    said += attack(gateway, token)
    # Somebody types a secret where a name or a password goes, and an operator where a reason goes.
    basic = "Basic " + base64.b64encode(f"ben:{QUAY_KEY}".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", f"/api/audit?text={SHAPE}", headers={"Host": f"localhost:{port}", "Authorization": basic})
    said.append(connection.getresponse().read().decode())
    gateway.do("stop", "agent", "other", "--reason", f"{PLAIN} {QUAY_KEY} {SHAPE}")
    until(lambda: any(PLAIN.encode() in body for body in taker.bodies))
    outputs = {"replies": "\n".join(said).encode()}
    # Pages, as a person sees them.
    basic = "Basic " + base64.b64encode(f"ben:{PASSWORD.format('ben')}".encode()).decode()
    for path in ["/api/approvals", "/api/audit?limit=200", *(f"/api/approvals/{call['id']}" for call in waiting[:3])]:
        connection.request("GET", path, headers={"Host": f"localhost:{port}", "Authorization": basic})
        response = connection.getresponse()
        outputs[path] = response.read()
        same(response.status, 200, path)
    for path, body in pages(port, waiting):
        outputs[f"page {path}"] = body
    for kind in ["evidence", "jsonl", "csv", "ocsf", "cef"]:
        outputs[f"export {kind}"] = gateway.do("audit", "export", "--format", kind).encode()
    for kind in ["text", "html", "markdown", "json", "sarif"]:
        outputs[f"report {kind}"] = gateway.do("report", "--format", kind).encode()
    outputs["incident"] = gateway.do("incident", "--user", "ana", "--json").encode()
    gateway.do("incident", "--user", "ana", "--output", str(gateway.folder / "incident.tar"))
    gateway.do("backup", "--output", str(gateway.folder / "backup.db"))
    outputs["search"] = json.dumps(gateway.audit("--limit", "1000")).encode()
    outputs["replay"] = gateway.do("policy", "replay", "--policy", str(gateway.config), "--json").encode()
    outputs["suggest"] = gateway.do("policy", "suggest").encode()
    outputs["figures"] = get(gateway, "/metrics").body
    outputs["status"] = gateway.do("status").encode()
    until(lambda: b"stop" in (gateway.folder / "events.jsonl").read_bytes())
    collector.wait_for_requests(1)
    gateway.stop()
    outputs["stream"], outputs["traces"] = b"\n".join(taker.bodies), b"\n".join(collector.bodies)
    for path in gateway.folder.rglob("*"):
        # The keys are secrets themselves; the configuration is the operator's.
        if path.is_file() and path.suffix not in {".key", ".yaml"}:
            outputs[str(path.relative_to(gateway.folder))] = path.read_bytes()
    that(any(name.endswith("sallyport.db") for name in outputs), outputs.keys())
    scanned = sum(map(len, outputs.values()))
    for name in ["search", "stream", "export jsonl", "events.jsonl", "/api/audit?limit=200"]:
        that(PLAIN.encode() in outputs[name], f"the search finds nothing in {name}")
    hits = []
    for secret in [QUAY_KEY, SHAPE, HOOK, SIEM, PIN, token, PASSWORD.format("ben")]:
        for form in forms(secret):
            for name, text in outputs.items():
                # An agent gets back what it sent itself, where a sentence names its own tool or argument.
                if form in text and name != "replies":
                    place = text.index(form)
                    hits.append((name, secret[:12], text[max(0, place - 80) : place + 20]))
    for name in [QUAY_KEY, SIEM]:
        sent = outputs["replies"].count(name.encode())
        that(name != SIEM or sent == 0, f"{sent} of {name} in replies")
    same(hits, [], f"secrets in {scanned} bytes")
    print(f"note: {len(outputs)} outputs, {scanned} bytes, 7 secrets in 7 forms: no hit", flush=True)


if __name__ == "__main__":
    with rig.Rig() as started:
        sys.exit(run(World(started)))
