"""Backup of a server that runs, and restoring elsewhere."""

import base64
import contextlib
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading

import rig
import wire
from cases import case, cases_of, run, same, that, until
from observed import PIN, QUAY_KEY, World, with_pin
from rig import PASSWORD


def during_calls(gateway, token, body):
    """Runs something while calls run; gives how many calls there were, all of which went well."""
    ends, stop = [], threading.Event()

    def calls(tool, arguments):
        while not stop.is_set():
            ends.append(wire.call(gateway.port, token, tool, arguments).result["isError"])

    threads = [
        threading.Thread(target=calls, args=args)
        for args in [("get_tide", {}), ("get_tide", {}), ("create_job", {"name": "x", "pin": PIN})]
    ]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(ends) > 20)
        body()
        count = len(ends)
        until(lambda: len(ends) > count + 5)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    same(set(ends), {False})


def holds(path, *markers):
    """Which of the texts stand in a file, plain or in the codings that somebody might have used."""
    content = path.read_bytes()
    return [
        marker
        for marker in markers
        if any(
            one in content
            for one in [marker.encode(), base64.b64encode(marker.encode()).rstrip(b"="), marker.encode().hex().encode()]
        )
    ]


def restored(world, gateway, directory, database=None):
    """A gateway like another one on a directory of its own."""
    text = gateway.config.read_text().replace("data: data\n", f"data: {directory}\n")
    text = "".join(line + "\n" for line in text.splitlines() if not line.startswith(("observe:", "database:")))
    if database:
        text += f"database: {database}\n"
    other = world.rig.gateway(text, beside={"quay.json": (gateway.folder / "quay.json").read_text()})
    other.data = directory
    return other


def key_of(gateway):
    return (gateway.data / "log.pub").read_text().strip()


@cases_of({"SQLite": False, "PostgreSQL": True})
def a_backup_of_a_busy_server_goes_on_elsewhere(world, shared):
    gateway = world.gateway(more=f"database: {world.database()}\n" if shared else "", writes="allow")
    with_pin(gateway)
    if shared:
        gateway.add("ana", secret=QUAY_KEY, vault="quay")
        gateway.add("ben", roles=["manager"], password=True)
    gateway.start()
    token = gateway.token("ana")
    file, whole = gateway.folder / "backup", gateway.folder / "whole"
    told = []

    def back_up():
        told.append(json.loads(gateway.do("backup", "--output", str(file), "--json")))
        gateway.do("backup", "--output", str(whole), "--with-keys")

    during_calls(gateway, token, back_up)
    that(told[0]["entries"] > 20, told)
    for path in [file, whole]:
        same(oct(stat.S_IMODE(os.stat(path).st_mode)), oct(0o600))
        same(holds(path, QUAY_KEY, PIN, token, PASSWORD.format("ben")), [], "in the backup")
    note_key = (gateway.data / "note.key").read_text().strip()
    same((holds(file, note_key), holds(whole, note_key)), ([], [note_key]))
    same([p.name for p in gateway.folder.iterdir() if ".part" in p.name or p.name.endswith(("-wal", "-shm"))], [])
    same([one["details"]["keys"] for one in acts(gateway, "backup-made")], [True, False])
    again = gateway.run("backup", "--output", str(file))
    that(again.status == 1 and "is there already" in again.err, again)

    # Without the keys it verifies, and does not serve.
    place = gateway.folder / "restored"
    told = json.loads(restored_by(gateway, str(file), "--into", str(place), "--key", key_of(gateway), "--json"))
    same(told["missing"], ["vault.key", "note.key", "signing.key"])
    other = restored(world, gateway, place)
    refused = other.run("serve")
    that(refused.status == 1 and "no 'vault.key'" in refused.err, refused)
    same(sorted(path.name for path in place.glob("*.key")), [], "nothing was made")
    for name in told["missing"]:
        shutil.copy(gateway.data / name, place / name)
    goes_on(other, gateway, token)

    # With them it serves at once.
    place = gateway.folder / "restored-whole"
    told = json.loads(restored_by(gateway, str(whole), "--into", str(place), "--json"))
    same(told["missing"], [])
    goes_on(restored(world, gateway, place), gateway, token)
    if shared:
        other = restored(world, gateway, place, world.database())
        moving = restored(world, gateway, place)
        moved = moving.do("migrate", other.config.read_text().split("database: ")[1].strip())
        that("verifies there" in moved, moved)
        goes_on(other, gateway, token)
    gateway.stop()


def restore(gateway, *arguments):
    """Restoring takes no configuration."""
    done = subprocess.run([rig.binary("sallyport"), "restore", *arguments], cwd=gateway.folder, capture_output=True)
    return rig.Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def restored_by(gateway, *arguments):
    done = restore(gateway, *arguments)
    same(done.status, 0, done)
    return done.out


def acts(gateway, name):
    entries = gateway.audit("--act", name)
    return [event for entry in entries for event in entry["events"]]


def goes_on(other, gateway, token):
    """The log verifies, calls work with what the vault held, and what is added verifies as well."""
    other.start()
    reply = wire.call(other.port, token, "get_tide").result
    same(reply["isError"], False, reply)
    same(len(acts(other, "backup-restored")), 1)
    same(other.stop(), 0)
    told = json.loads(other.run("audit", "verify", "--json", "--key", key_of(gateway)).out)
    that(told["sound"], told)


@case
def what_is_newer_than_a_backup_is_not_lost_in_silence(world):
    gateway = world.gateway().start()
    token = gateway.token("ana")
    wire.call(gateway.port, token, "get_tide")
    file = gateway.folder / "backup"
    gateway.do("backup", "--output", str(file))
    for _ in range(5):
        wire.call(gateway.port, token, "get_tide")
    gateway.stop()
    head = gateway.data / "log.checkpoint"
    place = gateway.folder / "restored"
    told = restore(gateway, str(file), "--into", str(place), "--checkpoint", str(head))
    that(told.status == 1 and "was kept" in told.err and "hint:" in told.err, told)
    that(not place.exists(), "something was restored")
    told = restored_by(gateway, str(file), "--into", str(place), "--checkpoint", str(head), "--accept-loss")
    that("are lost" in told, told)
    # The file in the old directory still knows: the older database is not served there.
    for name in ["sallyport.db-wal", "sallyport.db-shm"]:
        (gateway.data / name).unlink(missing_ok=True)
    shutil.copy(place / "sallyport.db", gateway.data / "sallyport.db")
    told = gateway.run("serve")
    that(told.status == 1 and "rolled back" in told.err, told)


@case
def what_was_approved_in_a_backup_is_not_made_a_second_time(world):
    upstream = world.rig.upstream()
    gateway = world.gateway(upstream, writes="ask").start()
    token = gateway.token("ana")
    calls = [
        wire.call(gateway.port, token, "create_job", {"name": name}).result["_meta"]["dev.sallyport/call"]
        for name in ["approved", "waits"]
    ]
    same(gateway.approve(calls[0]).status, 0)
    file, place = gateway.folder / "backup", gateway.folder / "restored"
    gateway.do("backup", "--output", str(file), "--with-keys")
    same(wire.call(gateway.port, token, "create_job", {"name": "approved"}).result["isError"], False)
    same(upstream.count("ended", "approved"), 1)
    gateway.stop()
    same(json.loads(restored_by(gateway, str(file), "--into", str(place), "--json"))["voided"], 2)
    other = restored(world, gateway, place).start()
    same(other.waiting(), [])
    for call in calls:
        same([event["event"] for event in other.events(call)][-1], "expired")
    again = wire.call(other.port, token, "create_job", {"name": "approved"}, {"dev.sallyport/call": calls[0]}).result
    that("waits for a person" in wire.text_of(again) or again["isError"], again)
    same(upstream.count("ended", "approved"), 1)
    same(other.stop(), 0)


@case
def what_is_no_sound_backup_is_not_restored(world):
    gateway = world.gateway().start()
    wire.call(gateway.port, gateway.token("ana"), "get_tide")
    file = gateway.folder / "backup"
    gateway.do("backup", "--output", str(file))
    key = key_of(gateway)
    gateway.stop()
    place = gateway.folder / "place"
    place.mkdir()
    (place / "something").write_text("of mine")
    told = restore(gateway, str(file), "--into", str(place))
    that(told.status == 1 and "is not empty" in told.err, told)
    same([path.name for path in place.iterdir()], ["something"])

    def refused(name, change, *options):
        copy = gateway.folder / name
        shutil.copy(file, copy)
        change(copy)
        told = restore(gateway, str(copy), "--into", str(gateway.folder / f"into-{name}"), *options)
        that(told.status == 1 and "rror:" in told.err and "Fatal" not in told.err, f"{name}: {told}")
        that(not (gateway.folder / f"into-{name}").exists(), name)
        same([path for path in gateway.folder.glob("*.part-*")], [], name)
        return told.err

    def edit(*statements):
        def change(path):
            with contextlib.closing(sqlite3.connect(path)) as database:
                for statement in statements:
                    database.execute(statement)
                database.commit()

        return change

    refused("nonsense", lambda path: path.write_bytes(b"nonsense" * 1000))
    refused("empty", lambda path: path.write_bytes(b""))
    refused("half", lambda path: path.write_bytes(file.read_bytes()[: os.path.getsize(file) // 2]))
    refused("plain", edit("DROP TABLE backup"))
    later = refused("later", edit("UPDATE backup SET content = CAST('{\"version\":2}' AS BLOB) WHERE name = 'manifest.json'"))
    that("version 2" in later, later)
    that(
        "its tables are not" in refused(
            "changed",
            edit("DROP TRIGGER entries_keep_from_update", "UPDATE entries SET actor = 'eve' WHERE position = 2",
                 "CREATE TRIGGER entries_keep_from_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, ''); END"),
        ),
        "a changed entry",
    )  # fmt: skip
    # What no checkpoint covers is held to the manifest, with a key and without.
    for options in [(), ("--key", key)]:
        for name, statements in {
            "user": ["UPDATE users SET roles = 'admin'"],
            "secret": ["DELETE FROM vault_secrets"],
            "tail": [
                "INSERT INTO entries (position, at, actor, act, body) "
                "SELECT max(position) + 1, max(at), 'eve', 'forged', '[]' FROM entries"
            ],
            "emptied": [
                *(f"DROP TRIGGER {table}_keep_from_delete" for table in ["entries", "tiles", "checkpoints"]),
                *(f"DELETE FROM {table}" for table in ["entries", "tiles", "checkpoints", "cosignatures"]),
            ],
        }.items():
            told = refused(f"{name}-{len(options)}", edit(*statements), *options)
            that("was changed" in told, f"{name}: {told}")
    other = world.rig.quay_gateway(world.upstream)
    for name in ["log.pub", "note.key"]:
        (other.data / name).unlink(missing_ok=True)
    other.do("users", "list")
    that("of another log" in refused("foreign", lambda _: None, "--key", key_of(other)), "another key")
    restored_by(gateway, str(file), "--into", str(gateway.folder / "fine"), "--key", key)


if __name__ == "__main__":
    with rig.Rig() as started:
        sys.exit(run(World(started)))
