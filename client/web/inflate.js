// SPDX-License-Identifier: Apache-2.0
// zlib (RFC 1950, 1951) with a ceiling on what comes out, because not every browser of a consumer can inflate.
// null when the bytes are not zlib, are more than the ceiling, or fail their checksum.

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
  4097, 6145, 8193, 12289, 16385, 24577];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

class Broken extends Error {}

class Bits {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
    this.held = 0;
    this.count = 0;
  }

  take(wanted) {
    while (this.count < wanted) {
      if (this.at >= this.bytes.length) throw new Broken();
      this.held |= this.bytes[this.at++] << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << wanted) - 1);
    this.held >>>= wanted;
    this.count -= wanted;
    return value;
  }
}

// The canonical code of RFC 1951 3.2.2 as counts per length and symbols in order.
function makeCode(lengths) {
  const counts = new Array(16).fill(0);
  for (const length of lengths) counts[length]++;
  counts[0] = 0;
  let left = 1;
  for (let length = 1; length < 16; length++) {
    left = left * 2 - counts[length];
    if (left < 0) throw new Broken();
  }
  const symbols = [];
  for (let length = 1; length < 16; length++) {
    lengths.forEach((its, symbol) => its === length && symbols.push(symbol));
  }
  return { counts, symbols };
}

function readSymbol(bits, code) {
  let value = 0, first = 0, index = 0;
  for (let length = 1; length < 16; length++) {
    value |= bits.take(1);
    const count = code.counts[length];
    if (value - count < first) return code.symbols[index + value - first];
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  throw new Broken();
}

function readLengths(bits, code, wanted) {
  const lengths = [];
  while (lengths.length < wanted) {
    const symbol = readSymbol(bits, code);
    if (symbol < 16) {
      lengths.push(symbol);
      continue;
    }
    if (symbol === 16 && lengths.length === 0) throw new Broken();
    const value = symbol === 16 ? lengths[lengths.length - 1] : 0;
    let times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    while (times-- > 0) lengths.push(value);
  }
  if (lengths.length > wanted) throw new Broken();
  return lengths;
}

function dynamicCodes(bits) {
  const literals = bits.take(5) + 257, distances = bits.take(5) + 1, count = bits.take(4) + 4;
  const lengths = new Array(19).fill(0);
  for (let i = 0; i < count; i++) lengths[ORDER[i]] = bits.take(3);
  const all = readLengths(bits, makeCode(lengths), literals + distances);
  return [makeCode(all.slice(0, literals)), makeCode(all.slice(literals))];
}

function fixedCodes() {
  const lengths = Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
  return [makeCode(lengths), makeCode(new Array(30).fill(5))];
}

function put(out, byte, ceiling) {
  if (out.length >= ceiling) throw new Broken();
  out.push(byte);
}

function copyBack(bits, out, symbol, distances, ceiling) {
  if (symbol > 285) throw new Broken();
  const length = LENGTH_BASE[symbol - 257] + bits.take(LENGTH_BITS[symbol - 257]);
  const which = readSymbol(bits, distances);
  if (which > 29) throw new Broken();
  const distance = DISTANCE_BASE[which] + bits.take(which < 2 ? 0 : (which >> 1) - 1);
  if (distance > out.length) throw new Broken();
  for (let i = 0; i < length; i++) put(out, out[out.length - distance], ceiling);
}

function inflateBlock(bits, out, [literals, distances], ceiling) {
  for (;;) {
    const symbol = readSymbol(bits, literals);
    if (symbol === 256) return;
    if (symbol < 256) put(out, symbol, ceiling);
    else copyBack(bits, out, symbol, distances, ceiling);
  }
}

function storedBlock(bits, out, ceiling) {
  bits.held = bits.count = 0;
  const length = bits.take(8) | (bits.take(8) << 8);
  if ((length ^ 0xffff) !== (bits.take(8) | (bits.take(8) << 8))) throw new Broken();
  for (let i = 0; i < length; i++) put(out, bits.take(8), ceiling);
}

function adler(bytes) {
  let a = 1, b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return [b >> 8, b & 255, a >> 8, a & 255];
}

function inflateAll(bytes, ceiling) {
  if ((bytes[0] & 15) !== 8 || bytes[0] >> 4 > 7 || (bytes[0] * 256 + bytes[1]) % 31 || bytes[1] & 32) throw new Broken();
  const bits = new Bits(bytes, 2), out = [];
  for (let last = 0; !last;) {
    last = bits.take(1);
    const kind = bits.take(2);
    if (kind === 0) storedBlock(bits, out, ceiling);
    else if (kind === 3) throw new Broken();
    else inflateBlock(bits, out, kind === 1 ? fixedCodes() : dynamicCodes(bits), ceiling);
  }
  const sum = bytes.subarray(bits.at);
  if (sum.length !== 4 || !adler(out).every((byte, i) => byte === sum[i])) throw new Broken();
  return Uint8Array.from(out);
}

export function inflate(bytes, ceiling) {
  try {
    return bytes.length < 6 ? null : inflateAll(bytes, ceiling);
  } catch (error) {
    if (error instanceof Broken) return null;
    throw error;
  }
}
