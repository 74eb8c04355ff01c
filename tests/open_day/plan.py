# SPDX-License-Identifier: Apache-2.0
"""Who comes to an open day, when and with what: drawn once from a seed, so that a day can be replayed. What becomes of them is
the daemon's affair, and is read from its database afterwards."""
import random

# Shares of the day by half hour from 09:00 on: the pattern of arrivals that is published with the day.
PATTERN = (8, 12, 14, 12, 8, 6, 4, 5, 9, 10, 8, 4)
BEGIN_H = 9
SESSION_MINUTES = 30
BOOKED, CANCELS, NO_SHOW, STRAYS, ELDER, FETCHES = 0.6, 0.06, 0.08, 0.05, 0.12, 0.6
TOO_MANY, LEAVES = 0.1, 0.03  # walk-ins for whom there is no place, and who lose patience
SECOND = "FUR"
SECOND_EVERY = 7  # of whom one goes to the second laboratory
CAP = 8


class Person:
    def __init__(self, number, session, items, laboratory, chance):
        self.number, self.session, self.items, self.laboratory = number, session, items, laboratory
        self.name, self.phone = "观众" + "".join("零一二三四五六七八九"[int(digit)] for digit in f"{number:04}"), f"137{number:08}"
        self.is_booked = chance.random() < BOOKED
        self.is_elder = chance.random() < ELDER
        self.strays = chance.random() < STRAYS    # does not hear the first call
        self.fetches = chance.random() < FETCHES  # waits for the items; else they stay in the safe
        self.fate, self.is_extra = "comes", False
        self.booking = self.ticket = None


class Plan:
    """people and items is what the quotas are made for; who cancels, does not come, leaves or finds no place comes on top."""

    def __init__(self, people, items, seed, with_second=True):
        chance = random.Random(seed)
        self.laboratories = ("JEW", SECOND) if with_second else ("JEW",)
        self.sessions = len(PATTERN) if people >= 60 else 2
        shares = PATTERN[:self.sessions]
        sizes = [1] * people
        while sum(sizes) < items:
            at = chance.randrange(people)
            sizes[at] += sizes[at] < CAP
        whens = sorted(chance.choices(range(self.sessions), shares, k=people))
        self.people = [Person(number, when, size, self.laboratory_of(number), chance)
                       for number, (when, size) in enumerate(zip(whens, sizes), 1)]
        unseen = max(2, round(people * (CANCELS + NO_SHOW)))
        fates = ["cancels" if number % 2 else "no_show" for number in range(unseen)]
        fates += ["comes"] * max(2, round(people * TOO_MANY)) + ["leaves"] * max(1, round(people * LEAVES))
        for number, fate in enumerate(fates, people + 1):
            # Who finds no place comes late, when nothing is left.
            when = chance.randrange(self.sessions // 2, self.sessions) if fate == "comes" else chance.randrange(self.sessions)
            one = Person(number, when, chance.randint(1, 4), self.laboratory_of(number), chance)
            one.fate, one.is_booked, one.is_extra = fate, fate in ("cancels", "no_show"), True
            self.people.append(one)
        self.chance = chance

    def laboratory_of(self, number):
        return self.laboratories[-1 if number % SECOND_EVERY == SECOND_EVERY // 2 else 0]

    def of(self, session):
        """The people of a session in the order of coming."""
        found = [one for one in self.people if one.session == session]
        self.chance.shuffle(found)
        return found

    def asked(self, laboratory, session, booked, with_extra):
        return sum(one.items for one in self.people if one.laboratory == laboratory and one.session == session and one.is_booked == booked
                   and (with_extra or not one.is_extra))

    def booked_quota(self, laboratory, session):
        """A little less than is asked for, so that some wait for what others cancel."""
        return max(CAP, round(0.95 * self.asked(laboratory, session, True, True)))

    def walk_in_quota(self, laboratory, session):
        """As many as were expected. Who came on top is moved to a later session, and in the end sent home."""
        return max(2, self.asked(laboratory, session, False, False))
