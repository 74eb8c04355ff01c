# SPDX-License-Identifier: Apache-2.0
"""Every reason that a function which the desk calls can give stands in client/desk/reason.c in both languages."""
import re
import unittest

from tests.support import paths

# What the desk calls: reception, bookings, queue, custody, fees, deliveries, and their guards.
FILES = ("25_guard_custody", "26_guard_fee", "29_guard_queue", "30_auth", "60_*", "61_*", "62_open_day", "63_*", "64_*", "66_*", "68_fee", "73_sheet_deliver")
# Of a day's setting and of ninety-nine guards against plain SQL nobody at a desk ever hears.
SERVER_WORDS = {"ROLE_REQUIRED"}


def rows():
    text = (paths.ROOT / "client" / "desk" / "reason.c").read_text(encoding="utf-8")
    table = text[text.index("} reasons[] = {"):text.index("} rules[] = {")]
    table = re.sub(r'"\s*\n\s*"', "", table)
    return {reason: (zh, en) for reason, zh, en in re.findall(r'\{"([A-Z_0-9]+)",\s*"([^"]*)",\s*(NULL|"[^"]*")\}', table)}


def given():
    found = {}
    for pattern in FILES:
        for file in sorted((paths.ROOT / "migrations" / "functions").glob(pattern + ".sql")):
            for reason in re.findall(r"lab\.refuse\(\s*\d+,\s*'([A-Z_0-9]+)'", file.read_text(encoding="utf-8")):
                found.setdefault(reason, file.name)
    return found


class DeskReasons(unittest.TestCase):
    def test_what_the_journal_of_this_machine_says_is_there_in_chinese(self):
        said = {}
        for file in sorted((paths.ROOT / "client" / "journal").glob("*.c")):
            for reason in re.findall(r'"(JOURNAL_[A-Z_]+|NO_RANDOM|OUT_OF_MEMORY)"', file.read_text(encoding="utf-8")):
                said.setdefault(reason, file.name)
        missing = {reason: file for reason, file in said.items() if not re.search("[\u4e00-\u9fff]", rows().get(reason, ("", ""))[0])}
        self.assertEqual(missing, {}, "add rows to client/desk/reason.c")
        self.assertGreater(len(said), 20)

    def test_every_reason_that_the_desk_may_hear_has_words(self):
        missing = {reason: file for reason, file in given().items() if reason not in rows()}
        self.assertEqual(missing, {}, "add rows to client/desk/reason.c")
        self.assertGreater(len(given()), 60)

    def test_the_words_are_there_in_both_languages(self):
        wanting = [reason for reason, (zh, en) in rows().items() if reason in given() and reason not in SERVER_WORDS and
                   (not re.search("[\u4e00-\u9fff]", zh) or en == "NULL")]
        self.assertEqual(wanting, [], "the English is missing in client/desk/reason.c")


if __name__ == "__main__":
    unittest.main()
