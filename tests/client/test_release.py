# SPDX-License-Identifier: Apache-2.0
"""A release that cannot be: its true reason is told before any password is asked for."""
from tests.client.case import ServerCase

ITEM = "000000000"
UNASSIGNED, IN_PROGRESS, SUBMITTED, APPROVED, RELEASED, CANCELLED = 1, 3, 4, 5, 6, 7


class Release(ServerCase):
    def refused(self, expect, *tests):
        self.server.answers["BenchService.ListTests"] = lambda request, context: self.message(
            "ListTestsResponse", tests=[{"test_id": str(i), "method_id": "M_XRF", "parameter_id": "AU", **test}
                                        for i, test in enumerate(tests)])
        # Without a terminal a password that is asked for ends in another mistake.
        told = self.run_client("sheet", "release", ITEM, "--meaning", "approved", expect=expect, start_new_session=True)
        self.assertEqual([call.method for call in self.server.calls],
                         ["SheetService.ListReleasableItems", "BenchService.ListTests"])
        asked = self.server.calls[1].request
        self.assertEqual((asked.laboratory, asked.item_code), ("JEW", ITEM))
        return told.stderr

    def test_what_is_not_approved_is_named_with_its_technician(self):
        told = self.refused(6, {"state": APPROVED}, {"state": IN_PROGRESS, "assigned_to": "tech1"}, {"state": SUBMITTED})
        self.assertIn(f"{ITEM} cannot be released yet: 2 of its 3 tests not approved; "
                      "M_XRF:AU is in_progress, technician tech1\n", told)
        self.assertIn("touchstone test list --item", told)

    def test_a_test_of_nobody_names_no_technician(self):
        self.assertIn("1 of its 1 tests not approved; M_XRF:AU is unassigned\n", self.refused(6, {"state": UNASSIGNED}))

    def test_a_released_sheet_is_told_as_such(self):
        told = self.refused(6, {"state": RELEASED}, {"state": CANCELLED})
        self.assertIn(f"the sheet of {ITEM} is released already\n", told)
        self.assertIn("touchstone item show", told)

    def test_an_item_of_nobody_is_not_found(self):
        self.assertIn(f"{ITEM} is no item of laboratory JEW\n", self.refused(3))

    def test_what_changed_meanwhile_is_a_conflict(self):
        self.assertIn(f"{ITEM} does not wait for a signatory\n", self.refused(6, {"state": APPROVED}))
