# SPDX-License-Identifier: Apache-2.0
"""The test case that outside tests begin with: one daemon for the class, a person of every role, and the
words for what a call must end in."""
import contextlib
import threading
import unittest

import grpc

from tests.outside.world import World
from tests.support.daemon import Daemon
from tests.support.errors import Details

JOIN_S = 120
MANY_CONNECTIONS = "[limits]\nmax_connections_per_address = 400\n"


class Refusal:
    """What an RpcError carried, kept after the error is gone."""

    def __init__(self, error):
        details = Details(error)
        self.code, self.text = error.code(), error.details()
        self.reason, self.metadata, self.fields = details.reason, details.metadata, details.fields
        self.status, self.domain = details.status, details.domain


def at_once(acts):
    """Runs all acts together; results in order, an RpcError as a Refusal."""
    results = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(at, act):
        barrier.wait(JOIN_S)
        try:
            results[at] = act()
        except grpc.RpcError as error:
            results[at] = Refusal(error)
    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(JOIN_S)
    return results


class Outside(unittest.TestCase):
    settings = ""
    walked = True  # people may do their work: qualification and signature

    def desk(self, method, who="RECEPTION", **fields):
        return self.people[who](f"DeskService.{method}", **fields)

    @classmethod
    def make_daemon(cls):
        return Daemon(settings=cls.settings)

    @classmethod
    def setUpClass(cls):
        cls.daemon = cls.make_daemon().__enter__()
        cls.addClassCleanup(cls.daemon.__exit__)
        cls.people = cls.daemon.people()
        cls.world = World(cls.people) if cls.walked else None

    @contextlib.contextmanager
    def ends_in(self, code, reason=None, text=""):
        """with self.ends_in("NOT_FOUND") as refusal: ...  (refusal[0] is a Refusal afterwards)"""
        found = []
        try:
            yield found
        except grpc.RpcError as error:
            found.append(Refusal(error))
        self.assertTrue(found, f"{text} was allowed")
        told = f"{text} {found[0].code.name} {found[0].reason}: {found[0].text}"
        self.assertEqual(found[0].code.name, code, told)
        if reason:
            self.assertEqual(found[0].reason, reason, told)

    def still_serves(self):
        self.assertEqual(self.people["RECEPTION"]("StaffService.WhoAmI").staff.username, "reception")
