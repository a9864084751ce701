"""Evidence made up from docs/evidence.md, for what no running gateway would write: pruned, split and hostile logs."""

import base64
import hashlib
import json
import subprocess
import tempfile
from pathlib import Path


class MadeLog:
    def __init__(self, name="made.example/log"):
        self.name = name
        self.folder = tempfile.mkdtemp(prefix="made-log.")
        self.key = Path(self.folder) / "key.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.key], check=True)
        public = subprocess.run(
            ["openssl", "pkey", "-in", self.key, "-pubout", "-outform", "DER"], check=True, capture_output=True
        ).stdout[-32:]
        self.hash = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        self.vkey = f"{name}+{self.hash.hex()}+" + base64.b64encode(b"\x01" + public).decode()

    def checkpoint(self, leaves):
        text = f"{self.name}\n{len(leaves)}\n{base64.b64encode(root(leaves)).decode()}\n"
        with tempfile.NamedTemporaryFile(dir=self.folder) as message:
            message.write(text.encode())
            message.flush()
            signature = subprocess.run(
                ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.key, "-in", message.name],
                check=True, capture_output=True,
            ).stdout  # fmt: skip
        return f"{text}\n\u2014 {self.name} {base64.b64encode(self.hash + signature).decode()}\n"

    def lines(self, entries, sizes, missing=()):
        """A whole log of these lines, with checkpoints at sizes and without what is missing."""
        leaves = [leaf(entry) for entry in entries]
        lines = [dump({"evidence": 1, "origin": self.name, "key": self.vkey, "whole": True})]
        lines += [dump({"checkpoint": self.checkpoint(leaves[:size])}) for size in sizes]
        for start in range(0, len(entries), 256):
            end = min(start + 256, len(entries))
            lines.append(dump({"from": start, "hashes": base64.b64encode(b"".join(leaves[start:end])).decode()}))
            lines += [entries[place] for place in range(start, end) if place + 1 not in missing]
        return lines


def dump(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def entry(position, **members):
    return dump({"position": position, "at": position, **members})


def pruning(position, positions):
    ranges = []
    for one in sorted(positions):
        if ranges and one == ranges[-1][1] + 1:
            ranges[-1][1] = one
        else:
            ranges.append([one, one])
    text = ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges)
    details = {"class": "reads", "count": len(positions), "positions": text}
    return entry(position, actor="system", act="entries-pruned", body={"act": "entries-pruned", "details": details})


def leaf(line):
    return hashlib.sha256(b"\0" + hashlib.sha256(line.encode()).digest()).digest()


def root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()
