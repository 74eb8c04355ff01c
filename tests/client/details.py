# SPDX-License-Identifier: Apache-2.0
"""google.rpc.Status with ErrorInfo and BadRequest, encoded by hand: what a server puts into
grpc-status-details-bin. By hand, so that the client is not tested against its own encoder."""


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def piece(field, value):
    if isinstance(value, int):
        return varint(field << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def any_of(name, value):
    return piece(1, f"type.googleapis.com/google.rpc.{name}") + piece(2, value)


def status(code, message, reason="", metadata=None, violations=()):
    info = piece(1, reason) + piece(2, "touchstone")
    for key, value in (metadata or {}).items():
        info += piece(3, piece(1, key) + piece(2, value))
    out = piece(1, code) + piece(2, message) + piece(3, any_of("ErrorInfo", info))
    if violations:
        request = b"".join(piece(1, piece(1, field) + piece(2, text)) for field, text in violations)
        out += piece(3, any_of("BadRequest", request))
    return out


def refuse(code, message, **details):
    """An answer for Server.answers that refuses with this grpc.StatusCode."""
    def answer(request, context):
        context.set_trailing_metadata((("grpc-status-details-bin", status(code.value[0], message, **details)),))
        context.abort(code, message)
    return answer
