// SPDX-License-Identifier: Apache-2.0
// The digits behind # in a sheet's QR: each 7 bytes, read little-endian, are 17 decimal digits; a last group of
// 1 to 6 bytes has 3, 5, 8, 10, 13 or 15. Anything else is E_DIGITS.
import { refuse } from "./bytes.js";

const WIDTH = [0, 3, 5, 8, 10, 13, 15, 17];
const DIGITS_CEILING = 2500; // more than a QR of version 25 and level M can hold

export function digitsDecode(text) {
  if (!text || text.length > DIGITS_CEILING || !/^[0-9]+$/.test(text)) refuse("E_DIGITS");
  const bytes = [];
  for (let at = 0; at < text.length; at += 17) {
    const group = text.slice(at, at + 17);
    const count = WIDTH.indexOf(group.length);
    let value = BigInt(group);
    if (count < 1 || value >= 1n << BigInt(8 * count)) refuse("E_DIGITS");
    for (let i = 0; i < count; i++, value >>= 8n) bytes.push(Number(value & 255n));
  }
  return Uint8Array.from(bytes);
}

export function digitsEncode(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 7) {
    const group = bytes.subarray(at, at + 7);
    const value = group.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    text += String(value).padStart(WIDTH[group.length], "0");
  }
  return text;
}

// What a scanner, or a person who pastes, gave: the whole address, or the digits alone; null when neither.
export function digitsOfText(text) {
  const trimmed = text.trim();
  const at = trimmed.indexOf("#");
  if (at >= 0) return trimmed.slice(at + 1);
  return /^[0-9]{60,}$/.test(trimmed) ? trimmed : null;
}
