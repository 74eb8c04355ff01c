// SPDX-License-Identifier: Apache-2.0
// Signed notes (c2sp.org/signed-note): the checkpoint, the status list and the proof of the PDF. Ed25519 where the
// browser has it, and the P-256 line besides or instead. What is no note is E_NOTE; E_SIG when a line of a known
// key is wrong or missing; a text that is not what it should be has a code of its own.
import { concat, equal, hex, P256, refuse, sha256, signatureHolds, unbase64, unutf8, utf8 } from "./bytes.js";
import { inflate } from "./inflate.js";

const NOTE_CEILING = 262144;
const STATUS_BYTES_CEILING = 16384;
export const SHARD = 65536;
const isWhole = text => /^(0|[1-9][0-9]{0,14})$/.test(text) && text <= 2 ** 48;
const SIGNATURE = /^\u2014 ([^\s+\u007f-\u009f]+) ([A-Za-z0-9+/]+={0,2})$/u;

export function noteSplit(bytes) {
  const all = bytes.length <= NOTE_CEILING ? unutf8(bytes) : null;
  if (all === null || /[\u0000-\u0009\u000b-\u001f]/.test(all)) refuse("E_NOTE"); // not a note
  const at = all.lastIndexOf("\n\n");
  if (at < 0 || !all.endsWith("\n")) refuse("E_NOTE"); // not a note
  const lines = all.slice(at + 2, -1).split("\n").map(line => SIGNATURE.exec(line));
  if (lines.length > 32 || lines.some(line => !line || utf8(line[1]).length > 255)) refuse("E_NOTE"); // a line that is not a signature, or too many
  const signatures = lines.map(([, name, text]) => ({ name, bytes: unbase64(text) }));
  if (signatures.some(({ bytes: one }) => !one || one.length < 5 || one.length > 6004)) refuse("E_NOTE"); // a line that is not a signature
  return { text: all.slice(0, at + 1), signatures };
}

const isEd25519 = spki => hex(spki.subarray(0, 12)) === "302a300506032b6570032100";

async function noteKeyId(key, spki) {
  const hashed = isEd25519(spki) ? [utf8(key.name + "\n\x01"), spki.subarray(12)] : [spki];
  return (await sha256(...hashed)).subarray(0, 4);
}

// The two integers of an ECDSA signature in DER, 32 bytes each; null when it is not one.
export function ecdsaRaw(der) {
  if (der.length < 8 || der[0] !== 0x30 || der[1] !== der.length - 2 || der[1] > 127) return null;
  const parts = [];
  let at = 2;
  for (let i = 0; i < 2; i++) {
    const length = der[at + 1];
    let part = der.subarray(at + 2, at + 2 + length);
    if (der[at] !== 2 || !length || part.length !== length || part[0] > 127) return null;
    if (part[0] === 0) {
      if (length > 1 && part[1] < 128) return null;
      part = part.subarray(1);
    }
    if (part.length > 32) return null;
    parts.push(new Uint8Array(32 - part.length), part);
    at += 2 + length;
  }
  return at === der.length ? concat(...parts) : null;
}

function lineHolds(spki, signature, text) {
  const raw = isEd25519(spki) ? signature : ecdsaRaw(signature);
  return raw !== null && signatureHolds(isEd25519(spki) ? { name: "Ed25519" } : P256, spki, raw, utf8(text));
}

// Every line of a known key must hold, and of each kind of key that the page knows one must be there: then no byte of the
// laboratory's own lines can differ. Lines of others, witnesses perhaps, mean nothing here.
export async function noteCheck(note, keys, use) {
  const wanted = new Map();
  for (const key of keys.filter(one => one.use === use || one.use === use + "_p256")) {
    const spki = unbase64(key.spki);
    const id = spki && (await noteKeyId(key, spki)), kind = spki && isEd25519(spki);
    wanted.set(kind, wanted.get(kind) || false);
    for (const line of note.signatures) {
      if (!spki || line.name !== key.name || !equal(line.bytes.subarray(0, 4), id)) continue;
      const holds = await lineHolds(spki, line.bytes.slice(4), note.text);
      if (holds === false) refuse("E_SIG"); // the signature does not hold
      wanted.set(kind, holds === null ? wanted.get(kind) || "unknown to the browser" : true);
    }
  }
  const found = Array.from(wanted.values());
  if (found.length === 0) refuse("E_KEY_UNKNOWN"); // no key is listed that could have signed it
  if (!found.includes(true) || found.includes(false)) refuse("E_SIG"); // the line of a known key is missing
}

function hashOf(text) {
  const bytes = unbase64(text);
  return bytes && bytes.length === 32 ? bytes : null;
}

// {size, root, note}
export async function checkpointOpen(bytes, data) {
  const note = noteSplit(bytes);
  await noteCheck(note, data.keys, "log");
  const [origin, size, root, ...rest] = note.text.split("\n");
  const hash = root && hashOf(root);
  if (origin !== data.origin || !isWhole(size) || !hash || rest.length !== 1) refuse("E_CHECKPOINT"); // another text
  return { size: Number(size), root: hash, note: bytes };
}

// {shard, size, time, list}: two bits for each index of the shard, the lowest first.
export async function statusOpen(bytes, shard, data) {
  const note = noteSplit(bytes);
  await noteCheck(note, data.keys, "status");
  const [kind, origin, which, size, time, packed, ...rest] = note.text.split("\n");
  const isShaped = kind === "touchstone-status/1" && origin === data.origin && which === String(shard) &&
    isWhole(size) && isWhole(time) && rest.length === 1;
  const zipped = isShaped && unbase64(packed);
  const list = zipped && inflate(zipped, STATUS_BYTES_CEILING);
  if (!list || list.some(byte => byte & (byte >> 1) & 0x55)) refuse("E_STATUS"); // another text, or an unknown state
  return { shard, size: Number(size), time: Number(time), list };
}

// 0 as it was issued, 1 superseded, 2 withdrawn; what lies behind the list's end is 0.
export function statusAt(status, index) {
  const place = index - status.shard * SHARD;
  return ((status.list[place >> 2] || 0) >> (2 * (place & 3))) & 3;
}

// The staple: {entry, index, hashes, checkpoint}.
export async function proofOpen(bytes, data) {
  const at = bytes.findIndex((byte, i) => byte === 10 && bytes[i + 1] === 10);
  const text = at < 0 || at + 2 === bytes.length ? null : unutf8(bytes.subarray(0, at));
  if (text === null) refuse("E_PROOF"); // not a proof
  const [first, ...lines] = text.split("\n");
  if (first !== "c2sp.org/tlog-proof@v1") refuse("E_PROOF"); // not a proof
  const extra = /^extra (.*)$/.exec(lines.shift() || "");
  const entry = extra && unbase64(extra[1]);
  const index = lines.length ? /^index (0|[1-9][0-9]{0,14})$/.exec(lines.shift()) : null;
  const hashes = lines.map(hashOf);
  if (!entry || entry.length !== 64 || !index || hashes.some(hash => !hash) || hashes.length > 63) refuse("E_PROOF"); // not a proof
  const checkpoint = await checkpointOpen(bytes.subarray(at + 2), data);
  return { entry, index: Number(index[1]), hashes, checkpoint };
}
