// SPDX-License-Identifier: Apache-2.0
// A sheet's PDF: one seal over every byte but its own hole, to the file's end, by a key that the page knows; and
// the three attachments of the seal's increment (server/sheet/increment.c writes it, one form only).
import { concat, equal, hex, latin, P256, refuse, sha256, signatureHolds, unbase64, unhex } from "./bytes.js";
import { ecdsaRaw } from "./note.js";

const MESSAGE_DIGEST = "06092a864886f70d010904"; // 1.2.840.113549.1.9.4
const FILE_CEILING = 20 * 1024 * 1024;

// The offsets of the objects in the last cross-reference table.
function readTable(text) {
  const end = /startxref\n([0-9]{1,10})\n%%EOF\n$/.exec(text.slice(-40));
  const at = end ? Number(end[1]) : 0;
  if (!end || text.slice(at, at + 5) !== "xref\n") refuse("E_FILE"); // something follows the seal, or it is no sheet
  const table = text.slice(at, text.length - end[0].length);
  const offsets = new Map();
  let rest = table.slice(5);
  for (let head; (head = /^([0-9]+) ([0-9]+)\n/.exec(rest));) {
    rest = rest.slice(head[0].length);
    if (Number(head[2]) * 20 > rest.length) refuse("E_FILE"); // a table that is longer than the file
    for (let i = 0; i < Number(head[2]); i++, rest = rest.slice(20)) {
      if (offsets.has(Number(head[1]) + i)) refuse("E_FILE"); // an object that stands in it twice
      offsets.set(Number(head[1]) + i, Number(rest.slice(0, 10)));
    }
  }
  const root = /\/Root ([0-9]+) 0 R/.exec(rest);
  if (!root) refuse("E_FILE"); // no catalog
  return { text, offsets, at, root: Number(root[1]) };
}

// The text of an object up to its end or its stream.
function objectOf(table, number) {
  const start = table.offsets.get(number);
  const head = number + " 0 obj\n<<";
  if (start === undefined || start >= table.at || table.text.substr(start, head.length) !== head) refuse("E_FILE"); // an object is missing
  const ends = ["\nendobj", "\nstream\n"].map(end => table.text.indexOf(end, start)).filter(at => at > 0);
  return { start, body: table.text.slice(start, Math.min(...ends)), end: Math.min(...ends) };
}

function reference(body, pattern) {
  const found = pattern.exec(body);
  if (!found) refuse("E_FILE"); // a part of the seal is missing
  return Number(found[1]);
}

// The three attachments: of these names and no other, the same ones for who goes by name and who goes by /AF.
const FILES = /\n\/AF \[(\d+) 0 R (\d+) 0 R (\d+) 0 R\] \/Names << \/EmbeddedFiles << \/Names \[\(results\.json\) \1 0 R \(sheet\.cose\) \2 0 R \(sheet\.tlog-proof\) \3 0 R\]/;

function fileOf(table, bytes, number) {
  const file = objectOf(table, Number(number));
  const stream = objectOf(table, reference(file.body, /\/EF << \/F ([0-9]+) 0 R/));
  const length = reference(stream.body, /\/Length ([0-9]+) >>$/);
  const from = stream.end + "\nstream\n".length;
  if (/\/Filter/.test(stream.body) || from + length > table.at) refuse("E_FILE"); // an attachment is broken
  return bytes.slice(from, from + length);
}

// The hole: '<', hexadecimal digits of the DER and then zeros only, '>'. The two ranges are all the rest.
function readSeal(table, bytes) {
  const field = objectOf(table, reference(objectOf(table, table.root).body, /\/AcroForm << \/Fields \[([0-9]+) 0 R\]/));
  const number = reference(field.body, /\/T \(sheet-seal\) \/V ([0-9]+) 0 R/);
  const start = table.offsets.get(number);
  const seal = objectOf(table, number).body;
  if (!seal.includes("/SubFilter /ETSI.CAdES.detached")) refuse("E_FILE"); // no seal
  const range = /\/ByteRange \[0 ([0-9]+) +([0-9]+) +([0-9]+) *\]/.exec(seal);
  const open = seal.indexOf("/Contents <"), shut = seal.indexOf(">", open);
  if (!range || open < 0 || shut < 0) refuse("E_FILE"); // no seal
  const hole = start + open + "/Contents ".length, after = start + shut + 1;
  const [a, b, c] = range.slice(1).map(Number);
  if (a !== hole || b !== after || b + c !== bytes.length) refuse("E_SEAL_RANGE"); // the seal does not cover the whole file
  const cms = unhex(seal.slice(open + "/Contents <".length, shut));
  if (!cms) refuse("E_SEAL_RANGE"); // the hole is broken
  return { hole, after, cms };
}

// One DER element: {tag, start, from, to}; lengths in their shortest form only.
function der(bytes, at, end) {
  const first = bytes[at + 1], count = first & 127;
  let length = first, from = at + 2;
  if (at + 2 > end) refuse("E_SEAL");
  if (first > 127) {
    if (count < 1 || count > 3) refuse("E_SEAL");
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + bytes[from++];
    if (length < 128 || length < 256 ** (count - 1)) refuse("E_SEAL");
  }
  if (from + length > end) refuse("E_SEAL");
  return { tag: bytes[at], start: at, from, to: from + length };
}

function children(bytes, parent) {
  if (!parent) refuse("E_SEAL");
  const list = [];
  for (let at = parent.from; at < parent.to; at = list[list.length - 1].to) list.push(der(bytes, at, parent.to));
  return list;
}

function made(tag, ...parts) {
  const body = concat(...parts), length = body.length;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return concat([tag, ...head], body);
}

const SHA256 = unhex("300b0609608648016503040201");
const KINDS = [ // of signatures: algorithm identifier, name for WebCrypto
  [unhex("300a06082a8648ce3d040302"), P256],
  [unhex("300d06092a864886f70d01010b0500"), { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }],
];

// One signer with the parts that are written here, in exactly one encoding (RFC 5652; server/signer/cms.c writes it): no byte
// that the signature does not cover is free.
async function readCms(cms) {
  const outer = der(cms, 0, cms.length);
  if (cms.subarray(outer.to).some(byte => byte)) refuse("E_SEAL_RANGE"); // something stands behind the signature
  const raw = part => (part ? cms.slice(part.start, part.to) : refuse("E_SEAL"));
  const inside = (part, at) => children(cms, part)[at];
  const parts = children(cms, inside(inside(outer, 1), 0));
  const info = children(cms, inside(parts[4], 0));
  const kind = KINDS.find(([id]) => info[4] && equal(id, raw(info[4])));
  if (parts.length !== 5 || info.length !== 6 || !kind) refuse("E_SEAL"); // not one signer of our kind
  const signature = cms.slice(info[5].from, info[5].to);
  const again = made(0x30, unhex("06092a864886f70d010702"), made(0xa0, made(0x30, [2, 1, 1], made(0x31, SHA256), made(0x30, unhex("06092a864886f70d010701")),
    raw(parts[3]), made(0x31, made(0x30, [2, 1, 1], raw(info[1]), SHA256, raw(info[3]), kind[0], made(4, signature))))));
  if (parts[3].tag !== 0xa0 || info[3].tag !== 0xa0 || !equal(again, raw(outer))) refuse("E_SEAL"); // another form
  const signed = raw(info[3]);
  signed[0] = 0x31; // RFC 5652 5.4: signed as a SET
  const digests = children(cms, info[3]).map(one => children(cms, one)).filter(([oid]) => oid && hex(raw(oid)) === MESSAGE_DIGEST);
  const value = digests.length === 1 && inside(digests[0][1], 0);
  if (!value || value.tag !== 4) refuse("E_SEAL");
  // signingCertificateV2 names every certificate that travels along.
  const certificates = children(cms, parts[3]).map(raw);
  for (const one of certificates) if (!hex(signed).includes(hex(await sha256(one)))) refuse("E_SEAL"); // a certificate that was not meant
  return { signed, signer: raw(info[1]), certificates, kind: kind[1], digest: cms.slice(value.from, value.to), signature };
}

// Issuer and serial number of the certificate that has this key, as a CMS names its signer.
function namedBy(seal, spki) {
  const certificate = seal.certificates.find(one => hex(one).includes(hex(spki)));
  if (!certificate) return null;
  const body = children(certificate, children(certificate, der(certificate, 0, certificate.length))[0]);
  return body.length > 3 ? made(0x30, ...[3, 1].map(at => certificate.slice(body[at].start, body[at].to))) : null;
}

const HALF = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8"; // of P-256's order

async function sealedBy(spki, seal) {
  const name = namedBy(seal, spki), isCurve = seal.kind.name === "ECDSA";
  if (!name || !equal(name, seal.signer)) return false;
  const signature = isCurve ? ecdsaRaw(seal.signature) : seal.signature;
  if (signature === null || (isCurve && hex(signature.subarray(32)) > HALF)) return false;
  return signatureHolds(seal.kind, spki, signature, seal.signed);
}

async function checkSeal(table, bytes, keys) {
  const place = readSeal(table, bytes);
  const seal = await readCms(place.cms);
  const digest = await sha256(bytes.subarray(0, place.hole), bytes.subarray(place.after));
  if (!equal(digest, seal.digest)) refuse("E_SEAL_CONTENT"); // the file was changed after it was sealed
  for (const key of keys.filter(one => one.use === "seal")) {
    const spki = unbase64(key.spki);
    if (spki && (await sealedBy(spki, seal))) return key;
  }
  return refuse("E_SEAL"); // not sealed by a key that this page knows
}

// {record, cose, proof, key}; the file is as it was sealed, or a Refusal says why not.
export async function pdfOpen(bytes, keys) {
  if (bytes.length < 1000 || bytes.length > FILE_CEILING || latin(bytes.subarray(0, 5)) !== "%PDF-") refuse("E_FILE"); // not a PDF
  const table = readTable(latin(bytes));
  const key = await checkSeal(table, bytes, keys);
  const files = FILES.exec(objectOf(table, table.root).body);
  if (!files) refuse("E_FILE"); // the sheet lacks its signed data, or has it twice
  const [record, cose, proof] = files.slice(1).map(number => fileOf(table, bytes, number));
  return { record, cose, proof, key };
}
