# SPDX-License-Identifier: Apache-2.0
"""A public log written by another hand: RFC 6962, C2SP notes and tiles, status lists, registry and keys, from their
texts and docs/evidence.md. Signatures are python3-cryptography's. Nothing of Touchstone is in it."""
import base64
import hashlib
import json
import struct
import time
import zlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

ORIGIN = "lab.example/log"
ISSUE, AMEND, WITHDRAW, REGISTRY, KEY_ADD, KEY_RETIRE, SEALED = range(1, 8)
NONE = 2**64 - 1
DAY = 24 * 3600


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(hashes_of_leaves):
    """RFC 6962, 2.1, as it stands there."""
    if not hashes_of_leaves:
        return sha256()
    if len(hashes_of_leaves) == 1:
        return hashes_of_leaves[0]
    split = 1
    while split * 2 < len(hashes_of_leaves):
        split *= 2
    return sha256(b"\x01", root_of(hashes_of_leaves[:split]), root_of(hashes_of_leaves[split:]))


def level_above(row):
    """The roots of full runs of 256."""
    for _ in range(8):
        row = [sha256(b"\x01", row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
    return row


def tile_name(number):
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


class Key:
    def __init__(self, use, edwards=False):
        self.use, self.edwards = use, edwards
        self.private = ed25519.Ed25519PrivateKey.generate() if edwards else ec.generate_private_key(ec.SECP256R1())
        public = self.private.public_key()
        self.spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.name = ORIGIN if use.startswith(("log", "status")) else ""
        self.first = self.last = None
        if edwards:
            raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            self.note_id = sha256(self.name.encode(), b"\n\x01", raw)[:4]
        else:
            self.note_id = sha256(self.spki)[:4]

    @property
    def kid(self):
        return sha256(self.spki)[:8]

    def line(self, body):
        made = self.private.sign(body) if self.edwards else self.private.sign(body, ec.ECDSA(hashes.SHA256()))
        return f"\N{EM DASH} {self.name} {base64.b64encode(self.note_id + made).decode()}\n".encode()

    def listed(self):
        return {"kid": self.kid.hex(), "use": self.use, "spki": base64.b64encode(self.spki).decode(), "name": self.name,
                "from": None if self.first is None else str(self.first),
                "last": None if self.last is None else str(self.last), "demonstration": False}


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class PublicLog:
    """Entries by the methods named after their kinds; write() makes the files."""

    def __init__(self, now=None):
        self.now = int(now or time.time())
        self.milliseconds = (self.now - 3600) * 1000
        self.entries, self.states, self.registries = [], {}, []
        self.keys = {use: Key(use, use in ("log", "status"))
                     for use in ("statement", "log", "log_p256", "status", "status_p256")}
        self.all_keys = list(self.keys.values())
        for key in self.all_keys:
            self.key_add(key)

    # ---- entries

    def add(self, kind, digest=bytes(32), ref=NONE, kid=None, reason=0):
        self.milliseconds += 1
        self.entries.append(b"TSL1" + struct.pack(">BBHQQ", kind, reason, 0, self.milliseconds, ref) + digest
                            + (kid or self.keys["statement"].kid))
        return len(self.entries) - 1

    def key_add(self, key):
        key.first = self.add(KEY_ADD, sha256(key.spki), kid=key.kid)

    def key_retire(self, key):
        key.last = len(self.entries) - 1
        self.add(KEY_RETIRE, ref=key.last, kid=key.kid)

    def issue(self, count=1):
        for _ in range(count):
            at = self.add(ISSUE, sha256(b"sid", str(len(self.entries)).encode()))
        return at

    def amend(self, ref):
        self.states[ref] = 1
        return self.add(AMEND, sha256(b"sid", str(len(self.entries)).encode()), ref)

    def withdraw(self, ref):
        self.states[ref] = 2
        return self.add(WITHDRAW, ref=ref, reason=1)

    def registry(self, *new):
        version = len(self.registries) + 1
        before = json.loads(self.registries[-1])["entries"] if self.registries else []
        entries = before + [{"kind": kind, "code": str(code), "id": name, "zh": name, "en": name, "since": str(version)}
                            for kind, code, name in new]
        entries.sort(key=lambda one: (one["kind"], int(one["code"])))
        self.log_registry(canonical({"version": str(version), "entries": entries}))

    def log_registry(self, content):
        self.registries.append(content)
        self.add(REGISTRY, sha256(content))

    # ---- what is derived

    def leaves(self, size=None):
        return [sha256(b"\x00", entry) for entry in self.entries[:size]]

    def note(self, body, *uses):
        return body + b"\n" + b"".join(self.keys[use].line(body) for use in uses)

    def checkpoint(self, size=None, root=None):
        size = len(self.entries) if size is None else size
        root = base64.b64encode(root or root_of(self.leaves(size))).decode()
        return self.note(f"{ORIGIN}\n{size}\n{root}\n".encode(), "log", "log_p256")

    def status(self, shard, states=None, size=None, at=None):
        size = len(self.entries) if size is None else size
        states = self.states if states is None else states
        bits = bytearray((min(size - shard * 65536, 65536) + 3) // 4)
        for index, state in states.items():
            if index >> 16 == shard:
                bits[index % 65536 // 4] |= state << 2 * (index % 4)
        return self.status_of(shard, zlib.compress(bytes(bits)), size, at)

    def status_of(self, shard, deflated, size=None, at=None):
        size = len(self.entries) if size is None else size
        body = (f"touchstone-status/1\n{ORIGIN}\n{shard}\n{size}\n{at or self.now}\n"
                f"{base64.b64encode(deflated).decode()}\n")
        return self.note(body.encode(), "status", "status_p256")

    def keys_json(self):
        return {"origin": ORIGIN, "keys": [key.listed() for key in self.all_keys]}

    def files(self):
        size, row, level = len(self.entries), self.leaves(), 0
        made = {"log/checkpoint": self.checkpoint(), "log/keys.json": canonical(self.keys_json())}
        for first in range(0, size, 256):
            part = self.entries[first:first + 256]
            end = "" if len(part) == 256 else f".p/{len(part)}"
            made[f"log/tile/entries/{tile_name(first // 256)}{end}"] = b"".join(b"\x00\x40" + one for one in part)
        while row:
            for first in range(0, len(row), 256):
                part = row[first:first + 256]
                end = "" if len(part) == 256 else f".p/{len(part)}"
                made[f"log/tile/{level}/{tile_name(first // 256)}{end}"] = b"".join(part)
            row, level = level_above(row[:len(row) // 256 * 256]) if len(row) >= 256 else [], level + 1
        for shard in range((size - 1 >> 16) + 1):
            made[f"log/status/{shard}"] = self.status(shard)
        for at, content in enumerate(self.registries):
            made[f"log/registry/{at + 1}.json"] = content
        data = self.keys_json() | {"page": "1", "host": ORIGIN.removesuffix("/log"), "institute": {"name_en": "Lab"}}
        made["s/data.json"] = canonical(data | {"registry": json.loads(self.registries[-1])})
        return made

    def write(self, folder, **changed):
        for path, content in (self.files() | changed).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder
