// SPDX-License-Identifier: Apache-2.0
// The Merkle tree of RFC 6962 2.1, proofs verified as in RFC 9162 2.1.3.2 and 2.1.4.2, and the tiles of
// c2sp.org/tlog-tiles from which proofs are made here. Sizes are plain numbers below 2^48.
import { equal, sha256 } from "./bytes.js";

export const leafHash = entry => sha256(Uint8Array.of(0), entry);

export const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

// The largest power of two below n.
function split(n) {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

const half = n => Math.floor(n / 2);
const isOdd = n => n % 2 === 1;

// Walks a proof from node fn of a row that ends at sn up to the root. Returns the hash over the part up to fn and that over the
// whole, or null when the proof has another length. RFC 9162 has this walk in both places.
async function climb(fn, sn, start, proof) {
  let old = start, fresh = start;
  for (const other of proof) {
    if (sn === 0) return null;
    if (isOdd(fn) || fn === sn) {
      [old, fresh] = [await nodeHash(other, old), await nodeHash(other, fresh)];
      while (!isOdd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      fresh = await nodeHash(fresh, other);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 ? [old, fresh] : null;
}

export async function inclusionHolds(leaf, index, size, proof, root) {
  const found = index < size && (await climb(index, size - 1, leaf, proof));
  return Boolean(found) && equal(found[1], root);
}

export async function consistencyHolds(first, second, firstRoot, secondRoot, proof) {
  if (first > second || first < 1) return false;
  if (first === second) return proof.length === 0 && equal(firstRoot, secondRoot);
  const isPower = split(2 * first) === first;
  const [start, ...path] = isPower ? [firstRoot, ...proof] : proof;
  if (!start) return false;
  let fn = first - 1, sn = second - 1;
  while (isOdd(fn)) [fn, sn] = [half(fn), half(sn)];
  const found = await climb(fn, sn, start, path);
  return Boolean(found) && equal(found[0], firstRoot) && equal(found[1], secondRoot);
}

// 1234067 -> x001/x234/067
export function tilePath(index) {
  let path = String(index % 1000).padStart(3, "0");
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = "x" + String(rest % 1000).padStart(3, "0") + "/" + path;
  }
  return path;
}

// How many of the 256 places of a tile are filled in a tree: 0 when it is not there.
function tileWidth(level, index, size) {
  const row = Math.floor(size / 256 ** level);
  return Math.max(0, Math.min(256, row - index * 256));
}

// A tile or bundle of a tree of this size, whole or partial. `get(path)` answers bytes or null.
async function getTile(get, kind, level, index, size) {
  const width = tileWidth(level, index, size);
  const path = "tile/" + kind + "/" + tilePath(index);
  if (width < 1) return null;
  // A partial tile may be gone once the whole one is published.
  return (width < 256 && (await get(path + ".p/" + width))) || get(path);
}

// The entry at an index: its bytes, or null when the bundle does not have it.
export async function entryAt(get, index, size) {
  const bundle = await getTile(get, "entries", 0, Math.floor(index / 256), size);
  let at = 0;
  for (let skip = index % 256; bundle && at + 2 <= bundle.length; skip--) {
    const length = bundle[at] * 256 + bundle[at + 1];
    if (at + 2 + length > bundle.length) return null;
    if (skip === 0) return bundle.slice(at + 2, at + 2 + length);
    at += 2 + length;
  }
  return null;
}

export class Tree {
  // Hashes of a tree of `size`, from its tiles; an answer that is missing is an Error of the caller's `get`.
  constructor(get, size) {
    this.get = get;
    this.size = size;
    this.tiles = new Map();
  }

  async tile(level, index) {
    const name = level + "/" + index;
    if (!this.tiles.has(name)) {
      const bytes = await getTile(this.get, String(level), level, index, this.size);
      const wanted = tileWidth(level, index, this.size) * 32;
      this.tiles.set(name, bytes && bytes.length >= wanted ? bytes : null);
    }
    return this.tiles.get(name);
  }

  // The hash over the leaves from start, 2^level of them; start is a multiple of that.
  async full(level, index) {
    const tileLevel = Math.floor(level / 8), count = 2 ** (level % 8), first = index * count;
    const tile = await this.tile(tileLevel, Math.floor(first / 256));
    if (!tile) throw new Error("a tile of the log is missing");
    const at = first % 256;
    let row = Array.from({ length: count }, (_, i) => tile.slice((at + i) * 32, (at + i + 1) * 32));
    while (row.length > 1) row = await Promise.all(row.filter((_, i) => i % 2 === 0).map((left, i) => nodeHash(left, row[2 * i + 1])));
    return row[0];
  }

  async hash(start, count) {
    const level = Math.log2(count);
    if (Number.isInteger(level)) return this.full(level, start / count);
    const k = split(count);
    return nodeHash(await this.hash(start, k), await this.hash(start + k, count - k));
  }

  async inclusion(index, start = 0, count = this.size) {
    if (count === 1) return [];
    const k = split(count);
    return index < k
      ? [...(await this.inclusion(index, start, k)), await this.hash(start + k, count - k)]
      : [...(await this.inclusion(index - k, start + k, count - k)), await this.hash(start, k)];
  }

  async consistency(first, start = 0, count = this.size, whole = true) {
    if (first === count) return whole ? [] : [await this.hash(start, count)];
    const k = split(count);
    return first <= k
      ? [...(await this.consistency(first, start, k, whole)), await this.hash(start + k, count - k)]
      : [...(await this.consistency(first - k, start + k, count - k, false)), await this.hash(start, k)];
  }
}
