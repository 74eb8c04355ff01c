// SPDX-License-Identifier: Apache-2.0
// Deterministic CBOR (RFC 8949 4.2.1), only what a statement is made of: integers, byte and text strings, arrays,
// maps, null, true, false and tag 18. Whatever else, or the same in other bytes, is E_CBOR.
import { concat, refuse, unutf8, utf8 } from "./bytes.js";

const DEPTH_CEILING = 8;
const ITEMS_CEILING = 64;

export class Tagged {
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

function readHead(reader) {
  if (reader.at >= reader.bytes.length) refuse("E_CBOR"); // ends early
  const first = reader.bytes[reader.at++];
  const major = first >> 5;
  const low = first & 31;
  if (low < 24) return { major, low, value: low };
  if (low > 27) refuse("E_CBOR"); // an indefinite or reserved length
  const count = 1 << (low - 24);
  if (reader.at + count > reader.bytes.length) refuse("E_CBOR"); // ends early
  let value = 0n;
  for (let i = 0; i < count; i++) value = value * 256n + BigInt(reader.bytes[reader.at++]);
  const least = [24n, 256n, 65536n, 4294967296n][low - 24];
  if (value < least) refuse("E_CBOR"); // not the shortest form
  return { major, low, value: value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value };
}

function readBytes(reader, length) {
  if (typeof length !== "number" || length > reader.bytes.length - reader.at) refuse("E_CBOR"); // ends early
  reader.at += length;
  return reader.bytes.slice(reader.at - length, reader.at);
}

function readText(reader, length) {
  const text = unutf8(readBytes(reader, length));
  if (text === null || text.includes("\0") || text.normalize("NFC") !== text) refuse("E_CBOR"); // a text that is not UTF-8 in NFC
  return text;
}

function readArray(reader, count, depth) {
  const items = [];
  for (let i = 0; i < count; i++) items.push(readItem(reader, depth + 1));
  return items;
}

function isLess(a, b) {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] < b[i];
  return a.length < b.length;
}

function readMap(reader, count, depth) {
  const map = new Map();
  let last = null;
  for (let i = 0; i < count; i++) {
    const start = reader.at;
    const key = readItem(reader, depth + 1);
    const encoded = reader.bytes.subarray(start, reader.at);
    if (last && !isLess(last, encoded)) refuse("E_CBOR"); // keys out of order or twice
    last = encoded;
    map.set(key, readItem(reader, depth + 1));
  }
  return map;
}

function readSimple(head) {
  const found = { 20: false, 21: true, 22: null };
  if (!(head.low in found)) refuse("E_CBOR"); // a float or a simple value
  return found[head.low];
}

function negative(value) {
  return typeof value === "number" && value < Number.MAX_SAFE_INTEGER ? -1 - value : -1n - BigInt(value);
}

function readItem(reader, depth) {
  if (depth > DEPTH_CEILING) refuse("E_CBOR"); // too deep
  const head = readHead(reader);
  if ((head.major === 4 || head.major === 5) && head.value > ITEMS_CEILING) refuse("E_CBOR"); // too many items
  switch (head.major) {
    case 0: return head.value;
    case 1: return negative(head.value);
    case 2: return readBytes(reader, head.value);
    case 3: return readText(reader, head.value);
    case 4: return readArray(reader, head.value, depth);
    case 5: return readMap(reader, head.value, depth);
    case 6:
      if (head.value !== 18) refuse("E_CBOR"); // a tag that is not 18
      return new Tagged(18, readItem(reader, depth + 1));
    default: return readSimple(head);
  }
}

export function cborDecode(bytes) {
  const reader = { bytes, at: 0 };
  const value = readItem(reader, 1);
  if (reader.at !== bytes.length) refuse("E_CBOR"); // something follows
  return value;
}

function head(major, value) {
  const big = BigInt(value);
  if (big < 24n) return Uint8Array.of((major << 5) | Number(big));
  const size = big < 256n ? 0 : big < 65536n ? 1 : big < 4294967296n ? 2 : 3;
  const bytes = [(major << 5) | (24 + size)];
  for (let shift = 8 * (1 << size) - 8; shift >= 0; shift -= 8) bytes.push(Number((big >> BigInt(shift)) & 255n));
  return Uint8Array.from(bytes);
}

// Maps are written in the order of their keys, which are small unsigned integers here.
export function cborEncode(value) {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === "boolean") return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === "number" || typeof value === "bigint") {
    return value >= 0 ? head(0, value) : head(1, -1n - BigInt(value));
  }
  if (typeof value === "string") {
    const bytes = utf8(value);
    return concat(head(3, bytes.length), bytes);
  }
  if (value instanceof Uint8Array) return concat(head(2, value.length), value);
  if (Array.isArray(value)) return concat(head(4, value.length), ...value.map(cborEncode));
  const keys = Array.from(value.keys()).sort((a, b) => a - b);
  return concat(head(5, keys.length), ...keys.map(key => concat(cborEncode(key), cborEncode(value.get(key)))));
}
