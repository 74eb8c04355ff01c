# SPDX-License-Identifier: Apache-2.0
"""Profiles: where values come from, which of them wins, and what is kept on disk."""
import json

from tests.client.case import ServerCase


class Profiles(ServerCase):
    def setUp(self):
        super().setUp()
        for name in ("TOUCHSTONE_SERVER", "TOUCHSTONE_CA", "TOUCHSTONE_LABORATORY"):
            del self.environment[name]

    def write(self, text):
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text, encoding="utf-8")

    def listed(self):
        return json.loads(self.run_client("profile", "list", "--json").stdout)["profiles"]

    def laboratory_used(self, *words, **environment):
        self.run_client("test", "list", *words, environment=environment)
        return self.server.calls[-1].request.laboratory

    def test_a_profile_is_made_changed_and_listed(self):
        self.run_client("profile", "set", "desk1", "--server", "a:1", "--desk", "D1", "--ca", self.authority)
        self.run_client("profile", "set", "desk1", "--server", "b:2", "--laboratory", "JEW", "--printer", "cups:zebra", "--paper", "office",
                        "--pictures", self.authority.parent, "--camera", "shoot {}")
        self.assertEqual(self.listed(), [{"current": False, "name": "desk1", "server": "b:2", "desk": "D1",
                                          "laboratory": "JEW", "printer": "cups:zebra", "paper": "office", "ca": str(self.authority),
                                          "pictures": str(self.authority.parent.resolve()), "camera": "shoot {}"}])
        self.run_client("profile", "use", "desk1")
        self.assertTrue(self.listed()[0]["current"])
        self.assertEqual(self.run_client("profile", "list").stdout, f"*\tdesk1\tb:2\tD1\tJEW\t{self.authority}\tcups:zebra\toffice\t"
                         f"{self.authority.parent.resolve()}\tshoot {{}}\n")
        told = self.run_client("profile", "set", "desk1", "--pictures", "/there/is/none", expect=2).stderr
        self.assertIn("--pictures: there is no /there/is/none", told)

    def test_a_change_keeps_comments_and_other_profiles(self):
        self.write("# mine\ncurrent = b\n\n[profile a]\nserver = a:1\n# of a\n\n[profile b]\nserver = b:1\n")
        self.run_client("profile", "set", "a", "--desk", "D3")
        self.run_client("profile", "set", "b", "--server", "b:2")
        self.assertEqual(self.config.read_text(), "# mine\ncurrent = b\n\n[profile a]\nserver = a:1\n# of a\n\n"
                         "desk = D3\n[profile b]\nserver = b:2\n")

    def test_a_profile_that_is_not_there_is_not_used(self):
        self.run_client("profile", "use", "none", expect=3)
        told = self.run_client("whoami", "--profile", "none", expect=2).stderr
        self.assertIn("there is no profile 'none'", told)

    def test_names_that_would_leave_the_folder_are_refused(self):
        for name in ("../x", "a/b", ".hidden", "", "a b"):
            self.run_client("profile", "set", name, "--server", "a:1", expect=2)
            self.run_client("whoami", "--server", "a:1", environment={"TOUCHSTONE_PROFILE": name or "/"}, expect=2)

    def test_an_unknown_key_is_told_with_its_line(self):
        self.write("[profile a]\nserver = a:1\nsevrer = b\n")
        self.assertIn("config line 3: unknown key 'sevrer'", self.run_client("whoami", expect=2).stderr)

    def test_an_unknown_section_and_a_broken_line_are_told(self):
        self.write("[prefile a]\nserver = a:1\n")
        self.assertIn("line 2: unknown section [prefile a]", self.run_client("whoami", expect=2).stderr)
        self.write("\nnonsense\n")
        self.assertIn("line 2: expected `key = value`", self.run_client("whoami", expect=2).stderr)

    def test_flags_come_before_variables_before_the_file(self):
        self.write(f"[profile default]\nserver = {self.address}\nca = {self.authority}\nlaboratory = FILE\n")
        self.assertEqual(self.laboratory_used(), "FILE")
        self.assertEqual(self.laboratory_used(TOUCHSTONE_LABORATORY="ENV"), "ENV")
        self.assertEqual(self.laboratory_used("--laboratory", "FLAG", TOUCHSTONE_LABORATORY="ENV"), "FLAG")

    def test_the_server_too(self):
        self.write(f"[profile default]\nserver = nowhere.invalid:1\nca = {self.authority}\nlaboratory = JEW\n")
        self.run_client("test", "list", environment={"TOUCHSTONE_SERVER": self.address})
        self.run_client("test", "list", "--server", self.address, environment={"TOUCHSTONE_SERVER": "nowhere.invalid:1"})
        self.assertEqual(len(self.server.calls), 2)

    def test_current_is_the_profile_without_a_flag(self):
        both = f"server = {self.address}\nca = {self.authority}\n"
        self.write(f"current = two\n[profile one]\n{both}laboratory = ONE\n[profile two]\n{both}laboratory = TWO\n")
        self.write_session(self.address, "one")
        self.write_session(self.address, "two")
        self.assertEqual(self.laboratory_used(), "TWO")
        self.assertEqual(self.laboratory_used("--profile", "one"), "ONE")
        self.assertEqual(self.laboratory_used(TOUCHSTONE_PROFILE="one"), "ONE")
        self.assertEqual(self.laboratory_used("--profile", "two", TOUCHSTONE_PROFILE="one"), "TWO")

    def test_every_profile_has_a_session_of_its_own(self):
        self.write(f"[profile one]\nserver = {self.address}\nca = {self.authority}\n"
                   f"[profile two]\nserver = {self.address}\nca = {self.authority}\ndesk = D4\n")
        for profile in ("one", "two"):
            self.server.answers["StaffService.Login"] = lambda request, context, token=profile: self.message(
                "LoginResponse", token={"one": "11" * 16, "two": "22" * 16}[token])
            self.run_client("--profile", profile, "login", profile, "--password-file", "-", stdin="x\n")
        self.assertEqual(self.calls("StaffService.Login")[-1].request.desk, "D4")
        for profile, token in (("one", "11"), ("two", "22")):
            self.run_client("whoami", "--profile", profile)
            self.assertEqual(self.server.calls[-1].metadata["authorization"], "Bearer " + token * 16)

    def test_a_relative_authority_stands_beside_the_configuration(self):
        self.write(f"[profile default]\nserver = {self.address}\nca = ca.pem\nlaboratory = JEW\n")
        (self.config.parent / "ca.pem").write_bytes(self.authority.read_bytes())
        self.run_client("test", "list")

    def test_without_xdg_folders_the_home_is_used(self):
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            del self.environment[name]
        self.run_client("profile", "set", "default", "--server", self.address, "--ca", self.authority)
        self.assertTrue((self.directory / ".config/touchstone/config").exists())
        self.server.answers["StaffService.Login"] = lambda request, context: self.message("LoginResponse", token="33" * 16)
        self.run_client("login", "amy", "--password-file", "-", stdin="x\n")
        session = self.directory / ".local/state/touchstone/default.session"
        self.assertEqual(session.stat().st_mode & 0o777, 0o600)
        self.assertEqual(session.parent.stat().st_mode & 0o777, 0o700)

    def test_setting_nothing_is_a_usage_mistake(self):
        self.run_client("profile", "set", "a", expect=2)
        self.run_client("profile", "set", "a", "--ca", "none.pem", expect=2)
