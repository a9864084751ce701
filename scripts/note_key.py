"""Note keys of C2SP signed-note with Ed25519 (RFC 8032), in nothing but Python: for scripts/verify-log."""

import base64
import hashlib
import re


# --- Ed25519 (RFC 8032): points in extended coordinates (X, Y, Z, T) ---

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
NEUTRAL = (0, 1, 1, 0)


def decode_point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        raise ValueError("a point that is not canonical")
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and sign):
        raise ValueError("no point of the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encode_point(point):
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


def add_points(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiples(point):
    """0 to 15 times the point, 16 times that, and so on. A product is then 64 additions, and one key signs them all."""
    rows = []
    for _ in range(64):
        row = [NEUTRAL]
        for _ in range(15):
            row.append(add_points(row[-1], point))
        rows.append(row)
        point = add_points(row[-1], point)
    return rows


def add_product(total, rows, scalar):
    for row in rows:
        total = add_points(total, row[scalar & 15])
        scalar >>= 4
    return total


BASE = multiples(decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little")))


class Key:
    """A note key: name+hash+base64(0x01 || public key)."""

    def __init__(self, text):
        match = re.fullmatch(r"([^\s+]+)\+([0-9a-fA-F]{8})\+(\S+)", text)
        if not match:
            raise ValueError("not a note key")
        self.name, data = match[1], unbase64(match[3])
        if len(data) != 33 or data[0] != 1:
            raise ValueError("not a note key for Ed25519")
        self.hash = sha256(self.name.encode() + b"\n" + data)[:4]
        if self.hash.hex() != match[2].lower():
            raise ValueError("a note key whose hash does not fit")
        self.public = data[1:]
        x, y, z, t = decode_point(self.public)
        self.negated = multiples((P - x, y, z, P - t))

    def verifies(self, message, signature):
        if len(signature) != 64:
            return False
        r, s = signature[:32], int.from_bytes(signature[32:], "little")
        if s >= L:
            return False
        k = int.from_bytes(hashlib.sha512(r + self.public + message).digest(), "little") % L
        # R has to be S*B - k*A. Comparing what is encoded also refuses every R that is no point or not canonical.
        return encode_point(add_product(add_product(NEUTRAL, BASE, s), self.negated, k)) == r


def sha256(data):
    return hashlib.sha256(data).digest()


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("Base64 that is not canonical")
    return data
