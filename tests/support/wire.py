# SPDX-License-Identifier: Apache-2.0
"""Protobuf by hand, for requests that no library would send."""


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def length_delimited(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def fields(data):
    """(number, wire type, payload bytes or integer) of a message."""
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == 0:
            value, at = read_varint(data, at)
        elif kind == 2:
            length, at = read_varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            size = {1: 8, 5: 4}[kind]
            value, at = data[at:at + size], at + size
        yield number, kind, value


def rule_of(schema, field):
    """The touchstone.v1.FieldRule of a field (an option of number 50600), empty when it has none."""
    rule = schema.message("touchstone.v1.FieldRule")
    for number, _, value in fields(field.GetOptions().SerializeToString()):
        if number == 50600:
            return rule.FromString(value)
    return rule()


def with_raw_field(message, path, raw):
    """Serialises `message` with the field at `path` (a list of descriptors, outermost first) replaced by
    `raw`, a whole encoded field; repeated message fields on the way stand for their first element."""
    field, rest = path[0], path[1:]
    copy = type(message)()
    copy.CopyFrom(message)
    if not rest:
        copy.ClearField(field.name)
        return copy.SerializeToString() + raw
    value = getattr(message, field.name)
    repeated = field.label == field.LABEL_REPEATED
    inner = with_raw_field(value[0] if repeated else value, rest, raw)
    others = [element.SerializeToString() for element in value[1:]] if repeated else []
    copy.ClearField(field.name)
    return copy.SerializeToString() + b"".join(length_delimited(field.number, part) for part in [inner, *others])
