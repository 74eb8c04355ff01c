# SPDX-License-Identifier: Apache-2.0
"""What is brought to each laboratory of a replayed day, and what the bench does with it."""
import base64
import json

from tests.outside.world import READINGS, intake_fields, picture, ring

PHOTO = base64.b64encode(picture()).decode()


class Work:
    """consumed: what the bench uses up of an item, in grams; empty when nothing. other_mass: what one that lost a part weighs;
    empty where the laboratory tells no tolerance."""

    def __init__(self, laboratory, method, item, mass, consumed, mass_after, other_mass, result):
        self.laboratory, self.method, self.item = laboratory, method, item
        self.mass, self.consumed, self.mass_after, self.other_mass, self.result = mass, consumed, mass_after, other_mass, result

    def intake_of(self, person, **more):
        """The request that a desk sends for a person, as the file of `intake register`."""
        fields = intake_fields(laboratory=self.laboratory, owner=dict(name=person.name, phone=person.phone),
                               items=[ring(photo=PHOTO, **self.item) for _ in range(person.items)])
        fields["consents"] = [dict(kind=kind, given_by_owner=True)
                              for kind in ("privacy", "agreement", *(("destructive",) if self.consumed else ()))]
        fields["return_choice"] = "return"
        return json.dumps(dict(fields, **more))


WORKS = {
    "JEW": Work("JEW", "M_XRF", {}, "3.52", "", "3.52", "3.40",
                dict(readings=READINGS, expanded_uncertainty="2.0", instrument="XRF-01", temperature_c="23.1", humidity_percent="45")),
    # A fur collar, of which two grams are cut out for formaldehyde: none was found.
    "FUR": Work("FUR", "M_FUV", dict(name="毛领 collar", claimed_product_id="FUR_GARM", claim_text="狐狸毛 fox", hallmark="", mass_g="120.00",
                                     produced_on="2026-03-01", further_product_ids=["FUR_B"],
                                     tests=[dict(method_id="M_FUV", parameter_id="F_HCHO")]), "120.00", "2.00", "118.00", "",
                dict(readings=[dict(value="5", qualifier="QUALIFIER_NOT_DETECTED")] * 2, instrument="UV-02", temperature_c="22.4",
                     humidity_percent="50")),
}
