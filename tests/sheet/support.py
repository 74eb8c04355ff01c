# SPDX-License-Identifier: Apache-2.0
"""What the tests of the sheet share: frames, messages, a sample record and a photo of a ring.

The few protobuf messages are written and read by hand, so that the tests need no generated code and
agree with the schema independently.
"""
import datetime
import hashlib
import json
import math
import os
import pathlib
import struct
import subprocess
import zlib

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("TOUCHSTONE_BUILD", HERE.parent.parent / "build" / "check"))
FOLDERS = {"touchstone-render": "server/render", "touchstone-signer": "server/signer", "sheet_tool": "tests/unit/sheet",
           "evidence_tool": "tests/unit/evidence"}


def program(name):
    path = BUILD / FOLDERS[name] / name
    if not path.is_file():
        raise FileNotFoundError(f"{path}: set TOUCHSTONE_BUILD to the build directory")
    return str(path)


def varint(number):
    out = bytearray()
    while True:
        out.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(out)


def field(number, value):
    if isinstance(value, bool) or isinstance(value, int):
        return varint(number << 3) + varint(int(value)) if value else b""
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def parse(message):
    """Field number -> last value (int or bytes)."""
    fields, at = {}, 0

    def read_varint():
        nonlocal at
        number = shift = 0
        while True:
            byte = message[at]
            at += 1
            number |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return number

    while at < len(message):
        tag = read_varint()
        if tag & 7 == 0:
            fields[tag >> 3] = read_varint()
        else:
            length = read_varint()
            fields[tag >> 3] = message[at:at + length]
            at += length
    return fields


def frame(message):
    return struct.pack(">I", len(message)) + message


def read_frame(stream):
    head = stream.read(4)
    if len(head) < 4:
        return None
    length = struct.unpack(">I", head)[0]
    body = stream.read(length)
    return body if len(body) == length else None


class Helper:
    """A helper program that talks frames on its standard input and output."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, message):
        self.process.stdin.write(frame(message))
        self.process.stdin.flush()
        reply = read_frame(self.process.stdout)
        return None if reply is None else parse(reply)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Renderer(Helper):
    def __init__(self):
        super().__init__(program("touchstone-render"))

    def draw(self, record, photo=b"", qr="", small_qr="", document=0, standing=0, since="", seal=b"", cma=b"", cnas=b""):
        """The PDF and the number of pages, or the error as a text."""
        if isinstance(record, dict):
            record = json.dumps(record, ensure_ascii=False).encode()
        reply = self.ask(field(1, record) + field(2, photo) + field(8, qr) + field(9, small_qr) + field(10, document) +
                         field(11, standing) + field(12, since) + field(13, seal) + field(15, cma) + field(16, cnas))
        if reply is None:
            return None
        return reply[3].decode() if reply.get(3) else (reply[1], reply[2])


class Signer(Helper):
    def __init__(self, *options):
        super().__init__(program("touchstone-signer"), *options)

    def identity(self):
        return self.ask(field(2, b""))

    def seal(self, sheet_no, digest, specimen=True, revision=0):
        request = field(1, sheet_no) + field(2, revision) + field(3, digest) + field(4, specimen)
        return self.ask(field(1, request))


def tool(*arguments):
    """Runs sheet_tool: its exit code and what it said."""
    done = subprocess.run([program("sheet_tool"), *map(str, arguments)], capture_output=True, text=True)
    return done.returncode, done.stdout


def canonical(record):
    """RFC 8785 for a record, which holds no numbers."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def seal(drawn, record, signer, folder, name="sheet.pdf", evidence=()):
    """The daemon's part between renderer and signer; evidence: statement and proof. Gives the path of the sealed sheet."""
    folder = pathlib.Path(folder)
    parts = {"drawn.pdf": drawn, "record.json": canonical(record), **dict(zip(("sheet.cose", "sheet.tlog-proof"), evidence))}
    for part, content in parts.items():
        (folder / part).write_bytes(content)
    given = [folder / part for part in parts]
    code, said = tool("prepare", *given[:2], folder / name, *given[2:])
    if code:
        raise RuntimeError(said)
    hole, digest = said.split()
    reply = signer.seal(record["sheet_no"], bytes.fromhex(digest), record["specimen"])
    if reply.get(1):
        raise RuntimeError(reply[1].decode())
    (folder / "seal.cms").write_bytes(reply[2])
    code, said = tool("finish", folder / name, hole, folder / "seal.cms")
    if code:
        raise RuntimeError(said)
    return folder / name


def sample_record(photo=b"", **changes):
    """Of a sheet issued today: a demonstration certificate made now was not valid on the day that the file names."""
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date().isoformat()
    record = json.loads((HERE / "sample_record.json").read_text(encoding="utf-8").replace("2026-11-24", today))
    if photo:
        record["item"]["photo_sha256"] = hashlib.sha256(photo).hexdigest()
    record.update(changes)
    return record


def png(width, height, pixel):
    """A PNG whose pixel(x, y) is (red, green, blue)."""
    rows = b"".join(b"\0" + bytes(c for x in range(width) for c in pixel(x, y)) for y in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))


def ring_photo(side=420):
    """A gold ring on grey cloth, painted by arithmetic."""

    def pixel(x, y):
        u, v = (x - side / 2) / (side / 2), (y - side / 2) / (side / 2) * 1.18
        radius, angle = math.hypot(u, v), math.atan2(v, u)
        across = (radius - 0.60) / 0.11
        if abs(across) < 1:
            shine = math.sqrt(1 - across * across)
            light = 0.45 + 0.35 * shine + 0.35 * max(0, math.cos(angle + 2.2)) ** 6
            return tuple(min(255, int(c * light)) for c in (255, 205, 96))
        shade = 214 - int(40 * math.exp(-((radius - 0.66) / 0.14) ** 2)) + (x * 7 + y * 13) % 5
        return shade, shade, min(255, shade + 6)

    return png(side, side, pixel)
