# SPDX-License-Identifier: Apache-2.0
"""Reads grpc-status-details-bin with hand-made message classes of google.rpc (not packaged)."""
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


def _classes():
    file = descriptor_pb2.FileDescriptorProto(name="rpc_for_tests.proto", package="google.rpc", syntax="proto3",
                                              dependency=["google/protobuf/any.proto"])

    def message(name, *fields):
        made = file.message_type.add(name=name)
        for number, (field, kind, label, type_name) in enumerate(fields, 1):
            made.field.add(name=field, number=number, type=kind, label=label, type_name=type_name)
        return made

    text, whole, nested = 9, 5, 11
    message("Status", ("code", whole, 1, None), ("message", text, 1, None),
            ("details", nested, 3, ".google.protobuf.Any"))
    message("MetadataEntry", ("key", text, 1, None), ("value", text, 1, None))
    message("ErrorInfo", ("reason", text, 1, None), ("domain", text, 1, None),
            ("metadata", nested, 3, ".google.rpc.MetadataEntry"))
    message("FieldViolation", ("field", text, 1, None), ("description", text, 1, None))
    message("BadRequest", ("field_violations", nested, 3, ".google.rpc.FieldViolation"))
    from google.protobuf import any_pb2
    pool = descriptor_pool.DescriptorPool()
    any_file = descriptor_pb2.FileDescriptorProto()
    any_pb2.DESCRIPTOR.CopyToProto(any_file)
    pool.Add(any_file)
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {name: factory.GetPrototype(pool.FindMessageTypeByName("google.rpc." + name))
            for name in ("Status", "ErrorInfo", "BadRequest")}


CLASSES = _classes()


class Details:
    def __init__(self, error):
        trailers = dict(error.trailing_metadata() or ())
        self.status = CLASSES["Status"].FromString(trailers.get("grpc-status-details-bin", b""))
        self.reason, self.domain, self.metadata, self.fields = "", "", {}, {}
        for detail in self.status.details:
            if detail.type_url.endswith("google.rpc.ErrorInfo"):
                info = CLASSES["ErrorInfo"].FromString(detail.value)
                self.reason, self.domain = info.reason, info.domain
                self.metadata = {entry.key: entry.value for entry in info.metadata}
            elif detail.type_url.endswith("google.rpc.BadRequest"):
                bad = CLASSES["BadRequest"].FromString(detail.value)
                self.fields = {v.field: v.description for v in bad.field_violations}
