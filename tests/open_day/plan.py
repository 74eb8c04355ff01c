# SPDX-License-Identifier: Apache-2.0
"""Who comes to an open day, when and with what: drawn once from a seed, so that a day can be replayed. What becomes of them is
the daemon's affair, and is read from its database afterwards."""
import random

# Shares of the day by half hour from 09:00 on: the pattern of arrivals that is published with the day.
PATTERN = (8, 12, 14, 12, 8, 6, 4, 5, 9, 10, 8, 4)
BEGIN_H = 9
SESSION_MINUTES = 30
BOOKED, CANCELS, NO_SHOW, STRAYS, ELDER, FETCHES = 0.6, 0.06, 0.08, 0.05, 0.12, 0.6
CAP = 8


class Person:
    def __init__(self, number, session, items, chance):
        self.number, self.session, self.items = number, session, items
        self.name, self.phone = "观众" + "".join("零一二三四五六七八九"[int(digit)] for digit in f"{number:04}"), f"137{number:08}"
        self.is_booked = chance.random() < BOOKED
        self.is_elder = chance.random() < ELDER
        self.strays = chance.random() < STRAYS    # does not hear the first call
        self.fetches = chance.random() < FETCHES  # waits for the items; else they stay in the safe
        self.fate = "comes"
        self.booking = self.ticket = None


class Plan:
    def __init__(self, people, items, seed):
        chance = random.Random(seed)
        self.sessions = len(PATTERN) if people >= 60 else 2
        shares = PATTERN[:self.sessions]
        sizes = [1] * people
        while sum(sizes) < items:
            at = chance.randrange(people)
            sizes[at] += sizes[at] < CAP
        whens = sorted(chance.choices(range(self.sessions), shares, k=people))
        self.people = [Person(number, when, size, chance) for number, (when, size) in enumerate(zip(whens, sizes), 1)]
        # Those who booked and are not seen come on top: every tenth or so.
        for number in range(people + 1, people + 1 + max(2, round(people * (CANCELS + NO_SHOW)))):
            one = Person(number, chance.randrange(self.sessions), chance.randint(1, 4), chance)
            one.is_booked, one.fate = True, "cancels" if number % 2 else "no_show"
            self.people.append(one)
        self.chance = chance

    def of(self, session):
        """The people of a session in the order of coming."""
        found = [one for one in self.people if one.session == session]
        self.chance.shuffle(found)
        return found

    def booked_quota(self, session):
        """A little less than is asked for, so that some wait for what others cancel."""
        return max(CAP, round(0.95 * sum(one.items for one in self.people if one.session == session and one.is_booked)))

    def walk_in_quota(self, session):
        return CAP + sum(one.items for one in self.people if one.session == session and not one.is_booked)
