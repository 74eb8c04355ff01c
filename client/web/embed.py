#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the consumers' pages ready to serve, and a table of them in C.

Usage: embed.py SOURCE OUTPUT    reads client/web, writes into OUTPUT: assets/ (the files as they are served) and
web_assets.c (the table of web.h). Scripts are ES modules that are joined in the order below; nothing is
renamed, and only comments and blanks are left out, so that everyone can read what a phone runs.
"""
import base64
import gzip
import hashlib
import pathlib
import re
import sys

BUNDLES = {
    "base.js": ["bytes", "dom", "lookup"],
    "verify.js": ["digits", "cbor", "statement", "record", "inflate", "merkle", "note", "log", "pdf", "words", "show", "verify"],
    "track.js": ["track"],
    "board.js": ["board"],
    "queue.js": ["queue"],
}
MARKER = "@DATA@"  # of offline.html: the daemon puts s/data.json there, with < written as \u003c
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
          "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
FILES = [  # path, file, content type
    ("/s", "verify.html", "text/html; charset=utf-8"),
    ("/s/base.js", "base.js", "text/javascript; charset=utf-8"),
    ("/s/verify.js", "verify.js", "text/javascript; charset=utf-8"),
    ("/s/page.css", "page.css", "text/css; charset=utf-8"),
    ("/s/icon.svg", "icon.svg", "image/svg+xml"),
    ("/s/manifest.webmanifest", "manifest.webmanifest", "application/manifest+json"),
    ("/s/offline.html", "offline.html", "text/html; charset=utf-8"),
    ("/s/sw.js", "sw.js", "text/javascript; charset=utf-8"),
    ("/s/track.js", "track.js", "text/javascript; charset=utf-8"),
    ("/t", "track.html", "text/html; charset=utf-8"),
    ("/board", "board.html", "text/html; charset=utf-8"),
    ("/board/board.js", "board.js", "text/javascript; charset=utf-8"),
    ("/q", "queue.html", "text/html; charset=utf-8"),
    ("/q/queue.js", "queue.js", "text/javascript; charset=utf-8"),
    ("/board/board.css", "board.css", "text/css; charset=utf-8"),
]
TOP = re.compile(r"^(?:async )?(?:function|class|const|let) (\w+)", re.MULTILINE)


TOKEN = re.compile(r"""("(?:[^"\\\n]|\\.)*")|(`(?:[^`\\]|\\.)*`)|(//[^\n]*)|([ \t]+)|([\w$\u0080-\uffff]+)|(.|\n)""")
REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
BEFORE_REGEX = set("(,=:[!&|?{};\n>")  # what stands before a / that is no division


def tight(text):
    """Leaves out blanks that separate nothing, semicolons and ends of line that end a block, and comments at the end of a line."""
    out, at, blank = [], 0, False
    while at < len(text):
        last = next((piece for piece in reversed(out) if piece), "\n")
        regex = REGEX.match(text, at) if text[at] == "/" and last[-1] in BEFORE_REGEX and text[at + 1] != "/" else None
        found = regex or TOKEN.match(text, at)
        piece, at = found.group(0), found.end()
        if not regex and (found.group(3) or found.group(4)):
            blank = True
            continue
        if blank and needs_blank(last[-1], piece[0]):
            out.append(" ")
        if piece == "\n" and last[-1] in "{,([&|?:=":  # a block, a list or an expression goes on
            continue
        while piece[0] in ")].?:&|" and out and out[-1] in ("\n", ""):
            out.pop()
        if piece == "}":
            while out and out[-1] in ("\n", ";", ""):  # what ends a block ends its last line
                out.pop()
        out.append(piece)
        blank = False
    return "".join(out)


def needs_blank(left, right):
    def is_word(one):
        return one.isalnum() or one in "_$" or one > "\u007f"
    return (is_word(left) and is_word(right)) or (left == right and left in "+-")


def module(source, name):
    """A module's text without its imports, exports, comments and indentation."""
    text = (source / f"{name}.js").read_text(encoding="utf-8")
    text = re.sub(r"^import [^;]*;\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^export \{[^}]*\};\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^export ", "", text, flags=re.MULTILINE)
    text = tight("\n".join(line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("//")))
    return re.sub(r";\n(?!function|async|class)", ";", text)  # a function has a line of its own, or a few


def bundle(source, names, taken):
    """One script; scripts of one page share their names, so `taken` knows whose is which."""
    for name in names:
        for found in TOP.findall("\n".join(top_lines(source, name))):
            if found in taken:
                sys.exit(f"{name}.js: {found} is a name of {taken[found]}.js already; the page is one script, so give it another")
            taken[found] = name
    return '// SPDX-License-Identifier: Apache-2.0\n"use strict";\n' + "\n".join(module(source, name) for name in names) + "\n"


def top_lines(source, name):
    text = (source / f"{name}.js").read_text(encoding="utf-8")
    return [re.sub(r"^export ", "", line) for line in text.splitlines() if line and not line[0].isspace()]


def hashed(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def offline(page, script, style):
    """The page as one file with its own policy: by hashes, because a saved file has no 'self'."""
    policy = (f"default-src 'none'; script-src {hashed(script)}; style-src {hashed(style)}; img-src data: blob:; "
              "base-uri 'none'; form-action 'none'")
    for link in ("manifest", "icon"):
        page = re.sub(rf'<link rel="{link}"[^>]*>\n', "", page)
    page = page.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">')
    page = page.replace('<link rel="stylesheet" href="/s/page.css">', f"<style>{style}</style>")
    page = re.sub(r'<script src="[^"]*" defer></script>\n', "", page)
    data = f'<script type="application/json" id="data">{MARKER}</script>\n'
    return page.replace("</body>", f"{data}<script>{script}</script>\n</body>"), policy


def assets(source):
    """[(path, file, content type, policy, bytes)]"""
    base = {}
    made = {"base.js": bundle(source, BUNDLES["base.js"], base)}
    for name in ("verify.js", "track.js"):
        made[name] = bundle(source, BUNDLES[name], dict(base))
    for name in ("board.js", "queue.js"):
        made[name] = bundle(source, BUNDLES[name], {})
    style = "".join((line if line.startswith("/*") else re.sub(r" ?([{};]) ?|([:,]) ", r"\1\2", line.strip()).replace(";}", "}")) + "\n"
                    for line in (source / "page.css").read_text(encoding="utf-8").splitlines())
    made["page.css"] = style
    page = (source / "verify.html").read_text(encoding="utf-8")
    made["offline.html"], own = offline(page, made["base.js"] + made["verify.js"], style)
    pages = [page, (source / "track.html").read_text(encoding="utf-8"), *made.values()]
    version = hashlib.sha256("".join(pages).encode()).hexdigest()[:12]
    made["sw.js"] = module(source, "sw").replace("@VERSION@", version) + "\n"
    for path, name, kind in FILES:
        text = made.get(name) or (source / name).read_text(encoding="utf-8")
        yield path, name, kind, own if name == "offline.html" else POLICY, text.encode()


def c_bytes(content):
    return ",\n    ".join(",".join(str(byte) for byte in content[at:at + 32]) for at in range(0, len(content), 32))


def table(found):
    rows, bodies = [], []
    for number, (path, name, kind, policy, content) in enumerate(found):
        etag = 'W/\\"' + hashlib.sha256(content).hexdigest()[:16] + '\\"'  # weak: packed or not, it is one page
        packed = gzip.compress(content, mtime=0)
        bodies.append(f"static const uint8_t BODY_{number}[] = {{\n    {c_bytes(content)}}};\n"
                      f"static const uint8_t PACKED_{number}[] = {{\n    {c_bytes(packed)}}};\n")
        scope = '"/"' if name == "sw.js" else "NULL"  # one worker for /s and /t
        mark = content.find(MARKER.encode()) if name == "offline.html" else -1
        rows.append(f'    {{"{path}", "{kind}", "{policy}", {scope}, BODY_{number}, sizeof BODY_{number}, "{etag}", {mark},\n     PACKED_{number}, sizeof PACKED_{number}}},\n')
    return ('// Made by client/web/embed.py. Do not edit.\n#include "web/web.h"\n\n' + "".join(bodies) +
            "\nconst struct web_asset WEB_ASSETS[] = {\n" + "".join(rows) + "};\n"
            f"const size_t WEB_ASSET_COUNT = {len(rows)};\n")


def main(source, output):
    found = list(assets(pathlib.Path(source)))
    folder = pathlib.Path(output) / "assets"
    folder.mkdir(parents=True, exist_ok=True)
    for _, name, _, _, content in found:
        (folder / name).write_bytes(content)
    (pathlib.Path(output) / "web_assets.c").write_text(table(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
