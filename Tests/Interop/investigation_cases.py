"""What people find in the journal afterwards: by role, as an incident, and under another policy."""

import base64
import hashlib
import http.client
import json
import socket
import subprocess
import sys
import tarfile

import rig
import wire
from cases import case, run, same, that
from journal import REFUND, World, key_of, verify, work
from rig import PASSWORD


@case
def each_role_finds_what_it_may_see_over_http(world):
    port = rig.free_port()
    configuration = rig.with_pages(rig.acme_configuration(world.acme.port), port).replace(
        "people:\n", "people:\n  ada: { roles: [auditor] }\n  adam: { roles: [admin] }\n", 1
    )
    gateway = world.rig.acme_gateway(world.acme, configuration).start()
    gateway.add("ada", password=True, roles=[])
    gateway.add("adam", password=True, roles=[])
    for user in ["ana", "ben"]:
        token = gateway.token(user)
        for _ in range(3):
            wire.call(gateway.port, token, "get_deal", {"dealId": "deal_north_01"})

    def get(query, name):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        basic = "Basic " + base64.b64encode(f"{name}:{PASSWORD.format(name)}".encode()).decode()
        connection.request("GET", f"/api/audit{query}", headers={"Host": f"localhost:{port}", "Authorization": basic})
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    def events(reply):
        return [event for entry in reply["entries"] for event in entry["events"]]

    status, all_ = get("?tool=get_deal", "ada")
    same((status, all_["sight"]), (200, "payload"))
    opened = [event for event in events(all_) if event.get("event") == "opened"]
    same({event["user"] for event in opened}, {"ana", "ben"})
    that(all("arguments" in event for event in opened), opened)
    status, seen = get("?tool=get_deal", "adam")
    same((status, seen["sight"], len(seen["entries"])), (200, "metadata", len(all_["entries"])))
    that("deal_north_01" not in json.dumps(seen), "an administrator sees what was in calls")
    for query in ["?text=deal_north_01", "?record=deal_north_01", "?counterparty=x"]:
        same(get(query, "adam")[0], 400, query)
    status, own = get("", "ben")
    same((status, own["sight"]), (200, "own"))
    that(own["entries"], "no call of one's own is found")
    same({event["user"] for event in events(own) if event.get("event") == "opened"}, {"ben"})
    that(not any("act" in event for event in events(own)), own)
    same(get("?user=ana", "ben")[1]["entries"], [], "calls of somebody else")
    same(get("?record=deal_north_01&user=ana", "ben")[1]["entries"], [])
    # Pages follow one another without a gap.
    paged, before = [], None
    while True:
        status, page = get("?tool=get_deal&limit=2" + (f"&before={before}" if before else ""), "ada")
        same(status, 200)
        paged += page["entries"]
        before = page["next"]
        if not before:
            break
    same(paged, all_["entries"])
    same(len(get("?since=1h&event=settled&act=", "ada")[1]["entries"]), 0)
    for query in ["?nothing=1", "?limit=x", "?since=yesterday", "?user=a&user=b", "?user=%ff", "?between=a,b"]:
        same(get(query, "ada")[0], 400, query)
    # Every call between two approvals, in whatever order they are named, over HTTP and on the command line.
    token, approved = gateway.token("ana"), []
    for amount in [61, 62]:
        call = wire.call(gateway.port, token, "create_refund", {**REFUND, "amount": amount}).result["_meta"]
        approved.append(call["dev.sallyport/call"])
        same(gateway.approve(approved[-1]).status, 0)
        if amount == 61:
            meta = wire.call(gateway.port, token, "get_deal", {"dealId": "deal_north_02"}).result["_meta"]
            inside = meta["dev.sallyport/call"]
    wire.call(gateway.port, token, "get_deal", {"dealId": "deal_north_02"})
    for pair in [approved, approved[::-1]]:
        status, found = get(f"?tool=get_deal&between={pair[0]},{pair[1]}", "ada")
        same((status, {entry["call"] for entry in found["entries"]}), (200, {inside}))
        same({entry["call"] for entry in gateway.audit("--tool", "get_deal", "--between", *pair)}, {inside})
    same(get(f"?between={approved[0]},{inside}", "ada")[0], 400, "a call that was never approved")
    # Of others' calls nobody hears by them, whether or not they were approved.
    same(get(f"?between={approved[0]},{approved[1]}", "ben")[0], 400)
    # Each read is an entry.
    status, reads = get("?act=audit-read", "ada")
    that(any(event["by"] == "ben" and event["details"]["sight"] == "own" for event in events(reads)), reads)
    gateway.stop()


def ask(gateway, command, arguments):
    """What the administration socket answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(gateway.data / "sallyport.sock"))
        connection.sendall(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        return json.loads(connection.makefile().readline())["result"]


def tar(files):
    """An archive as the product writes it."""
    data = b""
    for name, text in files.items():
        head = bytearray(512)
        head[: len(name)] = name.encode()
        head[100:124] = b"0000600\0" + b"0000000\0" * 2
        head[124:148] = b"%011o\0" % len(text) + b"0" * 11 + b"\0"
        head[148:157] = b"        0"
        head[257:265] = b"ustar\x0000"
        head[148:156] = b"%06o\0 " % sum(head)
        data += bytes(head) + text + b"\0" * (-len(text) % 512)
    return data + b"\0" * 1024


@case
def an_incident_is_one_archive_whose_page_follows_from_its_entries(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    work(world, gateway, reads=5)
    other = gateway.token("ben", agent="other")
    wire.call(gateway.port, other, "get_deal", {"dealId": "deal_north_02"})
    gateway.do("stop", "agent", "interop", "--reason", "it ran wild <b>")
    path = gateway.folder / "incident.tar"

    def check(file, *arguments):
        return subprocess.run(
            [rig.binary("sallyport"), "incident", "verify", str(file), *arguments], capture_output=True, text=True
        )

    gateway.do("incident", "--agent", "interop", "--since", "1h", "--output", str(path))
    same(oct(path.stat().st_mode & 0o777), "0o600")
    told = json.loads(check(path, "--key", key_of(gateway), "--json").stdout)
    that(told["sound"] and told["key_given"], told)
    folder = gateway.folder / "pack"
    with tarfile.open(path) as archive:
        archive.extractall(folder)
    subprocess.run(["sha256sum", "--check", "--strict", "manifest.txt"], cwd=folder, check=True, capture_output=True)
    that(verify(gateway, str(folder / "evidence.jsonl"), "--key", key_of(gateway))["sound"], "the evidence")
    summary = json.loads((folder / "incident.json").read_text())
    same({person["name"] for person in summary["people"]} >= {"ana", "ben"}, True)
    same({call["agent"] for call in summary["calls"]}, {"interop"})
    refunds = [call for call in summary["calls"] if call["tool"] == "create_refund"]
    that(refunds and refunds[0]["decisions"][0]["by"] == "ben", refunds)
    same(summary["money"][0]["currency"], "EUR")
    that(any(record["record"] == "deal_north_01" and record["read"] >= 5 for record in summary["records"]), summary["records"])
    page = (folder / "incident.html").read_text()
    that("it ran wild &lt;b&gt;" in page and "<b>" not in page, "the page shows what was said as text")
    for word in ["In short", "Money", "Records", "People", "Decisions of people", "All calls"]:
        that(f">{word}</h2>" in page, word)
    # Any file that is changed is found, also where its digest is made to fit.
    data = path.read_bytes()
    for name in ["incident.html", "incident.json", "events.jsonl", "evidence.jsonl", "manifest.txt", "manifest.note"]:
        text = (folder / name).read_bytes()
        place = data.index(text) + len(text) // 2
        broken = bytearray(data)
        broken[place] ^= 1
        (gateway.folder / "broken.tar").write_bytes(bytes(broken))
        same(check(gateway.folder / "broken.tar").returncode, 1, name)
    # Nor can whoever may have it signed leave something out.
    lines = (folder / "evidence.jsonl").read_text().splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if '"tool":"create_refund"' in line or '"settled"' in line)
    # An entry goes with its proof.
    short = "".join(lines[:last] + lines[last + 2 :]).encode()
    files = {name: (folder / name).read_bytes() for name in ["incident.html", "incident.json", "events.jsonl"]}
    files["evidence.jsonl"] = short
    manifest = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()).encode()
    files["manifest.txt"] = manifest
    answer = ask(gateway, "incident-sign", {"digest": hashlib.sha256(manifest).hexdigest()})
    files["manifest.note"] = answer["note"].encode()
    (gateway.folder / "short.tar").write_bytes(tar(files))
    told = check(gateway.folder / "short.tar", "--key", key_of(gateway))
    that(told.returncode == 1 and "left out" in told.stderr, told)
    # A pack of somebody else's key fits itself only.
    elsewhere = world.rig.gateway(rig.acme_configuration(world.acme.port)).start()
    same(check(path, "--key", key_of(elsewhere)).returncode, 1)
    elsewhere.stop()
    acts = [event["act"] for entry in gateway.audit("--since", "1h") for event in entry["events"] if "act" in event]
    that({"incident-gathered", "incident-signed"} <= set(acts), acts)
    same(gateway.run("incident", "--since", "1h").status, 1, "an incident of nobody")
    shown = gateway.do("incident", "--user", "ana", "--tool", "create_refund")
    that("In short" in shown and "EUR" in shown, shown)
    same(json.loads(gateway.do("incident", "--agent", "nobody-there", "--json"))["calls"], [])
    gateway.stop()


PROPOSED = """policy:
  rules:
    - { id: deals, effect: allow, tools: [get_deal], roles: [sales] }
    - { id: small, effect: allow, tools: [create_refund], when: { argument: amount, at-most: 40 } }
    - { id: large, effect: ask, tools: [create_refund], when: { argument: amount, above: 40 }, approvers: [manager], count: 2 }
"""


@case
def a_proposed_policy_is_held_against_what_was_called(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    call = work(world, gateway, reads=4)
    token = gateway.token("ana")
    small = wire.call(gateway.port, token, "create_refund", {**REFUND, "amount": 30}).result["_meta"]
    wire.call(gateway.port, token, "create_refund", {**REFUND, "amount": 45})
    proposed = gateway.folder / "proposed.yaml"
    proposed.write_text(PROPOSED)

    # Without the log: what changes, with a call for each.
    told = gateway.run("policy", "diff", str(gateway.config), str(proposed), "--json", "--exit-code")
    difference = json.loads(told.out)
    that(difference["exhaustive"], difference)
    same(told.status, 1 if difference["wider"] else 0)
    ways = {(c["from"]["effect"], c["to"]["effect"]): c for c in difference["changes"] if "create_refund" in c["tools"]}
    closed = ways["allow", "ask"]
    that(40 < closed["example"]["arguments"]["amount"] <= 50 and closed["example"]["fits_schema"], closed)
    same(closed["to"]["approvals"], 2)
    same(json.loads(gateway.do("policy", "diff", str(gateway.config), str(gateway.config), "--json"))["changes"], [])

    # What no rule tells of is named.
    other = gateway.folder / "other.yaml"
    other.write_text(gateway.config.read_text() + "reread-sources: 23m\n")
    told = gateway.run("policy", "diff", str(gateway.config), str(other), "--json", "--exit-code")
    same((told.status, json.loads(told.out)["other_sections"], json.loads(told.out)["other_tools"]), (0, ["reread-sources"], []))

    # With it: the same changes, counted.
    replayed = json.loads(gateway.do("policy", "replay", "--policy", str(proposed), "--since", "1h", "--json"))
    counts = {(c["from"]["effect"], c["to"]["effect"]): c for c in replayed["changes"]}
    same(counts["allow", "ask"]["tools"], [{"name": "create_refund", "count": 1}], str(replayed))
    same(counts["ask", "ask"]["users"], [{"name": "ana", "count": counts["ask", "ask"]["count"]}])
    that(counts["ask", "ask"]["example"] == call, replayed)
    same((replayed["cannot_tell"]["count"], replayed["not_replayed"]["unreadable"]), (0, 0))
    same(replayed["calls"], replayed["same"] + sum(c["count"] for c in replayed["changes"]), str(replayed))
    that(replayed["not_replayed"]["refused"] > 0, "a never tool is no call")
    # The refund of 30 is decided as it was.
    that(small["dev.sallyport/call"] not in json.dumps(replayed), replayed)

    # Can somebody in sales be refunded without two people?
    with_two = ["policy", "reach", "--role", "sales", "--tool", "create_refund", "--approvals", "2", "--exit-code"]
    told = gateway.run(*with_two)
    that(told.status == 1 and told.out.startswith("yes: 1 of 1 tools"), told)

    told = gateway.run("policy", "reach", "--category", "deployment", "--json")
    that(told.status == 2 and json.loads(told.out)["answer"] == "no-tool", told)

    # What is suggested takes away and gives nothing, and what was called is decided as it was.
    suggestion = gateway.folder / "suggestion.yaml"
    suggestion.write_text(gateway.do("policy", "suggest"))
    told = gateway.run("policy", "diff", str(gateway.config), str(suggestion), "--json", "--exit-code")
    that(told.status == 0 and not json.loads(told.out)["wider"] and json.loads(told.out)["changes"], told)
    replayed = json.loads(gateway.do("policy", "replay", "--policy", str(suggestion), "--json"))
    same([c for c in replayed["changes"] if c["to"]["effect"] != "deny"], [], str(replayed))
    same(len(gateway.audit("--act", "policy-replayed")), 2)
    same(len(gateway.audit("--act", "policy-suggested")), 1)
    # The words for people, and a mistake with its place.
    that("calls: " in gateway.do("policy", "replay", "--policy", str(proposed)), "text")
    proposed.write_text(PROPOSED.replace("[get_deal]", "[get_dael]"))
    told = gateway.run("policy", "replay", "--policy", str(proposed))
    that(told.status != 0 and "proposed.yaml:3: error: no source has a tool 'get_dael'" in told.err, told)
    gateway.stop()


if __name__ == "__main__":
    with rig.Rig() as started:
        sys.exit(run(World(started)))
