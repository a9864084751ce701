"""The log as an outsider checks it."""

import base64
import contextlib
import hashlib
import http.client
import json
import random
import shutil
import sqlite3
import sys

import rig
import wire
from cases import case, cases_of, run, same, that, until
from journal import World, key_of, sealed, verify, work
from made_log import MadeLog, entry, pruning
from rig import PASSWORD
from witness import Witness


@case
def an_export_is_sound_and_both_verifiers_say_so(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    work(world, gateway)
    size = sealed(gateway)
    path = gateway.folder / "evidence.jsonl"
    told = gateway.run("audit", "export", "--output", str(path))
    same(told.status, 0, told)
    result = verify(gateway, str(path), "--key", key_of(gateway))
    that(result["sound"] and result["whole"] and result["key_given"], result)
    that(result["entries"] > size, "the export has its own entry")
    # From a pipe, and from the database beside the running server.
    same(verify(gateway, "-", "--key", key_of(gateway), data=path.read_text())["entries"], result["entries"])
    that("sound" in gateway.do("audit", "verify", "--key", key_of(gateway)), "the database")
    # Another key has not signed it.
    other = world.rig.gateway(gateway.config.read_text())
    other.do("audit", "search")
    same(verify(gateway, str(path), "--key", key_of(other))["sound"], False)
    gateway.stop()


def tamper(lines, way, chance):
    """Changes evidence as somebody could who wants to hide an entry."""
    places = [index for index, line in enumerate(lines) if line.startswith('{"position":')]
    place = chance.choice(places[:-1])
    if way == "change":
        lines[place] = lines[place].replace('"at":1', '"at":2', 1)
    elif way == "remove":
        del lines[place]
    elif way == "swap":
        lines[place], lines[place + 1] = lines[place + 1], lines[place]
    elif way == "insert":
        lines.insert(place, lines[place].replace('"at":1', '"at":2', 1))
    elif way == "double":
        lines.insert(place + 1, lines[place])
    elif way == "cut":
        del lines[place:]
    elif way == "hash":
        index = chance.choice([i for i, line in enumerate(lines) if '"hashes"' in line])
        value = json.loads(lines[index])
        hashes = bytearray(base64.b64decode(value["hashes"]))
        hashes[chance.randrange(len(hashes))] ^= 1
        value["hashes"] = base64.b64encode(hashes).decode()
        lines[index] = json.dumps(value, separators=(",", ":"))
    elif way == "checkpoint":
        index = chance.choice([i for i, line in enumerate(lines) if '"checkpoint"' in line])
        note = json.loads(lines[index])["checkpoint"].split("\n")
        note[1] = str(int(note[1]) + 1)
        lines[index] = json.dumps({"checkpoint": "\n".join(note)}, ensure_ascii=False)
    elif way == "garbage":
        lines.insert(place, chance.choice(["", "{}", "[1]", '{"position":', "\x00", '{"proof":[]}']))
    return lines


WAYS = ["change", "remove", "swap", "insert", "double", "cut", "hash", "checkpoint", "garbage"]


@cases_of({way: way for way in WAYS})
def tampering_with_evidence_is_found_by_both_alike(world, way):
    gateway = world.rig.acme_gateway(world.acme).start()
    work(world, gateway, reads=160)
    sealed(gateway)
    path = gateway.folder / "evidence.jsonl"
    gateway.do("audit", "export", "--output", str(path))
    gateway.stop()
    lines = path.read_text().splitlines()
    chance = random.Random(way)
    for _ in range(12):
        changed = "\n".join(tamper(list(lines), way, chance)) + "\n"
        result = verify(gateway, "-", "--key", key_of(gateway), data=changed)
        same(result["sound"], False, way)


@case
def both_verifiers_agree_on_made_up_logs(world):
    gateway = world.rig.gateway("version: 1\n")
    log = MadeLog()
    chance = random.Random(7)
    verdicts = {True: 0, False: 0}
    for _ in range(60):
        count = chance.randrange(1, 700)
        entries = [entry(n, call=f"c{n}", body=[{"n": chance.randrange(10)}]) for n in range(1, count + 1)]
        gone = set()
        # Some were pruned, and now and then one more is missing than the log says, or one fewer.
        for _ in range(chance.randrange(3) if count > 20 else 0):
            first = chance.randrange(1, count - 10)
            last = chance.randrange(first, min(first + 300, count - 9))
            part = {n for n in range(first, last + 1) if chance.random() < 0.7} - gone or {first} - gone
            if not part:
                continue
            place = chance.randrange(count - 9, count + 1)
            if "entries-pruned" in entries[place - 1]:
                continue
            entries[place - 1] = pruning(place, part)
            gone |= part | ({chance.randrange(1, count - 9)} if chance.random() < 0.2 else set())
        sizes = sorted({count} | {chance.randrange(1, count + 1) for _ in range(2)})
        lines = log.lines(entries, sizes, gone)
        if chance.random() < 0.5:
            lines = tamper(lines, chance.choice(WAYS), chance) if len(lines) > 6 else lines
        result = verify(gateway, "-", "--key", log.vkey, data="\n".join(lines) + "\n")
        verdicts[result["sound"]] += 1
    that(verdicts[True] > 5 and verdicts[False] > 5, verdicts)


@cases_of({
    "changed": ("UPDATE entries SET body = replace(body, 'get_deal', 'get_lost') WHERE position = 30", "changed"),
    "removed": ("DELETE FROM entries WHERE position = 30", "removed"),
    "cut": ("DELETE FROM entries WHERE position >= 30", "removed"),
    "swapped": (
        "UPDATE entries SET position = -position WHERE 0; UPDATE entries SET position = 9000 WHERE position = 30;"
        "UPDATE entries SET position = 30 WHERE position = 31; UPDATE entries SET position = 31 WHERE position = 9000",
        "reordered",
    ),
})  # fmt: skip
def tampering_with_the_database_is_found_and_not_gone_on_with(world, row):
    sql, kind = row
    gateway = world.rig.acme_gateway(world.acme).start()
    work(world, gateway)
    sealed(gateway)
    gateway.stop()
    with contextlib.closing(sqlite3.connect(gateway.data / "sallyport.db")) as database:
        for name in ["entries_keep_from_update", "entries_keep_from_delete"]:
            sql_of = database.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (name,)).fetchone()[0]
            database.execute(f"DROP TRIGGER {name}")
            database.commit()
            sql += f"; {sql_of}" if name == "entries_keep_from_update" else ""
            if name == "entries_keep_from_delete":
                sql += f"; {sql_of}"
        database.executescript(sql)
    told = gateway.run("audit", "verify", "--json", "--key", key_of(gateway))
    result = json.loads(told.out)
    same((told.status, result["sound"]), (1, False))
    same((result["first_flaw"]["flaw"], result["first_flaw"]["position"]), (kind, 30), result)


@case
def a_database_that_was_put_back_is_refused_at_the_start(world):
    gateway = world.rig.acme_gateway(world.acme).start()
    work(world, gateway, reads=3)
    sealed(gateway)
    gateway.stop()
    backup = gateway.folder / "backup.db"
    shutil.copy(gateway.data / "sallyport.db", backup)
    anchor = gateway.folder / "anchor"
    gateway.start()
    work(world, gateway, reads=3)
    sealed(gateway)
    gateway.stop()
    shutil.copy(gateway.data / "log.checkpoint", anchor)
    shutil.copy(backup, gateway.data / "sallyport.db")
    for name in ["sallyport.db-wal", "sallyport.db-shm"]:
        (gateway.data / name).unlink(missing_ok=True)
    told = gateway.run("serve")
    that(told.status != 0 and "rolled back" in told.err, told)
    # By itself the older database is sound: what was kept outside shows that it is old.
    that("sound" in gateway.do("audit", "verify", "--key", key_of(gateway)), "sound by itself")
    told = gateway.run("audit", "verify", "--json", "--key", key_of(gateway), "--checkpoint", str(anchor))
    same(json.loads(told.out)["first_flaw"]["flaw"], "cut-off", told)


@case
def a_receipt_is_given_on_request_and_proves_the_call(world):
    port = rig.free_port()
    configuration = rig.with_pages(rig.acme_configuration(world.acme.port), port).replace(
        "people:\n", "people:\n  ada: { roles: [auditor] }\n", 1
    )
    gateway = world.rig.acme_gateway(world.acme, configuration).start()
    gateway.add("ada", password=True, roles=[])
    token = gateway.token("ana")
    plain = wire.call(gateway.port, token, "get_deal", {"dealId": "deal_north_01"}).result
    that("dev.sallyport/receipt" not in plain["_meta"], plain)
    asked = wire.call(
        gateway.port, token, "get_deal", {"dealId": "deal_north_01"}, meta={"dev.sallyport/receipt": True}
    ).result
    receipt = asked["_meta"]["dev.sallyport/receipt"]
    same(receipt["call"], asked["_meta"]["dev.sallyport/call"])
    path = gateway.folder / "receipt.jsonl"
    gateway.do("audit", "receipt", receipt["call"], "--output", str(path))
    result = verify(gateway, str(path), "--key", key_of(gateway))
    that(result["sound"] and not result["whole"], result)
    positions = [json.loads(line)["position"] for line in path.read_text().splitlines() if '{"position"' in line[:13]]
    same(positions[-1], receipt["index"] + 1)
    # Over HTTP: for whoever has to do with the call, and for auditors.
    basic = lambda name: "Basic " + base64.b64encode(f"{name}:{PASSWORD.format(name)}".encode()).decode()  # noqa: E731

    def get(path, name=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Host": f"localhost:{port}"} | ({"Authorization": basic(name)} if name else {})
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()

    status, lines = get(f"/api/receipts/{receipt['call']}", "ada")
    same(status, 200, lines)
    that(verify(gateway, "-", "--key", key_of(gateway), data=lines.decode())["sound"], "the receipt")
    same(get(f"/api/receipts/{receipt['call']}", "ben")[0], 404, "a call of somebody else")
    same(get("/log/checkpoint")[0], 401)
    same(get("/log/checkpoint", "ben")[0], 403)
    # A client of C2SP tlog-tiles that knows nothing of this program.
    sealed(gateway)
    status, note = get("/log/checkpoint", "ada")
    same(status, 200)
    size = int(note.decode().split("\n")[1])
    width = size % 256
    status, hashes = get(f"/log/tile/0/000.p/{width}", "ada")
    same((status, len(hashes)), (200, 32 * width))
    status, bundle = get(f"/log/tile/entries/000.p/{width}", "ada")
    same(status, 200)
    leaves = [hashlib.sha256(b"\0" + bundle[place + 2 : place + 34]).digest() for place in range(0, len(bundle), 34)]
    same(b"".join(leaves), hashes)

    def root(leaves):
        if len(leaves) == 1:
            return leaves[0]
        half = 1 << (len(leaves) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()

    same(base64.b64encode(root(leaves)).decode(), note.decode().split("\n")[2])
    for path in ["/log/", "/log/tile/0/001", "/log/tile/0/000.p/255", "/log/../style.css", "/log/tile/0/0"]:
        same(get(path, "ada")[0], 404, path)
    gateway.stop()


@case
def witnesses_sign_and_notice_a_log_that_was_rolled_back(world):
    witness = Witness()
    world.rig.callback(witness.close)
    anchor = "anchor.jsonl"
    configuration = rig.acme_configuration(world.acme.port) + (
        f"log:\n  every: 1s\n  anchor: {anchor}\n  anchor-every: 1s\n"
        f"  witnesses: [{{ url: '{witness.url}', key: '{witness.vkey}', allow-loopback: true }}]\n"
    )
    gateway = world.rig.acme_gateway(world.acme, configuration).start()
    for _ in range(3):
        work(world, gateway, reads=2)
        size = sealed(gateway)
        until(lambda: witness.size >= size)
    that(any(request[3] > 0 for request in witness.requests), "proofs were sent")
    same(witness.refusals, [])
    told = json.loads(
        gateway.do("audit", "verify", "--json", "--key", key_of(gateway), "--witness", witness.vkey,
                   "--checkpoint", str(gateway.folder / anchor))
    )  # fmt: skip
    that(told["sound"] and {one["name"] for one in told["witnesses"]} == {witness.name}, told)
    other = Witness("witness.test/w2")
    world.rig.callback(other.close)
    same(gateway.run("audit", "verify", "--witness", other.vkey).status, 1, "nobody of that name signed")
    # A witness that is away for a while is told of everything since.
    gateway.stop()
    known = witness.size
    gateway.config.write_text(gateway.config.read_text().replace(witness.url, "http://127.0.0.1:9/w"))
    gateway.start()
    work(world, gateway, reads=2)
    sealed(gateway)
    gateway.stop()
    gateway.config.write_text(gateway.config.read_text().replace("http://127.0.0.1:9/w", witness.url))
    gateway.start()
    until(lambda: witness.size > known)
    # Its own memory says more than the log: then somebody rolled it back.
    witness.size, witness.root = 100_000, b"\0" * 32
    work(world, gateway, reads=1)
    until(lambda: "rolled back" in gateway.log())
    gateway.stop()


if __name__ == "__main__":
    with rig.Rig() as started:
        sys.exit(run(World(started)))
