# SPDX-License-Identifier: Apache-2.0
"""Completion in the shells that are here; flags may stand anywhere, before the noun too."""
import os
import shutil
import subprocess
import unittest

from tests.client.case import PROGRAM, ClientCase
from tests.client.test_command_line import table

CONFIG = "current = desk1\n[profile desk1]\nserver = a:1\n[profile manager]\nserver = a:1\n[profile master]\nserver = a:1\n"

# Words on the line, the last of them half typed, and what is offered.
SHEET_VERBS = ["list", "release", "show", "fetch", "slip", "print", "batch", "amend", "correct", "cancel-amendment", "withdraw",
               "confirm-withdrawal", "cancel-withdrawal", "changes", "look-up"]
OFFERED = [
    (["re"], ["receipt", "review", "record"]),
    (["sheet", ""], SHEET_VERBS),
    (["test", "enter", "x", "--un"], ["--uncertainty"]),
    (["test", "list", "--state", "sub"], ["submitted"]),
    (["item", "list", "--page-s"], ["--page-size"]),
    (["--profile", "manager", "te"], ["test"]),
    (["--profile", "manager", "test", "au"], ["auto-assign"]),
    (["--json", "sheet", "re"], ["release"]),
    (["test", "--profile", "manager", "cl"], ["claim"]),
    (["--profile", "manager", "test", "list", "--state", "sub"], ["submitted"]),
    (["--profile", ""], ["desk1", "manager", "master"]),
    (["--profile", "ma"], ["manager", "master"]),
    (["test", "list", "--profile", "d"], ["desk1"]),
    (["profile", "use", "m"], ["manager", "master"]),
    (["completion", ""], ["bash", "zsh", "fish"]),
    (["help", "exi"], ["exit-codes"]),
    (["help", "te"], ["test"]),
    (["help", "sheet", ""], SHEET_VERBS),
    (["--profile", "manager", "help", "sheet", "re"], ["release"]),
    (["login", "x", "--password"], ["--password-file"]),
    (["verify", "ri"], ["ring.jpg"]),
    (["--ca", "ri"], ["ring.jpg"]),
    (["intake", "register", "--photo", "ri"], ["ring.jpg"]),
    (["sheet", "fetch", "x", "-o", "ri"], ["ring.jpg"]),
]
NOTHING = [["login", "x", "--request"], ["item", "return", "--mass", ""], ["help", "exit-codes", ""]]


class Completion(ClientCase):
    def setUp(self):
        super().setUp()
        self.config.parent.mkdir(parents=True)
        self.config.write_text(CONFIG, encoding="utf-8")
        (self.directory / "ring.jpg").write_bytes(b"")
        self.environment["PATH"] = f"{PROGRAM.parent}:{os.environ['PATH']}"

    def bash(self, *words):
        script = self.run_client("completion", "bash").stdout
        quoted = " ".join(f"'{word}'" for word in ("touchstone", *words))
        ask = f"{script}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _touchstone; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        result = subprocess.run(["bash", "--norc", "-c", ask], capture_output=True, text=True, check=True, cwd=self.directory,
                                env=self.environment)
        self.assertEqual(result.stderr, "")
        return result.stdout.split()

    def test_bash_offers_what_fits(self):
        for words, offered in OFFERED:
            self.assertEqual(self.bash(*words), offered, words)
        for words in NOTHING:
            self.assertEqual(self.bash(*words), [], words)

    def test_bash_takes_a_flag_with_an_equals_sign(self):
        self.assertEqual(self.bash("--profile", "=", "ma"), ["manager", "master"])
        self.assertEqual(self.bash("--profile", "="), ["desk1", "manager", "master"])
        self.assertEqual(self.bash("--profile", "=", "manager", "sheet", "re"), ["release"])

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_offers_what_fits(self):
        script = self.directory / "touchstone.fish"
        script.write_text(self.run_client("completion", "fish").stdout, encoding="utf-8")
        for words, offered in OFFERED:
            line = " ".join(["touchstone", *(word or "''" for word in words[:-1]), words[-1]])
            done = subprocess.run(["fish", "--no-config", "-c", f'source {script}; complete -C "{line}"'], capture_output=True,
                                  text=True, check=True, cwd=self.directory, env=self.environment)
            self.assertEqual(done.stderr, "", words)
            self.assertEqual(sorted(entry.split("\t")[0] for entry in done.stdout.splitlines()), sorted(offered), words)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_offers_what_fits(self):
        # Outside of zsh's line editor compadd, compset and _files do not exist: these tell what they were given.
        script = self.run_client("completion", "zsh").stdout.replace("#compdef touchstone", "compdef() { : }")
        helpers = ("compadd() { shift; local w; for w in \"$@\"; do [[ $w == ${words[CURRENT]}* ]] && print -r -- $w; done; true }\n"
                   "_files() { print -rl -- ${words[CURRENT]}*(N) }\n")
        for words, offered in OFFERED + [(words, []) for words in NOTHING]:
            quoted = " ".join(f"'{word}'" for word in ("touchstone", *words))
            done = subprocess.run(["zsh", "-f", "-c", f"{helpers}{script}\nwords=({quoted}) CURRENT={len(words) + 1}; _touchstone"],
                                  capture_output=True, text=True, cwd=self.directory, env=self.environment, check=False)
            self.assertEqual((done.stdout.split(), done.stderr), (offered, ""), words)

    def test_the_scripts_are_valid_for_their_shells(self):
        for shell in ("bash", "zsh", "fish"):
            script = self.run_client("completion", shell).stdout
            self.assertIn("touchstone", script)
            if shutil.which(shell):
                subprocess.run([shell, "-n"], input=script, text=True, check=True, timeout=60)

    def test_every_command_is_in_every_script(self):
        commands = list(table())
        for shell in ("bash", "zsh", "fish"):
            script = self.run_client("completion", shell).stdout
            for noun, verb in commands:
                self.assertIn(noun, script)
                self.assertIn(verb or "", script)

    def test_an_unknown_shell_is_refused(self):
        self.run_client("completion", "tcsh", expect=2)
