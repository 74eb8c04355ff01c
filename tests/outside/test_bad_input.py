# SPDX-License-Identifier: Apache-2.0
"""Every field of every request with wrong type, length, range and encoding, generated from the
descriptors: each is refused with INVALID_ARGUMENT, names the field, and changes nothing."""
import unittest

import grpc

from tests.outside.world import World, good_request, good_values
from tests.support import wire
from tests.support.daemon import Daemon
from tests.support.errors import Details

# What no value of a format may be; the formats are those of rules.proto.
BAD_OF_FORMAT = {
    "FORMAT_PHONE": ["123", "12a45678", "+", "１３８００００１２３４", "1" * 30],
    "FORMAT_DECIMAL": ["NaN", "1e3", "７５０", "1,5", "--1", "1.2.3", ".", "9" * 41, "9" * 10000, " 1"],
    "FORMAT_DECIMAL_MARKED": ["NaN(+)", "1e3", "７５０", "1,5", "15.5(", "15.5(+", "(-)", "15.5(+)(-)", "9" * 41 + "(+)", " 1"],
    "FORMAT_DECIMAL_NOT_NEGATIVE": ["-1", "inf", "0x10", "９", "1" * 41],
    "FORMAT_ITEM_CODE": ["ABC", "000000001", "!!!-!!!-!!!"],
    "FORMAT_UUID": ["not-a-uuid", "00000000-0000-0000-0000-00000000000", "g" * 36],
    "FORMAT_USERNAME": ["Root", "1abc", "a b", "名字"],
    "FORMAT_CODE": ["a b", "../etc", "JEW'"],
    "FORMAT_NUMBER": ["d1-26", "D1 26", "D1;26"],
    "FORMAT_LINE": ["two\nlines", "tab\there", "bidi \u202e text", "bell \a"],
    "FORMAT_PARAGRAPH": ["bell \a", "bidi \u2066 text"],
}


PICTURE = 10  # FORMAT_PICTURE; bytes without it may be anything


def request_fields(descriptor, prefix=(), depth=0):
    """Paths of descriptors to every field, through nested messages."""
    for field in descriptor.fields:
        path = (*prefix, field)
        yield path
        if field.message_type and depth < 4:
            yield from request_fields(field.message_type, path, depth + 1)


def path_name(path):
    """As a violation names it: items[0].tests[0].method_id"""
    names = []
    for at, field in enumerate(path):
        last = at == len(path) - 1
        repeated = field.label == field.LABEL_REPEATED
        names.append(field.name + ("[0]" if repeated and not last else ""))
    return ".".join(names)


def bad_texts(schema, field, rule):
    format_name = schema.pool.FindEnumTypeByName("touchstone.v1.Format").values_by_number[rule.format].name
    ceiling = rule.max_length or 1000
    yield "too long", ("9" * (ceiling + 1)).encode()
    yield "not UTF-8", b"\xff\xfe"
    yield "overlong UTF-8", b"\xc0\xaf"
    yield "NUL inside", b"a\0b"
    if rule.min_length > 1:
        yield "too short", b"x" * (rule.min_length - 1)
    for text in BAD_OF_FORMAT.get(format_name, []):
        yield f"format {text[:12]!r}", text.encode()


def bad_encodings(schema, path):
    """(what is wrong, raw encoded field) for one field."""
    field = path[-1]
    rule = wire.rule_of(schema, field)
    repeated = field.label == field.LABEL_REPEATED
    if field.type in (field.TYPE_STRING, field.TYPE_BYTES, field.TYPE_MESSAGE):
        yield "wrong wire type", wire.varint(field.number << 3) + wire.varint(7)
    else:
        yield "wrong wire type", wire.varint(field.number << 3 | 5) + b"\1\2\3\4"
    if field.type == field.TYPE_STRING:
        for what, text in bad_texts(schema, field, rule):
            yield what, wire.length_delimited(field.number, text)
    if field.type == field.TYPE_BYTES:
        if wire.rule_of(schema, field).format == PICTURE:
            yield "not a picture", wire.length_delimited(field.number, b"<svg onload=alert(1)>")
        yield "too long", wire.length_delimited(field.number, b"\x89PNG\r\n\x1a\n" + b"x" * (rule.max_length or 1000))
    if field.type == field.TYPE_ENUM:
        yield "undefined value", wire.varint(field.number << 3) + wire.varint(99)
        yield "negative value", wire.varint(field.number << 3) + wire.varint(-1)
    if field.type in (field.TYPE_INT32, field.TYPE_INT64) and (rule.minimum or rule.maximum):
        yield "below its range", wire.varint(field.number << 3) + wire.varint(rule.minimum - 1)
        yield "above its range", wire.varint(field.number << 3) + wire.varint(rule.maximum + 1)
    if rule.required and not repeated:
        yield "missing", b""
    if rule.min_items:
        yield "too few", b""
    if repeated and field.type == field.TYPE_MESSAGE:
        yield "too many", wire.length_delimited(field.number, b"") * ((rule.max_items or 200) + 1)


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().__enter__()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.people = cls.daemon.people()
        cls.world = World(cls.people)
        cls.values = good_values(cls.world)
        cls.auditor = cls.people["AUDITOR"]

    def newest_change(self):
        entries = self.auditor("AuditService.ListHistory", laboratory="JEW", page=dict(page_size=1)).entries
        return entries[0].entry_id if entries else 0

    def refused(self, short, raw, field, what):
        with self.assertRaises(grpc.RpcError, msg=f"{short} {field}: {what}: accepted") as caught:
            self.people["ADMINISTRATOR"](short, message=raw)
        error = caught.exception
        self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT, f"{short} {field}: {what}: {error.details()}")
        named = Details(error).fields
        self.assertTrue(any(name == field or name.startswith((field + "[", field + ".")) for name in named),
                        f"{short} {field}: {what}: names {sorted(named)}")
        self.assertTrue(all(named.values()), f"{short} {field}: {what}: says nothing")


def generate():
    """One test per method, so that each is counted and named."""
    from tests.support import schema as schemas
    schema = schemas.load()
    for _, method in schema.methods():
        short = f"{method.containing_service.name}.{method.name}"

        def test(self, method=method, short=short):
            method = self.daemon.schema.method(short)
            request = good_request(self.daemon.schema, method, self.values)
            before = self.newest_change()
            tried = 0
            for path in request_fields(method.input_type):
                for what, raw in bad_encodings(self.daemon.schema, path):
                    self.refused(short, wire.with_raw_field(request, list(path), raw), path_name(path), what)
                    tried += 1
            self.assertEqual(self.newest_change(), before, f"{short}: something was changed")
            if method.input_type.fields:
                self.assertGreater(tried, 0)

        name = "test_bad_fields_of_" + short.replace(".", "_") + "_are_named_and_change_nothing"
        setattr(BadInput, name, test)


generate()

if __name__ == "__main__":
    unittest.main()
