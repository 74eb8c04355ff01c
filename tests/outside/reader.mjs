// SPDX-License-Identifier: Apache-2.0
// What somebody with Node.js and docs/evidence.md would write to check a sheet: nothing of Touchstone, nothing but node:crypto.
// One JSON object on standard input, bytes in base64: text (of the QR), cose, record, proof, data (s/data.json as it is). Prints
// what the statement says, or ends with 1 and one line that says what is wrong.
import crypto from "node:crypto";
import fs from "node:fs";

const given = JSON.parse(fs.readFileSync(0, "utf8"));
const bytesOf = name => Buffer.from(given[name], "base64");
const sha256 = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts)).digest();

function wrong(why) {
  process.stdout.write(why + "\n");
  process.exit(1);
}

function digitsToBytes(text) {
  const lengths = { 17: 7, 15: 6, 13: 5, 10: 4, 8: 3, 5: 2, 3: 1 }, parts = [];
  for (const group of text.match(/[0-9]{1,17}/g)) {
    const part = Buffer.alloc(lengths[group.length] ?? wrong("digits: length"));
    let number = BigInt(group);
    for (let i = 0; i < part.length; i++, number >>= 8n) part[i] = Number(number & 255n);
    if (number) wrong("digits: too large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

// RFC 8949: what a statement may have. Answers [value, where it ends]; maps as Map, tag 18 as {tag, value}.
function read(bytes, at) {
  const kind = bytes[at] >> 5, low = bytes[at] & 31, width = { 24: 1, 25: 2, 26: 4, 27: 8 }[low] ?? 0;
  if (low > 27) wrong("cbor: indefinite");
  if (kind === 7) return [{ 20: false, 21: true, 22: null }[low], at + 1];
  let count = width ? 0n : BigInt(low);
  for (const byte of bytes.subarray(at + 1, at + 1 + width)) count = count * 256n + BigInt(byte);
  const number = count <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(count) : count;
  let end = at + 1 + width;
  if (kind === 0) return [number, end];
  if (kind === 1) return [-1 - Number(count), end];
  if (kind === 2) return [bytes.subarray(end, end + number), end + number];
  if (kind === 3) return [bytes.toString("utf8", end, end + number), end + number];
  if (kind === 6) {
    const [value, after] = read(bytes, end);
    return [{ tag: number, value }, after];
  }
  const items = [];
  for (let i = 0; i < number * (kind === 5 ? 2 : 1); i++) {
    const [value, after] = read(bytes, end);
    items.push(value);
    end = after;
  }
  return [kind === 4 ? items : new Map(items.flatMap((key, i) => (i % 2 ? [] : [[key, items[i + 1]]]))), end];
}

function head(kind, count) {
  return count < 24 ? Buffer.from([kind << 5 | count]) : count < 256 ? Buffer.from([kind << 5 | 24, count]) : Buffer.from([kind << 5 | 25, count >> 8, count & 255]);
}
const string = (kind, bytes) => Buffer.concat([head(kind, bytes.length), bytes]);

const data = JSON.parse(bytesOf("data"));
const publicKey = spki => crypto.createPublicKey({ key: spki, format: "der", type: "spki" });
const keysFor = use => data.keys.filter(key => key.use === use).map(key => ({ ...key, spki: Buffer.from(key.spki, "base64") }));

function openEnvelope(cose) {
  const [{ tag, value: [header, open, payload, signature] }, end] = read(cose, 0);
  if (tag !== 18 || end !== cose.length || open.size !== 0 || signature.length !== 64) wrong("cose: form");
  const [fields] = read(header, 0), kid = fields.get(4);
  if (fields.get(1) !== -7 || fields.size !== 2) wrong("cose: algorithm");
  const key = keysFor("statement").find(one => sha256(one.spki).subarray(0, 8).equals(kid)) ?? wrong("cose: key");
  const signed = Buffer.concat([head(4, 4), string(3, Buffer.from("Signature1")), string(2, header), string(2, Buffer.from("touchstone/sheet/1")), string(2, payload)]);
  if (!crypto.verify("sha256", signed, { key: publicKey(key.spki), dsaEncoding: "ieee-p1363" }, signature)) wrong("cose: signature");
  return { payload, kid };
}

// A signed note: each of the uses must have its line, and it must hold.
function openNote(note, uses) {
  const at = note.lastIndexOf("\n\n"), body = note.subarray(0, at + 1);
  const lines = note.toString("utf8", at + 2).split("\n").filter(Boolean).map(line => /^— (\S+) (\S+)$/.exec(line));
  for (const key of uses.flatMap(keysFor)) {
    const isEdwards = key.spki.length === 44;
    const id = isEdwards ? sha256(Buffer.from(key.name + "\n"), Buffer.from([1]), key.spki.subarray(12)) : sha256(key.spki);
    const line = lines.find(one => one && one[1] === key.name && Buffer.from(one[2], "base64").subarray(0, 4).equals(id.subarray(0, 4)));
    if (!line) wrong(`note: no line of ${key.use}`);
    if (!crypto.verify(isEdwards ? null : "sha256", body, publicKey(key.spki), Buffer.from(line[2], "base64").subarray(4))) wrong(`note: line of ${key.use}`);
  }
  return body.toString("utf8").split("\n");
}

// RFC 9162 2.1.3.2.
function holds(index, size, leaf, hashes, root) {
  let node = leaf, at = index, last = size - 1;
  for (const hash of hashes) {
    if (last === 0) return false;
    if (at % 2 || at === last) {
      node = sha256(Buffer.from([1]), hash, node);
      while (!(at % 2) && at) { at = Math.floor(at / 2); last = Math.floor(last / 2); }
    } else node = sha256(Buffer.from([1]), node, hash);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && node.equals(root);
}

function checkProof(proof, payload, statement, kid) {
  const at = proof.indexOf("\n\n"), [form, extra, index, ...hashes] = proof.toString("utf8", 0, at).split("\n");
  if (form !== "c2sp.org/tlog-proof@v1" || index !== "index " + statement.get(4)) wrong("proof: form");
  const [origin, size, root] = openNote(proof.subarray(at + 2), ["log", "log_p256"]);
  const entry = Buffer.from(extra.slice(6), "base64"), sid = sha256(Buffer.from("touchstone/sheet/1\n"), payload);
  if (origin !== data.origin) wrong("proof: origin");
  if (entry.length !== 64 || entry.toString("latin1", 0, 4) !== "TSL1" || entry[4] !== (statement.get(3) ? 2 : 1) || !entry.subarray(24, 56).equals(sid) || !entry.subarray(56).equals(kid)) wrong("proof: entry");
  const leaf = sha256(Buffer.from([0]), entry), list = hashes.map(one => Buffer.from(one, "base64"));
  if (!holds(statement.get(4), Number(size), leaf, list, Buffer.from(root, "base64"))) wrong("proof: path");
}

const text = /^https:\/\/([^/]+)\/s#([0-9]+)$/.exec(given.text) ?? wrong("text");
const cose = digitsToBytes(text[2]);
if (text[1] !== data.host) wrong("text: host");
if (!cose.equals(bytesOf("cose"))) wrong("text: another statement than the file's");
const { payload, kid } = openEnvelope(cose);
const [statement, end] = read(payload, 0);
if (end !== payload.length) wrong("cbor: more");
if (!sha256(bytesOf("record")).equals(statement.get(13))) wrong("record: hash");
checkProof(bytesOf("proof"), payload, statement, kid);
process.stdout.write(JSON.stringify(Object.fromEntries([...statement].map(([key, value]) => [key, Buffer.isBuffer(value) ? value.toString("hex") : value]))));
