#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the reference rows rounding.csv and decisions.csv beside this file, by Python's decimal and fractions only.

Nothing of Touchstone calculates here. Rows whose source is the standard's text have their answers by hand; all
others are computed. test_numbers.py checks that the files are what this script writes.
"""
import csv
import decimal
import io
import pathlib
import random
from fractions import Fraction

FOLDER = pathlib.Path(__file__).resolve().parent
D = decimal.Decimal
decimal.getcontext().prec = 120
STANDARD, HAND, COMPUTED = "GB/T 8170-2008 text", "by hand", "computed"
ROUNDING_HEAD = ["id", "kind", "input", "interval", "operator", "limit_low|limit_high", "method", "expected", "source",
                 "note"]
DECISION_HEAD = ["id", "value", "U_expanded", "k", "limit_low", "limit_high", "interval", "rule", "expected", "note"]

# kind, input, interval, expected
ROUNDED_BY_HAND = """
round 10.5002 1 11
round 1.050 0.1 1.0
round 0.35 0.1 0.4
round 2500 1000 2000
round 3500 1000 4000
round -355 10 -360
round -325 10 -320
round -0.0365 0.001 -0.036
round 97.46 1 97
round 15.4546 1 15
round_half_unit -60.75 1 -61.0
round_fifth_unit -930 100 -920
report_mark -16.5203 0.1 -16.5(+)
report_mark 17.5000 0.1 17.5
round_marked -16.5(+) 1 -17
round_marked 17.5 1 18
""", STANDARD
ROUNDED_MORE = """
round 2.675 0.01 2.68
round 2.665 0.01 2.66
round 0.045 0.01 0.04
round 1.005 0.01 1.00
round -0.4 1 0
round -0.5 1 0
round -1.5 1 -2
round 0 0.01 0.00
round 7 0.001 7.000
round 999.95 0.1 1000.0
round 0.5000000000000000000000000000000000000 1 0
round 0.5000000000000000000000000000000000001 1 1
round 9999999999999999999999999999999999999.5 1 10000000000000000000000000000000000000
round 50 100 0
round 150 100 200
round 51 100 100
round 1250 500 1000
round 1.13 0.05 1.15
round 1.125 0.05 1.10
round 1.15 0.5 1.0
round 0.3 0.2 0.4
round 0.5 0.2 0.4
round 60.125 0.25 60.00
round_half_unit 60.75 1 61.0
round_half_unit 0.025 0.1 0.00
round_half_unit 0.075 0.1 0.10
round_half_unit 125 100 100
round_half_unit 175 100 200
round_fifth_unit 0.1 1 0.0
round_fifth_unit 0.3 1 0.4
round_fifth_unit 10.1 1 10.0
round_fifth_unit -10.1 1 -10.0
round_fifth_unit 10.11 1 10.2
round_sig 0 3 0.00
round_sig 123450 4 123400
round_sig 123550 4 123600
round_sig 9.995 3 10.0
round_sig -0.00012345 3 -0.000123
round_sig 99999 2 100000
round_sig 5 3 5.00
round_sig 24500 2 24000
round_sig_half_up 24500 2 25000
round_sig_half_up 24499 2 24000
round_sig_half_up 0.0245 2 0.025
round_half_up 2.5 1 3
round_half_up -2.5 1 -3
round_half_up 0.125 0.01 0.13
round_half_up 0.124999 0.01 0.12
round_half_even 2.5 1 2
round_half_unit_half_up 60.25 1 60.5
round_fifth_unit_half_up 0.1 1 0.2
report_mark 15.45 0.1 15.4
report_mark 15.55 0.1 15.6
report_mark 0.4966 0.01 0.50(-)
report_mark 0.5034 0.01 0.50(+)
report_mark 0.50 0.01 0.50
report_mark 149.6 1 150(-)
report_mark 12.34 0.1 12.3
report_mark 1499 100 1500(-)
report_mark -0.0504 0.01 -0.05(+)
report_mark 0.0003 0.01 0.00
round_marked 0.5(+) 1 1
round_marked 0.5(-) 1 0
round_marked -0.5(-) 1 0
round_marked 0.5 1 0
round_marked 2.5(-) 1 2
round_marked 2.5(+) 1 3
round_marked 3.5(-) 1 3
round_marked 3.5 1 4
round_marked 2.55(+) 0.1 2.6
round_marked 2.55(-) 0.1 2.5
round_marked 14.6(-) 1 15
round_marked 14.4(+) 1 14
round_marked 1500(+) 1000 2000
round_marked 1500(-) 1000 1000
""", HAND
# value, interval, operator, limits, expected of full, expected of rounded
COMPARED = """
1351 100 ge 1400| not_conform conform:1400
1400 100 ge 1400| conform conform:1400
1402 100 ge 1400| conform conform:1400
97.01 0.1 ge 97.0| conform conform:97.0
97.00 0.1 ge 97.0| conform conform:97.0
96.96 0.1 ge 97.0| not_conform conform:97.0
96.94 0.1 ge 97.0| not_conform not_conform:96.9
0.452 0.1 le |0.5 conform conform:0.5
0.500 0.1 le |0.5 conform conform:0.5
0.549 0.1 le |0.5 not_conform conform:0.5
0.551 0.1 le |0.5 not_conform not_conform:0.6
1.151 0.1 between 1.2|1.6 not_conform conform:1.2
1.200 0.1 between 1.2|1.6 conform conform:1.2
1.649 0.1 between 1.2|1.6 not_conform conform:1.6
1.651 0.1 between 1.2|1.6 not_conform not_conform:1.7
9.89 0.1 closed 9.9|10.1 not_conform conform:9.9
9.85 0.1 closed 9.9|10.1 not_conform not_conform:9.8
10.10 0.1 closed 9.9|10.1 conform conform:10.1
10.16 0.1 closed 9.9|10.1 not_conform not_conform:10.2
9.94 0.1 open 9.9|10.1 conform not_conform:9.9
9.96 0.1 open 9.9|10.1 conform conform:10.0
10.06 0.1 open 9.9|10.1 conform not_conform:10.1
10.05 0.1 open 9.9|10.1 conform conform:10.0
9.94 0.1 open_closed 9.9|10.1 conform not_conform:9.9
9.86 0.1 open_closed 9.9|10.1 not_conform not_conform:9.9
10.06 0.1 open_closed 9.9|10.1 conform conform:10.1
10.05 0.1 open_closed 9.9|10.1 conform conform:10.0
""", STANDARD
COMPARED_MORE = """
10.06 0.1 closed_open 9.9|10.1 conform not_conform:10.1
9.86 0.1 closed_open 9.9|10.1 not_conform conform:9.9
0.18 0.1 lt |0.2 conform not_conform:0.2
0.14 0.1 lt |0.2 conform conform:0.1
0.2 0.1 lt |0.2 not_conform not_conform:0.2
0.2 0.1 gt 0.2| not_conform not_conform:0.2
0.26 0.1 gt 0.2| conform conform:0.3
0.104 - le |0.10 not_conform conform:0.10
0.104 - le |0.1 not_conform conform:0.1
0.106 - le |0.10 not_conform not_conform:0.11
0.106 - le |0.1 not_conform conform:0.1
749.6 - ge 750| not_conform conform:750
750.0 - ge 750 conform conform:750
-0.06 - abs_le |0.05 not_conform not_conform:-0.06
-0.05 - abs_le |0.05 conform conform:-0.05
0.054 - abs_le |0.05 not_conform conform:0.05
0.50(+) - le |0.50 not_conform conform:0.50
0.50(-) - le |0.50 conform conform:0.50
0.50 - le |0.50 conform conform:0.50
0.50(+) - ge 0.50| conform conform:0.50
0.50(-) - ge 0.50| not_conform conform:0.50
0.50(-) - lt |0.50 conform not_conform:0.50
0.50(+) - gt 0.50| conform not_conform:0.50
-0.50(+) - ge -0.50| not_conform conform:-0.50
-0.50(-) - ge -0.50| conform conform:-0.50
0.50(+) - lt |0.50 not_conform not_conform:0.50
0.85(-) 0.1 le |0.8 not_conform conform:0.8
0.85(+) 0.1 le |0.8 not_conform not_conform:0.9
1.2(-) - between 1.2|1.6 not_conform conform:1.2
1.6(+) - between 1.2|1.6 not_conform conform:1.6
""", HAND


def rounded(value, interval, mode):
    """The nearest multiple of the interval, by integers."""
    quotient = Fraction(value) / Fraction(interval)
    whole, rest = divmod(abs(quotient), 1)
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (mode == "half_up" or whole % 2 == 1))
    result = (int(whole) + up) * D(interval)
    return result if quotient > 0 else -result


def text(value, places):
    value = value.quantize(D(1).scaleb(-places)) if places >= 0 else value
    return format(value if value else abs(value), "f")


def number(source):
    digits = source.choice([2, 3, 4, 5, 6, 8, 12, 20])
    places = source.randrange(digits + 1)
    value = int("".join(source.choice("0123456789555") for _ in range(digits)))
    return D(source.choice([1, 1, -1]) * value).scaleb(-places)


def computed_rounding(source):
    kind = source.choice(["round", "round_half_unit", "round_fifth_unit"])
    mode = source.choice(["half_even", "half_even", "half_up"])
    exponent = source.choice([-4, -3, -2, -1, 0, 1, 2])
    digit = D(1).scaleb(exponent)
    step = digit * {"round": D(1), "round_half_unit": D("0.5"), "round_fifth_unit": D("0.2")}[kind]
    value = number(source)
    if source.random() < 0.5:  # a tie, or nearly one
        value = step * (source.randrange(-200, 200) + D("0.5")) + source.choice([0, 0, 1, -1]) * step.scaleb(-6)
    answer = rounded(value, step, mode)
    places = -exponent if kind == "round" else 1 - exponent
    name = kind if mode == "half_even" else f"{kind}_half_up"
    return name, format(value, "f"), format(digit, "f"), text(answer, max(places, 0))


def rounding_rows():
    rows = []

    def add(kind, value, interval, operator, limits, method, expected, source):
        rows.append([f"R{len(rows) + 1:03}", kind, value, interval, operator, limits, method, expected, source, ""])

    for table, source in (ROUNDED_BY_HAND, ROUNDED_MORE):
        for line in table.strip().splitlines():
            kind, value, interval, expected = line.split()
            add(kind, value, interval, "", "", "", expected, source)
    for table, source in (COMPARED, COMPARED_MORE):
        for line in table.strip().splitlines():
            value, interval, operator, limits, full, half = line.split()
            interval = "" if interval == "-" else interval
            word, shown = half.split(":")
            add("compare", value, interval, operator, limits, "full", full.replace("_", " "), source)
            add("compare", value, interval, operator, limits, "rounded", f"{word.replace('_', ' ')} (rounded {shown})",
                source)
    source = random.Random(8170)
    for _ in range(120):
        kind, value, interval, expected = computed_rounding(source)
        add(kind, value, interval, "", "", "", expected, COMPUTED)
    return [ROUNDING_HEAD, *rows]


def normal_below(z):
    """Phi by the series of erf with 120 digits: good to far more than is printed."""
    z = D(z.numerator) / D(z.denominator)
    if abs(z) > 12:
        return D(0 if z < 0 else 1)
    x = z / D(2).sqrt()
    term, total, n = x, x, 0
    while abs(term) > D("1e-60"):
        n += 1
        term = -term * x * x / n
        total += term / (2 * n + 1)
    pi = D("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534")
    return (1 + 2 / pi.sqrt() * total) / 2


def probability(value, standard, low, high):
    return (normal_below((high - value) / standard) if high is not None else D(1)) - (
        normal_below((low - value) / standard) if low is not None else D(0))


def within(value, low, high, guard, interval):
    low_in, high_in = {"closed": (1, 1), "open": (0, 0), "closed_open": (1, 0), "open_closed": (0, 1)}[interval]
    above = low is None or value > low + guard or (low_in and value == low + guard)
    below = high is None or value < high - guard or (high_in and value == high - guard)
    return above and below


GUARDS = {"simple": (0, 0), "guard_accept_U": (1, 0), "guard_1p64u": (0, Fraction(164, 100)), "guard_reject_U": (-1, 0)}


def decided(value, expanded, coverage, low, high, interval, rule):
    """The definition of every rule, in fractions."""
    if rule != "simple" and not expanded:
        return "error: U missing"
    standard = expanded / coverage if expanded else Fraction(0)
    if rule == "prob":
        return f"p={probability(value, standard, low, high).quantize(D('0.01'))}"
    if rule == "prob95":
        chance = probability(value, standard, low, high)
        return "pass" if chance >= D("0.95") else "fail" if chance <= D("0.05") else "inconclusive"
    by_expanded, by_standard = GUARDS.get(rule, (1, 0))
    guard = by_expanded * (expanded or 0) + by_standard * standard
    if low is not None and high is not None and guard > 0 and 2 * guard >= high - low:
        return "error: no result can pass"
    if rule != "nonbinary_U":
        return "pass" if within(value, low, high, guard, interval) else "fail"
    for word, part in (("pass", expanded), ("conditional pass", 0), ("conditional fail", -expanded)):
        if within(value, low, high, part, interval):
            return word
    return "fail"


LIMITS = [("", "0.080", "0.010"), ("0.50", "", "0.04"), ("12.5", "16.3", "0.6"), ("-0.5", "0.5", "0.12")]
RULES = [*GUARDS, "nonbinary_U", "prob", "prob95"]


def fraction(cell):
    return Fraction(cell) if cell else None


def decision_row(value, expanded, coverage, low, high, interval, rule):
    answer = decided(fraction(value), fraction(expanded), fraction(coverage or "2"), fraction(low), fraction(high),
                     interval or "closed", rule)
    return [value, expanded, coverage, low, high, interval, rule, answer]


def at_boundaries(source, low, high, expanded):
    """A value at, just inside and just outside a boundary of some rule."""
    limit, inwards = source.choice([(end, way) for end, way in ((low, 1), (high, -1)) if end])
    guard = source.choice([D(0), D(1), D(-1), D("0.82")]) * D(expanded)
    nudge = source.choice([D(0), D(0), D("0.0001"), D("-0.0001")])
    return format(D(limit) + inwards * (guard + nudge), "f")


def random_decision(source):
    low, high, expanded = source.choice(LIMITS)
    interval = source.choice(["closed", "closed", "", "open", "closed_open", "open_closed"])
    coverage = source.choice(["2", "2", "", "3", "2.5"])
    value = at_boundaries(source, low, high, expanded)
    return decision_row(value, expanded, coverage, low, high, interval, source.choice(RULES))


def decision_rows():
    source, rows = random.Random(106), []
    fixed = [("13.6", "3.6", "2", "12.5", "16.3", "closed", "prob"), ("13.6", "3.6", "", "12.5", "16.3", "", "prob"),
             ("13.6", "3.6", "2", "12.5", "16.3", "closed", "prob95"),
             ("14.4", "3.6", "2", "12.5", "16.3", "closed", "guard_accept_U"),
             ("14.4", "3.6", "2", "12.5", "16.3", "closed", "nonbinary_U"),
             ("14.4", "3.6", "2", "12.5", "16.3", "closed", "simple"),
             ("14.4", "1.9", "2", "12.5", "16.3", "closed", "guard_accept_U"),
             ("14.4", "1.9", "2", "12.5", "16.3", "closed", "guard_1p64u"),
             ("0.0718", "0.015", "3", "", "0.080", "closed", "guard_1p64u"),
             ("0.0719", "0.015", "3", "", "0.080", "closed", "guard_1p64u"),
             ("0.080", "", "", "", "0.080", "closed", "simple"), ("0.080", "", "", "", "0.080", "open", "simple"),
             ("0.070", "0", "2", "", "0.080", "closed", "guard_accept_U")]
    fixed += [("0.050", "", "2", "", "0.080", "closed", rule) for rule in RULES if rule != "simple"]
    for row in fixed:
        rows.append(decision_row(*row))
    rows += [random_decision(source) for _ in range(140)]
    return [DECISION_HEAD, *([f"C{at:03}", *row, ""] for at, row in enumerate(rows, 1))]


def written(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


TABLES = {"rounding.csv": rounding_rows, "decisions.csv": decision_rows}

if __name__ == "__main__":
    for name, rows in TABLES.items():
        (FOLDER / name).write_text(written(rows()), encoding="utf-8")
