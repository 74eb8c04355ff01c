# SPDX-License-Identifier: Apache-2.0
"""Pictures by arithmetic, for records that are looked at: a ring beside the card with its code, the spectrum of an instrument.
No file of a real item is needed, and no library of fonts: letters are 5 by 7 dots."""
import math
import random
import struct
import zlib

# Rows from above, five bits each.
LETTERS = {
    "0": (14, 17, 19, 21, 25, 17, 14), "1": (4, 12, 4, 4, 4, 4, 14), "2": (14, 17, 1, 2, 4, 8, 31), "3": (31, 2, 4, 2, 1, 17, 14),
    "4": (2, 6, 10, 18, 31, 2, 2), "5": (31, 16, 30, 1, 1, 17, 14), "6": (6, 8, 16, 30, 17, 17, 14), "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14), "9": (14, 17, 17, 15, 1, 2, 12), "A": (14, 17, 17, 31, 17, 17, 17),
    "B": (30, 17, 17, 30, 17, 17, 30), "C": (14, 17, 16, 16, 16, 17, 14), "D": (30, 17, 17, 17, 17, 17, 30),
    "E": (31, 16, 16, 30, 16, 16, 31), "F": (31, 16, 16, 30, 16, 16, 16), "G": (14, 17, 16, 23, 17, 17, 15),
    "H": (17, 17, 17, 31, 17, 17, 17), "I": (14, 4, 4, 4, 4, 4, 14), "J": (7, 2, 2, 2, 2, 18, 12), "K": (17, 18, 20, 24, 20, 18, 17),
    "L": (16, 16, 16, 16, 16, 16, 31), "M": (17, 27, 21, 21, 17, 17, 17), "N": (17, 25, 21, 19, 17, 17, 17),
    "O": (14, 17, 17, 17, 17, 17, 14), "P": (30, 17, 17, 30, 16, 16, 16), "Q": (14, 17, 17, 17, 21, 18, 13),
    "R": (30, 17, 17, 30, 20, 18, 17), "S": (15, 16, 16, 14, 1, 1, 30), "T": (31, 4, 4, 4, 4, 4, 4), "U": (17, 17, 17, 17, 17, 17, 14),
    "V": (17, 17, 17, 17, 17, 10, 4), "W": (17, 17, 17, 21, 21, 21, 10), "X": (17, 17, 10, 4, 10, 17, 17),
    "Y": (17, 17, 17, 10, 4, 4, 4), "Z": (31, 1, 2, 4, 8, 16, 31), "-": (0, 0, 0, 31, 0, 0, 0), ".": (0, 0, 0, 0, 0, 12, 12),
    ",": (0, 0, 0, 0, 12, 4, 8), ":": (0, 12, 12, 0, 12, 12, 0), "/": (1, 1, 2, 4, 8, 16, 16), " ": (0,) * 7,
    "g": (0, 15, 17, 17, 15, 1, 14), "u": (0, 0, 17, 17, 17, 19, 13), "n": (0, 0, 22, 25, 17, 17, 17), "k": (16, 16, 18, 20, 24, 20, 18),
    "e": (0, 0, 14, 17, 31, 16, 14), "s": (0, 0, 15, 16, 14, 1, 30), "c": (0, 0, 14, 16, 16, 17, 14), "t": (8, 8, 28, 8, 8, 9, 6),
    "o": (0, 0, 14, 17, 17, 17, 14), "r": (0, 0, 22, 25, 16, 16, 16), "i": (4, 0, 12, 4, 4, 4, 14), "a": (0, 0, 14, 1, 15, 17, 15),
    "b": (16, 16, 22, 25, 17, 17, 30), "h": (16, 16, 22, 25, 17, 17, 17), "d": (1, 1, 13, 19, 17, 17, 15), "l": (12, 4, 4, 4, 4, 4, 14),
    "f": (6, 9, 8, 28, 8, 8, 8), "m": (0, 0, 26, 21, 21, 17, 17), "p": (0, 0, 30, 17, 30, 16, 16), "v": (0, 0, 17, 17, 17, 10, 4), "y": (0, 0, 17, 17, 15, 1, 14),
    "α": (0, 0, 13, 18, 18, 18, 13), "β": (12, 18, 28, 18, 17, 30, 16), "γ": (17, 10, 10, 4, 10, 10, 4)}


class Picture:
    def __init__(self, width, height, colour=(255, 255, 255)):
        self.width, self.height = width, height
        self.rows = [bytearray(bytes(colour) * width) for _ in range(height)]

    def dot(self, x, y, colour):
        if 0 <= x < self.width and 0 <= y < self.height:
            self.rows[y][3 * x:3 * x + 3] = bytes(colour)

    def box(self, left, top, width, height, colour):
        left, width = max(0, left), max(0, min(left + width, self.width) - max(0, left))
        for y in range(max(0, top), min(self.height, top + height)):
            self.rows[y][3 * left:3 * (left + width)] = bytes(colour) * width

    def text(self, words, left, top, size=2, colour=(40, 44, 52)):
        for place, letter in enumerate(words):
            for y, bits in enumerate(LETTERS[letter]):
                for x in range(5):
                    if bits >> (4 - x) & 1:
                        self.box(left + (6 * place + x) * size, top + y * size, size, size, colour)

    def png(self):
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)) +
                chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(row) for row in self.rows), 6)) + chunk(b"IEND", b""))


# Lines of 18 K yellow gold as an energy-dispersive instrument shows them: keV, height, name, and where the name stands: "right" of
# the line, "left" of it, or "above" its neighbours at the end of a stroke.
LINES = ((2.12, 0.16, "Au Mα", "right"), (8.05, 0.42, "Cu Kα", "left"), (8.64, 0.10, "Zn Kα", "above"), (8.90, 0.08, "", ""),
         (9.71, 1.00, "Au Lα", "left"), (11.44, 0.88, "Au Lβ", "right"), (13.38, 0.15, "Au Lγ", "right"),
         (22.16, 0.20, "Ag Kα", "right"), (24.94, 0.05, "", ""))


def spectrum(title, factor=1.0, seed=7, width=960, height=434):
    """Counts over energy, with the lines named. The same seed gives the same noise."""
    noise, most_kev, most_counts = random.Random(seed), 28, 20000
    left, top, right, bottom = 92, 58, width - 26, height - 62
    picture = Picture(width, height)
    for kev in range(0, most_kev + 1, 4):
        x = left + (right - left) * kev // most_kev
        picture.box(x, top, 1, bottom - top, (228, 231, 236))
        picture.text(str(kev), x - 6 * len(str(kev)), bottom + 10)
    for step in range(0, 5):
        y = bottom - (bottom - top) * step // 5
        picture.box(left, y, right - left, 1, (228, 231, 236))
        told = str(most_counts * step // 5)
        picture.text(told, left - 10 - 12 * len(told), y - 7)
    last = None
    for x in range(left, right):
        kev = (x - left) / (right - left) * most_kev
        hump = 0.05 * math.exp(-((kev - 14) / 7) ** 2) + 0.004
        value = hump + sum(high * math.exp(-((kev - centre) / (0.10 + 0.006 * centre)) ** 2) for centre, high, _, _ in LINES) * 0.9 * factor
        value = max(0, value + noise.gauss(0, 0.004 * math.sqrt(value * 20)))
        y = max(top, bottom - int(value * (bottom - top)))
        for inner in range(y, bottom):
            picture.dot(x, inner, (214, 225, 240))
        for inner in range(min(y, last or y), max(y, last or y) + 2):
            picture.dot(x, inner, (17, 51, 92))
        last = y
    for centre, high, name, side in LINES:
        x, wide = left + int((right - left) * centre / most_kev), 12 * len(name)
        tall = 0.60 if side == "above" else high * 0.9 * factor + 0.05
        y = max(top + 4, bottom - int(tall * (bottom - top)) - 20)
        if side == "above":
            picture.box(x, y + 18, 1, bottom - int((high * 0.9 * factor + 0.06) * (bottom - top)) - y - 18, (122, 30, 30))
        picture.text(name, {"right": x + 10, "left": x - wide - 8, "above": x - wide // 2 - 8}.get(side, x), y, colour=(122, 30, 30))
    picture.box(left, top, 2, bottom - top, (60, 64, 72))
    picture.box(left, bottom, right - left, 2, (60, 64, 72))
    picture.text(title, 14, 10, size=3)
    picture.text("energy, keV", right - 12 * 11, bottom + 36)
    picture.text("counts", 14, 36)
    return picture.png()


def spot_of_setting(side, zoom):
    """The dot where ring() has the left edge of the setting."""
    u, v = -0.178, -0.62
    return round(u * zoom * side / 2 + side / 2), round((v + 0.55 * (1 - 1 / zoom)) * zoom / 1.18 * side / 2 + side * 0.44)


def ring(code, side=460, zoom=1.0, spot=False):
    """A ring with a stone on grey cloth, and the card with the item's code beside it, in the frame. Nearer, with a cross on the
    metal of the setting: where the instrument looked."""
    picture = Picture(side, side)
    for y in range(side):
        for x in range(side):
            u, v = (x - side / 2) / (side / 2) / zoom, (y - side * 0.44) / (side / 2) * 1.18 / zoom - 0.55 * (1 - 1 / zoom)
            radius, angle = math.hypot(u, v), math.atan2(v, u)
            across = (radius - 0.56) / 0.10
            shade = 212 - int(40 * math.exp(-((radius - 0.62) / 0.14) ** 2)) + (x * 7 + y * 13) % 5
            colour = (shade, shade, min(255, shade + 6))
            if abs(across) < 1:
                light = 0.45 + 0.35 * math.sqrt(1 - across * across) + 0.35 * max(0, math.cos(angle + 2.2)) ** 6
                colour = tuple(min(255, int(c * light)) for c in (255, 205, 96))
            stone = math.hypot(u, v + 0.62) / 0.17
            if stone < 1.12:  # a round stone in its setting at the top
                facet = int(8 * math.atan2(v + 0.62, u) / math.pi + 8) % 2 if stone > 0.45 else 0.7
                colour = (196, 158, 70) if stone > 1 else (int(196 + 44 * facet), int(204 + 40 * facet), 248)
            picture.dot(x, y, colour)
    if spot:
        x, y = spot_of_setting(side, zoom)
        for away in range(-22, 23):
            if abs(away) > 5:
                picture.box(x + away, y - 1, 1, 3, (208, 24, 40))
                picture.box(x - 1, y + away, 3, 1, (208, 24, 40))
    picture.box(side // 2 - 142, side - 74, 284, 56, (252, 252, 250))
    picture.text(code, side // 2 - 6 * 4 * len(code) // 2 + 2, side - 60, size=4, colour=(20, 20, 24))
    return picture.png()
