# SPDX-License-Identifier: Apache-2.0
"""Server reflection v1 and v1alpha, by requests built by hand: what a generic client asks."""
import itertools
import queue
import unittest

from google.protobuf import descriptor_pb2, descriptor_pool

from tests.outside.case import Outside

VERSIONS = ("v1", "v1alpha")
AHEAD = 2  # questions before their answers are read


class Reflection(Outside):
    walked = False

    def ask(self, version, *questions):
        """The answers to questions sent in one stream."""
        request = self.daemon.schema.message(f"grpc.reflection.{version}.ServerReflectionRequest")
        answer = self.daemon.schema.message(f"grpc.reflection.{version}.ServerReflectionResponse")
        call = self.daemon.channel().stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            request_serializer=request.SerializeToString, response_deserializer=answer.FromString)
        return list(call(iter([request(**question) for question in questions]), timeout=20))

    def files(self, version, **question):
        answer, = self.ask(version, question)
        return [descriptor_pb2.FileDescriptorProto.FromString(raw)
                for raw in answer.file_descriptor_response.file_descriptor_proto]

    def test_every_service_is_listed(self):
        for version in VERSIONS:
            answer, = self.ask(version, dict(list_services=""))
            listed = {service.name for service in answer.list_services_response.service}
            self.assertEqual(listed, set(self.daemon.schema.services))
            self.assertGreaterEqual(len(listed), 10)

    def test_the_files_of_every_symbol_build_a_whole_pool(self):
        for version in VERSIONS:
            for name, service in self.daemon.schema.services.items():
                pool = descriptor_pool.DescriptorPool()
                files = {file.name: file for file in self.files(version, file_containing_symbol=name)}

                def add(file):
                    for imported in file.dependency:
                        if imported in files:
                            add(files.pop(imported))
                    pool.Add(file)
                while files:
                    add(files.pop(next(iter(files))))
                found = pool.FindServiceByName(name)
                self.assertEqual([method.name for method in found.methods],
                                 [method.name for method in service.methods])

    def test_symbols_of_every_kind_are_found(self):
        for version in VERSIONS:
            for symbol in ("touchstone.v1.DeskService.RegisterIntake", "touchstone.v1.NewItem", "touchstone.v1.Role",
                           "touchstone.v1.Receipt", "touchstone.v1.rule", "grpc.health.v1.Health"):
                self.assertTrue(self.files(version, file_containing_symbol=symbol), symbol)

    def test_a_file_is_found_by_its_name(self):
        for version in VERSIONS:
            files = self.files(version, file_by_filename="touchstone/v1/desk.proto")
            self.assertEqual(files[0].name, "touchstone/v1/desk.proto")

    def test_the_extension_of_rules_is_found_by_number(self):
        for version in VERSIONS:
            asked = dict(containing_type="google.protobuf.FieldOptions", extension_number=50600)
            files = self.files(version, file_containing_extension=asked)
            self.assertEqual(files[0].name, "touchstone/v1/rules.proto")
            answer, = self.ask(version, dict(all_extension_numbers_of_type="google.protobuf.FieldOptions"))
            self.assertEqual(list(answer.all_extension_numbers_response.extension_number), [50600])

    def test_what_is_not_there_is_told_inside_the_answer_and_the_stream_goes_on(self):
        wrong = [dict(file_containing_symbol="touchstone.v1.Nothing"), dict(file_by_filename="../etc/passwd"),
                 dict(file_containing_extension=dict(containing_type="google.protobuf.FieldOptions",
                                                     extension_number=1)),
                 dict(all_extension_numbers_of_type="nobody.Knows"), dict(file_containing_symbol="")]
        for version in VERSIONS:
            answers = self.ask(version, *wrong, dict(list_services="*"))
            self.assertEqual([answer.error_response.error_code for answer in answers[:-1]], [5] * len(wrong))
            self.assertTrue(answers[-1].list_services_response.service)

    def test_each_answer_repeats_host_and_question(self):
        for version in VERSIONS:
            answer, = self.ask(version, dict(host="localhost", file_by_filename="touchstone/v1/common.proto"))
            self.assertEqual(answer.valid_host, "localhost")
            self.assertEqual(answer.original_request.file_by_filename, "touchstone/v1/common.proto")

    def test_many_questions_in_one_stream_are_answered_in_order(self):
        for version in VERSIONS:
            names = ["touchstone/v1/common.proto", "touchstone/v1/staff.proto"] * 20
            request = self.daemon.schema.message(f"grpc.reflection.{version}.ServerReflectionRequest")
            answer = self.daemon.schema.message(f"grpc.reflection.{version}.ServerReflectionResponse")
            waiting, questions = [request(file_by_filename=name).SerializeToString() for name in names], queue.SimpleQueue()
            told = []
            for one in self.daemon.channel().stream_stream(
                    f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
                    response_deserializer=answer.FromString)(
                        itertools.chain(waiting[:AHEAD], iter(questions.get, None)), timeout=60):
                told.append(one.original_request.file_by_filename)
                at = len(told) + AHEAD - 1  # never more unread answers than the stream may hold
                questions.put(waiting[at] if at < len(waiting) else None)
            self.assertEqual(told, names)

    def test_a_stream_that_asks_all_day_is_answered_all_day(self):
        # All answers together are more than one call may allocate.
        for version in VERSIONS:
            request = self.daemon.schema.message(f"grpc.reflection.{version}.ServerReflectionRequest")
            question = request(file_containing_symbol="touchstone.v1.DeskService").SerializeToString()
            questions = queue.SimpleQueue()
            answers = self.daemon.channel().stream_stream(
                f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo")(
                    iter(questions.get, None), timeout=240)
            told_bytes = 0
            while told_bytes < 70 << 20:
                questions.put(question)
                told_bytes += len(next(answers))
            questions.put(None)
            self.assertEqual(list(answers), [])


if __name__ == "__main__":
    unittest.main()
