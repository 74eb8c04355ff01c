// SPDX-License-Identifier: Apache-2.0
// A log: entries, the tree over them by the definitions of RFC 6962 2.1, and its public files as c2sp.org/tlog-tiles has
// them. Recursive and slow on purpose: it is the definition.
import { sha256 } from "./bytes.js";

export function entry({ kind = 1, reason = 0, ms = 1785542400000n, ref = 2n ** 64n - 1n, digest = Buffer.alloc(32), kid }) {
  const bytes = Buffer.alloc(64);
  bytes.write("TSL1");
  bytes[4] = kind;
  bytes[5] = reason;
  bytes.writeBigUInt64BE(BigInt(ms), 8);
  bytes.writeBigUInt64BE(BigInt(ref), 16);
  digest.copy(bytes, 24);
  kid.copy(bytes, 56);
  return bytes;
}

export const leaf = bytes => sha256(Buffer.of(0), bytes);
const node = (left, right) => sha256(Buffer.of(1), left, right);
const below = n => 2 ** Math.floor(Math.log2(n - 1));

export function root(leaves) {
  if (leaves.length === 0) return sha256("");
  if (leaves.length === 1) return leaves[0];
  const k = below(leaves.length);
  return node(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

export function path(index, leaves) {
  if (leaves.length === 1) return [];
  const k = below(leaves.length);
  return index < k ? [...path(index, leaves.slice(0, k)), root(leaves.slice(k))]
    : [...path(index - k, leaves.slice(k)), root(leaves.slice(0, k))];
}

export function consistency(m, leaves, whole = true) {
  if (m === leaves.length) return whole ? [] : [root(leaves)];
  const k = below(leaves.length);
  return m <= k ? [...consistency(m, leaves.slice(0, k), whole), root(leaves.slice(k))]
    : [...consistency(m - k, leaves.slice(k), false), root(leaves.slice(0, k))];
}

function name(number) {
  const groups = [String(number % 1000).padStart(3, "0")];
  for (let rest = Math.floor(number / 1000); rest; rest = Math.floor(rest / 1000)) groups.unshift("x" + String(rest % 1000).padStart(3, "0"));
  return groups.join("/");
}

// {path below /log/: bytes} of the tree over these entries.
export function files(entries) {
  const made = {};
  const put = (kind, row, join) => {
    for (let tile = 0; tile * 256 < row.length; tile++) {
      const part = row.slice(tile * 256, tile * 256 + 256);
      made["tile/" + kind + "/" + name(tile) + (part.length < 256 ? ".p/" + part.length : "")] = Buffer.concat(part.map(join));
    }
  };
  put("entries", entries, one => Buffer.concat([Buffer.of(0, one.length), one]));
  let row = entries.map(leaf);
  for (let level = 0; row.length; level++) {
    put(String(level), row, hash => hash);
    const next = [];
    for (let at = 0; at + 256 <= row.length; at += 256) next.push(root(row.slice(at, at + 256)));
    row = next;
  }
  return made;
}
