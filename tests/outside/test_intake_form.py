# SPDX-License-Identifier: Apache-2.0
"""What reception records beside the fields of the request: the catalogue names it, the intake keeps it as facts of the item."""
from tests.outside.domains import CONSENTS, DomainCase
from tests.outside.world import intake_fields, ring


class IntakeForm(DomainCase):
    domains = ("FOOD",)

    def milk(self, **facts):
        item = ring(name="巴氏杀菌乳", claimed_product_id="FOOD_MILK_PAST", hallmark="", claim_text="", mass_g="1000", declared_value_cny="",
                    tests=[dict(method_id="M_PROT", parameter_id="PROT")], facts=[dict(field=key, value=value) for key, value in facts.items()])
        return intake_fields(laboratory="FOOD", items=[item], consents=CONSENTS, return_choice="RETURN_CHOICE_DISCARD")

    def registered(self, **facts):
        return self.people["RECEPTION", "FOOD"]("DeskService.RegisterIntake", **self.milk(**facts)).receipt.items[0]

    def facts(self, item):
        return {fact.field: fact.value for fact in item.facts}

    def test_the_form_has_the_laboratorys_own_fields_first_then_the_common_ones_and_its_packages(self):
        form = self.people["RECEPTION", "FOOD"]("CatalogueService.GetIntakeForm", laboratory="FOOD")
        own = [field.field_key for field in form.fields if not field.common]
        common = [field.field_key for field in form.fields if field.common]
        self.assertEqual([field.field_key for field in form.fields], own + common)
        self.assertIn("temp_in", own)
        self.assertIn("seal_no", common)
        self.assertNotIn("hallmark", own + common)
        batch = next(field for field in form.fields if field.field_key == "batch")
        self.assertEqual((batch.label_zh, batch.label_en, batch.type, batch.required), ("批号", "Batch", "text", True))
        # Only on a condition: reception is told which.
        micro = next(field for field in form.fields if field.field_key == "micro_time")
        self.assertFalse(micro.required)
        package = form.packages[0]
        self.assertEqual((package.package_id, package.product_id, package.tests[0].method_id, package.tests[0].parameter_id, len(package.tests)),
                         ("PK_FOOD_MILK", "FOOD_MILK_PAST", "M_PROT", "PROT", 7))

    def test_another_laboratorys_form_is_not_shown(self):
        with self.ends_in("PERMISSION_DENIED"):
            self.people["RECEPTION", "FOOD"]("CatalogueService.GetIntakeForm", laboratory="JEW")

    def test_facts_are_kept_with_the_intake_and_corrected_later(self):
        item = self.registered(batch="L240", temp_in="4.5", storage_req="0-4 ℃")
        self.assertEqual(self.facts(item), {"batch": "L240", "temp_in": "4.5", "storage_req": "0-4 ℃"})
        told = self.people["RECEPTION", "FOOD"]("DeskService.TellItem", item_code=item.item_code, version=item.version, field="temp_in",
                                                value="5.4").item
        self.assertEqual(self.facts(told)["temp_in"], "5.4")
        # The first word stays in the books.
        kept = self.daemon.sql("select value from lab.item_fact where item_code = %s and field = 'temp_in' order by entry_no", item.item_code)
        self.assertEqual(kept, [("4.5",), ("5.4",)])

    def test_a_field_that_nobody_knows_or_that_is_told_twice_is_refused_and_nothing_is_taken_in(self):
        before = self.daemon.sql("select count(*) from lab.receipt")
        with self.ends_in("INVALID_ARGUMENT") as refusal:
            self.registered(hallmark_of_nobody="x")
        self.assertIn("items[0].facts[0].field", refusal[0].fields)
        twice = self.milk(batch="A")
        twice["items"][0]["facts"] *= 2
        with self.ends_in("INVALID_ARGUMENT"):
            self.people["RECEPTION", "FOOD"]("DeskService.RegisterIntake", **twice)
        self.assertEqual(self.daemon.sql("select count(*) from lab.receipt"), before)

    def test_another_domains_field_is_no_fact_of_this_one(self):
        with self.ends_in("INVALID_ARGUMENT"):
            self.registered(plating="plated")
