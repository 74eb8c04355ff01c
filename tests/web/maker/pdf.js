// SPDX-License-Identifier: Apache-2.0
// A drawn page and the seal's increment behind it, in the form of docs/record.md: byte ranges around one hole, a CMS with
// messageDigest, three attachments. The DER is written by hand; only the signature is Node's.
import crypto from "node:crypto";
import { sha256 } from "./bytes.js";

const HOLE_BYTES = 12288;

function der(tag, ...parts) {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const oid = hex => der(6, Buffer.from(hex, "hex"));
const SHA256 = der(0x30, oid("608648016503040201"));
const DATA = oid("2a864886f70d010701");

const ECDSA = der(0x30, oid("2a8648ce3d040302"));
const NAME = der(0x30, der(0x31, der(0x30, oid("550403"), der(0x0c, Buffer.from("Seal of the tests")))));
const SERIAL = der(2, Buffer.from("0123456789", "hex"));
const ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

// Of the two signatures that hold the one with the lower s.
function signLow(bytes, key) {
  const raw = crypto.sign("sha256", bytes, { key: key.secret, dsaEncoding: "ieee-p1363" });
  let s = BigInt("0x" + raw.subarray(32).toString("hex"));
  if (s > ORDER / 2n) s = ORDER - s;
  const whole = number => {
    const hex = number.toString(16), even = hex.length % 2 ? "0" + hex : hex;
    return der(2, Buffer.from(parseInt(even.slice(0, 2), 16) > 127 ? "00" + even : even, "hex"));
  };
  return der(0x30, whole(BigInt("0x" + raw.subarray(0, 32).toString("hex"))), whole(s));
}

function certificate(key) {
  const time = text => der(0x17, Buffer.from(text));
  const body = der(0x30, der(0xa0, der(2, Buffer.of(2))), SERIAL, ECDSA, NAME, der(0x30, time("260101000000Z"), time("290101000000Z")), NAME, key.spki);
  return der(0x30, body, ECDSA, der(3, Buffer.of(0), signLow(body, key)));
}

// SignedData of one signer (RFC 5652) with contentType, messageDigest and signingCertificateV2.
export function cms(digest, key) {
  const own = certificate(key), attribute = (type, value) => der(0x30, oid(type), der(0x31, value));
  const attributes = Buffer.concat([attribute("2a864886f70d010903", DATA), attribute("2a864886f70d010904", der(4, digest)),
    attribute("2a864886f70d010910022f", der(0x30, der(0x30, der(0x30, der(4, sha256(own))))))].sort(Buffer.compare));
  const one = der(2, Buffer.of(1)), signature = signLow(der(0x31, attributes), key);
  const signer = der(0x30, one, der(0x30, NAME, SERIAL), SHA256, der(0xa0, attributes), ECDSA, der(4, signature));
  return der(0x30, oid("2a864886f70d010702"), der(0xa0, der(0x30, one, der(0x31, SHA256), der(0x30, DATA), der(0xa0, own), der(0x31, signer))));
}

class Writer {
  constructor() {
    this.parts = [];
    this.length = 0;
    this.offsets = new Map();
  }

  put(...parts) {
    for (const part of parts) {
      const bytes = Buffer.isBuffer(part) ? part : Buffer.from(part, "latin1");
      this.parts.push(bytes);
      this.length += bytes.length;
    }
  }

  object(number, ...parts) {
    this.offsets.set(number, this.length);
    this.put(`${number} 0 obj\n`, ...parts, "\nendobj\n");
  }

  table(first, last) {
    const at = this.length;
    this.put("xref\n", `${first} ${last - first + 1}\n`);
    for (let i = first; i <= last; i++) this.put(`${String(this.offsets.get(i)).padStart(10, "0")} 00000 n \n`);
    return at;
  }
}

// {record, cose, proof}: bytes; key: the seal's.
export function sealedPdf({ record, cose, proof }, key) {
  const out = new Writer();
  out.put("%PDF-1.4\n");
  out.object(1, "<< /Type /Catalog /Pages 2 0 R >>");
  out.object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
  out.object(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>");
  const drawn = out.table(1, 3);
  out.put(`trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${drawn}\n%%EOF\n`);
  out.object(1, "<< /Type /Catalog /Version /1.7 /Pages 2 0 R /Lang (zh-CN)\n/AcroForm << /Fields [4 0 R] /SigFlags 3 >>\n",
    "/AF [7 0 R 9 0 R 11 0 R] /Names << /EmbeddedFiles << /Names [(results.json) 7 0 R (sheet.cose) 9 0 R (sheet.tlog-proof) 11 0 R] >> >> >>");
  out.object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
  out.object(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R] >>");
  out.object(4, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (sheet-seal) /V 5 0 R /Rect [0 0 0 0] /F 132 /P 3 0 R >>");
  [["results.json", record], ["sheet.cose", cose], ["sheet.tlog-proof", proof]].forEach(([name, bytes], at) => {
    out.object(6 + 2 * at, `<< /Type /EmbeddedFile /Params << /Size ${bytes.length} >> /Length ${bytes.length} >>\nstream\n`, bytes, "\nendstream");
    out.object(7 + 2 * at, `<< /Type /Filespec /F (${name}) /UF (${name}) /AFRelationship /Data /EF << /F ${6 + 2 * at} 0 R /UF ${6 + 2 * at} 0 R >> >>`);
  });
  out.object(5, "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n/ByteRange ", " ".repeat(40), "\n/M (D:20260801080000+08'00')\n/Contents <", "0".repeat(2 * HOLE_BYTES), "> >>");
  const table = out.table(1, 11);
  out.put(`trailer\n<< /Size 12 /Root 1 0 R /Prev ${drawn} >>\nstartxref\n${table}\n%%EOF\n`);
  return seal(Buffer.concat(out.parts), key);
}

function seal(bytes, key) {
  const hole = bytes.lastIndexOf("/Contents <") + "/Contents ".length, after = hole + 2 * HOLE_BYTES + 2;
  const range = `[0 ${String(hole).padEnd(10)} ${String(after).padEnd(10)} ${String(bytes.length - after).padEnd(10)}]`;
  bytes.write(range, bytes.indexOf("/ByteRange ") + 11, "latin1");
  const signature = cms(sha256(bytes.subarray(0, hole), bytes.subarray(after)), key);
  bytes.write(signature.toString("hex"), hole + 1, "latin1");
  return bytes;
}
