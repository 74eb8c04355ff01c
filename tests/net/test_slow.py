# SPDX-License-Identifier: Apache-2.0
"""Peers that are slow, silent or half gone, many at once: each is let go at its deadline, and others are served."""
import select
import unittest

from hyperframe.frame import PingFrame

from tests.net.echo import PREFACE, Link, Server, connect
from tests.net.test_frames import CONTINUATION, HANG, HEADERS, request
from tests.support.proxy import ChaosProxy

MANY = 20
DRIP_S = 0.02  # between two bytes, if the server does not speak before


def hits(server, limit):
    return int(server.metrics[f'touchstone_net_limit_total{{limit="{limit}"}}'])


def drip(links, byte):
    """One byte to each again and again, until the server has hung up on all."""
    left = list(links)
    while left:
        ready, _, _ = select.select([link.socket for link in left], [], [], DRIP_S)
        left = [link for link in left if link.socket not in ready or not link.is_hung_up()]
        for link in left:
            try:
                link.raw(byte(link))
            except OSError:
                pass  # it is seen as hung up in the next turn


class Slow(unittest.TestCase):
    def serves(self, server):
        with Link(server.port) as other:
            other.call(1)
            self.assertEqual("0", other.wait_answer(1)["grpc-status"])

    def test_many_that_drip_a_header_block_are_let_go_at_the_deadline(self):
        with Server(header_timeout_ms=300, linger_timeout_ms=50, continuation_frames=1000000) as server:
            links = [Link(server.port) for _ in range(MANY)]
            for link in links:
                link.frame(HEADERS, 0, 1, link.block(request()))
            self.serves(server)
            drip(links, lambda link: b"\0\0\0" + bytes([CONTINUATION, 0]) + b"\0\0\0\1")
            for link in links:
                link.socket.close()
            server.finish()
            self.assertEqual(hits(server, "header_timeout_ms"), MANY)

    def test_many_that_drip_the_preface_are_let_go_at_the_deadline(self):
        with Server(handshake_timeout_ms=1500, linger_timeout_ms=50) as server:
            links = [Link(server.port, greet=False) for _ in range(MANY)]
            rest = {link: iter(PREFACE) for link in links}
            self.serves(server)
            drip(links, lambda link: bytes([next(rest[link], 0)]))
            for link in links:
                link.socket.close()
            server.finish()
            self.assertGreaterEqual(hits(server, "handshake_timeout_ms"), MANY)

    def test_handshakes_that_stop_in_the_middle_are_let_go_at_the_deadline(self):
        with Server(handshake_timeout_ms=1500) as server, ChaosProxy(server.port, "half-open", "100") as proxy:
            for _ in range(3):
                with self.assertRaises(OSError):  # the proxy passes 100 bytes of the hello and is silent then
                    connect(proxy.port)
            self.serves(server)
            server.finish()
            self.assertEqual(hits(server, "handshake_timeout_ms"), 3)

    def test_a_half_open_connection_is_let_go_when_it_is_idle(self):
        """The client's bytes stop arriving without an end, in the middle of a frame."""
        with Server(idle_timeout_ms=1500, linger_timeout_ms=200, ping_strikes=1000) as server, \
                ChaosProxy(server.port, "half-open", "2000") as proxy:
            with Link(proxy.port) as link:
                for _ in range(100):
                    link.send(PingFrame(0, bytes(8)))
                self.serves(server)
                self.assertIsNotNone(link.wait_goaway())
                self.assertTrue(link.is_hung_up())
            server.finish()
            self.assertEqual(hits(server, "idle_timeout_ms"), 1)

    def test_a_half_open_connection_with_an_open_call_does_not_outlive_the_drain(self):
        with Server(drain_timeout_ms=300) as server, ChaosProxy(server.port, "half-open", "2000") as proxy:
            with Link(proxy.port) as link:
                link.call(1, HANG)
                link.data(1, bytes(3000))
                self.serves(server)
                server.terminate()
                self.assertTrue(link.is_hung_up())
            server.finish()
            self.assertEqual(hits(server, "drain_timeout_ms"), 1)


if __name__ == "__main__":
    unittest.main()
