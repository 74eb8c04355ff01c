// SPDX-License-Identifier: Apache-2.0
// From the bytes of a COSE_Sign1 (RFC 9052) to a statement that may be shown. The checks run in the order of the
// result codes, and nothing of the content leaves before the signature holds.
import { hex, P256, refuse, sha256, signatureHolds, unbase64, utf8 } from "./bytes.js";
import { cborDecode, cborEncode, Tagged } from "./cbor.js";

const CONTEXT = "touchstone/sheet/1";
const ES256 = -7;
const INDEX_CEILING = 2 ** 48;
export const COSE_CEILING = 900;

export const KEY = {
  issuer: 1, sheetNo: 2, revision: 3, index: 4, salt: 5, issued: 6, dates: 7, sample: 8, domain: 9, results: 10,
  rule: 11, overall: 12, full: 13, registry: 14, sampleId: 15, supersedes: 16, partial: 17, legalClass: 18,
};

// The envelope: tag 18 [protected, {}, payload, signature]. Returns {kid, protectedBytes, payload, signature}.
export function coseOpen(bytes) {
  if (bytes.length > COSE_CEILING) refuse("E_CBOR"); // longer than 900 bytes
  const outer = cborDecode(bytes);
  const isArray = outer instanceof Tagged && isList(outer.value, 4);
  if (!isArray) refuse("E_COSE"); // not a COSE_Sign1
  const [protectedBytes, unprotected, payload, signature] = outer.value;
  const isShaped = protectedBytes instanceof Uint8Array && unprotected instanceof Map && unprotected.size === 0 &&
    payload instanceof Uint8Array && signature instanceof Uint8Array && signature.length === 64;
  if (!isShaped) refuse("E_COSE"); // parts of other kinds
  const header = headerOf(protectedBytes);
  const kid = header.get(4);
  // The algorithm's own shape does not matter: whatever is not ES256 is another algorithm.
  const isNamed = ["number", "bigint", "string"].includes(typeof header.get(1));
  if (header.size !== 2 || !isNamed || !(kid instanceof Uint8Array) || kid.length !== 8) refuse("E_COSE"); // another header
  if (header.get(1) !== ES256) refuse("E_ALG");
  return { kid: hex(kid), protectedBytes, payload, signature };
}

function headerOf(bytes) {
  const header = cborDecode(bytes);
  if (!(header instanceof Map)) refuse("E_COSE"); // another header
  return header;
}

export const keyIdOf = async spki => hex((await sha256(spki)).subarray(0, 8));

async function findKey(keys, kid) {
  for (const key of keys) {
    const spki = key.use === "statement" && key.kid === kid && unbase64(key.spki);
    if (spki && (await keyIdOf(spki)) === kid) return { ...key, bytes: spki };
  }
  return refuse("E_KEY_UNKNOWN");
}

async function checkSignature(cose, key) {
  const signed = cborEncode(["Signature1", cose.protectedBytes, utf8(CONTEXT), cose.payload]);
  if (!(await signatureHolds(P256, key.bytes, cose.signature, signed))) refuse("E_SIG");
}

// A number in words: one of more than 64 bits and at most 40 digits, or with the mark of GB/T 8170 behind it.
const IN_WORDS = /^-?([0-9]+)(?:\.([0-9]+))?(\([+-]\))?$/;
const isInWords = value => {
  const found = typeof value === "string" && IN_WORDS.exec(value), digits = found && found[1] + (found[2] || "");
  return Boolean(found) && digits.length <= 40 && (Boolean(found[3]) || BigInt(digits) >= 2n ** 64n);
};
const isUint = value => typeof value === "number" && Number.isInteger(value) && value >= 0;
const isBetween = (value, low, high) => isUint(value) && value >= low && value <= high;
const isInt = value => typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
const isText = (value, low, high) => typeof value === "string" && utf8(value).length >= low && utf8(value).length <= high;
const isCode = value => isUint(value) || isText(value, 1, 200);
const isUnit = value => isUint(value) || isText(value, 0, 200);
const isList = (value, length) => Array.isArray(value) && value.length === length;
const isPair = value => isList(value, 2);
const isNumber = value => isInWords(value) ||
  (isPair(value) && isInt(value[0]) && value[0] > -(2n ** 64n) && typeof value[1] === "number" && Math.abs(value[1]) <= 40);
const isNumberOrNull = value => value === null || isNumber(value);

function isPlan(limit) {
  return isList(limit, 4) && limit.slice(0, 2).every(isUint) && isNumber(limit[2]) && isNumberOrNull(limit[3]);
}

function isOpenRange(limit) {
  return isList(limit, 4) && isNumberOrNull(limit[0]) && isNumberOrNull(limit[2]) &&
    typeof limit[1] === "boolean" && typeof limit[3] === "boolean";
}

const isNull = value => value === null;
const isRange = value => isPair(value) && value.every(isNumber);
const isWord = value => isText(value, 1, 200);
const LIMITS = [isNull, isNumber, isNumber, isRange, isNumber, isNumber, isNumber, isWord, isWord, isNull, isNull, isPlan,
  isOpenRange];
const VALUES = [isNumber, isNumber, isNumber, isNumber, isWord,
  value => Array.isArray(value) && value.length > 0 && value.every(isNumber)];

function isResult(row) {
  if (!isList(row, 11)) return false;
  const [analyte, qual, value, unit, u, limop, limit, method, verdict, rule, scope] = row;
  return isCode(analyte) && isBetween(qual, 0, 5) && VALUES[qual](value) && isUnit(unit) && isNumberOrNull(u) &&
    isBetween(limop, 0, 12) && LIMITS[limop](limit) && isCode(method) && isBetween(verdict, 0, 6) &&
    (rule === null || isUint(rule)) && isBetween(scope, 0, 1);
}

const SCHEMA = {
  1: value => isText(value, 1, 16) && /^[A-Z0-9-]+$/.test(value),
  2: value => isText(value, 1, 24),
  3: isUint,
  4: value => isBetween(value, 0, INDEX_CEILING - 1),
  5: value => value instanceof Uint8Array && value.length === 16,
  6: isUint,
  7: value => isList(value, 3) && value.every(isUint),
  8: value => isText(value, 1, 120),
  9: value => isBetween(value, 0, 6),
  10: value => Array.isArray(value) && value.length <= 40 && value.every(isResult),
  11: isUint,
  12: value => isBetween(value, 1, 4),
  13: value => value instanceof Uint8Array && value.length === 32,
  14: isUint,
  15: value => isPair(value) && isBetween(value[0], 1, 4) && isText(value[1], 1, 200),
  16: value => isBetween(value, 0, INDEX_CEILING - 1),
  17: value => value === true,
  18: value => isBetween(value, 1, 6),
};
const OPTIONAL = [15, 16, 17];

// The payload as a map; E_CBOR or E_SCHEMA.
export function statementRead(payload) {
  const map = cborDecode(payload);
  if (!(map instanceof Map)) refuse("E_SCHEMA"); // not a map
  for (const key of map.keys()) if (typeof key !== "number" || !SCHEMA[key]) refuse("E_SCHEMA"); // an unknown key, or the text "1"
  for (const key of Object.keys(SCHEMA).map(Number)) {
    if (map.has(key) ? !SCHEMA[key](map.get(key)) : !OPTIONAL.includes(key)) refuse("E_SCHEMA");
  }
  if (map.has(KEY.supersedes) !== map.get(KEY.revision) > 0) refuse("E_SCHEMA"); // revision without its predecessor
  if (map.has(KEY.supersedes) && map.get(KEY.supersedes) >= map.get(KEY.index)) refuse("E_SCHEMA"); // supersedes a later one
  return map;
}

// Every code that the statement uses, as [kind, code].
export function codesOf(map) {
  const codes = [["rule", map.get(KEY.rule)]];
  for (const row of map.get(KEY.results)) {
    codes.push(["analyte", row[0]], ["unit", row[3]], ["method", row[7]]);
    if (row[9] !== null) codes.push(["rule", row[9]]);
  }
  return codes.filter(([, code]) => typeof code === "number");
}

export const registryIndex = registry => new Map(registry.entries.map(entry => [entry.kind + "#" + entry.code, entry]));

function checkRegistry(map, registry) {
  if (map.get(KEY.registry) > Number(registry.version)) refuse("E_REGISTRY");
  const known = registryIndex(registry);
  for (const [kind, code] of codesOf(map)) {
    if (!known.has(kind + "#" + code)) refuse("E_REGISTRY");
  }
}

export const sidOf = async payload => sha256(utf8(CONTEXT + "\n"), payload);

// bytes: the COSE; data: {keys, registry} of s/data.json; seal: the key that sealed its file, if there is one. Returns the statement with its values by the names of KEY, or
// throws a Refusal.
export async function statementOpen(bytes, data, seal) {
  const cose = coseOpen(bytes);
  const key = await findKey(data.keys, cose.kid);
  await checkSignature(cose, key);
  const map = statementRead(cose.payload);
  if (key.last !== null && key.last !== undefined && map.get(KEY.index) > Number(key.last)) refuse("E_KEY_RETIRED");
  const specimen = map.get(KEY.legalClass) === 6;
  if (specimen !== (key.demonstration === true)) refuse("E_KEY_UNKNOWN"); // its kind contradicts the legal class
  if (seal && specimen !== (seal.demonstration === true)) refuse("E_SEAL"); // a demonstration key seals specimens only
  checkRegistry(map, data.registry);
  const sid = await sidOf(cose.payload);
  const named = Object.fromEntries(Object.entries(KEY).map(([name, number]) => [name, map.get(number)]));
  return { ...named, cose: bytes, payload: cose.payload, kid: cose.kid, sid, specimen, key };
}

// The envelope's size around a payload: the rule of key 17 counts it.
export const coseLength = payloadLength => 84 + payloadLength + (payloadLength < 24 ? 0 : payloadLength < 256 ? 1 : 2);
