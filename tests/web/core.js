// SPDX-License-Identifier: Apache-2.0
// The verifier of client/web against the independent signer, in Node: node core.js NAME runs one check and prints what it
// counted as JSON. Called by test_core.py.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { cborDecode } from "../../client/web/cbor.js";
import { digitsDecode, digitsEncode } from "../../client/web/digits.js";
import { inflate } from "../../client/web/inflate.js";
import { isSameLog, logAsk, proofHolds } from "../../client/web/log.js";
import { consistencyHolds, inclusionHolds, tilePath, Tree } from "../../client/web/merkle.js";
import { proofOpen } from "../../client/web/note.js";
import { pdfOpen } from "../../client/web/pdf.js";
import { recordOpen } from "../../client/web/record.js";
import { statementOpen } from "../../client/web/statement.js";
import { limitWords, numberText, sampleIdWords, valueWords } from "../../client/web/words.js";
import { cbor, digits, newKey, note, signStatement, told, zip } from "./maker/bytes.js";
import { sealedPdf } from "./maker/pdf.js";
import { EVERY_KIND } from "./maker/sheets.js";
import { consistency, entry, files, leaf, path, root } from "./maker/tree.js";
import { checkpoint, makeWorld, proofOf, statusNote } from "./maker/world.js";

const world = makeWorld();
const data = JSON.parse(world.made["data.json"]);
const NOW = 1785542400 + 7200;

const bytesOf = (name, part = "cose") => Uint8Array.from(Buffer.from(world.cases[name][part], "base64"));
const shelf = (changes = {}) => async name => {
  const made = name in changes ? changes[name] : world.made["log/" + name];
  return made ? Uint8Array.from(made) : null;
};
const forgetful = { read: () => null, write: () => {} };

async function codeOf(work) {
  try {
    await work();
    return "none";
  } catch (error) {
    if (!error.code || !error.code.startsWith("E_")) throw error;
    return error.code;
  }
}

const opened = name => statementOpen(bytesOf(name), data);
const asked = async (name, changes, memory = forgetful, now = NOW) => logAsk(await opened(name), data, shelf(changes), memory, now);

function flipped(bytes, at, bit = 1) {
  const copy = Uint8Array.from(bytes);
  copy[at] ^= bit;
  return copy;
}

const count = (counts, key) => (counts[key] = (counts[key] || 0) + 1);

const checks = {
  async digits() {
    const known = { "00": "000", ff: "255", "0102": "00513", "010203": "00197121", "01020304": "0067305985", "0102030405": "0021542142465",
      "010203040506": "006618611909121", "01020304050607": "01976943448883713", ffffffffffffff: "72057594037927935" };
    for (const [hex, text] of Object.entries(known)) {
      assert.equal(digitsEncode(Buffer.from(hex, "hex")), text);
      assert.equal(Buffer.from(digitsDecode(text)).toString("hex"), hex);
    }
    for (const wrong of ["", "72057594037927936", "256", "1", "12", "0000", "12a", " 00", "99999", "000\n", "9".repeat(2600)]) {
      assert.equal(await codeOf(() => digitsDecode(wrong)), "E_DIGITS", wrong);
    }
    for (let length = 0; length < 900; length++) {
      const bytes = crypto.randomBytes(length);
      assert.equal(digitsEncode(bytes), digits(bytes));
      if (length) assert.deepEqual(Buffer.from(digitsDecode(digits(bytes))), bytes);
    }
  },

  async cbor() {
    const bad = { "shortest": "1817", "shortest 16": "190017", "float": "f90000", "undefined": "f7", "indefinite": "9fff", "tag": "c100", "twice": "a201000100",
      "order": "a202000100", "behind": "0000", "ends": "42ff", "utf8": "61ff", "nfd": "6365cc81", "nul": "6100", "deep": "81".repeat(8) + "00", "wide": "9841" + "00".repeat(65), "empty": "" };
    for (const [why, hex] of Object.entries(bad)) assert.equal(await codeOf(() => cborDecode(Uint8Array.from(Buffer.from(hex, "hex")))), "E_CBOR", why);
    assert.equal(cborDecode(Uint8Array.of(0x1b, ...Array(8).fill(255))), 18446744073709551615n);
    assert.equal(cborDecode(Uint8Array.of(0x3b, ...Array(8).fill(255))), -18446744073709551616n);
    assert.deepEqual(cborDecode(Uint8Array.from(Buffer.from("81".repeat(7) + "00", "hex"))).flat(9), [0]);
  },

  async inflate() {
    for (let i = 0; i < 300; i++) {
      const plain = i % 3 ? Buffer.alloc(crypto.randomInt(16385), i) : crypto.randomBytes(crypto.randomInt(2000));
      for (let j = 0; j < 20; j++) if (plain.length) plain[crypto.randomInt(plain.length)] = j;
      const packed = zip(plain);
      assert.deepEqual(Buffer.from(inflate(packed, 16384)), plain);
      assert.equal(inflate(packed.subarray(0, -1), 16384), null);
      if (plain.length) assert.equal(inflate(packed, plain.length - 1), null);
    }
    const bomb = zip(Buffer.alloc(10000000));
    assert.equal(inflate(bomb, 16384), null);
    for (let i = 0; i < 3000; i++) inflate(crypto.randomBytes(60), 16384);
  },

  async genuine() {
    const seen = {};
    for (const name of Object.keys(world.cases)) seen[name] = await codeOf(() => opened(name));
    return seen;
  },

  async every_flip_of_the_cose() {
    const seen = {};
    for (const name of ["current", "every"]) {
      const bytes = bytesOf(name);
      for (let at = 0; at < bytes.length; at++) for (const bit of [1, 128]) count(seen, await codeOf(() => statementOpen(flipped(bytes, at, bit), data)));
      for (let length = 0; length < bytes.length; length += 7) count(seen, await codeOf(() => statementOpen(bytes.slice(0, length), data)));
      count(seen, await codeOf(() => statementOpen(Uint8Array.from([...bytes, 0]), data)));
    }
    return seen;
  },

  async other_envelopes() {
    const payload = Buffer.from(bytesOf("current", "payload")), key = world.keys.statement;
    const made = {
      E_ALG: signStatement(payload, key, { header: cbor(new Map([[1, -8], [4, key.kid]])) }),
      E_SIG: signStatement(payload, key, { domain: "touchstone/sheet/2" }),
      E_KEY_UNKNOWN: signStatement(payload, world.keys.stranger),
      E_COSE: signStatement(payload, key, { header: cbor(new Map([[1, -7], [4, key.kid], [5, 1]])) }),
    };
    for (const [code, bytes] of Object.entries(made)) assert.equal(await codeOf(() => statementOpen(Uint8Array.from(bytes), data)), code);
    const schema = [[3, 1], [9, 7], [12, 0], [18, 7], [17, false], [2, ""], [1, "cn"], [5, Buffer.alloc(15)], [99, 1], [10, [[1]]], [16, 5], [4, 2n ** 48n]];
    for (const [field, value] of schema) {
      const map = cborDecode(Uint8Array.from(payload));
      map.set(field, value);
      const other = new Map([...map].map(([k, v]) => [k, v instanceof Uint8Array ? Buffer.from(v) : v]));
      assert.equal(await codeOf(() => statementOpen(Uint8Array.from(signStatement(cbor(other), key)), data)), "E_SCHEMA", String(field));
    }
    // A demonstration key for specimens only, and no other for them.
    for (const [name, other] of [["current", "demo"], ["specimen", "statement"]]) {
      const swapped = signStatement(Buffer.from(bytesOf(name, "payload")), world.keys[other]);
      assert.equal(await codeOf(() => statementOpen(Uint8Array.from(swapped), data)), "E_KEY_UNKNOWN", name);
    }
    // A second signature that holds, (r, n - s), is the same statement: what names it is the payload.
    const bytes = bytesOf("current"), n = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    const s = BigInt("0x" + Buffer.from(bytes.slice(-32)).toString("hex"));
    bytes.set(Buffer.from((n - s).toString(16).padStart(64, "0"), "hex"), bytes.length - 32);
    assert.deepEqual((await statementOpen(bytes, data)).sid, (await opened("current")).sid);
  },

  async signed_nonsense() {
    const seen = {};
    for (let round = 0; round < 4000; round++) {
      const payload = Buffer.from(bytesOf(round % 2 ? "every" : "amended", "payload"));
      for (let i = 0; i <= round % 3; i++) payload[crypto.randomInt(payload.length)] = crypto.randomInt(256);
      count(seen, await codeOf(() => statementOpen(Uint8Array.from(signStatement(payload, world.keys.statement)), data)));
      const raw = crypto.randomBytes(crypto.randomInt(1, 40));
      count(seen, await codeOf(() => statementOpen(Uint8Array.from(signStatement(raw, world.keys.statement)), data)));
    }
    return seen;
  },

  async files_of_nonsense() {
    const seen = {}, bytes = Uint8Array.from(world.made["pdf/current.pdf"]), hole = Buffer.from(bytes).lastIndexOf("/Contents <") + 11;
    for (let round = 0; round < 2500; round++) { // DER that is nearly right: lengths and tags of the seal
      const copy = Uint8Array.from(bytes);
      for (let i = 0; i <= round % 3; i++) copy.set(Buffer.from(crypto.randomBytes(1).toString("hex")), hole + 2 * crypto.randomInt(round % 2 ? 60 : 900));
      if (Buffer.compare(copy, bytes)) count(seen, await codeOf(() => pdfOpen(copy, data.keys)));
    }
    for (let round = 0; round < 400; round++) {
      const copy = Uint8Array.from(bytes), at = crypto.randomInt(bytes.length - 60);
      copy.set(round % 2 ? bytes.slice(crypto.randomInt(bytes.length - 60)).slice(0, 50) : crypto.randomBytes(50), round % 3 ? at : bytes.length - 60 - crypto.randomInt(400));
      if (Buffer.compare(copy, bytes)) count(seen, await codeOf(() => pdfOpen(copy, data.keys)));
      count(seen, await codeOf(() => pdfOpen(bytes.slice(0, crypto.randomInt(bytes.length)), data.keys)));
    }
    return seen;
  },

  async states() {
    const seen = {};
    for (const name of ["current", "superseded", "amended", "withdrawn", "specimen", "missing", "beyond", "every", "rightful", "partial"]) {
      const report = await asked(name);
      seen[name] = report.state;
      assert.deepEqual(report.missing, []);
    }
    return seen;
  },

  async every_flip_of_the_checkpoint() {
    return flipsOf("checkpoint", report => assert.ok(["GENUINE"].includes(report.state)));
  },

  async every_flip_of_the_status() {
    return flipsOf("status/0", report => assert.equal(report.state, "GENUINE"), "withdrawn");
  },

  async every_flip_of_the_entry_and_its_tile() {
    const seen = {}, index = world.cases.current.index, bundle = world.made["log/tile/entries/000"], tile = world.made["log/tile/0/000"];
    for (let at = index * 66; at < index * 66 + 66; at++) await tell(seen, { "tile/entries/000": flipped(bundle, at) });
    for (let at = 0; at < tile.length; at += 31) if (Math.floor(at / 32) !== index) await tell(seen, { "tile/0/000": flipped(tile, at) });
    return seen;
  },

  async a_withdrawal_is_not_hidden_by_a_status_that_does_not_hold() {
    const clean = statusNote([], 700, NOW, { status: newKey("ed25519", "status", { name: "localhost/log/status" }), status256: { ...world.keys.stranger, name: "localhost/log/status" } });
    const report = await asked("withdrawn", { "status/0": clean });
    assert.equal(report.state, "GENUINE");
    assert.deepEqual(report.alarms.map(alarm => alarm.code), ["E_SIG"]);
    const shard = statusNote([], 700, NOW, world.keys, 1);
    assert.equal((await asked("withdrawn", { "status/0": shard })).alarms[0].code, "E_STATUS");
    const log = note("localhost/log\n1\n" + "A".repeat(43) + "=\n", [world.keys.status, world.keys.status256]);
    assert.equal((await asked("current", { checkpoint: log })).alarms[0].code, "E_SIG");
  },

  async without_ed25519() {
    const whole = crypto.webcrypto.subtle.importKey;
    crypto.webcrypto.subtle.importKey = function (kind, bytes, algorithm, ...rest) {
      if (algorithm.name === "Ed25519") return Promise.reject(new DOMException("unknown", "NotSupportedError"));
      return whole.call(this, kind, bytes, algorithm, ...rest);
    };
    assert.equal((await asked("current")).state, "CURRENT");
    assert.equal((await asked("withdrawn")).state, "WITHDRAWN");
    const seen = {}, bytes = world.made["log/status/0"], second = bytes.lastIndexOf("\u2014"), body = bytes.indexOf("\n\n");
    for (let at = 0; at < bytes.length; at += 3) if (at < body || at > second) count(seen, (await asked("withdrawn", { "status/0": flipped(bytes, at) })).state);
    assert.deepEqual(Object.keys(seen), ["GENUINE"]);
    const alone = { ...world.keys, status256: { ...world.keys.status } };
    assert.equal((await asked("withdrawn", { "status/0": statusNote([], 700, NOW, alone) })).state, "GENUINE");
  },

  async an_old_status_is_told() {
    const report = await asked("current", {}, forgetful, NOW + 8 * 86400);
    assert.equal(report.isOld, true);
    assert.equal((await asked("current", {}, forgetful, NOW + 6 * 86400)).isOld, false);
    const small = statusNote([], 50, NOW, world.keys);
    assert.equal((await asked("current", { "status/0": small })).state, "GENUINE");
  },

  async memory() {
    const kept = {};
    const memory = { read: origin => kept[origin] || null, write: (origin, text) => (kept[origin] = text) };
    kept[data.origin] = world.made["old-checkpoint"].toString("base64");
    const report = await asked("current", {}, memory);
    assert.equal(report.state, "CURRENT");
    assert.equal(report.seenBefore, 300);
    assert.equal(kept[data.origin], world.made["log/checkpoint"].toString("base64"));
    kept[data.origin] = world.made["forked-checkpoint"].toString("base64");
    assert.equal((await asked("current", {}, memory)).state, "E_EQUIVOCATION");
    const other = world.leaves.map((hash, i) => (i === 699 ? Buffer.alloc(32) : hash));
    kept[data.origin] = checkpoint(700, root(other), world.keys).toString("base64");
    assert.equal((await asked("current", {}, memory)).state, "E_EQUIVOCATION");
    kept[data.origin] = "not a note";
    assert.equal((await asked("current", {}, memory)).state, "CURRENT");
    // What was never signed by the log cannot accuse it.
    const forger = { ...world.keys, log: newKey("ed25519", "log", { name: data.origin }), log256: newKey("p256", "log", { name: data.origin }) };
    kept[data.origin] = checkpoint(300, Buffer.alloc(32), forger).toString("base64");
    assert.equal((await asked("current", {}, memory)).state, "CURRENT");
  },

  async a_log_that_went_back_is_held_against_what_was_seen() {
    const small = files(world.entries.slice(0, 300)), changes = { checkpoint: world.made["old-checkpoint"] };
    for (const [name, bytes] of Object.entries(small)) changes[name] = bytes;
    const memory = { read: () => world.made["log/checkpoint"].toString("base64"), write: () => assert.fail("a smaller one is not remembered") };
    const report = await logAsk(await opened("current"), data, async name => (await shelf(changes)(name)) || shelf()(name), memory, NOW);
    assert.equal(report.state, "CURRENT");
    assert.equal(report.seenBefore, 700);
  },

  async trees() {
    const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(hex => leaf(Buffer.from(hex, "hex")));
    assert.equal(root(leaves).toString("hex"), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    assert.equal(tilePath(1234067), "x001/x234/067");
    let proofs = 0;
    for (let round = 0; round < 120; round++) {
      const size = round < 60 ? round + 1 : crypto.randomInt(61, 1200);
      const hashes = Array.from({ length: size }, () => crypto.randomBytes(32));
      const tree = new Tree(shelfOf(hashes), size), top = root(hashes);
      const index = crypto.randomInt(size), made = (await tree.inclusion(index)).map(hash => Buffer.from(hash));
      assert.deepEqual(made, path(index, hashes));
      assert.equal(await inclusionHolds(hashes[index], index, size, made, top), true);
      assert.equal(await inclusionHolds(hashes[index], index + 1, size, made, top) && size > 1, false);
      for (let i = 0; i < made.length; i++) assert.equal(await inclusionHolds(hashes[index], index, size, made.map((one, at) => (at === i ? crypto.randomBytes(32) : one)), top), false);
      assert.equal(await inclusionHolds(hashes[index], index, size, [...made, crypto.randomBytes(32)], top), false);
      const first = crypto.randomInt(1, size + 1), old = root(hashes.slice(0, first)), between = (await tree.consistency(first)).map(hash => Buffer.from(hash));
      assert.deepEqual(between, consistency(first, hashes));
      assert.equal(await consistencyHolds(first, size, old, top, between), true);
      assert.equal(await consistencyHolds(first, size, crypto.randomBytes(32), top, between), false);
      proofs += 2;
    }
    return { proofs };
  },

  async entries_of_other_kinds_are_not_the_sheet() {
    const { index, payload } = world.cases.current, own = world.entries[index];
    const changed = async change => {
      const entries = [...world.entries];
      entries[index] = change(own);
      const made = files(entries), note256 = checkpoint(700, root(entries.map(leaf)), world.keys);
      return (await logAsk(await opened("current"), data, async name => (name === "checkpoint" ? note256 : name in made ? made[name] : shelf()(name)), forgetful, NOW)).state;
    };
    assert.ok(payload);
    assert.equal(await changed(own1 => own1), "CURRENT");
    for (const at of [0, 4, 6, 16, 24, 55, 56, 63]) assert.equal(await changed(one => Buffer.from(flipped(one, at))), "NOT_IN_LOG", String(at));
    assert.equal(await changed(() => entry({ kid: world.keys.statement.kid })), "NOT_IN_LOG");
  },

  async pdf() {
    const bytes = Uint8Array.from(world.made["pdf/every.pdf"]);
    const parts = await pdfOpen(bytes, data.keys), statement = await statementOpen(parts.cose, data);
    const record = await recordOpen(parts.record, statement), proof = await proofOpen(parts.proof, data);
    assert.equal(record.sheet_no, world.cases.every.no);
    await proofHolds(proof, statement);
    assert.equal(await isSameLog(proof.checkpoint, { size: 700, root: Uint8Array.from(root(world.leaves)) }, shelf()), true);
    const long = await pdfOpen(Uint8Array.from(world.made["pdf/partial.pdf"]), data.keys), partial = await statementOpen(long.cose, data);
    assert.equal((await recordOpen(long.record, partial)).statement.results.length, 60);
    assert.equal(partial.partial, true);
  },

  async every_flip_of_the_pdf() {
    const bytes = Uint8Array.from(world.made["pdf/current.pdf"]), seen = {};
    const hole = Buffer.from(bytes).lastIndexOf("/Contents <"), zeros = hole + 3000;
    const stride = Number(process.env.FLIP_STRIDE || 7); // ./check long: 1, every byte
    for (let at = crypto.randomInt(stride); at < bytes.length; at += stride) {
      if (at > zeros && at < hole + 24570 && at % 97) continue;
      count(seen, await codeOf(() => pdfOpen(flipped(bytes, at, 1 << crypto.randomInt(8)), data.keys)));
    }
    for (const tail of ["\n", "%x\n%%EOF\n", Buffer.from(bytes.slice(-900)).toString("latin1")]) count(seen, await codeOf(() => pdfOpen(Uint8Array.from(Buffer.concat([bytes, Buffer.from(tail, "latin1")])), data.keys)));
    return seen;
  },

  async parts_of_other_sheets() {
    const part = (name, which) => Buffer.from(bytesOf(name, which)), { leaves, keys } = world;
    const whole = { record: part("current", "record"), cose: part("current", "cose"), proof: proofOf(world.cases.current.index, world.entries, leaves, keys) };
    const open = async (change, key = keys.seal) => {
      const parts = await pdfOpen(Uint8Array.from(sealedPdf({ ...whole, ...change }, key)), data.keys);
      const statement = await statementOpen(parts.cose, data);
      await recordOpen(parts.record, statement);
      await proofHolds(await proofOpen(parts.proof, data), statement);
    };
    assert.equal(await codeOf(() => open({})), "none");
    assert.equal(await codeOf(() => open({}, keys.strangerSeal)), "E_SEAL");
    assert.equal(await codeOf(() => open({ record: part("every", "record") })), "E_RECORD");
    assert.equal(await codeOf(() => open({ cose: part("unknown", "cose") })), "E_KEY_UNKNOWN");
    assert.equal(await codeOf(() => open({ proof: proofOf(3, world.entries, leaves, keys) })), "E_PROOF");
    const proof = whole.proof.toString();
    assert.equal(await codeOf(() => open({ proof: Buffer.from(proof.replace("@v1", "@v2")) })), "E_PROOF");
    assert.equal(await codeOf(() => open({ proof: Buffer.from(proof.replace(/\n[^\n]{44}\n/, "\n")) })), "E_PROOF");
    assert.equal(await codeOf(() => open({ proof: Buffer.from(proof.replace(/extra .*\n/, "")) })), "E_PROOF");
    const other = proof.replace(/extra .*/, "extra " + world.entries[3].toString("base64"));
    assert.equal(await codeOf(() => open({ proof: Buffer.from(other) })), "E_PROOF");
    // A record that says something else than was signed, though its hash was: the laboratory's own lie.
    const lie = JSON.parse(whole.record);
    lie.statement.results[0].value = "999.9";
    const bytes = Buffer.from(JSON.stringify(lie));
    const map = cborDecode(bytesOf("current", "payload"));
    map.set(13, crypto.createHash("sha256").update(bytes).digest());
    const cose = signStatement(cbor(new Map([...map].map(([k, v]) => [k, v instanceof Uint8Array ? Buffer.from(v) : v]))), keys.statement);
    assert.equal(await codeOf(() => open({ record: bytes, cose })), "E_FIELDS");
  },

  async every_flip_of_the_proof() {
    const proof = proofOf(world.cases.current.index, world.entries, world.leaves, world.keys), statement = await opened("current"), seen = {};
    for (let at = 0; at < proof.length; at++) count(seen, await codeOf(async () => proofHolds(await proofOpen(flipped(proof, at), data), statement)));
    return seen;
  },

  async words() {
    assert.equal(numberText([60, -3]), "0.060");
    assert.equal(numberText([-3, -3]), "−0.003");
    assert.equal(numberText([12, 3]), "12 × 10³");
    assert.equal(numberText([0, -2]), "0.00");
    assert.equal(numberText([7535, -1]), "753.5");
    assert.equal(numberText("15.5(-)"), "15.5(-)");
    assert.deepEqual(valueWords(3, [5, -3], ["mg/kg", "mg/kg"]), ["未检出（检出限 0.005\u00a0mg/kg）", "Not detected (detection limit 0.005\u00a0mg/kg)"]); // no line breaks before a unit
    assert.deepEqual(limitWords(2, [750, 0], ["‰", "‰"]), ["不小于 750\u00a0‰", "at least 750\u00a0‰"]);
    assert.equal(limitWords(12, [[1, 0], false, null, false], ["", ""])[1], "above 1");
    assert.equal(limitWords(11, [5, 2, [100, 0], [1000, 0]], ["CFU/g", "CFU/g"])[1], "of 5 units, at most 2 above 100\u00a0CFU/g, none above 1000\u00a0CFU/g");
    for (const [mg, text] of [["3520", "3.52 g"], ["3500", "3.5 g"], ["1", "0.001 g"], ["1250000", "1250 g"]]) assert.equal(sampleIdWords([3, mg]), text);
    assert.equal(sampleIdWords([3, "3520"], { item: { mass_g: "3.520" } }), "3.520 g"); // the file has it as the sheet prints it
    assert.equal(sampleIdWords([1, "S-004711"]), "S-004711");
    assert.equal(EVERY_KIND.length, 12);
    assert.ok(told(world.keys.old).last);
  },
};

function shelfOf(leaves) {
  const made = {};
  let row = leaves;
  for (let level = 0; row.length; level++) {
    for (let at = 0; at < row.length; at += 256) {
      const part = row.slice(at, at + 256);
      made[`tile/${level}/${String(at / 256).padStart(3, "0")}` + (part.length < 256 ? ".p/" + part.length : "")] = Buffer.concat(part);
    }
    row = Array.from({ length: Math.floor(row.length / 256) }, (_, i) => root(row.slice(i * 256, i * 256 + 256)));
  }
  return async name => (made[name] ? Uint8Array.from(made[name]) : null);
}

async function tell(seen, changes, name = "current") {
  const report = await asked(name, changes);
  for (const alarm of report.alarms) count(seen, alarm.code);
  if (report.alarms.length === 0) count(seen, report.state);
  return report;
}

async function flipsOf(file, look, name = "current") {
  const seen = {}, bytes = world.made["log/" + file];
  for (let at = 0; at < bytes.length; at++) look(await tell(seen, { [file]: flipped(bytes, at) }, name));
  return seen;
}

console.log(JSON.stringify((await checks[process.argv[2]]()) ?? {}));
