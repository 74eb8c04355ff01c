// SPDX-License-Identifier: Apache-2.0
// zlib (RFC 1950, 1951) with a ceiling on what comes out, because not every browser of a consumer can inflate.
// null when the bytes are not zlib, are more than the ceiling, or fail their checksum.

const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

class Broken extends Error {}

function insist(isRight) {
  if (!isRight) throw new Broken();
}

// The two tables of RFC 1951 3.2.5: each symbol's [base, extra bits]; `group` symbols have the same number of bits.
function ranges(base, group, count) {
  return Array.from({ length: count }, (_, symbol) => {
    const bits = Math.max(0, Math.floor(symbol / group) - 1), from = base;
    base += 2 ** bits;
    return [from, bits];
  });
}

const LENGTHS = [...ranges(3, 4, 28), [258, 0]];
const DISTANCES = ranges(1, 2, 30);

class Bits {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
    this.held = 0;
    this.count = 0;
  }

  take(wanted) {
    for (; this.count < wanted; this.count += 8) {
      insist(this.at < this.bytes.length);
      this.held |= this.bytes[this.at++] << this.count;
    }
    const value = this.held & ((1 << wanted) - 1);
    this.held >>>= wanted;
    this.count -= wanted;
    return value;
  }
}

// The canonical code of RFC 1951 3.2.2: symbols by length, in order.
function makeCode(lengths) {
  const code = Array.from({ length: 16 }, () => []);
  lengths.forEach((length, symbol) => length && code[length].push(symbol));
  insist(code.reduce((left, symbols, length) => (length && left >= 0 ? left * 2 - symbols.length : left), 1) >= 0);
  return code;
}

function readSymbol(bits, code) {
  let value = 0;
  for (const symbols of code.slice(1)) {
    value = value * 2 + bits.take(1);
    if (value < symbols.length) return symbols[value];
    value -= symbols.length;
  }
  throw new Broken();
}

function readLengths(bits, code, wanted) {
  const lengths = [];
  while (lengths.length < wanted) {
    const symbol = readSymbol(bits, code);
    const [value, times] = symbol < 16 ? [symbol, 1] : symbol === 16 ? [lengths[lengths.length - 1], 3 + bits.take(2)]
      : [0, symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7)];
    insist(value !== undefined && lengths.length + times <= wanted);
    lengths.push(...new Array(times).fill(value));
  }
  return lengths;
}

function dynamicCodes(bits) {
  const literals = bits.take(5) + 257, distances = bits.take(5) + 1, count = bits.take(4) + 4;
  const lengths = new Array(19).fill(0);
  for (const place of ORDER.slice(0, count)) lengths[place] = bits.take(3);
  const all = readLengths(bits, makeCode(lengths), literals + distances);
  return [makeCode(all.slice(0, literals)), makeCode(all.slice(literals))];
}

function fixedCodes() {
  const lengths = Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
  return [makeCode(lengths), makeCode(new Array(30).fill(5))];
}

function put(out, byte, ceiling) {
  insist(out.length < ceiling);
  out.push(byte);
}

function readRange(bits, table, symbol) {
  insist(symbol < table.length);
  return table[symbol][0] + bits.take(table[symbol][1]);
}

function inflateBlock(bits, out, [literals, distances], ceiling) {
  for (let symbol; (symbol = readSymbol(bits, literals)) !== 256;) {
    if (symbol < 256) put(out, symbol, ceiling);
    else {
      const length = readRange(bits, LENGTHS, symbol - 257), distance = readRange(bits, DISTANCES, readSymbol(bits, distances));
      insist(distance <= out.length);
      for (let i = 0; i < length; i++) put(out, out[out.length - distance], ceiling);
    }
  }
}

function storedBlock(bits, out, ceiling) {
  bits.held = bits.count = 0;
  const length = bits.take(16);
  insist((length ^ 0xffff) === bits.take(16));
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
  insist((bytes[0] & 15) === 8 && bytes[0] >> 4 < 8 && (bytes[0] * 256 + bytes[1]) % 31 === 0 && !(bytes[1] & 32));
  const bits = new Bits(bytes, 2), out = [];
  for (let last = 0; !last;) {
    last = bits.take(1);
    const kind = bits.take(2);
    insist(kind < 3);
    if (kind === 0) storedBlock(bits, out, ceiling);
    else inflateBlock(bits, out, kind === 1 ? fixedCodes() : dynamicCodes(bits), ceiling);
  }
  const sum = bytes.subarray(bits.at);
  insist(sum.length === 4 && adler(out).every((byte, i) => byte === sum[i]));
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
