# SPDX-License-Identifier: Apache-2.0
"""The formats of docs/evidence.md once more, written from the RFCs and that page alone.

Slow and recursive on purpose: the definitions of RFC 6962 section 2.1 stand here as they stand there.
"""
import base64
import hashlib
import re
import unicodedata
import zlib

DIGITS = {1: 3, 2: 5, 3: 8, 4: 10, 5: 13, 6: 15, 7: 17}


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


# RFC 6962, 2.1: MTH, PATH and PROOF over lists of leaf hashes.


def split(count):
    k = 1
    while 2 * k < count:
        k *= 2
    return k


def root(leaves):
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01", root(leaves[:k]), root(leaves[k:]))


def path(index, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return path(index, leaves[:k]) + [root(leaves[k:])]
    return path(index - k, leaves[k:]) + [root(leaves[:k])]


def growth(older, leaves, whole=True):
    """SUBPROOF(m, D[n], b)."""
    if older == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if older <= k:
        return growth(older, leaves[:k], whole) + [root(leaves[k:])]
    return growth(older - k, leaves[k:], False) + [root(leaves[:k])]


# RFC 8949: the items that a statement may have, shortest heads.


def head(major, argument):
    if argument < 24:
        return bytes([major << 5 | argument])
    for code, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if argument < 1 << 8 * width:
            return bytes([major << 5 | code]) + argument.to_bytes(width, "big")
    raise ValueError(argument)


def cbor(value):
    if value is None or isinstance(value, bool):
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        pairs = sorted((cbor(key), cbor(one)) for key, one in value.items())
        return head(5, len(pairs)) + b"".join(key + one for key, one in pairs)
    return head(4, len(value)) + b"".join(map(cbor, value))


# docs/evidence.md, Statement.


def number(text):
    if text is None:
        return None
    plain = re.fullmatch(r"(-?)([0-9]+)(?:\.([0-9]+))?", text)
    if not plain:
        assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?\([+-]\)", text), text
        return text
    sign, whole, places = plain[1], plain[2], plain[3] or ""
    mantissa = int(whole + places)
    return [-mantissa if sign else mantissa, -len(places)] if mantissa < 1 << 64 else text


def code(text):
    return int(text[1:]) if text.startswith("#") else text


def limit(kind, given):
    if kind in (1, 2, 4, 5, 6):
        return number(given)
    if kind == 3:
        return [number(one) for one in given]
    if kind == 11:
        return [int(given[0]), int(given[1]), number(given[2]), number(given[3])]
    if kind == 12:
        return [number(given[0]), given[1] == "1", number(given[2]), given[3] == "1"]
    return given


def result(one):
    kind = int(one["qual"])
    value = one["value"] if kind == 4 else [number(unit) for unit in one["value"]] if kind == 5 else number(one["value"])
    return [code(one["analyte"]), kind, value, code(one["unit"]), number(one["u"]), int(one["limop"]),
            limit(int(one["limop"]), one["limit"]), code(one["method"]), int(one["verdict"]),
            None if one["rule"] is None else code(one["rule"]), int(one["scope"])]


def statement(record, record_bytes, index, salt):
    said = record["statement"]
    fields = {1: said["issuer"], 2: record["sheet_no"], 3: int(record["revision"]), 4: index, 5: salt,
              6: int(said["issued"]), 7: [int(day) for day in said["dates"]], 8: said["sample"], 9: int(said["domain"]),
              10: [result(one) for one in said["results"]], 11: code(said["rule"]), 12: int(said["overall"]),
              13: sha256(record_bytes), 14: int(said["registry"]), 18: int(said["legal_class"])}
    if "sample_id" in said:
        fields[15] = [int(said["sample_id"][0]), said["sample_id"][1]]
    if "supersedes" in said:
        fields[16] = int(said["supersedes"])
    payload = cbor(fields)
    if len(fields[10]) <= 40 and len(envelope(payload)) <= 900:
        return payload
    failing = [one for one in fields[10] if one[8] in (2, 4)]
    for kept in range(min(40, len(failing)), -1, -1):
        payload = cbor(fields | {10: failing[:kept], 17: True})
        if len(envelope(payload)) <= 900:
            return payload
    raise ValueError("too long")


def protected(kid):
    return cbor({1: -7, 4: kid})


def envelope(payload, kid=bytes(8), signature=bytes(64)):
    return head(6, 18) + cbor([protected(kid), {}, payload, signature])


def sig_structure(payload, kid):
    return cbor(["Signature1", protected(kid), b"touchstone/sheet/1", payload])


def digits(data):
    groups = [data[at:at + 7] for at in range(0, len(data), 7)]
    return "".join(str(int.from_bytes(group, "little")).zfill(DIGITS[len(group)]) for group in groups)


def tlog_proof(entry, index, hashes, checkpoint):
    lines = ["c2sp.org/tlog-proof@v1", f"extra {base64.b64encode(entry).decode()}", f"index {index}", *(base64.b64encode(one).decode() for one in hashes), ""]
    return ("\n".join(lines) + "\n").encode() + checkpoint


def checkpoint(origin, size, top):
    return f"{origin}\n{size}\n{base64.b64encode(top).decode()}\n".encode()


def signature_line(name, key_id, signature):
    return f"— {name} {base64.b64encode(key_id + signature).decode()}\n".encode()


def status_list(origin, shard, size, at, states):
    packed = bytes(sum(states.get(4 * byte + place, 0) << 2 * place for place in range(4)) for byte in range(16384))
    listed = base64.b64encode(zlib.compress(packed, 9)).decode()
    return f"touchstone-status/1\n{origin}\n{shard}\n{size}\n{at}\n{listed}\n".encode(), packed


def nfc(text):
    return unicodedata.normalize("NFC", text)
