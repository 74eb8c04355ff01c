# SPDX-License-Identifier: Apache-2.0
"""The schema as Python sees it: message classes and methods from the descriptor set of the build.

Nothing is generated into files: tests build messages from the same descriptors that the daemon embeds.
"""
import pathlib

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from tests.support import paths


class Schema:
    def __init__(self, descriptor_set):
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(descriptor_set).read_bytes())
        self.pool = descriptor_pool.DescriptorPool()
        self.services = {}
        for file in files.file:
            self.pool.Add(file)
        self.factory = message_factory.MessageFactory(self.pool)
        for file in files.file:
            for service in file.service:
                self.services[f"{file.package}.{service.name}"] = self.pool.FindServiceByName(
                    f"{file.package}.{service.name}")

    def message(self, name):
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name))

    def methods(self, package="touchstone.v1"):
        """(path, method descriptor) of every method of a package."""
        for name, service in sorted(self.services.items()):
            if name.startswith(package + "."):
                for method in service.methods:
                    yield f"/{name}/{method.name}", method

    def method(self, short):
        """By 'DeskService.GetItem'."""
        service, method = short.split(".")
        return self.services[f"touchstone.v1.{service}"].methods_by_name[method]


def load():
    return Schema(paths.build() / "proto" / "codegen" / "touchstone.binpb")
