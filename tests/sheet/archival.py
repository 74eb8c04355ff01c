# SPDX-License-Identifier: Apache-2.0
"""What ISO 19005-3 (PDF/A-3, conformance U) asks of a file, as far as a sheet can break it. The file's structure is qpdf's, fonts are
read by fonttools; neither is ours. The numbers are of the clauses.

    for fault in archival.faults(path): print(fault)
"""
import base64
import io
import json
import re
import subprocess
import xml.etree.ElementTree as xml
import zlib

from fontTools import cffLib
from fontTools.pens.basePen import NullPen

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
# Of the schemas that XMP itself defines; any other needs a description of its own (6.6.2.3).
PROPERTIES = {"{http://purl.org/dc/elements/1.1/}": {"format": None, "title": "Alt", "creator": "Seq", "description": "Alt",
                                                     "language": "Bag", "identifier": None},
              "{http://ns.adobe.com/xap/1.0/}": dict.fromkeys(("CreatorTool", "CreateDate", "ModifyDate", "MetadataDate")),
              "{http://ns.adobe.com/pdf/1.3/}": {"Producer": None, "Keywords": None}, PDFAID: {"part": None, "conformance": None}}
XMP_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
PDF_TIME = re.compile(r"D:\d{14}[+-]\d\d'\d\d'")
NAMED = {"/Filter": ("/FlateDecode", "/DCTDecode"), "/RI": ("/RelativeColorimetric", "/AbsoluteColorimetric", "/Perceptual",
                                                            "/Saturation"), "/BM": ("/Normal", "/Compatible"),
         "/CS": ("/DeviceRGB", "/DeviceGray"), "/ColorSpace": ("/DeviceRGB", "/DeviceGray"),
         "/AFRelationship": ("/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified")}
FORBIDDEN = {"/AA", "/OpenAction", "/JavaScript", "/JS", "/XFA", "/NeedsRendering", "/FFilter", "/FDecodeParms", "/Alternates", "/OPI",
             "/PS", "/Ref", "/TR", "/TR2", "/HTP", "/HTO", "/Encrypt", "/OCProperties", "/PresSteps", "/Requirements", "/Launch", "/Perms"}
OPERATORS = set("b B b* B* BDC BMC BT BX c cm CS cs d Do DP EMC ET f f* G g gs h i j J l m M MP n q Q re RG rg ri s S SC sc SCN scn "
                "sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \"".split())
TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|\((?:\\.|[^\\()])*\)|/([^\s<>\[\]()/]*)|<<|>>|[\[\]]|([^\s<>\[\]()/]+)", re.DOTALL)
NAME_BYTES, STRING_BYTES, NESTED, PAGE_LEAST, PAGE_MOST = 127, 32767, 28, 3, 14400
PRINT, UNSEEN = 4, 1 | 2 | 32 | 256  # of /F: print; invisible, hidden, not viewed, viewed by turns


def faults(path):
    return Archival(path).faults


class Archival:
    def __init__(self, path):
        self.path, self.faults = path, []
        with open(path, "rb") as file:
            self.bytes = file.read()
        said = subprocess.run(["qpdf", "--json=2", "--json-stream-data=inline", "--decode-level=none", str(path)],
                              capture_output=True, check=False, timeout=120)
        if said.returncode:
            self.faults.append(f"qpdf: {said.stderr.decode()}")
            return
        self.objects = {name[4:] if name.startswith("obj:") else name: one
                        for name, one in json.loads(said.stdout)["qpdf"][1].items()}
        self.root = self.at(self.of("trailer")["/Root"])
        for check in (self.file, self.places, self.values, self.metadata, self.colours, self.pages, self.fonts, self.annotations,
                      self.attachments):
            check()

    # ---- reading
    def of(self, name):
        """The dictionary or value of an object."""
        one = self.objects[name]
        return one["stream"]["dict"] if "stream" in one else one["value"]

    def at(self, value):
        return self.of(value) if isinstance(value, str) and value in self.objects else value

    def stream(self, name):
        content = base64.b64decode(self.objects[name]["stream"]["data"])
        return zlib.decompress(content) if self.of(name).get("/Filter") == "/FlateDecode" else content

    def expect(self, holds, clause, what):
        if not holds:
            self.faults.append(f"{clause} {what}")

    # ---- 6.1: the file
    def file(self):
        head = re.match(rb"%PDF-1\.[0-7]\n%([\x80-\xff]{4})", self.bytes)
        self.expect(head, "6.1.2", "the head is not of PDF 1 with four bytes above 127")
        self.expect(re.search(rb"startxref\n\d+\n%%EOF\n?$", self.bytes), "6.1.3", "something stands behind the end")
        trailer = self.of("trailer")
        self.expect(len(trailer.get("/ID", ())) == 2, "6.1.3", "the trailer has no ID")
        self.expect("/Encrypt" not in trailer, "6.1.3", "it is encrypted")

    def places(self):
        said = subprocess.run(["qpdf", "--show-xref", str(self.path)], capture_output=True, text=True, check=True, timeout=120).stdout
        for number, offset in re.findall(r"(\d+)/0: uncompressed; offset = (\d+)", said):
            begin = re.compile(rb"\n%b 0 obj[\n\r ]?" % number.encode()).match(self.bytes, int(offset) - 1)
            self.expect(begin, "6.1.9", f"object {number} does not begin on a line of its own")
            one = self.objects.get(f"{number} 0 R", {})
            if begin and "stream" in one:
                start = self.bytes.index(b"stream\n", begin.end()) + 7
                length, below = re.search(rb"/Length (\d+)( 0 R)?", self.bytes[begin.end():start]).groups()
                end = start + (self.of(f"{length.decode()} 0 R") if below else int(length))
                self.expect(self.bytes[end:end + 11] in (b"\nendstream\n", b"\nendstream\r"), "6.1.7.1", f"the length of {number}")
        for entry in re.findall(rb"xref\n(\d+ \d+\n(?:\d{10} \d{5} [nf][ \r]?[\r\n])+)", self.bytes):
            self.expect(entry, "6.1.4", "the table")

    # ---- 6.1.6 to 6.1.13, 6.2.5, 6.2.8, 6.5: what stands nowhere
    def values(self):
        for name, one in self.objects.items():
            if "stream" in one:
                self.expect(not {"/F", "/FFilter", "/FDecodeParms"} & set(self.of(name)), "6.1.7.1", f"{name} is of another file")
            self.value(name, self.of(name), "")

    def value(self, where, value, key):
        if isinstance(value, dict):
            for entry, inside in value.items():
                self.expect(entry not in FORBIDDEN, "6.1-6.5", f"{where} has {entry}")
                self.expect(len(entry.encode()) <= NAME_BYTES + 1, "6.1.13", f"a long name in {where}")
                self.expect(entry != "/Interpolate" or inside is False, "6.2.8", f"{where} is a picture to be smoothed")
                self.value(where, inside, entry)
        elif isinstance(value, list):
            for inside in value:
                self.value(where, inside, key)
        elif isinstance(value, str):
            allowed = NAMED.get(key)
            of_seal = value == "/Adobe.PPKLite"  # a handler of signatures, which has the same key
            self.expect(not allowed or value in allowed or of_seal, "6.1-6.2", f"{where} has {key} {value}")
            size = len(value[2:].encode()) if value.startswith("u:") else (len(value) - 2) // 2 if value.startswith("b:") else 0
            self.expect(size <= STRING_BYTES, "6.1.13", f"a long string in {where}")
        elif not isinstance(value, bool) and isinstance(value, int):
            self.expect(-2**31 <= value < 2**31, "6.1.13", f"a large number in {where}")

    # ---- 6.6.2: what it says of itself
    def metadata(self):
        name = self.root.get("/Metadata")
        if name not in self.objects:
            self.expect(False, "6.6.2.1", "the catalog has no metadata")
            return
        entries, packet = self.of(name), self.stream(name).decode("utf-8")
        self.expect(entries.get("/Type") == "/Metadata" and entries.get("/Subtype") == "/XML", "6.6.2.1", "metadata of another kind")
        head = re.match(r"<\?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"\?>", packet)
        self.expect(head and packet.rstrip().endswith("<?xpacket end=\"r\"?>"), "6.6.2.1", "the packet's head or end")
        said = {}
        for entry in [one for about in xml.fromstring(packet.encode()).iter(RDF + "Description") for one in about]:
            schema, local = re.match(r"(\{.*\})(.*)", entry.tag).groups()
            said[entry.tag] = entry
            self.expect(local in PROPERTIES.get(schema, ()), "6.6.2.3", f"{entry.tag} is of no schema that is known or described")
            kind = PROPERTIES.get(schema, {}).get(local)
            self.expect([one.tag for one in entry] == ([RDF + kind] if kind else []), "6.6.2.3", f"{entry.tag} has another type")
            self.expect(not local.endswith("Date") or XMP_TIME.fullmatch(entry.text or ""), "6.6.2.3", f"{entry.tag} is no time")
        level = [said[PDFAID + one].text if PDFAID + one in said else None for one in ("part", "conformance")]
        self.expect(level == ["3", "U"], "6.6.4", f"it calls itself {level}")
        self.expect(re.fullmatch("u:[a-z]{2}(-[A-Z]{2})?", self.root.get("/Lang", "")), "6.7.4", "no language")

    # ---- 6.2: colours
    def colours(self):
        intents = [self.at(one) for one in self.at(self.root.get("/OutputIntents", []))]
        self.expect([one.get("/S") for one in intents] == ["/GTS_PDFA1"], "6.2.3", "not one output intent of PDF/A")
        for intent in intents:
            self.expect(intent.get("/OutputConditionIdentifier"), "6.2.3", "the intent has no name")
            profile, entries = self.stream(intent["/DestOutputProfile"]), self.of(intent["/DestOutputProfile"])
            self.expect(entries.get("/N") == 3 and profile[16:20] == b"RGB ", "6.2.3", "the profile is not of three colours")
            self.expect(profile[12:16] in (b"mntr", b"prtr") and profile[36:40] == b"acsp" and profile[8] in (2, 4) and
                        profile[20:24] in (b"XYZ ", b"Lab "), "6.2.3", "the profile is of another kind")
            self.expect(int.from_bytes(profile[:4], "big") == len(profile), "6.2.3", "the profile has another length")
            tags = {profile[132 + 12 * at:136 + 12 * at] for at in range(int.from_bytes(profile[128:132], "big"))}
            self.expect(tags >= {b"desc", b"cprt", b"wtpt", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"}, "6.2.3",
                        f"the profile lacks tags: {tags}")
        for name, one in self.objects.items():
            if "stream" in one and self.of(name).get("/Subtype") == "/Image":
                self.image(name, self.of(name))

    def image(self, name, entries):
        mask = entries.get("/ImageMask") is True
        self.expect(entries.get("/BitsPerComponent") in ((1,) if mask else (1, 2, 4, 8, 16)), "6.2.8", f"bits of {name}")
        self.expect(mask or "/ColorSpace" in entries, "6.2.8", f"{name} has no colours")
        if entries.get("/Filter") == "/DCTDecode":
            content = self.stream(name)
            frame = re.search(rb"\xff[\xc0-\xc2]..(.)(..)(..)(.)", content, re.DOTALL)
            size = [int.from_bytes(one, "big") for one in frame.groups()]
            wanted = [8, entries["/Height"], entries["/Width"], 3 if entries["/ColorSpace"] == "/DeviceRGB" else 1]
            self.expect(size == wanted, "6.2.8", f"{name} is {size} inside, {wanted} outside")

    # ---- 6.2.2, 6.2.10: pages and what is drawn on them
    def pages(self):
        self.shown = {}  # font -> codes
        for name in self.at(self.root["/Pages"])["/Kids"]:
            page = self.of(name)
            box = page["/MediaBox"]
            self.expect(all(PAGE_LEAST <= side <= PAGE_MOST for side in (box[2] - box[0], box[3] - box[1])), "6.1.13", "a page's size")
            contents = page["/Contents"]
            self.drawing(name, page, b"\n".join(map(self.stream, contents if isinstance(contents, list) else [contents])))

    def drawing(self, name, owner, content):
        resources = self.at(owner.get("/Resources", {}))
        kinds = {kind: self.at(resources.get("/" + kind, {})) for kind in ("Font", "XObject", "ExtGState", "ColorSpace")}
        deep, operands, font = 0, [], None
        for token in TOKEN.finditer(content):
            word = token[3].decode() if token[3] else None
            if word is None or re.fullmatch(r"[+-]?[\d.]+", word) or word in ("true", "false", "null"):
                operands.append(token)
                continue
            self.expect(word in OPERATORS, "6.2.2", f"{word} in {name}")
            deep += {"q": 1, "Q": -1}.get(word, 0)
            self.expect(0 <= deep <= NESTED, "6.1.13", f"states of {name} stand too deep")
            kind = {"Tf": "Font", "Do": "XObject", "gs": "ExtGState"}.get(word)
            if kind:
                named = "/" + operands[-2 if word == "Tf" else -1][2].decode()
                self.expect(named in kinds[kind], "6.2.2", f"{name} uses {named}, which is not in its resources")
                font = kinds[kind].get(named) if word == "Tf" else font
                inside = kinds[kind].get(named)
                if word == "Do" and inside in self.objects and self.of(inside).get("/Subtype") == "/Form":
                    self.drawing(inside, self.of(inside), self.stream(inside))
            elif word in ("Tj", "TJ"):
                strings = [re.sub(rb"\s", b"", one[1]) for one in operands if one[1] is not None]
                self.expect(font and all(len(one) % 4 == 0 for one in strings), "6.1.6", f"a string of {name}")
                self.shown.setdefault(font, set()).update(int(one[at:at + 4], 16) for one in strings for at in range(0, len(one), 4))
            elif word in ("cs", "CS"):
                self.expect(operands[-1][2] in (b"DeviceRGB", b"DeviceGray", b"Pattern"), "6.2.4", f"colours of {name}")
            operands = []
        self.expect(deep == 0, "6.2.2", f"states of {name} are left open")

    # ---- 6.2.11: fonts
    def fonts(self):
        for name, codes in self.shown.items():
            font = self.of(name)
            below = self.at(font["/DescendantFonts"][0])
            self.expect(font["/Subtype"] == "/Type0" and font["/Encoding"] == "/Identity-H" and
                        below["/Subtype"] == "/CIDFontType0", "6.2.11.3", f"the font {name} is of another kind")
            descriptor = self.at(below["/FontDescriptor"])
            self.expect(font["/BaseFont"] == below["/BaseFont"] == descriptor["/FontName"], "6.2.11.2", f"names of the font {name}")
            program = descriptor.get("/FontFile3")
            if program not in self.objects or self.of(program).get("/Subtype") != "/CIDFontType0C":
                self.expect(False, "6.2.11.4.1", f"the font {name} is not embedded")
                continue
            self.glyphs(name, codes, below, self.stream(program))
            unicode = self.unicode(font.get("/ToUnicode"))
            lost = sorted(code for code in codes if not unicode.get(code) or set(unicode[code]) & {"\0", "\ufeff", "\ufffe"})
            self.expect(not lost, "6.2.11.7.2", f"codes of {name} without a character: {lost}")

    def glyphs(self, name, codes, below, program):
        self.expect(0 not in codes, "6.2.11.8", f"{name} shows the glyph of what is missing")
        top = cffLib.CFFFontSet()
        top.decompile(io.BytesIO(program), None)
        inside = top[0]
        known = {int(glyph[3:]) if glyph.startswith("cid") else 0: glyph for glyph in inside.charset}
        self.expect(codes <= set(known), "6.2.11.4.1", f"glyphs of {name} that are not embedded: {sorted(codes - set(known))}")
        widths, told = self.widths(below["/W"]), below.get("/DW", 1000)
        for code in sorted(codes & set(known)):
            drawn = inside.CharStrings[known[code]]
            drawn.draw(NullPen())
            self.expect(abs(drawn.width - widths.get(code, told)) <= 1, "6.2.11.5", f"glyph {code} of {name} has another width")

    @staticmethod
    def widths(entries):
        found, at = {}, 0
        while at < len(entries):
            if isinstance(entries[at + 1], list):
                found.update(enumerate(entries[at + 1], entries[at]))
                at += 2
            else:
                found.update(dict.fromkeys(range(entries[at], entries[at + 1] + 1), entries[at + 2]))
                at += 3
        return found

    def unicode(self, name):
        """code -> text, of a ToUnicode map."""
        found = {}
        text = self.stream(name).decode("ascii") if name in self.objects else ""
        said = re.compile(r"<([0-9a-fA-F]+)>\s*")
        for kind, block in re.findall(r"begin(bfchar|bfrange)(.*?)endbf", text, re.DOTALL):
            for line in filter(None, block.strip().splitlines()):
                words = said.findall(line)
                first, last = int(words[0], 16), int(words[0 if kind == "bfchar" else 1], 16)
                texts = words[1:] if kind == "bfchar" else words[2:]
                for code in range(first, last + 1):
                    if "[" in line:
                        found[code] = bytes.fromhex(texts[code - first]).decode("utf-16-be")
                    else:
                        begin = bytes.fromhex(texts[0])
                        found[code] = (int.from_bytes(begin, "big") + code - first).to_bytes(len(begin), "big").decode("utf-16-be")
        return found

    # ---- 6.3, 6.4: annotations and fields
    def annotations(self):
        named = [one for page in self.at(self.root["/Pages"])["/Kids"] for one in self.at(self.of(page).get("/Annots", []))]
        for name in named:
            entries = self.at(name)
            self.expect(entries["/Subtype"] == "/Widget", "6.3.1", f"an annotation {entries['/Subtype']}")
            flags, box = entries.get("/F", 0), entries["/Rect"]
            self.expect(flags & PRINT and not flags & UNSEEN, "6.3.2", f"flags {flags} of {name}")
            self.expect("/AP" in entries or (box[0] == box[2] and box[1] == box[3]), "6.3.3", f"{name} has no appearance")
            self.expect("/A" not in entries, "6.4.1", f"{name} acts")
        form = self.at(self.root.get("/AcroForm", {}))
        self.expect(not form.get("/NeedAppearances"), "6.4.1", "a reader is asked to draw fields")
        self.expect(set(form.get("/Fields", [])) <= set(named), "6.4.1", "a field stands on no page")

    # ---- 6.8: attachments
    def attachments(self):
        names = self.at(self.at(self.root.get("/Names", {})).get("/EmbeddedFiles", {})).get("/Names", [])
        self.expect(names[::2] == sorted(names[::2]), "6.8", "names are out of order")
        self.expect(set(names[1::2]) == set(self.root.get("/AF", [])), "6.8", "a file is associated with nothing")
        told = [name for name, one in self.objects.items() if "value" in one and isinstance(one["value"], dict) and
                one["value"].get("/Type") == "/Filespec"]
        self.expect(sorted(told) == sorted(names[1::2]), "6.8", "a file is named nowhere")
        for name in told:
            entries = self.of(name)
            self.expect(entries.get("/F") and entries.get("/F") == entries.get("/UF"), "6.8", f"{name} has no two names")
            self.expect("/AFRelationship" in entries, "6.8", f"{name} has no relationship")
            content = entries["/EF"]["/F"]
            inside = self.of(content)
            self.expect(re.fullmatch(r"/[a-z]+/[-a-z0-9.+]+", inside.get("/Subtype", "")), "6.8", f"{content} has no kind")
            told_of = inside.get("/Params", {})
            self.expect(PDF_TIME.fullmatch(told_of.get("/ModDate", "")[2:]), "6.8", f"{content} has no time")
            self.expect(told_of.get("/Size") == len(self.stream(content)), "6.8", f"{content} has another size")
