#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reference rows of quality control: prints quality.csv, which stands beside it.

Every expected value is calculated here from the definition, by fractions and by decimals of 60 digits, in
another way than the engine does it; where a value was found by hand or stands in a public source it is written
down as well, and the script stops when the two differ.

Usage: quality_reference.py > quality.csv
"""
import csv
import decimal
import fractions
import json
import sys

decimal.getcontext().prec = 60
D, F = decimal.Decimal, fractions.Fraction
GB4091 = "GB/T 4091-2001 / Nelson"
WESTGARD = "Westgard multirule"
ISO7870 = "ISO 7870-2:2013 (lengths to be confirmed)"
ISO13528 = "ISO 13528"


# Charts: every window that ends at a point is looked at anew, by its definition.

def one_side(window, count, reach):
    """The newest point lies beyond on a side where `count` of the window lie."""
    return any(side * window[-1] > reach and sum(side * z > reach for z in window) >= count for side in (1, -1))


def rises(window):
    return all(b > a for a, b in zip(window, window[1:]))


def zigzags(window):
    steps = [b - a for a, b in zip(window, window[1:])]
    return 0 not in steps and all((a > 0) != (b > 0) for a, b in zip(steps, steps[1:]))


def tail(points, size):
    return points[-size:] if len(points) >= size else None


def whole(size, holds):
    return lambda z, runs: (window := tail(z, size)) is not None and holds(window)


def r_4s(z, runs):
    """Beyond 2s, and another of the same run beyond 2s on the other side; without runs, a neighbour."""
    mine = [other for other, run in zip(z, runs) if run == runs[-1]] if runs else z[-2:]
    return any(side * z[-1] > 2 and min(side * other for other in mine) < -2 for side in (1, -1))


NELSON = {
    "1": lambda z, runs: abs(z[-1]) > 3,
    "2": whole(9, lambda w: all(x > 0 for x in w) or all(x < 0 for x in w)),
    "3": whole(6, lambda w: rises(w) or rises([-x for x in w])),
    "4": whole(14, zigzags),
    "5": lambda z, runs: one_side(z[-3:], 2, 2),
    "6": lambda z, runs: one_side(z[-5:], 4, 1),
    "7": whole(15, lambda w: all(abs(x) < 1 for x in w)),
    "8": whole(8, lambda w: all(abs(x) > 1 for x in w) and min(w) < 0 < max(w)),
}
SETS = {
    "nelson8": NELSON,
    "westgard": {
        "1-2s": lambda z, runs: abs(z[-1]) > 2,
        "1-3s": lambda z, runs: abs(z[-1]) > 3,
        "2-2s": whole(2, lambda w: min(w) > 2 or max(w) < -2),
        "R-4s": r_4s,
        "4-1s": whole(4, lambda w: min(w) > 1 or max(w) < -1),
        "10x": whole(10, lambda w: min(w) > 0 or max(w) < 0),
    },
    "iso7870_2": {
        "1": lambda z, runs: abs(z[-1]) > 3,
        "2": whole(7, lambda w: min(w) > 0 or max(w) < 0),
        "3": whole(7, lambda w: rises(w) or rises([-x for x in w])),
    },
}


def alarms(rules, points, mean, sigma, runs=None):
    z = [(F(x) - F(mean)) / F(sigma) for x in points]
    found = [f"{name}@{end}" for end in range(1, len(z) + 1) for name, fires in rules.items()
             if fires(z[:end], runs and runs[:end])]
    return ";".join(found) or "none"


# Numbers as they are printed.

def plain(value, places):
    """At most so many places, without zeros at the end."""
    if isinstance(value, F):
        value = D(value.numerator) / D(value.denominator)
    text = format(value.quantize(D(1).scaleb(-places), decimal.ROUND_HALF_EVEN), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def fixed(value, places):
    rounded = value.quantize(D(1).scaleb(-places), decimal.ROUND_HALF_EVEN)
    return format(rounded if rounded else abs(rounded), "f")


# One function per chart, from inputs to the expected text.

def chart(name):
    return lambda i: alarms(SETS[name], i["data"], i["mean"], i["sd"], i.get("runs"))


def moving(i):
    data = [F(x) for x in i["data"]]
    ranges = [abs(b - a) for a, b in zip(data, data[1:])]
    return data, sum(data) / len(data), sum(ranges) / len(ranges)


def individuals(i):
    data, mean, bar = moving(i)
    sigma = bar / F("1.128")
    return (f"mean={plain(mean, 4)};MRbar={plain(bar, 4)};UCL={plain(mean + 3 * sigma, 4)};"
            f"LCL={plain(mean - 3 * sigma, 4)};alarms={alarms(NELSON, data, mean, sigma)}")


def mr_chart(i):
    _, _, bar = moving(i)
    return f"CL={plain(bar, 4)};UCL={plain(bar * F('3.267'), 4)};LCL=0"


def verdict(size):
    return "satisfactory" if size <= 2 else "questionable" if size < 3 else "unsatisfactory"


def z_score(i):
    z = (D(i["x"]) - D(i["x_pt"])) / D(i["sigma_pt"])
    return f"{fixed(z, 2)} {verdict(abs(z))}"


def zeta(i):
    return fixed((D(i["x"]) - D(i["x_ref"])) / (D(i["u_lab"]) ** 2 + D(i["u_ref"]) ** 2).sqrt(), 3)


def en(i):
    score = (D(i["x"]) - D(i["x_ref"])) / (D(i["U_lab"]) ** 2 + D(i["U_ref"]) ** 2).sqrt()
    return f"{fixed(score, 3)} {'satisfactory' if abs(score) <= 1 else 'unsatisfactory'}"


def middle(values):
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def spread(values):
    mean = sum(values) / len(values)
    return (sum((x - mean) ** 2 for x in values) / (len(values) - 1)).sqrt()


def algorithm_a(i):
    data = [D(x) for x in i["data"]]
    mean = middle(data)
    s = D("1.483") * middle([abs(x - mean) for x in data]) or spread(data)
    while True:
        pulled = [min(max(x, mean - D("1.5") * s), mean + D("1.5") * s) for x in data]
        before, mean, s = (mean, s), sum(pulled) / len(pulled), D("1.134") * spread(pulled)
        if max(abs(mean - before[0]), abs(s - before[1])) < D("1e-15"):
            return f"x*={fixed(mean, 4)};s*={fixed(s, 4)}"


def scientific(value):
    mantissa, _, exponent = f"{value:.3e}".partition("e")
    return f"{mantissa}e{int(exponent):+03d}"


def horwitz(i):
    c = D(i["mass_fraction"])
    sigma = D("0.02") * c ** D("0.8495")
    thompson = D("0.22") * c if c < D("1.2e-7") else D("0.01") * c.sqrt() if c > D("0.138") else sigma
    return f"sigma_horwitz={scientific(sigma)};sigma_thompson={scientific(thompson)}"


def accept(holds):
    return "accept" if holds else "reject"


def crm(i):
    return accept((F(i["x"]) - F(i["x_ref"])) ** 2 <= F(i["U_ref"]) ** 2 + F(i["U_lab"]) ** 2)


def drift(i):
    return accept(abs(F(i["after"]) / F(i["before"]) - 1) <= F(i["limit_pct"]) / 100)


def duplicate(i):
    a, b = F(i["a"]), F(i["b"])
    return accept(abs(a - b) / ((a + b) / 2) <= F(i["limit_pct"]) / 100)


def rpd(i):
    a, b = D(i["a"]), D(i["b"])
    return fixed(abs(a - b) / ((a + b) / 2) * 100, 2)


def recovery(i):
    rate = (D(i["spiked"]) - D(i["unspiked"])) / D(i["added"]) * 100
    return f"{fixed(rate, 1)} {accept(D(i['low_pct']) <= rate <= D(i['high_pct']))}"


CHARTS = {name: chart(name) for name in SETS} | {
    "individuals": individuals, "mr_chart": mr_chart, "z_score": z_score, "zeta": zeta, "En": en,
    "algorithm_A": algorithm_a, "horwitz": horwitz, "crm": crm,
    "blank": lambda i: accept(F(i["blank"]) < F(i["lod"])), "flow_drift": drift,
    "calibration_drift": lambda i: accept(abs(F(i["found"]) / F(i["nominal"]) - 1) <= F(i["limit_pct"]) / 100),
    "duplicate": duplicate, "rpd": rpd, "recovery": recovery,
    "tolerance": lambda i: accept(abs(F(i["found"]) - F(i["nominal"])) <= F(i["tolerance"])),
}


def points(text, mean="0", sd="1", runs=None):
    found = {"mean": mean, "sd": sd, "data": text.split()}
    return found | ({"runs": runs.split()} if runs else {})


def data(text):
    return {"data": text.split()}


def pair(names, text):
    return dict(zip(names.split(), text.split()))


Z, ZETA, EN = "x x_pt sigma_pt", "x x_ref u_lab u_ref", "x x_ref U_lab U_ref"
ZIGZAG = "0.5 -0.6 0.7 -0.4 0.6 -0.5 0.4 -0.7 0.5 -0.6 0.7 -0.4 0.6 -0.5"
NIST = "49.6 47.6 49.9 51.3 47.8 51.2 52.6 52.4 53.6 52.1"
GOLD = "750.2 749.8 750.5 750.1 749.9 750.3 752.9 750.0 749.6 750.2"
# chart, inputs, expected by hand or None, source, note
ROWS = [
    ("nelson8", points("0.2 -0.5 3 0.4 -3"), "none", GB4091, "exactly 3 sigma is not beyond"),
    ("nelson8", points("0.2 -3.0001 0.4"), "1@2", GB4091, "below"),
    ("nelson8", points("-0.1 0.5 0.2 0.7 0.4 0.9 0.3 0.6 0.1 0.8"), "2@10", GB4091, "nine above, after one below"),
    ("nelson8", points("-0.1 0.5 0.2 0.7 0.4 0.9 0.3 0.6 0.1 -0.8"), "none", GB4091, "eight above"),
    ("nelson8", points("0.5 0.2 0.7 0.4 0 0.9 0.3 0.6 0.1 0.8"), "none", GB4091, "a point on the line ends the run"),
    ("nelson8", points("-0.5 -0.2 -0.7 -0.4 -0.6 -0.9 -0.3 -0.6 -0.1 -0.8"), "2@9;2@10", GB4091, "a tenth is an alarm too"),
    ("nelson8", points("-1 -0.6 -0.2 0.2 0.6 1.2"), "3@6", GB4091, "six rising"),
    ("nelson8", points("1.2 0.7 0.3 -0.1 -0.4 -0.9 -0.5"), "3@6", GB4091, "six falling"),
    ("nelson8", points("-1 -0.6 -0.2 0.2 0.6 0.1"), "none", GB4091, "five rising"),
    ("nelson8", points("-1 -0.6 -0.2 -0.2 0.2 0.6 0.9"), "none", GB4091, "equal neighbours end a trend"),
    ("nelson8", points(ZIGZAG), "4@14", GB4091, "fourteen alternating"),
    ("nelson8", points(ZIGZAG.rsplit(" ", 1)[0]), "none", GB4091, "thirteen alternating"),
    ("nelson8", points(ZIGZAG + " 0.2"), "4@14;4@15;7@15", GB4091, "fifteen of them are all within 1 sigma"),
    ("nelson8", points("0.3 2.3 -0.4 2.1 0.2"), "5@4", GB4091, "two of three; the point after is not beyond"),
    ("nelson8", points("0.3 2.3 2.4"), "5@3", GB4091, "two in a row"),
    ("nelson8", points("2.3 -2.4 0.1"), "none", GB4091, "two beyond on different sides"),
    ("nelson8", points("0.3 2 -0.4 2.1"), "none", GB4091, "exactly 2 sigma is not beyond"),
    ("nelson8", points("2.2 0.1 -0.2 2.3"), "none", GB4091, "two of four"),
    ("nelson8", points("0.2 3.4 0.1 2.6"), "1@2;5@4", GB4091, "beyond 3 is beyond 2 as well"),
    ("nelson8", points("1.2 1.4 -0.3 1.1 1.6 0.2"), "6@5", GB4091, "four of five"),
    ("nelson8", points("-1.2 -1.4 -0.3 -1 -1.6"), "none", GB4091, "three of five and one on 1 sigma"),
    ("nelson8", points("0.5 0.4 -0.3 0.2 0.1 -0.6 -0.5 0.8 0.9 -0.1 -0.2 0.3 0.6 -0.4 -0.7"), "7@15", GB4091, "fifteen within"),
    ("nelson8", points("0.5 0.4 -0.3 0.2 0.1 -0.6 -0.5 1 0.9 -0.1 -0.2 0.3 0.6 -0.4 -0.7"), "none", GB4091,
     "a point on 1 sigma is not within"),
    ("nelson8", points("1.3 1.5 -1.4 -1.2 1.6 -1.7 1.1 -1.3"), "8@8", GB4091, "eight outside 1 sigma"),
    ("nelson8", points("1.3 1.5 -1.4 -1.2 1.6 -1 1.1 -1.3"), "none", GB4091, "one of them on 1 sigma"),
    ("nelson8", points("1.3 1.5 1.4 1.2 1.6 1.7 1.1 1.3"), "6@4;6@5;6@6;6@7;6@8", GB4091, "all above is no mixture: test 8 needs both sides"),
    ("nelson8", points("0.1 2.2 3.2 2.3"), "1@3;5@3;5@4", GB4091, "two tests at one point, in their order"),
    ("nelson8", points("0.187 0.180 0.2041", "0.180", "0.008"), "1@3", GB4091, "3 sigma is 0.204"),
    ("nelson8", points("0.187 0.180 0.204", "0.180", "0.008"), "none", GB4091, "0.024 is exactly 3 x 0.008, which binary fractions miss"),
    ("westgard", points("0.5 2 0.1 -2"), "none", WESTGARD, "exactly 2s warns of nothing"),
    ("westgard", points("0.5 2.3 0.1 -2.1"), "1-2s@2;1-2s@4", WESTGARD, "two warnings"),
    ("westgard", points("0.5 3.2 0.1"), "1-2s@2;1-3s@2", WESTGARD, "beyond 3s is beyond 2s"),
    ("westgard", points("0.5 3 0.1"), "1-2s@2", WESTGARD, "exactly 3s rejects nothing"),
    ("westgard", points("0.5 2.1 2.4 0.1"), "1-2s@2;1-2s@3;2-2s@3", WESTGARD, "two in a row"),
    ("westgard", points("0.5 2.1 0.3 2.4"), "1-2s@2;1-2s@4", WESTGARD, "not in a row"),
    ("westgard", points("2.1 2.4", runs="1 2"), "1-2s@1;1-2s@2;2-2s@2", WESTGARD, "2-2s looks across runs"),
    ("westgard", points("2.1 -2.4", runs="1 1"), "1-2s@1;1-2s@2;R-4s@2", WESTGARD, "in one run"),
    ("westgard", points("2.1 -2.4", runs="1 2"), "1-2s@1;1-2s@2", WESTGARD, "R-4s only within a run"),
    ("westgard", points("0.3 2.1 -2.4"), "1-2s@2;1-2s@3;R-4s@3", WESTGARD, "runs not given: neighbours are of one run"),
    ("westgard", points("2.1 -2", runs="1 1"), "1-2s@1", WESTGARD, "exactly 2s on the other side"),
    ("westgard", points("2.5 -1.8", runs="1 1"), "1-2s@1", WESTGARD, "apart by more than 4s, but one is within 2s"),
    ("westgard", points("0.1 2.1 0.3 -2.2 0.4", runs="7 8 8 8 9"), "1-2s@2;1-2s@4;R-4s@4", WESTGARD, "a third control between them"),
    ("westgard", points("1.1 1.3 1.2 1.5"), "4-1s@4", WESTGARD, "four in a row"),
    ("westgard", points("1.1 1.3 1 1.5 1.2"), "none", WESTGARD, "one of them on 1s"),
    ("westgard", points("-1.1 -1.3 -1.2 -1.5 -1.4", runs="1 1 2 2 3"), "4-1s@4;4-1s@5", WESTGARD, "across runs"),
    ("westgard", points("-0.1 0.2 0.3 0.1 0.5 0.4 0.6 0.2 0.3 0.7 0.1"), "10x@11", WESTGARD, "ten above"),
    ("westgard", points("0.2 0.3 0.1 0.5 0.4 0.6 0.2 0.3 0.7 0 0.1"), "none", WESTGARD, "nine, then one on the mean"),
    ("westgard", points("751.3 748.7 748.6", "750.1", "0.6", "1 1 1"), "1-2s@2;1-2s@3;2-2s@3",
     WESTGARD, "751.3 is exactly mean + 2s: no R-4s"),
    ("iso7870_2", points("0.2 0.3 0.1 0.5 0.4 0.6 0.2"), "2@7", ISO7870, "run of seven"),
    ("iso7870_2", points("-1 -0.6 -0.2 0.2 0.6 1.2"), "none", ISO7870, "six rising are not seven"),
    ("iso7870_2", points("-1 -0.6 -0.2 0.2 0.6 1.2 1.4"), "3@7", ISO7870, "trend of seven"),
    ("individuals", data("10.0 10.2 9.9 10.1 10.0 9.8 10.1 10.0 12.0 10.0"), None, "definition", "one far point"),
    ("individuals", data("1 2 3 4 5 6 7"), None, "definition", "a trend: its own moving range is small"),
    ("individuals", data("0.1 0.2 0.3 0.2"), None, "definition", "four points"),
    ("mr_chart", data("10.0 10.2 9.9 10.1 10.0 9.8"), None, "D4=3.267", ""),
    ("mr_chart", data("1 3"), "CL=2;UCL=6.534;LCL=0", "D4=3.267", "by hand"),
    ("z_score", pair(Z, "0.0464 0.0400 0.0032"), "2.00 satisfactory", ISO13528, "exactly 2"),
    ("z_score", pair(Z, "0.046401 0.0400 0.0032"), "2.00 questionable", ISO13528, "printed 2.00, and beyond it"),
    ("z_score", pair(Z, "0.0496 0.0400 0.0032"), "3.00 unsatisfactory", ISO13528, "exactly 3"),
    ("z_score", pair(Z, "0.0495999 0.0400 0.0032"), "3.00 questionable", ISO13528, "printed 3.00, and below it"),
    ("z_score", pair(Z, "0.0300 0.0400 0.0032"), "-3.12 unsatisfactory", ISO13528, "negative; a tie of digits goes to the even one"),
    ("z_score", pair(Z, "0.0400 0.0400 0.0032"), "0.00 satisfactory", ISO13528, ""),
    ("z_score", pair(Z, "0.03999999 0.0400 0.0032"), "0.00 satisfactory", ISO13528, "no minus before a printed zero"),
    ("zeta", pair(ZETA, "749.1 750.0 0.3 0.4"), "-1.800", ISO13528, "by hand: 0.9 / 0.5"),
    ("zeta", pair(ZETA, "0.187 0.180 0.006 0.004"), None, ISO13528, ""),
    ("En", pair(EN, "750.5 750.0 0.3 0.4"), "1.000 satisfactory", ISO13528, "exactly 1"),
    ("En", pair(EN, "750.5001 750.0 0.3 0.4"), "1.000 unsatisfactory", ISO13528, "printed 1.000, and beyond it"),
    ("En", pair(EN, "748.2 750.0 1.0 0.4"), None, ISO13528, "negative"),
    ("algorithm_A", data("1 2 3 4 5"), None, ISO13528, "no outlier"),
    ("algorithm_A", data("5.02 5.02 5.02 5.02 5.30"), None, ISO13528, "more than half equal: starts at the plain deviation"),
    ("algorithm_A", data(GOLD.replace("752.9", "7529")), None, ISO13528, "a lost decimal point"),
    ("algorithm_A", data("0.0412 0.0398 0.0405 0.0391 0.0420 0.0402 0.0600 0.0399"), None, ISO13528, ""),
    ("horwitz", {"mass_fraction": "0.00000012"}, None, "Horwitz / Thompson", "from 1.2e-7 on both are the same"),
    ("horwitz", {"mass_fraction": "0.000001"}, None, "Horwitz / Thompson", "1 mg/kg: 16 % of it"),
    ("horwitz", {"mass_fraction": "0.138"}, None, "Horwitz / Thompson", "the upper end belongs to Horwitz"),
    ("horwitz", {"mass_fraction": "0.25"}, None, "Horwitz / Thompson", "Thompson: 0.01 x 0.5"),
    ("horwitz", {"mass_fraction": "1"}, "sigma_horwitz=2.000e-02;sigma_thompson=1.000e-02", "Horwitz / Thompson", "by hand"),
    ("crm", pair(EN, "0.185 0.180 0.004 0.003"), "accept", "|x-ref|<=sqrt(U_ref^2+U_lab^2)", "exactly at the limit: 3-4-5"),
    ("crm", pair(EN, "0.1850001 0.180 0.004 0.003"), "reject", "|x-ref|<=sqrt(U_ref^2+U_lab^2)", "just beyond"),
    ("crm", pair(EN, "0.160 0.180 0.012 0.008"), "reject", "|x-ref|<=sqrt(U_ref^2+U_lab^2)", "too low"),
    ("blank", pair("blank lod loq", "0.005 0.005 0.010"), "reject", "blank < LOD", "at the limit of detection"),
    ("blank", pair("blank lod loq", "0.007 0.005 0.010"), "reject", "blank < LOD", "between LOD and LOQ"),
    ("blank", pair("blank lod loq", "0.020 0.005 0.010"), "reject", "blank < LOD", "above LOQ"),
    ("blank", pair("blank lod", "-0.001 0.005"), "accept", "blank < LOD", "negative reading of a blank"),
    ("flow_drift", pair("before after limit_pct", "0.5 0.475 5"), "accept", "|f2-f1|/f1<=5 %", "exactly 5 %"),
    ("flow_drift", pair("before after limit_pct", "0.5 0.4749 5"), "reject", "|f2-f1|/f1<=5 %", ""),
    ("flow_drift", pair("before after limit_pct", "1.0 1.06 5"), "reject", "|f2-f1|/f1<=5 %", "upwards"),
    ("calibration_drift", pair("nominal found limit_pct", "2.00 2.20 10"), "accept", "drift <= 10 %", "exactly 10 %"),
    ("calibration_drift", pair("nominal found limit_pct", "2.00 1.79 10"), "reject", "drift <= 10 %", ""),
    ("duplicate", pair("a b limit_pct", "95 105 10"), "accept", "GB 5009: |a-b| <= p % of mean", "exactly 10 %"),
    ("duplicate", pair("a b limit_pct", "94.9 105 10"), "reject", "GB 5009: |a-b| <= p % of mean", ""),
    ("rpd", pair("a b", "95 105"), "10.00", "|a-b|/mean", "percent"),
    ("recovery", pair("spiked unspiked added low_pct high_pct", "0.180 0.100 0.100 80 120"), "80.0 accept", "window closed", "lower end"),
    ("recovery", pair("spiked unspiked added low_pct high_pct", "0.1799 0.100 0.100 80 120"), "79.9 reject", "window closed", ""),
    ("tolerance", pair("found nominal tolerance", "100.0002 100.0000 0.0002"), "accept", "daily check of a balance", "at the limit"),
]


def main():
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["id", "chart", "inputs_json", "expected", "source", "note"])
    for number, (name, inputs, by_hand, source, note) in enumerate(ROWS, 1):
        expected = CHARTS[name](inputs)
        if by_hand not in (None, expected):
            raise SystemExit(f"row {number} ({name}, {note}): by hand {by_hand}, calculated {expected}")
        out.writerow([f"QC{number:03}", name, json.dumps(inputs), expected, source, note])


if __name__ == "__main__":
    main()
