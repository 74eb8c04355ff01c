#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints known answers for number/arithmetic from Python's decimal module: operation, a, b, answer.

Quotients and roots are correct to the last of 50 digits; the others are given with 60 digits for a comparison
within the bound that arithmetic.h states. The seed is fixed. Called by meson.
"""
import decimal
import pathlib
import random
import sys

D = decimal.Decimal
ROWS = 400
ROUNDED = decimal.Context(prec=50, rounding=decimal.ROUND_HALF_EVEN)


def number(source, longest=40):
    digits = source.choice([1, 2, 3, 5, 8, 20, longest])
    text = "".join(source.choice("0123456789" + "5" * 3 + "09" * 2) for _ in range(digits))
    places = source.randrange(digits)
    return D(f"{text[:-places]}.{text[-places:]}" if places else text)


def small(source):
    return D(source.randrange(-10 ** 6, 10 ** 6)).scaleb(-source.choice([3, 4, 5, 6, 7]))


def rows(source):
    a, b = number(source), number(source)
    sign = source.choice([1, -1])
    if b:
        yield "divide", sign * a, b, ROUNDED.divide(sign * a, b)
    yield "sqrt", a, 0, ROUNDED.sqrt(a)
    yield "add", a, sign * b, a + sign * b
    yield "multiply", sign * a, b, sign * a * b
    if a:
        yield "ln", a, 0, a.ln()
        yield "log10", a, 0, a.log10()
    x = D(source.randrange(-2 * 10 ** 9, 2 * 10 ** 9)).scaleb(-source.choice([7, 8, 9, 10, 12]))
    yield "exp", x, 0, x.exp()
    base, power = number(source, 12), small(source)
    if base and abs(base.ln() * power) < 200:
        yield "power", base, power, base ** power
    whole = D(source.randrange(-9, 10))
    if base and len(base.as_tuple().digits) < 6:
        yield "power", -base, whole, (-base) ** whole


def main():
    decimal.getcontext().prec = 120
    source = random.Random(9288)
    lines = []
    for _ in range(ROWS):
        for name, a, b, answer in rows(source):
            shown = answer if name in ("divide", "sqrt", "add", "multiply") else +answer.normalize(
                decimal.Context(prec=60))
            if not shown:
                shown = abs(shown)
            lines.append(f"{name},{a:f},{b:f},{shown:.99e}")
    pathlib.Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="ascii")


main()
