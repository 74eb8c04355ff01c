// SPDX-License-Identifier: Apache-2.0
// The formats of docs/evidence.md written once more, from that page alone and with Node's own crypto: CBOR, COSE, notes
// and keys. Shares nothing with client/web, so that what both agree on is what the page says.
import crypto from "node:crypto";
import zlib from "node:zlib";

export const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), crypto.createHash("sha256")).digest();

function cborHead(major, number) {
  const big = BigInt(number);
  if (big < 24n) return Buffer.from([(major << 5) + Number(big)]);
  for (const [info, size] of [[24, 1], [25, 2], [26, 4], [27, 8]]) {
    if (big < 1n << BigInt(8 * size)) return Buffer.from([(major << 5) + info, ...Buffer.from(big.toString(16).padStart(2 * size, "0"), "hex")]);
  }
  throw new Error("too large");
}

// Arrays, Maps, Buffers, texts, whole numbers, booleans, null.
export function cbor(value) {
  if (value === null) return Buffer.of(0xf6);
  if (value === true || value === false) return Buffer.of(value ? 0xf5 : 0xf4);
  if (typeof value === "string") return Buffer.concat([cborHead(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([cborHead(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([cborHead(4, value.length), ...value.map(cbor)]);
  if (value instanceof Map) {
    const pairs = [...value].map(([key, its]) => [cbor(key), cbor(its)]).sort(([a], [b]) => Buffer.compare(a, b));
    return Buffer.concat([cborHead(5, pairs.length), ...pairs.flat()]);
  }
  return value < 0 ? cborHead(1, -1n - BigInt(value)) : cborHead(0, value);
}

export function digits(bytes) {
  const widths = [0, 3, 5, 8, 10, 13, 15, 17];
  let told = "";
  for (let at = 0; at < bytes.length; at += 7) {
    const group = Buffer.from(bytes.subarray(at, at + 7)).reverse();
    told += BigInt("0x" + group.toString("hex")).toString().padStart(widths[group.length], "0");
  }
  return told;
}

// A key pair with what others know of it.
export function newKey(kind, use, more = {}) {
  const pair = kind === "ed25519" ? crypto.generateKeyPairSync("ed25519") : crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = pair.publicKey.export({ type: "spki", format: "der" });
  const kid = sha256(spki).subarray(0, 8);
  return { kind, use, secret: pair.privateKey, spki, kid, last: null, demonstration: false, name: "", ...more };
}

export const told = key => ({ kid: key.kid.toString("hex"), spki: key.spki.toString("base64"), use: key.use, from: "0",
  last: key.last, demonstration: key.demonstration, name: key.name });

export function signStatement(payload, key, change = {}) {
  const header = change.header || cbor(new Map([[1, -7], [4, key.kid]]));
  const signed = cbor(["Signature1", header, Buffer.from(change.domain || "touchstone/sheet/1"), payload]);
  const signature = crypto.sign("sha256", signed, { key: key.secret, dsaEncoding: "ieee-p1363" });
  return Buffer.concat([Buffer.of(0xd2), cbor([header, new Map(), payload, signature])]);
}

export const sidOf = payload => sha256("touchstone/sheet/1\n", payload);

export function note(body, keys) {
  const lines = keys.map(key => {
    const isEd = key.kind === "ed25519";
    const id = isEd ? sha256(key.name, "\n", Buffer.of(1), key.spki.subarray(-32)) : sha256(key.spki);
    const signature = crypto.sign(isEd ? null : "sha256", Buffer.from(body), key.secret);
    return "\u2014 " + key.name + " " + Buffer.concat([id.subarray(0, 4), signature]).toString("base64") + "\n";
  });
  return Buffer.from(body + "\n" + lines.join(""));
}

export const zip = bytes => zlib.deflateSync(bytes, { level: 9 });
