// SPDX-License-Identifier: Apache-2.0
// Makes a laboratory's public side in a folder: node world.js FOLDER. data.json and log/ as a server has them, pdf/ with
// sealed sheets, and cases.json: of each sheet its digits, index and number. 700 entries, so that tiles are whole and partial.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { digits, newKey, note, sidOf, signStatement, told, zip } from "./bytes.js";
import { sealedPdf } from "./pdf.js";
import { payloadOf, recordOf, REGISTRY, SHEETS } from "./sheets.js";
import { consistency, entry, files, leaf, path as proofPath, root } from "./tree.js";

// RFC 8785 of what holds no numbers: the members in order.
const ordered = value => Array.isArray(value) ? value.map(ordered) : value === null || typeof value !== "object" ? value
  : Object.fromEntries(Object.keys(value).sort().map(key => [key, ordered(value[key])]));

export const ORIGIN = "localhost/log";
const SIZE = 700, OLD_SIZE = 300, SIGNED_AT = 1785542400;

export function newKeys() {
  return { statement: newKey("p256", "statement"), demo: newKey("p256", "statement", { demonstration: true }),
    old: newKey("p256", "statement", { last: "150" }), stranger: newKey("p256", "statement"),
    log: newKey("ed25519", "log", { name: ORIGIN }), log256: newKey("p256", "log_p256", { name: ORIGIN }),
    status: newKey("ed25519", "status", { name: ORIGIN + "/status" }), status256: newKey("p256", "status_p256", { name: ORIGIN + "/status" }),
    seal: newKey("p256", "seal"), strangerSeal: newKey("p256", "seal") };
}

export const checkpoint = (size, hash, keys) => note(`${ORIGIN}\n${size}\n${hash.toString("base64")}\n`, [keys.log, keys.log256]);

export function statusNote(states, size, time, keys, shard = 0) {
  const list = Buffer.alloc(16384);
  for (const [index, state] of states) list[index >> 2] |= state << (2 * (index & 3));
  const end = list.findLastIndex(byte => byte) + 1;
  return note(`touchstone-status/1\n${ORIGIN}\n${shard}\n${size}\n${time}\n${zip(list.subarray(0, Math.max(1, end))).toString("base64")}\n`, [keys.status, keys.status256]);
}

// Every sheet in its place; the rest of the log are other people's sheets.
function fill(keys) {
  const entries = Array.from({ length: SIZE }, () => entry({ digest: crypto.randomBytes(32), kid: keys.statement.kid }));
  const cases = {}, states = [];
  let next = 100;
  for (const [name, sheet] of Object.entries(SHEETS)) {
    const index = sheet.index ? sheet.index : sheet.beyond ? SIZE + 5 : name === "retired" ? 151 + 100 : next++, key = keys[sheet.key || "statement"];
    const supersedes = sheet.after && cases[sheet.after].index;
    const record = recordOf(sheet, supersedes), bytes = Buffer.from(JSON.stringify(ordered(record)));
    const payload = payloadOf(record, bytes, index, crypto.randomBytes(16));
    const cose = signStatement(payload, key);
    cases[name] = { index, no: sheet.no, digits: digits(cose), cose: cose.toString("base64"), payload: payload.toString("base64"), record: bytes.toString("base64") };
    if (!sheet.unlogged && !sheet.beyond) {
      entries[index] = entry({ kind: sheet.after ? 2 : 1, ref: sheet.after ? BigInt(supersedes) : 2n ** 64n - 1n, digest: sidOf(payload), kid: key.kid });
    }
    if (sheet.after) states.push([supersedes, 1]);
  }
  entries[SIZE - 1] = entry({ kind: 3, ref: BigInt(cases.withdrawn.index), kid: keys.statement.kid });
  states.push([cases.withdrawn.index, 2]);
  return { entries, cases, states };
}

export const proofOf = (index, entries, leaves, keys) => Buffer.from(`c2sp.org/tlog-proof@v1\nextra ${entries[index].toString("base64")}\nindex ${index}\n` +
  proofPath(index, leaves).map(hash => hash.toString("base64") + "\n").join("") + "\n" + checkpoint(leaves.length, root(leaves), keys));

// The status list is of `now`.
export function makeWorld(now = SIGNED_AT + 3600) {
  const keys = newKeys(), { entries, cases, states } = fill(keys);
  const leaves = entries.map(leaf), made = {};
  for (const [name, bytes] of Object.entries(files(entries))) made["log/" + name] = bytes;
  made["log/checkpoint"] = checkpoint(SIZE, root(leaves), keys);
  made["log/status/0"] = statusNote(states, SIZE, now, keys);
  made["old-checkpoint"] = checkpoint(OLD_SIZE, root(leaves.slice(0, OLD_SIZE)), keys);
  const other = leaves.slice(0, OLD_SIZE);
  other[7] = Buffer.alloc(32, 7);
  made["forked-checkpoint"] = checkpoint(OLD_SIZE, root(other), keys);
  for (const name of ["current", "specimen", "partial", "superseded", "every"]) {
    const one = cases[name], bytes = part => Buffer.from(one[part], "base64");
    made[`pdf/${name}.pdf`] = sealedPdf({ record: bytes("record"), cose: bytes("cose"), proof: proofOf(one.index, entries, leaves.slice(0, 500), keys) }, keys.seal);
  }
  const forked = leaves.slice(0, 500), one = cases.current;
  forked[7] = Buffer.alloc(32, 7);
  made["pdf/forked.pdf"] = sealedPdf({ record: Buffer.from(one.record, "base64"), cose: Buffer.from(one.cose, "base64"), proof: proofOf(one.index, entries, forked, keys) }, keys.seal);
  const proof = proofOf(one.index, entries, leaves.slice(0, 500), keys).toString().replace("\u2014 ", "- ");
  made["pdf/note.pdf"] = sealedPdf({ record: Buffer.from(one.record, "base64"), cose: Buffer.from(one.cose, "base64"), proof: Buffer.from(proof) }, keys.seal);
  made["data.json"] = Buffer.from(JSON.stringify({ page: "1", host: "localhost", origin: ORIGIN, registry: REGISTRY,
    keys: Object.entries(keys).filter(([name]) => !name.startsWith("stranger")).map(([, key]) => told(key)),
    institute: { name_zh: "某某市检验检测院", name_en: "Example City Test Institute", issuer: "CN-TS01", phone: "010-00000000" } }));
  return { keys, entries, leaves, cases, states, made, consistency };
}

if (process.argv[1] === import.meta.filename) {
  const world = makeWorld(Math.floor(Date.now() / 1000));
  for (const [name, bytes] of [...Object.entries(world.made), ["cases.json", JSON.stringify(world.cases)]]) {
    const place = path.join(process.argv[2], name);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, bytes);
  }
}
