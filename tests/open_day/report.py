# SPDX-License-Identifier: Apache-2.0
"""The one page of a day: report.sql against the database, as text, SVG and PDF. Every figure is the database's; here it is only laid out."""
import contextlib
import html
import itertools
import pathlib
import subprocess

QUERY = pathlib.Path(__file__).with_name("report.sql")
PARTS = {1: ("开放日", "The day"), 2: ("来客", "Visitors"), 3: ("样品", "Items"), 4: ("各场名额", "Places of the sessions")}
# A4 in points; the page is drawn as SVG.
WIDTH, HEIGHT, MARGIN, LABEL, LINE, SUBLINE, BAR, BAR_WIDTH = 595, 842, 40, 78, 11, 9.5, 13, 150
INK, GREY, PALE, BOOKED, WALK_IN = "#1b2733", "#5d6b78", "#d8dee4", "#2f6f9f", "#d98a29"


def rows(daemon):
    with contextlib.closing(daemon.database()) as connection, connection.cursor() as cursor:
        cursor.execute(QUERY.read_text())
        return cursor.fetchall()


def as_text(found):
    """For a log: English alone."""
    lines = []
    for part, of_part in itertools.groupby(found, key=lambda row: row[0]):
        lines.append(PARTS[part][1])
        for _, _, what_zh, what_en, _, told_en, laboratory, bars in of_part:
            if bars:
                told_en = f"{laboratory} booked {bars[0]} of {bars[1]}, walk-ins {bars[2]} of {bars[3]}"
            lines.append(f"  {what_en or what_zh:<16}{told_en}")
    return "\n".join(lines)


class Page:
    def __init__(self):
        self.parts, self.down = [], MARGIN

    def text(self, x, y, size, words, colour=INK, weight="normal", anchor="start"):
        self.parts.append(f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}" font-weight="{weight}" text-anchor="{anchor}">'
                          f'{html.escape(words)}</text>')

    def box(self, x, y, width, height, fill, stroke="none"):
        self.parts.append(f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" stroke="{stroke}" stroke-width="0.5"/>')

    def heading(self, zh, en):
        self.down += 20
        self.text(MARGIN, self.down, 11, zh, weight="bold")
        self.text(MARGIN + 12 * len(zh) + 4, self.down, 9, en, GREY)
        self.down += 5
        self.box(MARGIN, self.down, WIDTH - 2 * MARGIN, 0.6, INK)

    def fact(self, what_zh, what_en, told_zh, told_en):
        self.down += LINE + 3
        self.text(MARGIN, self.down, 9, what_zh, weight="bold")
        self.text(MARGIN + LABEL, self.down, 9, told_zh)
        self.down += SUBLINE
        self.text(MARGIN, self.down, 7, what_en, GREY)
        self.text(MARGIN + LABEL, self.down, 7, told_en, GREY)

    def sessions(self, found):
        """A line for each time, a column for each laboratory: above what was booked, below what walked in, in the frame of its quota."""
        times, laboratories = sorted({row[2] for row in found}), sorted({row[6] for row in found}, reverse=True)
        most = max([1, *(max(row[7]) for row in found)])
        column = (WIDTH - 2 * MARGIN - 40) / max(2, len(laboratories))
        self.down += 13
        for at, laboratory in enumerate(laboratories):
            self.text(MARGIN + 40 + at * column, self.down, 9, laboratory, weight="bold")
        self.legend()
        of = {(row[2], row[6]): row for row in found}
        for time in times:
            self.down += BAR + 2
            self.text(MARGIN, self.down, 8, time)
            for at, laboratory in enumerate(laboratories):
                if (time, laboratory) in of:
                    self.bars(MARGIN + 40 + at * column, of[time, laboratory], most)

    def bars(self, left, row, most):
        booked, booked_quota, walked, walk_quota = row[7]
        for down, taken, quota, colour in ((-8, booked, booked_quota, BOOKED), (-2.5, walked, walk_quota, WALK_IN)):
            self.box(left, self.down + down, BAR_WIDTH * taken / most, 4.5, colour)
            self.box(left, self.down + down, BAR_WIDTH * quota / most, 4.5, "none", GREY)
        self.text(left + BAR_WIDTH * max(booked_quota, walk_quota) / most + 4, self.down, 7, row[4], GREY)

    def legend(self):
        right = WIDTH - MARGIN
        for colour, words, left in ((BOOKED, "预约 booked", 176), (WALK_IN, "现场 walk-ins", 116)):
            self.box(right - left, self.down - 6, 8, 5, colour)
            self.text(right - left + 11, self.down - 1, 7, words, GREY)
        self.box(right - 48, self.down - 6, 8, 5, "none", GREY)
        self.text(right - 37, self.down - 1, 7, "名额 quota", GREY)


def as_svg(found):
    page = Page()
    page.down += 14
    page.text(MARGIN, page.down, 18, "开放日报告", weight="bold")
    page.text(MARGIN + 98, page.down, 12, "Report of the open day", GREY)
    for part, of_part in itertools.groupby(found, key=lambda row: row[0]):
        of_part = list(of_part)
        page.heading(*PARTS[part])
        if part == 4:
            page.sessions(of_part)
        else:
            for row in of_part:
                page.fact(*row[2:6])
    if page.down > HEIGHT - MARGIN:
        raise AssertionError(f"the report is {page.down} points long and has {HEIGHT - MARGIN}")
    page.text(MARGIN, HEIGHT - 22, 7, "全部数字取自数据库。Every figure is from the database.", GREY)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}pt" height="{HEIGHT}pt" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'font-family="Noto Sans CJK SC, sans-serif"><rect width="100%" height="100%" fill="white"/>{"".join(page.parts)}</svg>')


def write(found, folder):
    """report.txt, report.svg, report.pdf."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.txt").write_text(as_text(found) + "\n")
    (folder / "report.svg").write_text(as_svg(found))
    subprocess.run(["rsvg-convert", "-f", "pdf", "-o", folder / "report.pdf", folder / "report.svg"], check=True)
