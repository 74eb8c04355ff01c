# SPDX-License-Identifier: Apache-2.0
"""A request read from a JSON file: what it may not say."""
from tests.client.case import ServerCase


class RequestFile(ServerCase):
    def test_an_unknown_key_is_refused_by_its_path_and_nothing_is_sent(self):
        for text, told in [
                ('{"items":[{"name":"ring","bogus":1}]}', "items[0].bogus: there is no such field\n"),
                ('{"items":[{"name":"a"},{"name":"b","tests":[{"methd_id":"M"}]}]}',
                 "items[1].tests[0].methd_id: there is no such field; did you mean 'method_id'?\n"),
                ('{"owner":{"name":"A","nickname":"B"}}', "owner.nickname: there is no such field\n"),
                ('{"ownr":null}', "ownr: there is no such field; did you mean 'owner'?\n"),
                (r'{"\u001b[31m":"x"}', r"\x1b[31m: there is no such field" "\n")]:
            self.assertIn(told, self.run_client("intake", "register", "--file", "-", stdin=text, expect=2).stderr)
        self.assertEqual(self.server.calls, [])

    def test_every_known_key_is_taken(self):
        self.run_client("intake", "register", "--file", "-", stdin='{"laboratory":"JEW","owner":{"name":"A","phone":"12345"},'
                        '"items":[{"name":"ring","tests":[{"method_id":"M","parameter_id":"P"}]}],"consents":[]}')
        self.assertEqual(self.server.calls[0].request.items[0].tests[0].parameter_id, "P")
