# SPDX-License-Identifier: Apache-2.0
"""Several daemons over one PostgreSQL: they know nothing of each other, and nobody can tell them apart."""
import contextlib
import pathlib
import shutil
import signal
import tempfile
import unittest

import grpc

from tests.outside.case import MANY_CONNECTIONS, Refusal, at_once
from tests.outside.external import Cluster, ExternalDaemon
from tests.outside.world import World, intake_fields, ring


class ThreeDaemons(unittest.TestCase):
    """Daemons side by side over one PostgreSQL know nothing of each other."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = cluster = Cluster().__enter__()
        cls.addClassCleanup(cluster.__exit__)
        cls.daemons = []
        for _ in range(3):
            cls.daemons.append(ExternalDaemon(cluster, MANY_CONNECTIONS).__enter__())
            cls.addClassCleanup(cls.daemons[-1].__exit__)
        cls.people = cls.daemons[0].people()
        World(cls.people)

    def clients(self, role, count):
        options = [("grpc.use_local_subchannel_pool", 1)]
        made = [daemon.client(self.people[role].token, daemon.channel(options))
                for daemon in self.daemons for _ in range(count)]
        for client in made:
            client("StaffService.WhoAmI")
        return made

    def test_one_key_sent_to_three_daemons_at_once_makes_one_receipt(self):
        request = self.people["RECEPTION"].request("DeskService.RegisterIntake", **intake_fields(
            owner=dict(name="李 四", phone="13400000003")))
        answers = at_once([lambda c=c: c("DeskService.RegisterIntake", message=request, timeout=60)
                           for c in self.clients("RECEPTION", 16)])
        self.assertEqual([vars(answer) for answer in answers if isinstance(answer, Refusal)], [])
        self.assertEqual(len({answer.SerializeToString(deterministic=True) for answer in answers}), 1)
        found = self.people["RECEPTION"]("DeskService.FindPersons", query="13400000003").persons
        self.assertEqual([person.item_count for person in found], [1])

    def test_one_test_claimed_over_three_daemons_has_one_holder(self):
        receipt = self.people["RECEPTION"]("DeskService.RegisterIntake", **intake_fields()).receipt
        test = receipt.items[0].tests[0]
        answers = at_once([lambda c=c: c("BenchService.ClaimTest", test_id=test.test_id, version=test.version)
                           for c in self.clients("TECHNICIAN", 3)])
        self.assertEqual(sorted(answer.reason for answer in answers if isinstance(answer, Refusal)),
                         ["VERSION_STALE"] * 8)

    def test_a_session_revoked_at_one_daemon_is_out_at_all(self):
        self.people["ADMINISTRATOR"].staff("leaver", ["TECHNICIAN"])
        token = self.daemons[1].log_in("leaver").token
        self.people["ADMINISTRATOR"]("StaffService.RevokeSessions", username="leaver", laboratory="JEW",
                                     reason="left the institute")
        for daemon in self.daemons:
            with self.assertRaises(grpc.RpcError) as caught:
                daemon.client(token)("StaffService.WhoAmI")
            self.assertEqual(caught.exception.code(), grpc.StatusCode.UNAUTHENTICATED)

    def test_a_daemon_that_drains_while_another_serves_fails_no_call(self):
        first = self.daemons[0]
        with contextlib.ExitStack() as stack:
            directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for name in ("server.pem", "server.key"):  # daemons side by side have one certificate
                shutil.copy(first.directory / name, directory)
            second = stack.enter_context(ExternalDaemon(self.cluster, MANY_CONNECTIONS, directory=directory))
            credentials = grpc.ssl_channel_credentials(first.certificate.read_bytes())
            channels = [grpc.secure_channel(f"ipv4:127.0.0.1:{second.port},127.0.0.1:{first.port}", credentials, options=[
                ("grpc.ssl_target_name_override", "localhost"), ("grpc.use_local_subchannel_pool", 1)])
                for _ in range(4)]
            process, calls = second.process, [0]

            def work(channel):
                client = first.client(self.people["RECEPTION"].token, channel)
                while process.poll() is None:
                    client("DeskService.RegisterIntake", **intake_fields(items=[ring(photo=b"")]))
                    calls[0] += 1
                    if calls[0] == 40:
                        process.send_signal(signal.SIGTERM)
                client("StaffService.WhoAmI")  # by now the other daemon answers
            answers = at_once([lambda c=c: work(c) for c in channels])
            for channel in channels:
                channel.close()
            self.assertEqual([vars(answer) for answer in answers if isinstance(answer, Refusal)], [])
            self.assertGreaterEqual(calls[0], 40)
            self.assertEqual(process.wait(60), 0)


if __name__ == "__main__":
    unittest.main()
