# SPDX-License-Identifier: Apache-2.0
"""gRPC's interoperability test cases by Python grpcio against the test build of the daemon. Each test is one
case of gRPC's own descriptions, with its sizes and texts; compression is also looked at on the wire."""
import queue
import unittest

import grpc

from tests.outside import interop
from tests.outside.raw import Raw, frame
from tests.support.errors import Details

CALL_S = 60
REQUEST_SIZES, RESPONSE_SIZES = [27182, 8, 1828, 45904], [31415, 9, 2653, 58979]
GZIP = 2


class InteropByGrpcio(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = interop.daemon().__enter__()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.schema = interop.schema()
        cls.channel = cls.daemon.channel()

    def message(self, name, **fields):
        return self.schema.message("grpc.testing." + name)(**fields)

    def call(self, method, service="TestService", channel=None):
        found = self.schema.services[f"grpc.testing.{service}"].methods_by_name[method]
        request, response = (self.schema.message(kind.full_name) for kind in (found.input_type, found.output_type))
        sides = [{True: "stream", False: "unary"}[side] for side in
                 (method in ("StreamingInputCall", "FullDuplexCall", "HalfDuplexCall"),
                  method in ("StreamingOutputCall", "FullDuplexCall", "HalfDuplexCall"))]
        make = getattr(channel or self.channel, "_".join(sides))
        return make(f"/grpc.testing.{service}/{method}", request_serializer=request.SerializeToString,
                    response_deserializer=response.FromString)

    def simple(self, request_size=271828, response_size=314159, **fields):
        return self.message("SimpleRequest", response_size=response_size, payload=dict(body=bytes(request_size)), **fields)

    def output(self, *sizes, **fields):
        return self.message("StreamingOutputCallRequest", response_parameters=[dict(size=size) for size in sizes], **fields)

    def is_large(self, response):
        self.assertEqual(response.payload.body, bytes(314159))
        self.assertEqual(response.payload.type, 0)

    # ---- unary
    def test_empty_unary(self):
        self.assertEqual(self.call("EmptyCall")(self.message("Empty"), timeout=CALL_S), self.message("Empty"))

    def test_large_unary(self):
        self.is_large(self.call("UnaryCall")(self.simple(), timeout=CALL_S))

    def test_cacheable_unary(self):
        self.is_large(self.call("CacheableUnaryCall")(self.simple(), timeout=CALL_S))

    def test_client_compressed_unary(self):
        call = self.call("UnaryCall")
        promised, plain = (self.simple(expect_compressed=dict(value=value)) for value in (True, False))
        with self.assertRaises(grpc.RpcError) as probe:
            call(promised, timeout=CALL_S)
        self.assertEqual(probe.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.is_large(call(promised, timeout=CALL_S, compression=grpc.Compression.Gzip))
        self.is_large(call(plain, timeout=CALL_S))
        with self.assertRaises(grpc.RpcError) as refused:
            call(plain, timeout=CALL_S, compression=grpc.Compression.Gzip)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)

    def test_server_compressed_unary(self):
        for wanted in (True, False):
            self.is_large(self.call("UnaryCall")(self.simple(response_compressed=dict(value=wanted)), timeout=CALL_S))
            request = self.simple(8, 1000, response_compressed=dict(value=wanted)).SerializeToString()
            with Raw(self.daemon) as raw:
                answer = raw.call("/grpc.testing.TestService/UnaryCall", request,
                                  headers=[("grpc-accept-encoding", "identity,gzip")])
                self.assertEqual([flag for flag, _ in answer.messages], [wanted])
                self.assertEqual(dict(answer.headers)["grpc-encoding"], "gzip")
                refused = raw.call("/grpc.testing.TestService/UnaryCall", request)
                self.assertEqual([flag for flag, _ in refused.messages], [False])

    # ---- streams
    def inputs(self, **fields):
        return [self.message("StreamingInputCallRequest", payload=dict(body=bytes(size)), **fields)
                for size in REQUEST_SIZES]

    def test_client_streaming(self):
        answer = self.call("StreamingInputCall")(iter(self.inputs()), timeout=CALL_S)
        self.assertEqual(answer.aggregated_payload_size, 74922)

    def test_client_compressed_streaming(self):
        # gRPC core sends a message as it is when gzip would make it longer, as it does with the 8 bytes.
        large = [self.message("StreamingInputCallRequest", payload=dict(body=bytes(size)),
                              expect_compressed=dict(value=True)) for size in (27182, 45904)]
        with self.assertRaises(grpc.RpcError) as probe:
            self.call("StreamingInputCall")(iter(self.inputs(expect_compressed=dict(value=True))), timeout=CALL_S)
        self.assertEqual(probe.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        answer = self.call("StreamingInputCall")(iter(large), timeout=CALL_S, compression=grpc.Compression.Gzip)
        self.assertEqual(answer.aggregated_payload_size, 73086)

    def test_server_streaming(self):
        answers = self.call("StreamingOutputCall")(self.output(*RESPONSE_SIZES), timeout=CALL_S)
        self.assertEqual([len(answer.payload.body) for answer in answers], RESPONSE_SIZES)

    def test_server_compressed_streaming(self):
        request = self.message("StreamingOutputCallRequest", response_parameters=[
            dict(size=31415, compressed=dict(value=True)), dict(size=92653, compressed=dict(value=False))])
        answers = self.call("StreamingOutputCall")(request, timeout=CALL_S)
        self.assertEqual([len(answer.payload.body) for answer in answers], [31415, 92653])
        with Raw(self.daemon) as raw:
            answer = raw.call("/grpc.testing.TestService/StreamingOutputCall", request.SerializeToString(),
                              headers=[("grpc-accept-encoding", "gzip")])
        self.assertEqual([flag for flag, _ in answer.messages], [True, False])

    def test_a_stream_larger_than_every_window_arrives_whole(self):
        answers = self.call("StreamingOutputCall")(self.output(*[1 << 20] * 24), timeout=CALL_S)
        self.assertEqual(sum(len(answer.payload.body) for answer in answers), 24 << 20)

    def test_ping_pong(self):
        requests, seen = queue.Queue(), []
        answers = self.call("FullDuplexCall")(iter(requests.get, None), timeout=CALL_S)
        for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
            requests.put(self.output(response_size, payload=dict(body=bytes(request_size))))
            seen.append(len(next(answers).payload.body))
        requests.put(None)
        self.assertEqual(list(answers), [])
        self.assertEqual(seen, RESPONSE_SIZES)

    def test_empty_stream(self):
        self.assertEqual(list(self.call("FullDuplexCall")(iter(()), timeout=CALL_S)), [])

    def test_half_duplex_answers_after_the_last_request(self):
        answers = self.call("HalfDuplexCall")(iter([self.output(5, 6), self.output(7)]), timeout=CALL_S)
        self.assertEqual([len(answer.payload.body) for answer in answers], [5, 6, 7])

    # ---- metadata and status
    def test_custom_metadata(self):
        sent = [(interop.INITIAL, "test_initial_metadata_value"), (interop.TRAILING, b"\xab\xab\xab")]
        _, unary = self.call("UnaryCall").with_call(self.simple(), metadata=sent, timeout=CALL_S)
        duplex = self.call("FullDuplexCall")(iter([self.output(314159)]), metadata=sent, timeout=CALL_S)
        self.assertEqual(len(list(duplex)), 1)
        for call in (unary, duplex):
            self.assertEqual(dict(call.initial_metadata())[interop.INITIAL], "test_initial_metadata_value")
            self.assertEqual(dict(call.trailing_metadata())[interop.TRAILING], b"\xab\xab\xab")

    def test_binary_metadata_padded_and_unpadded_comes_back_the_same(self):
        with Raw(self.daemon) as raw:
            for text in ("q6ur", "q6s=", "q6s", "qw==", "qw", ""):
                answer = raw.call("/grpc.testing.TestService/EmptyCall", headers=[(interop.TRAILING, text)])
                self.assertEqual(answer.status, 0)
                self.assertEqual(dict(answer.trailers)[interop.TRAILING].rstrip("="), text.rstrip("="))

    def ends_with(self, code, text, act):
        with self.assertRaises(grpc.RpcError) as caught:
            act()
        self.assertEqual((caught.exception.code(), caught.exception.details()), (code, text))

    def test_status_code_and_message(self):
        status = dict(code=2, message="test status message")
        self.ends_with(grpc.StatusCode.UNKNOWN, status["message"], lambda: self.call("UnaryCall")(
            self.message("SimpleRequest", response_status=status), timeout=CALL_S))
        self.ends_with(grpc.StatusCode.UNKNOWN, status["message"], lambda: list(self.call("FullDuplexCall")(
            iter([self.message("StreamingOutputCallRequest", response_status=status)]), timeout=CALL_S)))

    def test_special_status_message(self):
        self.ends_with(grpc.StatusCode.UNKNOWN, interop.SPECIAL, lambda: self.call("UnaryCall")(
            self.message("SimpleRequest", response_status=dict(code=2, message=interop.SPECIAL)), timeout=CALL_S))

    def test_special_status_message_is_percent_encoded_on_the_wire(self):
        request = self.message("SimpleRequest", response_status=dict(code=2, message=interop.SPECIAL))
        with Raw(self.daemon) as raw:
            answer = raw.call("/grpc.testing.TestService/UnaryCall", request.SerializeToString())
        self.assertEqual(answer.all()["grpc-message"],
                         "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A")

    def test_every_status_code_arrives_as_it_was_sent(self):
        for code in grpc.StatusCode:
            number = code.value[0]
            if number:
                self.ends_with(code, f"status {number}", lambda: self.call("UnaryCall")(
                    self.message("SimpleRequest", response_status=dict(code=number, message=f"status {number}")),
                    timeout=CALL_S))

    def test_unimplemented_method(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.call("UnimplementedCall")(self.message("Empty"), timeout=CALL_S)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_unimplemented_service(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.call("UnimplementedCall", "UnimplementedService")(self.message("Empty"), timeout=CALL_S)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    # ---- deadline and cancellation
    def sleeping(self):
        return self.message("StreamingOutputCallRequest", payload=dict(body=bytes(27182)),
                            response_parameters=[dict(size=1, interval_us=20_000_000)])

    def test_timeout_on_sleeping_server(self):
        for timeout in (0.001, 0.3):
            with self.assertRaises(grpc.RpcError) as caught:
                list(self.call("FullDuplexCall")(iter([self.sleeping()]), timeout=timeout))
            self.assertEqual(caught.exception.code(), grpc.StatusCode.DEADLINE_EXCEEDED)

    def test_the_sleeping_server_itself_keeps_the_deadline(self):
        with Raw(self.daemon) as raw:
            stream = raw.open("/grpc.testing.TestService/FullDuplexCall", headers=[("grpc-timeout", "200m")])
            raw.send(stream, frame(self.sleeping().SerializeToString()))
            answer = raw.finish(stream)
        self.assertTrue(answer.status == 4 or answer.reset == 8, answer.all())

    def test_cancel_after_begin(self):
        requests = queue.Queue()
        future = self.call("StreamingInputCall").future(iter(requests.get, None))
        future.cancel()
        requests.put(None)
        self.assertTrue(future.cancelled())
        self.assertEqual(future.code(), grpc.StatusCode.CANCELLED)

    def test_cancel_after_first_response(self):
        requests = queue.Queue()
        answers = self.call("FullDuplexCall")(iter(requests.get, None), timeout=CALL_S)
        requests.put(self.output(31415, payload=dict(body=bytes(27182))))
        self.assertEqual(len(next(answers).payload.body), 31415)
        answers.cancel()
        requests.put(None)
        with self.assertRaises(grpc.RpcError) as caught:
            next(answers)
        self.assertEqual(caught.exception.code(), grpc.StatusCode.CANCELLED)

    def test_the_daemon_forgets_a_hundred_cancelled_calls_and_drains(self):
        with interop.daemon() as daemon:
            channel = daemon.channel()
            self.call("EmptyCall", channel=channel)(self.message("Empty"), timeout=CALL_S)
            streams = [self.call("FullDuplexCall", channel=channel)(iter([self.sleeping()]), timeout=CALL_S)
                       for _ in range(50)]
            for stream in streams:
                stream.cancel()
            self.assertEqual(daemon.stop(), 0, "\n".join(daemon.log[-20:]))

    def test_errors_of_the_daemon_itself_keep_their_details_here(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.call("UnimplementedCall")(self.message("Empty"), timeout=CALL_S)
        self.assertEqual(Details(caught.exception).reason, "METHOD_UNKNOWN")


if __name__ == "__main__":
    unittest.main()
