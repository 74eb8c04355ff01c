// SPDX-License-Identifier: Apache-2.0
// The statement made again from results.json: member `statement` of the record says in texts what was signed, so
// that the attached data and the signature can be compared byte by byte (docs/evidence.md).
import { equal, refuse, sha256, unutf8 } from "./bytes.js";
import { cborEncode } from "./cbor.js";
import { COSE_CEILING, coseLength } from "./statement.js";

const RESULTS_CEILING = 40;

// "#12" is a code of the registry, any other text is itself.
const code = text => text.startsWith("#") ? Number(text.slice(1)) : text;

// "0.060" -> [60, -3]; what needs more than 64 bits, or has a mark behind it, stays a text.
export function numberPack(text) {
  const found = /^([-+]?)([0-9]+)(?:\.([0-9]+))?$/.exec(text);
  if (!found) return text;
  const places = (found[3] || "").length;
  const mantissa = BigInt(found[2] + (found[3] || ""));
  if (mantissa >= 2n ** 64n || places > 40) return text;
  return [found[1] === "-" && mantissa !== 0n ? -mantissa : mantissa, -places];
}

const numberOrNull = text => (text === null || text === undefined ? null : numberPack(text));
const PLAIN = limit => limit;
const NOTHING = () => null;
const LIMIT = {
  0: NOTHING, 1: numberPack, 2: numberPack, 3: limit => limit.map(numberPack), 4: numberPack, 5: numberPack, 6: numberPack,
  7: PLAIN, 8: PLAIN, 9: NOTHING, 10: NOTHING,
  11: ([n, c, m, most]) => [Number(n), Number(c), numberPack(m), numberOrNull(most)],
  12: ([low, lowClosed, high, highClosed]) => [numberOrNull(low), lowClosed === "1", numberOrNull(high), highClosed === "1"],
};

function valuePack(qual, value) {
  if (qual === "4") return value;
  return qual === "5" ? value.map(numberPack) : numberPack(value);
}

export function resultPack(row) {
  return [code(row.analyte), Number(row.qual), valuePack(row.qual, row.value), code(row.unit), numberOrNull(row.u),
    Number(row.limop), LIMIT[row.limop](row.limit), code(row.method), Number(row.verdict),
    row.rule === null || row.rule === undefined ? null : Number(String(row.rule).replace("#", "")), Number(row.scope)];
}

function statementMap(record, recordHash, index, salt) {
  const own = record.statement;
  const map = new Map([
    [1, own.issuer], [2, record.sheet_no], [3, Number(record.revision)], [4, index], [5, salt], [6, Number(own.issued)],
    [7, own.dates.map(Number)], [8, own.sample], [9, Number(own.domain)], [10, own.results.map(resultPack)],
    [11, Number(String(own.rule).replace("#", ""))], [12, Number(own.overall)], [13, recordHash], [14, Number(own.registry)],
    [18, Number(own.legal_class)],
  ]);
  if (own.sample_id) map.set(15, [Number(own.sample_id[0]), own.sample_id[1]]);
  if (own.supersedes !== undefined && own.supersedes !== null) map.set(16, Number(own.supersedes));
  return map;
}

// Every result when they fit; else those that fail, as many as fit, and key 17.
function encodeFitting(map) {
  const fits = bytes => coseLength(bytes.length) <= COSE_CEILING;
  const results = map.get(10);
  const whole = results.length <= RESULTS_CEILING ? cborEncode(map) : null;
  if (whole && fits(whole)) return whole;
  const failing = results.filter(row => row[8] === 2 || row[8] === 4).slice(0, RESULTS_CEILING);
  map.set(17, true);
  for (;;) {
    map.set(10, failing);
    const bytes = cborEncode(map);
    if (fits(bytes) || failing.length === 0) return bytes;
    failing.pop();
  }
}

// RFC 8785 of what holds no fractions. What is written otherwise could be read in two ways: a member that stands there twice.
const canonical = value => Array.isArray(value) ? `[${value.map(canonical)}]` : value instanceof Object
  ? `{${Object.keys(value).sort().map(key => JSON.stringify(key) + ":" + canonical(value[key]))}}` : JSON.stringify(value);

// The record of these bytes, when it is the one that the statement was signed for: E_RECORD, E_FIELDS.
export async function recordOpen(bytes, statement) {
  const hash = await sha256(bytes);
  if (!equal(hash, statement.full)) refuse("E_RECORD"); // results.json is not the one that was signed for
  let record = null, made = null;
  try {
    const text = unutf8(bytes);
    record = JSON.parse(text);
    if (canonical(record) !== text) refuse("E_FIELDS"); // another way to write it
    made = encodeFitting(statementMap(record, hash, statement.index, statement.salt));
  } catch {
    refuse("E_FIELDS"); // results.json does not say what was signed
  }
  if (!equal(made, statement.payload)) refuse("E_FIELDS"); // results.json says something else than what was signed
  return record;
}
