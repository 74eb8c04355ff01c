# SPDX-License-Identifier: Apache-2.0
"""A signer that signs for anybody: seals of the right form by keys and certificates that touchstone-signer would refuse.
Keys and certificates are made by the openssl program; the CMS is written here, by hand."""
import hashlib
import pathlib
import subprocess
import tempfile

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186-4 D.1.2.3)
DATA, SIGNED_DATA = bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702")
CONTENT_TYPE, MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010903"), bytes.fromhex("06092a864886f70d010904")
SIGNING_CERTIFICATE = bytes.fromhex("060b2a864886f70d010910022f")
SHA256 = bytes.fromhex("300b0609608648016503040201")
ALGORITHMS = {"ec": bytes.fromhex("300a06082a8648ce3d040302"), "rsa": bytes.fromhex("300d06092a864886f70d01010b0500")}
P256 = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


def openssl(*words, **options):
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, **options).stdout


def der(tag, *parts):
    body = b"".join(parts)
    length = bytes([len(body)]) if len(body) < 128 else len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag]) + (b"" if len(body) < 128 else bytes([0x80 | len(length)])) + length + body


def values(body):
    """The DER values in a row: (whole, inside)."""
    while body:
        head, length = 2, body[1]
        if length & 0x80:
            head += length & 0x7F
            length = int.from_bytes(body[2:head], "big")
        yield body[:head + length], body[head:head + length]
        body = body[head + length:]


def number(value):
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def higher(signature):
    """Of the two ECDSA signatures that fit, the one with the higher s."""
    r, s = (int.from_bytes(inside, "big") for _, inside in values(list(values(signature))[0][1]))
    return der(0x30, number(r), number(max(s, ORDER - s)))


def lower(signature):
    r, s = (int.from_bytes(inside, "big") for _, inside in values(list(values(signature))[0][1]))
    return der(0x30, number(r), number(min(s, ORDER - s)))


class Forger:
    """Self-signed, or certified by `authority` (its .pem and .key). In place of tests.sheet.support.Signer."""

    def __init__(self, subject="/CN=Seal", extensions="", authority=None, key=P256, change=lower):
        self.folder = tempfile.TemporaryDirectory(prefix="touchstone-forger-")
        self.kind, self.change = key[1].split(":")[0], change
        path = pathlib.Path(self.folder.name)
        self.key, self.certificate = path / "seal.key", path / "seal.pem"
        (path / "extensions").write_text(extensions or "basicConstraints=CA:FALSE\n", encoding="utf-8")
        openssl("req", "-new", "-utf8", *key, "-nodes", "-keyout", self.key, "-out", path / "seal.csr", "-subj", subject)
        by = ("-CA", authority[0], "-CAkey", authority[1], "-CAcreateserial") if authority else ("-signkey", self.key)
        openssl("x509", "-req", "-in", path / "seal.csr", *by, "-days", "3", "-extfile", path / "extensions", "-out",
                self.certificate)

    def close(self):
        self.folder.cleanup()

    def seal(self, sheet_no, digest, specimen=True, revision=0):
        """The signer's reply."""
        whole = openssl("x509", "-in", self.certificate, "-outform", "DER")
        named = [one for one, _ in values(list(values(list(values(whole))[0][1]))[0][1])]  # the fields of tbsCertificate
        one = der(0x30, der(0x30, der(0x30, der(0x30, der(0x04, hashlib.sha256(whole).digest())))))
        one = der(0x30, SIGNING_CERTIFICATE, der(0x31, list(values(one))[0][1]))
        attributes = b"".join([der(0x30, CONTENT_TYPE, der(0x31, DATA)),
                               der(0x30, MESSAGE_DIGEST, der(0x31, der(0x04, digest))), one])
        signature = openssl("dgst", "-sha256", "-sign", self.key, input=der(0x31, attributes))
        signature = self.change(signature) if self.kind == "ec" else signature
        signer = der(0x30, number(1), der(0x30, named[3], named[1]), SHA256, der(0xA0, attributes),
                     ALGORITHMS[self.kind], der(0x04, signature))
        data = der(0x30, number(1), der(0x31, SHA256), der(0x30, DATA), der(0xA0, whole), der(0x31, signer))
        return {2: der(0x30, SIGNED_DATA, der(0xA0, data))}
