// SPDX-License-Identifier: Apache-2.0
// Bytes and texts, and the one failure of the verifier: a result code. Runs in browsers and in Node.

export class Refusal extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// What exactly was wrong stands as a comment beside each call: the code is all that is shown.
export function refuse(code) {
  throw new Refusal(code);
}

export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const equal = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

export const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");

export function unhex(text) {
  if (text.length % 2 || !/^[0-9a-f]*$/.test(text)) return null;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.substr(2 * i, 2), 16));
}

// Canonical base64 only: what does not come out the same again is refused by null.
export function unbase64(text) {
  try {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    return base64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}

export function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export const utf8 = text => new TextEncoder().encode(text);

// null when the bytes are not UTF-8.
export function unutf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

export function latin(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}

export const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

// true, false, or null where the browser does not know the kind of key or the key is broken.
export async function signatureHolds(kind, spki, signature, bytes) {
  const key = await crypto.subtle.importKey("spki", spki, kind, false, ["verify"]).catch(() => null);
  return key && crypto.subtle.verify(kind, key, signature, bytes);
}

export const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
