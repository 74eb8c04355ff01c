#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints calculations.csv: reference rows for the formulas of migrations/catalogue/formulas.csv.

Expected values come from the published table or example, from hand, or from the rational arithmetic below; never from
the engine. MPN is worked out here by another way than the engine's (Newton's method on the logarithm of the likelihood),
and the published rows of the tables are typed in.

Usage: calculations_reference.py >calculations.csv
"""
import csv
import decimal
import json
import sys
from decimal import Decimal as D
from fractions import Fraction as F

DIGITS = "1e-12 relative"
ROWS = []


def row(key, inputs, expected, unit="", tolerance="0", source="by hand", note=""):
    number = f"CA{len(ROWS) + 1:03d}"
    ROWS.append([number, key, json.dumps(inputs, ensure_ascii=False), expected, unit, tolerance, source, note])


def f(text):
    return F(str(text))


def shown(value, digits=20):
    """A fraction with so many significant digits."""
    context = decimal.Context(prec=digits)
    return f"{context.divide(D(value.numerator), D(value.denominator)):f}"


def exact(key, inputs, value, unit="", note=""):
    row(key, inputs, shown(value), unit, DIGITS, "rational arithmetic", note)


# --- most probable numbers ---------------------------------------------------------------------------------------

THREE_TUBES = """000 <3.0|001 3.0|010 3.0|011 6.1|020 6.2|030 9.4|100 3.6|101 7.2|102 11|110 7.4|111 11|120 11|121 15|130 16
200 9.2|201 14|202 20|210 15|211 20|212 27|220 21|221 28|222 35|230 29|231 36|300 23|301 38|302 64|310 43|311 75|312 120
313 160|320 93|321 150|322 210|323 290|330 240|331 460|332 1100|333 >1100"""
FIVE_TUBES = """000 <1.8|001 1.8|010 1.8|100 2.0|200 4.5|300 7.8|400 13|500 23|510 33|520 49|530 79|540 130|550 240|551 350
552 540|553 920|554 1600|555 >1600"""


def mpn_rows():
    for tubes, text in ((3, THREE_TUBES), (5, FIVE_TUBES)):
        for entry in text.replace("\n", "|").split("|"):
            code, expected = entry.split()
            inputs = {"positives": list(code), "inocula_g": ["0.1", "0.01", "0.001"]}
            if tubes != 3:
                inputs["tubes"] = str(tubes)
            row("MPN3" if tubes == 3 else "MPN", inputs, expected, "MPN/g", "0",
                "FDA BAM appendix 2, tables 1 and 2" + ("; GB 4789.3 annex B" if tubes == 3 else ""))
    for positives, inocula, tubes in [([3, 1, 0], ["1", "0.1", "0.01"], 3), ([3, 1, 0], ["10", "1", "0.1"], 3),
                                      ([4, 2, 1], ["10", "1", "0.1"], 5), ([7], ["0.1"], 10),
                                      ([2, 1], ["0.1", "0.01"], 3), ([5, 3, 1, 0], ["1", "0.1", "0.01", "0.001"], 6)]:
        levels = [(D(p), D(tubes), D(v)) for p, v in zip(positives, inocula)]
        row("MPN", {"positives": [str(p) for p in positives], "inocula_g": inocula, "tubes": str(tubes)},
            two_digits(newton(levels)), "MPN/g", "0", "Newton's method in decimals", "amounts and tubes of no printed table")
    row("MPN3", {"positives": ["0", "1", "3"], "inocula_g": ["0.001", "0.01", "0.1"]}, "43", "MPN/g", "0",
        "FDA BAM appendix 2", "the order of the amounts does not matter")
    row("MPN3", {"positives": ["0", "0", "0"], "inocula_g": ["1", "0.1", "0.01"]}, "<0.30", "MPN/g", "0",
        "a tenth of the table's first row")
    row("MPN3", {"positives": ["3", "3", "3"], "inocula_g": ["1", "0.1", "0.01"]}, ">110", "MPN/g", "0",
        "a tenth of the table's last row")
    row("MPN3", {"positives": ["4", "0", "0"], "inocula_g": ["0.1", "0.01", "0.001"]}, "error four of three tubes")
    row("MPN3", {"positives": ["1", "0"], "inocula_g": ["0.1", "0.01", "0.001"]}, "error two counts, three amounts")


def newton(levels):
    """The root of the slope of log L = sum p ln(1 - exp(-v x)) - (n - p) v x."""
    x = sum(p for p, _, _ in levels) / sum((n - p) * v for p, n, v in levels)
    for _ in range(200):
        slope, curve = D(0), D(0)
        for p, n, v in levels:
            e = (-v * x).exp()
            slope += p * v * e / (1 - e) - (n - p) * v
            curve -= p * v * v * e / (1 - e) ** 2
        step = slope / curve
        x = x - step if x > step else x / 2
        if abs(step) < x * D("1e-30"):
            return x
    raise ArithmeticError("no solution")


def two_digits(x):
    places = 1 - x.adjusted()
    return f"{round(x, places):f}" if places > 0 else str(int(round(x, places)))


# --- plates and plans --------------------------------------------------------------------------------------------

def plate_rows():
    gb = "GB 4789.2-2022 clause 8"
    for dilutions, expected, note in [
            ({"0.01": ["150", "160"]}, "16000", "one dilution: mean 155 x 100 = 15500, half up"),
            ({"0.1": ["TNTC", "TNTC"], "0.01": ["145", "155"], "0.001": ["12", "14"]}, "15000", "one dilution counts"),
            ({"0.01": ["232", "244"], "0.001": ["33", "35"], "0.0001": ["2", "4"]}, "25000", "example of the standard"),
            ({"0.001": ["33", "35"], "0.01": ["232", "244"]}, "25000", "whatever order they come in"),
            ({"0.1": ["300", "300"], "0.01": ["30", "30"]}, "3000", "both ends count: 660/(2.2 x 0.1) = 3000"),
            ({"0.01": ["280", "290"], "0.001": ["28", "31"]}, "29000", "n2 is 1: 601/(2.1 x 0.01) = 28619"),
            ({"0.01": ["310", "320"], "0.001": ["330", "340"]}, "340000", "all above: highest dilution, 335000 half up"),
            ({"0.01": ["TNTC", "TNTC"], "0.001": ["442", "420"]}, "430000", "all above: 431000"),
            ({"0.1": ["12", "14"], "0.01": ["1", "0"]}, "130", "all below 30: lowest dilution, 13 x 10"),
            ({"1": ["14", "15"], "0.1": ["2", "1"]}, "15", "14.5 is 15: half up below 100"),
            ({"1": ["11", "12"], "0.1": ["0", "1"]}, "12", "11.5"),
            ({"0.1": ["0", "0"], "0.01": ["0", "0"]}, "<10", "no growth: less than 1 x the lowest factor"),
            ({"1": ["0", "0"]}, "<1", "no growth in the undiluted liquid"),
            ({"0.01": ["0", "0"], "0.001": ["0", "0"]}, "<100", "no growth"),
            ({"0.01": ["310", "320"], "0.001": ["14", "16"]}, "32000", "15 from 300, 15 from 30: the lower dilution first; 31500"),
            ({"0.01": ["306", "304"], "0.001": ["19", "21"]}, "31000", "305 is nearer: 30500 half up"),
            ({"0.01": ["350", "360"], "0.001": ["28", "28"]}, "28000", "28 is nearer"),
            ({"0.1": ["99"]}, "990", "one plate"),
            ({"1": ["99", "100"]}, "100", "99.5 is 100"),
            ({"0.1": [">300", ">300"], "0.01": ["45", "47"]}, "4600", ">300 is as TNTC"),
            ({"0.1": ["30", "30"]}, "300", ""),
            ({"0.1": ["150", "SPR"], "0.01": ["蔓延", "12"]}, "1500", "a plate with spreaders is not there")]:
        row("APC", {"dilutions": dilutions}, expected, "CFU/g", "0", gb, note)
    row("APC", {"dilutions": {"0.1": ["TNTC", "TNTC"]}}, "error nothing was counted")
    row("APC", {"dilutions": {"0.1": ["SPR", "SPR"]}}, "error only spreaders")
    row("APC", {"dilutions": {"0": ["3"]}}, "error no dilution")
    row("APC", {"dilutions": {"0.1": ["-3"]}}, "error below zero")
    row("APC", {"dilutions": ["1"]}, "error not a map")
    row("APC", {"dilutions": {"100": ["232", "244"]}}, "error a dilution above 1")
    row("APC", {"dilutions": {"0.1": ["0", "0"], "0.01": ["1", "0"]}}, "<10", "CFU/g", "0", gb, "nothing where it is counted")
    row("APC", {}, "error missing")
    for number, expected in [("24499.99", "24000"), ("24500", "25000"), ("99.4", "99"), ("99.5", "100"), ("0.5", "1"),
                             ("100", "100"), ("104.9", "100"), ("105", "110"), ("995", "1000"), ("25500", "26000"),
                             ("1249999", "1200000")]:
        row("APC_REPORT", {"N": number}, expected, "CFU/g", "0", gb, "half up, not half even")


def plan_rows():
    three = {"n": "5", "c": "2", "m": "100", "M": "1000", "cls": "3"}
    two = {"n": "5", "c": "0", "m": "0", "cls": "2"}
    for base, results, expected, note in [
            (three, ["10", "20", "30", "40", "50"], "pass", "none above m"),
            (three, ["100", "100", "100", "100", "100"], "pass", "equal to m is not above"),
            (three, ["101", "1000", "10", "10", "10"], "pass", "two above m, equal to M is not above"),
            (three, ["101", "102", "103", "10", "10"], "fail", "three above m, c = 2"),
            (three, ["1001", "10", "10", "10", "10"], "fail", "one above M"),
            (three, ["10", "10", "10", "10"], "no verdict", "four of five units"),
            (three, ["5000"], "no verdict", "one of five units, whatever it says"),
            (three, ["<10", "<10", "<10", "<10", "500"], "pass", "below 10"),
            (three, ["10", "10", "10", "10", ">10000"], "fail", "above 10000"),
            (two, ["0", "0", "0", "0", "0"], "pass", ""),
            (two, ["0", "0", "1", "0", "0"], "fail", "c = 0"),
            (two, ["未检出", "未检出", "ND", "0", "0"], "pass", "words for nothing found"),
            (two, ["未检出", "未检出", "未检出", "未检出", "检出"], "fail", "found"),
            ({"n": "5", "c": "1", "m": "10", "cls": "2"}, ["11", "1", "1", "1", "1"], "pass", "c = 1"),
            ({"n": "5", "c": "1", "m": "10", "cls": "2", "M": ""}, ["11", "12", "1", "1", "1"], "fail", "M is empty"),
            ({"n": "5", "c": "0", "m": "10"}, ["10", "10", "10", "10", "10"], "pass", "no M: two classes")]:
        row("PLAN", {**base, "results": results}, expected, "", "", "GB 4789.1; GB 29921", note)
    row("PLAN", {**three, "results": ["1"] * 5, "same_batch": False}, "no verdict", "", "", "GB 4789.1; GB 29921", "mixed batches")
    row("PLAN", {**three, "results": ["1"] * 6}, "error six of five units", "", "")
    row("PLAN", {**three, "M": "50", "results": ["1"] * 5}, "error M below m", "", "")
    row("PLAN", {**three, "results": ["<200", "1", "1", "1", "1"]}, "error may be above m", "", "")


# --- scales ------------------------------------------------------------------------------------------------------

def scale_rows():
    for load, e, stage, expected in [("2500", "5", "initial", "2.5"), ("2500.1", "5", "initial", "5"), ("10000", "5", "initial", "5"),
                                     ("10005", "5", "initial", "7.5"), ("50000", "5", "initial", "7.5"), ("0", "5", "initial", "2.5"),
                                     ("2500", "5", "in_service", "5"), ("10000", "5", "in_service", "10"),
                                     ("15000", "5", "in_service", "15"), ("500", "1", "initial", "0.5"), ("501", "1", "initial", "1"),
                                     ("2001", "1", "subsequent", "1.5"), ("1", "0.002", "initial", "0.001"),
                                     ("1.002", "0.002", "initial", "0.002"),
                                     ("500", "5", "使用中", "5"), ("500", "5", "inspection", "5")]:
        row("SCALE_MPE", {"m_g": load, "e_g": e, "stage": stage}, expected, "g", "0", "OIML R 76 table 6; JJG 539-2016", "class III")
    for load, name, expected in [("5000", "II", "0.5"), ("5001", "II", "1"), ("20001", "II", "1.5"), ("50", "IIII", "0.5"),
                                 ("200", "IIII", "1"), ("1000", "IIII", "1.5"), ("50001", "I", "1"), ("300000", "I", "1.5")]:
        row("SCALE_MPE", {"m_g": load, "e_g": "1", "stage": "initial", "class": name}, expected, "g", "0", "OIML R 76 table 6")
    row("SCALE_MPE", {"m_g": "50001", "e_g": "5", "stage": "initial"}, "error above 10000 e")
    row("SCALE_MPE", {"m_g": "50", "e_g": "5", "stage": "later"}, "error no such stage")
    row("SCALE_MPE", {"m_g": "50", "stage": "initial"}, "error e_g is missing")
    for i, e, dm, m, expected in [("50", "5", "2.0", "50", "0.5"), ("2000", "1", "0.3", "2000", "0.2"), ("2001", "1", "0.8", "2000", "0.7"),
                                  ("1999", "1", "0.1", "2000", "-0.6"), ("100", "5", "2.5", "100", "0")]:
        row("SCALE_E", {"I": i, "e": e, "dm": dm, "m": m}, expected, "g", "0", "JJG 539-2016: E = I + 0.5 e - dm - m")
    row("SCALE_E", {"I": "50", "e": "5", "dm": "2", "m": "50", "E0": "0.5"}, "0.0", "g", "0", "corrected for the zero")
    row("MPE", {"indication": "100.5", "reference": "100", "mpe": "0.5"}, "0.5 pass", "", "0", "|E| <= MPE")
    row("MPE", {"indication": "99.4", "reference": "100", "mpe": "0.5"}, "-0.6 fail", "", "0", "|E| <= MPE")
    row("MPE_PCT", {"indication": "102", "reference": "100", "mpe_pct": "2"}, "2.00 % pass", "", "0", "|E| <= MPE")
    row("MPE_PCT", {"indication": "97.99", "reference": "100", "mpe_pct": "2"}, "-2.01 % fail", "", "0", "|E| <= MPE")


# --- everything with a plain formula -----------------------------------------------------------------------------

def unit_rows():
    for value, source, target, expected in [
            ("750", "[ppth]", "%", "75"), ("1", "[ppth]", "g/kg", "1"), ("0.1", "%", "g/kg", "1"), ("2.5", "mg/kg", "ug/g", "2.5"),
            ("1", "%", "mg/kg", "10000"), ("12", "ug/kg", "mg/kg", "0.012"), ("3.2", "g/(100.g)", "%", "3.2"), ("1.5", "[car_m]", "mg", "300"),
            ("0.2", "g", "[car_m]", "1"), ("1000", "[ppm]", "%{vol}", "0.1"), ("0.08", "mg/m3", "ug/m3", "80"), ("89", "kPa", "Pa", "89000"),
            ("760", "mm[Hg]", "Pa", "101324.72"), ("25", "Cel", "K", "298.15"), ("0.5", "mg/L", "ug/L", "500"), ("2.54", "mm", "um", "2540"),
            ("1", "kW.h", "J", "3600000"), ("1.2", "mg/g", "g/kg", "1.2"), ("750", "‰", "%", "75"), ("1", "g/(100.mL)", "mg/L", "10000")]:
        row("UNIT", {"value": value, "frm": source, "to": target}, expected, target, "0", "definition of the unit")
    exact("UNIT", {"value": "1", "frm": "Pa", "to": "mm[Hg]"}, 1 / f("133.322"), "mm[Hg]")
    row("UNIT", {"value": "1", "frm": "mg/L", "to": "mg/kg"}, "error needs the density")
    row("UNIT", {"value": "1", "frm": "mg/kg", "to": "mgkg"}, "error no such unit")


def air_rows():
    for v, t, p in [("10.0", "25.0", "89.0"), ("20.0", "-5.0", "101.3"), ("10", "0", "101.3"), ("30.5", "31.4", "99.87")]:
        exact("AIR_V0", {"Vt_L": v, "t_C": t, "p_kPa": p, "T0": "273", "p0_kPa": "101.3"},
              f(v) * 273 / (273 + f(t)) * f(p) / f("101.3"), "L")
        exact("AIR_V25", {"Vt_L": v, "t_C": t, "p_kPa": p, "T0": "298.15", "p0_kPa": "101.325", "T_offset": "273.15"},
              f(v) * f("298.15") / (f("273.15") + f(t)) * f(p) / f("101.325"), "L")
    exact("AIR_ABS", {"A": "0.240", "A0": "0.018", "Bs_ug_per_abs": "2.79", "V0_L": "9.12", "V1_mL": "10", "V2_mL": "4"},
          f("0.222") * f("2.79") / f("9.12") * f("2.5"), "mg/m3")
    exact("AIR_ABS", {"A": "0.240", "A0": "0.018", "Bs_ug_per_abs": "2.79", "V0_L": "9.12"}, f("0.222") * f("2.79") / f("9.12"), "mg/m3")
    row("AIR_ABS", {"A": "0.240", "A0": "0.018", "Bs_ug_per_abs": "2.79", "V0_L": "9.12", "V1_mL": "10"}, "error V2_mL is missing")
    exact("AIR_TUBE", {"m_ug": "0.35", "m0_ug": "0.02", "V0_L": "9.1"}, f("0.33") / f("9.1"), "mg/m3")
    exact("AIR_PM", {"m1_mg": "45.21", "m2_mg": "45.93", "V_L": "7200"}, f("0.72") * 1000 / 7200, "mg/m3")
    exact("AIR_CFU", {"counts": ["12", "18", "25", "31", "8", "4"], "flow_L_min": "28.3", "minutes": "5"}, F(98000) / f("141.5"), "CFU/m3")
    for ppm, mass, volume in [("0.05", "30.026", "22.414"), ("1", "78.11", "24.055"), ("1000", "44.01", "24.465")]:
        exact("PPM_TO_MGM3", {"ppm": ppm, "M": mass, "Vm_L": volume}, f(ppm) * f(mass) / f(volume), "mg/m3")
        exact("MGM3_TO_PPM", {"mg_m3": ppm, "M": mass, "Vm_L": volume}, f(ppm) * f(volume) / f(mass), "ppm")
    row("TVOC_SUM", {"components_mg_m3": ["0.1", "ND", "未检出", "<0.002"], "unidentified_as_toluene": "0.05"}, "0.15", "mg/m3")
    row("TVOC_SUM", {"components_mg_m3": ["0.1"], "nd_components": "4", "nd_value": "0.001"}, "0.104", "mg/m3")
    row("TVOC_SUM", {"components_mg_m3": ["0.1", "much"]}, "error not a number")
    row("BACKGROUND", {"indoor": "0.080", "outdoor": "0.010"}, "0.07", "mg/m3")
    row("POINT_MEAN", {"points": ["0.060", "0.070", "0.080"]}, "0.07", "mg/m3")
    row("POINT_MEAN", {"points": ["0.06", "0.10"], "outdoor": "0.01"}, "0.07", "mg/m3")
    row("POINT_MEAN", {"points": []}, "error no points")


def metal_rows():
    sample, cornet, gold, back = ["200.05", "201.10"], ["116.90", "117.55"], ["117.1", "117.2"], ["117.15", "117.22"]
    loss = sum(f(g) * f("0.9999") - f(b) for g, b in zip(gold, back)) / 2
    exact("CUPELLATION", {"sample_mg": sample, "cornet_mg": cornet, "proof_gold_mg": gold, "proof_purity": "0.9999",
                          "proof_recovered_mg": back},
          sum((f(c) + loss) / f(s) * 1000 for c, s in zip(cornet, sample)) / 2, "‰")
    row("CUPELLATION", {"sample_mg": ["250"], "cornet_mg": ["187.5"], "proof_gold_mg": ["188", "188"], "proof_purity": "1",
                        "proof_recovered_mg": ["188", "188"]}, "error one sample")
    row("CUPELLATION", {"sample_mg": ["250", "250"], "cornet_mg": ["187.5", "187.5"], "proof_gold_mg": ["188", "188"],
                        "proof_purity": "1", "proof_recovered_mg": ["188"]}, "error lists of different length")
    row("CUPELLATION", {"sample_mg": ["250", "250"], "cornet_mg": ["187.5", "188"], "proof_gold_mg": ["188", "188"],
                        "proof_purity": "1", "proof_recovered_mg": ["188", "188"], "max_difference": "0.5"}, "error duplicates 2 ‰ apart")
    exact("XRF_MEAN", {"points": ["749.1", "749.9", "750.2", "749.4"]}, f("2998.6") / 4, "‰")
    row("XRF_MEAN", {"points": ["750", "751"]}, "error fewer than three points")
    row("XRF_MEAN", {"points": ["750", "751", "640"], "max_spread": "5"}, "error one point far off")
    exact("SG_HYDRO", {"m_air": "3.2011", "m_water": "2.2950", "rho_water": "0.9982"}, f("3.2011") / f("0.9061") * f("0.9982"), "g/cm3")
    row("SG_HYDRO", {"m_air": "3", "m_water": "3", "rho_water": "1"}, "error division by zero")
    exact("TITRATION_AG", {"V_mL": "22.87", "c_mol_L": "0.1002", "M": "107.868", "m_mg": "267.4"},
          f("22.87") * f("0.1002") * f("107.868") / f("267.4") * 1000, "‰")
    exact("NIREL", {"Ni_ug": "1.1", "area_cm2": "2.7", "weeks": "1"}, f("1.1") / f("2.7"), "ug/cm2/wk")
    row("KARAT_TO_PPTH", {"karat": "18"}, "750", "‰")
    exact("GRAV", {"m_residue_mg": "650.2", "m_blank_mg": "0.2", "factor": "0.4395", "m_sample_mg": "300.5"},
          f("650") * f("0.4395") / f("300.5") * 1000, "‰")


def food_rows():
    exact("TITRATION_AV", {"V": "3.15", "V0": "0.05", "c": "0.1", "m_g": "5.02", "f": "56.1"}, f("3.1") * f("5.61") / f("5.02"), "mg/g")
    exact("TITRATION_POV", {"V": "2.1", "V0": "0.0", "c": "0.002", "m_g": "2.5", "f": "0.1269"}, f("2.1") * f("0.002") * f("0.1269") / f("2.5") * 100, "g/100 g")
    exact("TITRATION_SO2", {"V": "2.2", "V0": "0.1", "c": "0.01", "m_g": "10.0"}, f("2.1") * f("0.01") * f("0.032") * 1000 / 10, "g/kg")
    exact("KJELDAHL", {"V1": "6.10", "V2": "0.10", "c": "0.0500", "m_g": "5.01", "V3_mL": "10", "F": "6.25"},
          f("6") * f("0.05") * f("0.014") / (f("5.01") * 10 / 100) * f("6.25") * 100, "g/100 g")
    row("KJELDAHL", {"V1": "6.10", "V2": "0.10", "c": "0.05", "m_g": "5", "V3_mL": "10"}, "error F is missing")
    exact("TITRATION_ACID", {"V": "1.55", "V0": "0.05", "c": "0.1012", "m_g": "10.05"}, f("1.5") * f("0.1012") * 100 / (f("10.05") * f("0.1")), "degT")
    exact("MOISTURE", {"m1": "30.0", "m2": "29.7", "m3": "28.0"}, F(15), "%")
    row("MOISTURE", {"m1": "30", "m2": "29", "m3": "30"}, "error division by zero")
    exact("DRY_BASIS", {"value": "2.7", "moisture_pct": "12.0"}, f("2.7") / f("0.88"), "mg/kg")
    exact("RPD", {"a": "1.02", "b": "0.95"}, f("0.07") / f("0.985") * 100, "%")
    for a, b, limit, expected in [("10", "9", "10", "10.53 % reject"), ("1.05", "0.95", "10", "10.00 % accept"), ("0", "0", "10", "error no mean"),
                                  ("1.051", "0.95", "10", "10.09 % reject"), ("9.6", "10.2", "10", "6.06 % accept")]:
        row("ABS_DIFF_PCT", {"a": a, "b": b, "limit_pct": limit}, expected, "", "0", "by hand", "|d| <= p % of the mean")
    exact("RECOVERY", {"spiked": "0.98", "unspiked": "0.02", "added": "1.1"}, f("0.96") / f("1.1") * 100, "%")
    exact("BFE", {"control_mean_CFU": "2150.5", "sample_CFU": "107"}, f("2043.5") / f("2150.5") * 100, "%")
    exact("FIBRE", {"m_residue_g": "0.6512", "m_dry_g": "0.9987", "d": "1.01"}, f("0.6512") * f("1.01") / f("0.9987") * 100, "%")
    first = f("0.6512") / f("0.9987") * 100
    exact("FIBRE_REGAIN", {"m_residue_g": "0.6512", "m_dry_g": "0.9987", "regain_residue_pct": "8.5", "regain_dissolved_pct": "0.4"},
          first * f("1.085") * 100 / (first * f("1.085") + (100 - first) * f("1.004")), "%")
    row("MEAN", {"values": ["7.1", "7.2", "7.6"]}, "7.3", "")
    row("MEAN", {}, "error values are missing")
    row("MGL_TO_MGKG", {"mg_L": "1.03", "density_kg_L": "1.03"}, "1", "mg/kg")
    exact("RSD", {"values": ["1", "2", "3"]}, F(50), "%")
    row("INTERPOLATE", {"x": ["0", "10", "20"], "y": ["1", "3", "2"], "at": "12.5"}, "2.75", "")
    row("GROUP_SUM", {"components": ["5", "ND", "7"], "nd_value": "2.5"}, "14.5", "mg/kg")


# --- statistics --------------------------------------------------------------------------------------------------

def line(x, y):
    n, sx, sy = len(x), sum(x), sum(y)
    sxx = sum((a - sx / n) ** 2 for a in x)
    slope = sum((a - sx / n) * (b - sy / n) for a, b in zip(x, y)) / sxx
    start = sy / n - slope * sx / n
    rest = sum((b - start - slope * a) ** 2 for a, b in zip(x, y))
    return start, slope, rest / (n - 2)


def root(value, digits=15):
    context = decimal.Context(prec=60)
    exact_root = context.sqrt(context.divide(D(value.numerator), D(value.denominator)))
    return f"{decimal.Context(prec=digits).plus(exact_root):f}"


def statistics_rows():
    nist = "NIST StRD, certified values"
    row("STATS_NIST_NUMACC1", {"y": ["10000001", "10000003", "10000002"]}, "mean=10000002;sd=1", "", "exact", nist)
    row("STATS_NIST_NUMACC2", {"y": ["1.2"] + ["1.1", "1.3"] * 500}, "mean=1.2;sd=0.1", "", "exact", nist, "1001 values")
    row("STATS_NIST_NUMACC3", {"y": ["1000000.2"] + ["1000000.1", "1000000.3"] * 500}, "mean=1000000.2;sd=0.1", "", "exact", nist)
    row("STATS_NIST_NUMACC4", {"y": ["10000000.2"] + ["10000000.1", "10000000.3"] * 500}, "mean=10000000.2;sd=0.1", "", "exact", nist)
    row("STATS", {"y": ["1"]}, "error one value", "", "exact")
    for x, y in [(["1", "2", "3", "4", "5"], ["2.1", "3.9", "6.2", "7.8", "10.1"]),
                 (["1000000000001", "1000000000002", "1000000000003"], ["5", "7", "8"]),
                 (["0.0001", "0.0003", "0.0007", "0.0013"], ["12", "19", "44", "71"])]:
        start, slope, rest = line([f(v) for v in x], [f(v) for v in y])
        row("OLS", {"x": x, "y": y}, f"B0={shown(start, 15)};B1={shown(slope, 15)};s={root(rest)}", "", "1e-13 relative", "rational arithmetic")
    row("OLS", {"x": ["1", "1", "1"], "y": ["1", "2", "3"]}, "error no line", "", "0")
    x, y = ["0", "1", "2", "5", "10"], ["0.001", "0.051", "0.099", "0.252", "0.501"]
    start, slope, _ = line([f(v) for v in x], [f(v) for v in y])
    base = {"x": x, "y": y, "sample_y": "0.210", "V_mL": "25", "m_g": "1.002", "dilution": "2"}
    content = (f("0.210") - start) / slope * 25 * 2 / f("1.002")
    exact("CALCURVE", base, content, "ug/g")
    exact("CALCURVE", {**base, "blank": "0.5"}, content - f("0.5"), "ug/g")
    exact("CALCURVE_DRY", {**base, "moisture_pct": "12.5"}, content / f("0.875"), "mg/kg")
    row("CALCURVE", {**base, "sample_y": "0.600"}, "error above the calibration", "", "0")
    row("CALCURVE", {**base, "y": ["0.3", "0.051", "0.299", "0.052", "0.501"]}, "error no line", "", "0")
    row("CALCURVE", {**base, "x": ["0", "1"]}, "error two x, five y", "", "0")


def main():
    decimal.getcontext().prec = 60
    for part in (mpn_rows, plate_rows, plan_rows, scale_rows, unit_rows, air_rows, metal_rows, food_rows, statistics_rows):
        part()
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["id", "calc_key", "inputs_json", "expected", "unit", "tolerance", "source", "note"])
    out.writerows(ROWS)


if __name__ == "__main__":
    main()
