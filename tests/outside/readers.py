# SPDX-License-Identifier: Apache-2.0
"""What anybody may have at hand to check a sheet with: each function puts one file before one program that is not ours, and
answers why it was not accepted, or nothing. pdfsig and mutool end with 0 even when a signature is wrong: their words are read."""
import base64
import json
import pathlib
import re
import subprocess
import tempfile

from tests.support import paths

LIMIT_S = 120
READER = paths.ROOT / "tests" / "outside" / "reader.mjs"
# Data codewords of versions 1 to 25 at error level M (ISO/IEC 18004, table 7).
CODEWORDS = (16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669, 714, 782, 860, 914,
             1000)
SMALL_VERSIONS = 16  # read at 72 dpi too
DPI = {72: SMALL_VERSIONS, 150: len(CODEWORDS)}


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True,
                          **dict(dict(text="input" not in options, timeout=LIMIT_S), **options))


def lacking(said, *wanted):
    missing = [one for one in wanted if one not in said]
    return f"{missing[0]!r} is not in: {said}" if missing else None


class Trust:
    """What a reader was given: the laboratory's certificate, or that of the authority above it."""

    def __init__(self, certificate, folder, is_authority=False):
        self.certificate, self.database, self.is_authority = pathlib.Path(certificate), pathlib.Path(folder) / "nss", is_authority
        self.database.mkdir()
        run("certutil", "-N", "-d", f"sql:{self.database}", "--empty-password", check=True)
        run("certutil", "-A", "-d", f"sql:{self.database}", "-n", "seal", "-t", "CT,CT,CT", "-i", certificate, check=True)


def pdfsig(path, trust):
    """Its three lines. A demonstration's certificate certifies itself and is no authority: nobody may trust it."""
    said = run("pdfsig", "-nssdir", f"sql:{trust.database}", path).stdout
    if said.count("Signature #") != 1:
        return f"not one signature: {said}"
    return lacking(said, "Signature is Valid", "Total document signed", "ETSI.CAdES.detached",
                   "Certificate is Trusted" if trust.is_authority else "Certificate issuer is unknown")


def mutool(path, _=None):
    said = run("mutool", "sign", "-v", path)
    return lacking(said.stdout + said.stderr, "The document is unchanged since signing")


def qpdf(path, _=None):
    said = run("qpdf", "--check", path)
    told = said.stdout + said.stderr
    if said.returncode or "WARNING" in told:
        return told
    return lacking(told, "No syntax or stream encoding errors found")


def hole_of(pdf):
    """(what was signed, the hole's bytes), by /ByteRange alone."""
    start, first, second, rest = map(int, pdf.rsplit(b"/ByteRange [", 1)[1].split(b"]")[0].split())
    if start or second + rest != len(pdf) or pdf[first:first + 1] != b"<" or pdf[second - 1:second] != b">":
        raise ValueError("the ranges are not everything but the hole")
    return pdf[:first] + pdf[second:], bytes.fromhex(pdf[first + 1:second - 1].decode())


def der_length(content):
    """Of the DER element that it begins with."""
    if content[0] != 0x30 or content[1] != 0x82:
        raise ValueError("no DER sequence with two bytes of length")
    return 4 + int.from_bytes(content[2:4], "big")


def openssl(path, trust):
    content, hole = hole_of(pathlib.Path(path).read_bytes())
    length = der_length(hole)
    if any(hole[length:]):
        return "the hole holds more than DER and zeros"
    with tempfile.TemporaryDirectory() as folder:
        cms, signed = pathlib.Path(folder) / "cms", pathlib.Path(folder) / "content"
        cms.write_bytes(hole[:length])
        signed.write_bytes(content)
        said = run("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms, "-content", signed, "-CAfile",
                   trust.certificate, "-purpose", "any", "-partial_chain", "-out", "/dev/null")
    return said.stderr if said.returncode else lacking(said.stderr, "CAdES Verification successful")


def attached(path):
    """name -> bytes, as poppler takes them out."""
    with tempfile.TemporaryDirectory() as folder:
        run("pdfdetach", "-saveall", "-o", folder, path, check=True)
        return {one.name: one.read_bytes() for one in pathlib.Path(folder).iterdir()}


# ---- codes
def version_of(text):
    """The least version of a QR code at level M: bytes up to the '#', then digits (ISO/IEC 18004, 7.4)."""
    head, digits = text.split("#")
    for version, words in enumerate(CODEWORDS, 1):
        byte_count, digit_count = (8, 10) if version < 10 else (16, 12)
        bits = 4 + byte_count + 8 * (len(head) + 1) + 4 + digit_count + 10 * (len(digits) // 3) + (0, 4, 7)[len(digits) % 3]
        if bits <= 8 * words:
            return version
    raise ValueError("no version up to 25 holds it")


def lines(path):
    """Of each page: [(text, top, bottom)] of its lines, in points from the top."""
    said = run("pdftotext", "-bbox-layout", path, "-").stdout
    one = re.compile(r'<line xMin="[\d.]+" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</line>', re.DOTALL)
    word = re.compile(r">([^<>]+)</word>")
    return [[(" ".join(word.findall(inside)), float(top), float(bottom)) for top, bottom, inside in one.findall(page)]
            for page in said.split("<page ")[1:]]


def codes(path, dpi):
    """Every text that zbarimg finds on any page."""
    with tempfile.TemporaryDirectory() as folder:
        run("pdftoppm", "-r", dpi, "-gray", path, f"{folder}/p", check=True)
        # QR alone: in the squares of one code in some hundreds it sees a DataBar as well.
        found = run("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", *sorted(pathlib.Path(folder).iterdir()))
    return found.stdout.split()


def undigits(digits):
    lengths = {17: 7, 15: 6, 13: 5, 10: 4, 8: 3, 5: 2, 3: 1}
    groups = [digits[at:at + 17] for at in range(0, len(digits), 17)]
    return b"".join(int(group).to_bytes(lengths[len(group)], "little") for group in groups)


def zbarimg(path, parts, host, dpi):
    """The statement's code is on the page, and is the statement that is attached."""
    found = [text for text in codes(path, dpi) if re.fullmatch(rf"https://{re.escape(host)}/s#[0-9]+", text)]
    if len(set(found)) != 1:
        return f"{len(found)} codes of a statement at {dpi} dpi"
    return None if undigits(found[0].split("#")[1]) == parts["sheet.cose"] else "another statement than the attached one"


def text_of(parts, host):
    cose = parts["sheet.cose"]
    groups = [cose[at:at + 7] for at in range(0, len(cose), 7)]
    width = {7: 17, 6: 15, 5: 13, 4: 10, 3: 8, 2: 5, 1: 3}
    return f"https://{host}/s#" + "".join(str(int.from_bytes(one, "little")).zfill(width[len(one)]) for one in groups)


def node(text, parts, data):
    """(what the statement says, None) or (None, why not): reader.mjs, which knows only docs/evidence.md."""
    given = dict(text=text, cose=parts["sheet.cose"], record=parts["results.json"], proof=parts["sheet.tlog-proof"], data=data)
    asked = {name: value if name == "text" else base64.b64encode(value).decode() for name, value in given.items()}
    said = run("node", READER, input=json.dumps(asked).encode())
    told = said.stdout.decode()
    return (json.loads(told), None) if said.returncode == 0 else (None, told.strip() or said.stderr.decode()[-2000:])
