# SPDX-License-Identifier: Apache-2.0
"""The command line itself: parsing, help at every level, suggestions, completion, the manual page."""
import re
import shutil
import subprocess
import unittest

from tests.client.case import PROGRAM, ClientCase


def table():
    """(noun, verb or None) of every command, as help tells them."""
    def listed(text, heading):
        part = text.split(f"\n{heading}\n", 1)[1].split("\n\n", 1)[0]
        return re.findall(r"^  ([a-z-]+) ", part, re.M)

    def help_of(*words):
        return subprocess.run([PROGRAM, *words, "--help"], capture_output=True, text=True, check=True).stdout

    for noun in listed(help_of(), "COMMANDS"):
        text = help_of(noun)
        if "\nVERBS\n" in text:
            yield from ((noun, verb) for verb in listed(text, "VERBS"))
        else:
            yield noun, None


class CommandLine(ClientCase):
    def told(self, *words):
        return self.run_client(*words, expect=2).stderr

    def test_no_command_is_a_usage_mistake(self):
        self.assertIn("no command given", self.told())

    def test_a_mistyped_noun_is_suggested(self):
        self.assertIn("did you mean 'test'?", self.told("tset", "list"))
        self.assertIn("did you mean 'catalogue'?", self.told("catalog", "methods"))

    def test_a_mistyped_verb_is_suggested(self):
        self.assertIn("did you mean 'test claim'?", self.told("test", "cliam", "x"))

    def test_a_mistyped_flag_is_suggested(self):
        self.assertIn("did you mean --reading?", self.told("test", "enter", "x", "--raeding", "1"))

    def test_a_word_like_none_is_not_suggested(self):
        self.assertNotIn("did you mean", self.told("zzzzzz"))

    def test_a_noun_without_verb_is_a_usage_mistake(self):
        self.assertIn("the verb is missing", self.told("sheet"))

    def test_a_missing_argument_is_named(self):
        self.assertIn("TEST is missing", self.told("test", "show"))
        self.assertIn("--mass is missing", self.told("item", "return", "x"))

    def test_a_flag_without_its_value_is_named(self):
        self.assertIn("--item needs a value", self.told("intake", "register", "--item", "--mass", "1"))
        self.assertIn("--state needs a value", self.told("test", "list", "--state"))

    def test_a_flag_given_twice_is_refused(self):
        self.assertIn("--state is given twice", self.told("test", "list", "--state", "assigned", "--state=assigned"))

    def test_one_argument_too_many_is_refused(self):
        self.assertIn("unexpected argument 'y'", self.told("test", "show", "x", "y"))

    def test_a_switch_takes_no_value(self):
        self.assertIn("--json takes no value", self.told("profile", "list", "--json=yes"))

    def test_words_after_two_dashes_are_no_flags(self):
        self.assertIn("unexpected argument '--json'", self.told("profile", "list", "--", "--json"))

    def test_an_unknown_enum_word_lists_the_right_ones(self):
        told = self.run_client("test", "list", "--laboratory", "JEW", "--state", "done", expect=2).stderr
        self.assertIn("--state: 'done' is none of: unassigned, assigned, in_progress", told)

    def test_an_item_code_with_a_wrong_check_character_never_leaves(self):
        told = self.run_client("item", "show", "000-000-001", expect=2).stderr
        self.assertIn("check character is wrong", told)

    def test_a_version_that_is_no_number_is_refused(self):
        told = self.run_client("test", "claim", "x", "--version", "two", expect=2).stderr
        self.assertIn("--version: expected a whole number", told)

    def test_a_mass_before_its_item_is_refused(self):
        told = self.run_client("intake", "register", "--laboratory", "JEW", "--mass", "3.52", expect=2).stderr
        self.assertIn("--mass: no element of items is begun yet", told)

    def test_a_mass_given_twice_for_an_item_is_refused(self):
        told = self.run_client("intake", "register", "--laboratory", "JEW", "--item", "ring", "--mass", "1",
                               "--mass", "2", expect=2).stderr
        self.assertIn("--mass: is given twice for the same element", told)

    def test_a_test_order_needs_both_parts(self):
        told = self.run_client("intake", "register", "--laboratory", "JEW", "--item", "ring", "--test", "M_XRF",
                               expect=2).stderr
        self.assertIn("--test: expected METHOD:PARAMETER", told)

    def test_a_file_that_is_not_there_is_named(self):
        told = self.run_client("intake", "register", "--laboratory", "JEW", "--item", "ring", "--photo", "none.jpg",
                               expect=2).stderr
        self.assertIn("--photo: cannot read none.jpg", told)

    def test_text_that_is_not_utf8_is_refused(self):
        result = subprocess.run([PROGRAM, b"person", b"find", b"\xff"], env=self.environment, capture_output=True,
                                timeout=60, check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"QUERY: the text is not UTF-8", result.stderr)

    def test_without_a_laboratory_the_flag_is_named(self):
        self.assertIn("--laboratory is missing", self.told("test", "list"))

    def test_without_a_server_it_says_how_to_give_one(self):
        told = self.run_client("whoami", expect=2).stderr
        self.assertIn("no server is given", told)
        self.assertIn("touchstone profile set", told)

    def test_a_server_address_with_a_path_is_refused(self):
        for server in ("host/path", "user@host:1", "host?x", "a b"):
            told = self.run_client("login", "x", "--server", server, "--password-file", "-", expect=2, stdin="x\n")
            self.assertIn("is no server address", told.stderr)

    def test_version_is_told_three_ways(self):
        texts = {self.run_client(*words).stdout for words in (["version"], ["--version"], ["-V"])}
        self.assertEqual(len(texts), 1)
        self.assertRegex(texts.pop(), r"^touchstone \d+\.\d+\.\d+\n$")

    def test_a_full_disk_is_not_success(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run([PROGRAM, "--help"], env=self.environment, stdout=full, stderr=subprocess.PIPE,
                                    text=True, timeout=60, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot write the output", result.stderr)


class Help(ClientCase):
    def test_every_command_has_help_with_usage_and_summary(self):
        commands = list(table())
        self.assertGreaterEqual(len(commands), 45)
        for noun, verb in commands:
            words = [noun, verb] if verb else [noun]
            text = self.run_client(*words, "--help").stdout
            self.assertIn(f"USAGE\n  touchstone {' '.join(words)}", text)
            self.assertEqual(text, self.run_client("help", *words).stdout)
            for line in text.splitlines():
                if not line.startswith("  $"):
                    self.assertLessEqual(len(line), 110, line)

    def test_enum_flags_tell_their_words(self):
        self.assertIn("reception, technician, reviewer", self.run_client("staff", "create", "--help").stdout)

    def test_topics_are_told(self):
        for topic in ("exit-codes", "output", "json", "environment", "files", "retries"):
            self.assertTrue(self.run_client("help", topic).stdout)
        self.assertNotIn("did you mean", self.run_client("help", "nonsense", expect=2).stderr)

    def test_help_suggests_what_was_meant(self):
        for words, meant in [(["exit-code"], "exit-codes"), (["tset"], "test"), (["test", "aprove"], "test approve")]:
            self.assertIn(f"did you mean '{meant}'?", self.run_client("help", *words, expect=2).stderr)

    def test_topics_fit_eighty_columns_in_the_manual_page_too(self):
        for topic in ("exit-codes", "output", "json", "environment", "files", "retries"):
            for line in self.run_client("help", topic).stdout.splitlines():
                self.assertLessEqual(len(line), 72, line)

    def test_every_exit_code_is_documented_and_none_that_never_comes(self):
        text = self.run_client("help", "exit-codes").stdout
        codes = [int(line.split()[0]) for line in text.splitlines() if re.match(r"  \d", line)]
        self.assertEqual(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130])

    def test_a_chinese_locale_gets_chinese_summaries(self):
        text = self.run_client("test", "--help", environment={"LANG": "zh_CN.UTF-8"}).stdout
        self.assertIn("领取未指派的任务", text)

    def test_help_goes_to_standard_output_and_nothing_to_standard_error(self):
        self.assertEqual(self.run_client("--help").stderr, "")


class Manual(ClientCase):
    def test_the_manual_page_has_every_command(self):
        page = self.run_client("man").stdout
        self.assertTrue(page.startswith(".TH TOUCHSTONE 1"))
        for noun, verb in table():
            self.assertIn(f".SS touchstone {noun}" + (f" {verb}" if verb else ""), page)

    def test_examples_of_the_manual_page_can_be_typed(self):
        page = self.run_client("man").stdout
        for line in ("touchstone item list \\-\\-custody held", "touchstone item list \\-\\-query 1234 \\-\\-json"):
            self.assertIn(f"\n{line}\n", page)

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_groff_has_nothing_to_complain_about(self):
        page = self.run_client("man").stdout
        result = subprocess.run(["groff", "-man", "-Tutf8", "-Kutf8", "-ww"], input=page, text=True, capture_output=True,
                                timeout=60, check=True)
        self.assertEqual(result.stderr, "")


if __name__ == "__main__":
    unittest.main()
