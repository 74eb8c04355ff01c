#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints known answers for wire/decimal from Python's decimal module: operation, two operands, argument, answer.

The seed is fixed, so the table is the same in every build. Called by meson.
"""
import decimal
import pathlib
import random
import sys

ROWS = 3000
MODES = {"even": decimal.ROUND_HALF_EVEN, "up": decimal.ROUND_HALF_UP}


def number(source):
    digits = source.choice([1, 2, 3, 5, 8, 20, 40])
    text = "".join(source.choice("0123456789" + "5" * 5 + "09" * 3) for _ in range(digits))
    places = source.randrange(digits)
    if places:
        text = f"{text[:-places]}.{text[-places:]}"
    return source.choice(["", "", "-", "+"]) + text


def text(value):
    value = value if value else abs(value)
    return format(value, "f")


def rounded(value, exponent, mode):
    if exponent > 0:  # quantize would print 1.3E+3
        scaled = value.scaleb(-exponent).quantize(decimal.Decimal(1), rounding=mode)
        return scaled.scaleb(exponent).quantize(decimal.Decimal(1))
    return value.quantize(decimal.Decimal(1).scaleb(exponent), rounding=mode)


def quotient(a, b, exponent, mode):
    """By integers, because rounding a rounded quotient would round twice."""
    scale = 10 ** 200
    top, bottom = int(a * scale), int(b * scale)
    if exponent >= 0:
        bottom *= 10 ** exponent
    else:
        top *= 10 ** -exponent
    whole, rest = divmod(abs(top), abs(bottom))
    half = 2 * rest - abs(bottom)
    if half > 0 or (half == 0 and (mode == decimal.ROUND_HALF_UP or whole % 2)):
        whole += 1
    value = decimal.Decimal(whole if (top < 0) == (bottom < 0) else -whole)
    return value.scaleb(exponent).quantize(decimal.Decimal(1).scaleb(min(exponent, 0)))


def rows(source):
    a, b = number(source), number(source)
    left, right = decimal.Decimal(a), decimal.Decimal(b)
    yield "add", a, b, 0, text(left + right)
    yield "sub", a, b, 0, text(left - right)
    yield "mul", a, b, 0, text(left * right)
    yield "compare", a, b, 0, str(int(left.compare(right)))
    for name, mode in MODES.items():
        exponent = source.randrange(-10, 6)
        yield f"round_{name}", a, b, exponent, text(rounded(left, exponent, mode))
        exponent = source.randrange(-12, 4)
        if right and abs(left / right) < 10 ** 80:
            yield f"divide_{name}", a, b, exponent, text(quotient(left, right, exponent, mode))


def main():
    decimal.getcontext().prec = 500
    source = random.Random(8170)
    lines = [",".join(map(str, row)) for _ in range(ROWS) for row in rows(source)]
    pathlib.Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="ascii")


main()
