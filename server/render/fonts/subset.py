# SPDX-License-Identifier: Apache-2.0
"""Makes one font file of the result sheet from Noto Sans CJK SC.

Called by meson, once per file. `regular` and `bold` hold GB 2312 and the Latin, Greek and symbols that
a sheet uses, without subroutines (cairo would otherwise copy all of them into every sheet); `fallback`
is the whole face, for names with rare characters. Each has a family name of its own, so that no font
installed on the machine can take its place.
"""
import sys

from fontTools import subset
from fontTools.misc.psCharStrings import T2CharString
from fontTools.ttLib import TTCollection
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

FACE = "Noto Sans CJK SC"
RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x18F, 0x18F), (0x1CD, 0x1DC), (0x2B0, 0x2FF), (0x370, 0x3FF),
    (0x400, 0x45F), (0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x209C), (0x20A0, 0x20BF),
    (0x2100, 0x218B), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2460, 0x24FF), (0x25A0, 0x25FF),
    (0x2605, 0x2606), (0x2713, 0x2717), (0x3000, 0x303F), (0x3200, 0x33FF), (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
]


def gb2312():
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield ord(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                pass


def narrow_dot(font):
    """Proportional width for U+00B7 too: the face has the glyph, but only for Korean."""
    dot, narrow = font.getBestCmap()[0xB7], "cid00733"
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "pwid":
            for index in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[index].SubTable:
                    getattr(part, "ExtSubTable", part).mapping[dot] = narrow


def append_glyphs(font, names):
    """The glyphs, in this order, become the font's last; a name that it lacks becomes an empty glyph."""
    top, first = font["CFF "].cff[0], font.getGlyphOrder()
    chosen = set(names)
    order = [name for name in first if name not in chosen] + names
    strings, selector, metrics = top.CharStrings, top.FDSelect.gidArray, font["hmtx"].metrics
    for table in ("GSUB", "GPOS"):  # they name glyphs by number until they are read
        font[table].ensureDecompiled(recurse=True)
    old = {name: (strings[name], selector[number]) for number, name in enumerate(first)}
    empty = (T2CharString(program=["endchar"], private=top.FDArray[0].Private, globalSubrs=top.GlobalSubrs), 0)
    strings.charStringsIndex.items = [old.get(name, empty)[0] for name in order]
    strings.charStrings = {name: number for number, name in enumerate(order)}
    top.FDSelect.gidArray[:] = [old.get(name, empty)[1] for name in order]
    for name in chosen.difference(first):
        metrics[name] = (1000, 0)
    top.charset = order
    font.setGlyphOrder(order)


def character_table(platform, encoding, kind, characters):
    table = CmapSubtable.newSubtable(kind)
    table.platformID, table.platEncID, table.language, table.cmap = platform, encoding, 0, characters
    if kind == 12:
        table.reserved, table.format = 0, 12
    return table


def order_by_code(font):
    """Chinese characters stand in the font in the order of their codes, with an empty glyph where GB 2312 leaves one out.

    For each glyph that a sheet uses cairo asks which character it is, and each time reads the table of Windows' 16 bit
    codes, segment after segment: 3,000 segments of scattered characters, or one. That table therefore also names the
    characters left out; the other, of 32 bit codes, names only what the font has, and it is the one that shapers and
    fontconfig read.
    """
    exact = font.getBestCmap()
    chinese = [code for code in exact if 0x4E00 <= code <= 0x9FFF]
    used = set(font.getGlyphOrder())
    spare = (name for name in (f"cid{number:05}" for number in range(1, 0xFFFF)) if name not in used)
    block = {code: exact.get(code) or next(spare) for code in range(min(chinese), max(chinese) + 1)}
    append_glyphs(font, list(block.values()))
    font["cmap"].tables = [character_table(3, 1, 4, {**exact, **block}), character_table(3, 10, 12, exact)]


def rename(font, family, weight):
    post_script = f"{family.replace(' ', '')}-{weight}"
    names = {1: family, 2: weight, 3: f"{post_script};2.004", 4: f"{family} {weight}", 6: post_script,
             16: family, 17: weight}
    table = font["name"]
    table.names = [record for record in table.names
                   if record.nameID not in names and record.platformID == 3 and record.langID == 0x409]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)
    if "CFF " in font.tables:  # of the whole face the table stays as it is
        font["CFF "].cff.fontNames = [post_script]


def main():
    _, collection, kind, family, weight, output = sys.argv
    fonts = TTCollection(collection, lazy=True).fonts
    face = [font for font in fonts if font["name"].getDebugName(1) == FACE][:1]
    if not face:
        sys.exit(f"{collection}: holds no {FACE}")
    font = face[0]
    font.recalcTimestamp = False  # two builds give the same bytes
    if kind == "subset":
        narrow_dot(font)
        options = subset.Options(desubroutinize=True, hinting=False, notdef_outline=True,
                                 layout_features=["kern", "mark", "pwid"])
        options.drop_tables += ["VORG", "vhea", "vmtx", "VVAR", "BASE"]
        chosen = {code for low, high in RANGES for code in range(low, high + 1)} | set(gb2312())
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=chosen)
        subsetter.subset(font)
        order_by_code(font)
    rename(font, family, weight)
    font.save(output, reorderTables=False)


main()
