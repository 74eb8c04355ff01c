# SPDX-License-Identifier: Apache-2.0
"""The one page of a day: report.sql against the database, as text and SVG, and as a PDF where there is rsvg-convert."""
import contextlib
import html
import pathlib
import shutil
import subprocess

QUERY = pathlib.Path(__file__).with_name("report.sql")
# A4 in points; the page is drawn as SVG.
WIDTH, HEIGHT, MARGIN, LINE, LABEL = 595, 842, 36, 17, 150


def rows(daemon):
    with contextlib.closing(daemon.database()) as connection, connection.cursor() as cursor:
        cursor.execute(QUERY.read_text())
        return cursor.fetchall()


def columns(text):
    """Of a terminal: a Chinese letter takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def as_text(found):
    lines, before = [], None
    for part, _, what, told in found:
        if before not in (None, part):
            lines.append("")
        lines.append(f"{what}{' ' * max(1, 26 - columns(what))}{told}")
        before = part
    return "\n".join(lines)


def as_svg(found):
    lines, down, before = [], MARGIN + 26, None
    for part, _, what, told in found:
        down += LINE + (LINE // 2 if before not in (None, part) else 0)
        before = part
        lines.append(f'<text x="{MARGIN}" y="{down}" font-weight="bold">{html.escape(what)}</text>'
                     f'<text x="{MARGIN + LABEL}" y="{down}">{html.escape(told)}</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}pt" height="{HEIGHT}pt" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'font-family="Noto Sans CJK SC, sans-serif" font-size="9"><rect width="100%" height="100%" fill="white"/>'
            f'<text x="{MARGIN}" y="{MARGIN + 12}" font-size="15" font-weight="bold">开放日报告 Report of the open day</text>{"".join(lines)}</svg>')


def write(found, folder):
    """report.txt, report.svg and, with rsvg-convert, report.pdf."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.txt").write_text(as_text(found) + "\n")
    (folder / "report.svg").write_text(as_svg(found))
    if shutil.which("rsvg-convert"):
        subprocess.run(["rsvg-convert", "-f", "pdf", "-o", folder / "report.pdf", folder / "report.svg"], check=True)
