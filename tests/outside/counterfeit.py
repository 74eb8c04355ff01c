# SPDX-License-Identifier: Apache-2.0
"""A laboratory that writes whatever it likes, in the right form: its own keys, statements, log and files, made from
docs/evidence.md with tests/sheet/independent.py. With keys of its own it is a forger; with those of a log that trusts it, it is
the laboratory itself, and what it can do then must show."""
import base64
import hashlib
import json
import os
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from tests.sheet import independent, support

USES = {"statement": ec, "log": ed25519, "log_p256": ec, "status": ed25519, "status_p256": ec}
NEVER = (1 << 64) - 1
ISSUE, AMEND, WITHDRAW, REGISTRY, KEY_ADD, KEY_RETIRE = range(1, 7)


class Key:
    def __init__(self, use, name="", stolen=None):
        """`stolen`: the key file of a signer."""
        self.use, self.name = use, name
        if stolen:
            self.private = serialization.load_pem_private_key(stolen.read_bytes(), None)
        else:
            self.private = ec.generate_private_key(ec.SECP256R1()) if USES[use] is ec else ed25519.Ed25519PrivateKey.generate()
        public = self.private.public_key()
        self.spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.kid = hashlib.sha256(self.spki).digest()[:8]

    def sign(self, content):
        return self.private.sign(content, ec.ECDSA(hashes.SHA256())) if USES[self.use] is ec else self.private.sign(content)

    def listed(self, **more):
        return dict(dict(kid=self.kid.hex(), spki=base64.b64encode(self.spki).decode(), use=self.use, last=None, demonstration=True,
                         name=self.name, **{"from": 0}), **more)

    def line(self, body):
        """The signature line of a note."""
        named = self.name.encode() + b"\n\x01" + self.spki[12:] if USES[self.use] is ed25519 else self.spki
        return independent.signature_line(self.name, hashlib.sha256(named).digest()[:4], self.sign(body))


class Laboratory:
    def __init__(self, host="localhost:8443", stolen=None, uses=(), names=None):
        """`stolen`: the folder of a signer's keys; those of `uses` are taken from there, the others made anew. `names`: of their
        lines in notes."""
        self.host, self.origin = host, f"{host}/log"
        named = dict({use: "" if use == "statement" else self.origin for use in USES}, **(names or {}))
        self.keys = {use: Key(use, named[use], stolen / f"demonstration-{use.replace('_', '-')}.pem" if use in uses else None) for use in USES}
        self.entries = []

    # ---- statements
    def envelope(self, payload, key=None, domain=b"touchstone/sheet/1"):
        key = key or self.keys["statement"]
        content = independent.cbor(["Signature1", independent.protected(key.kid), domain, payload])
        r, s = utils.decode_dss_signature(key.sign(content))
        return independent.envelope(payload, key.kid, r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def statement(self, record, index=None, salt=None):
        """The payload of a record, whose bytes are canonical already."""
        return independent.statement(json.loads(record), record, len(self.entries) if index is None else index,
                                     salt or os.urandom(16))

    def text(self, cose):
        return f"https://{self.host}/s#{independent.digits(cose)}"

    # ---- the log
    def entry(self, kind, digest=bytes(32), ref=NEVER, kid=None, at=None):
        moment = int(time.time() * 1000) if at is None else at
        return (b"TSL1" + bytes([kind, 0, 0, 0]) + moment.to_bytes(8, "big") + ref.to_bytes(8, "big") + digest +
                (kid or self.keys["statement"].kid))

    def enter(self, payload, supersedes=None):
        sid = hashlib.sha256(b"touchstone/sheet/1\n" + payload).digest()
        self.entries.append(self.entry(ISSUE if supersedes is None else AMEND, sid, NEVER if supersedes is None else supersedes))
        return len(self.entries) - 1

    def leaves(self):
        return [hashlib.sha256(b"\0" + entry).digest() for entry in self.entries]

    def note(self, body, *uses):
        return body + b"\n" + b"".join(self.keys[use].line(body) for use in uses)

    def checkpoint(self, size=None, root=None):
        size = len(self.entries) if size is None else size
        return self.note(independent.checkpoint(self.origin, size, root or independent.root(self.leaves()[:size])), "log", "log_p256")

    def proof(self, index):
        return independent.tlog_proof(self.entries[index], index, independent.path(index, self.leaves()), self.checkpoint())

    def status(self, states=None, shard=0, at=None, size=None):
        body, _ = independent.status_list(self.origin, shard, len(self.entries) if size is None else size,
                                          int(time.time()) if at is None else at, states or {})
        return self.note(body, "status", "status_p256")

    def data(self, registry=None, **more):
        """s/data.json: what a verifier trusts."""
        return json.dumps(dict(dict(origin=self.origin, host=self.host, page="1", registry=registry or {"version": "1", "entries": []},
                                    keys=[key.listed() for key in self.keys.values()], institute={"name_zh": "试", "name_en": "T"}),
                               **more)).encode()

    # ---- files
    def sheet(self, record, photo, renderer, signer, folder, name="sheet.pdf", **parts):
        """The path of a sealed sheet: drawn, entered and attached as the laboratory does it, but for what `parts` puts in the
        place of payload, cose, proof or drawn."""
        payload = parts.get("payload") or self.statement(record)
        cose = parts.get("cose") or self.envelope(payload)
        index = self.enter(payload)
        drawn = parts.get("drawn") or self.drawn(json.loads(record), photo, renderer, cose)
        return support.seal(drawn, json.loads(record), signer, folder, name, (cose, parts.get("proof") or self.proof(index)))

    def drawn(self, record, photo, renderer, cose):
        drawn = renderer.draw(record, photo, qr=self.text(cose), small_qr=f"https://{self.host}/s?n={record['sheet_no']}&c=7K3M9QXA")
        if isinstance(drawn, str):
            raise AssertionError(drawn)
        return drawn[0]
