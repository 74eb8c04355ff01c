// SPDX-License-Identifier: Apache-2.0
// What tests/unit/sheet/flip_tool.c does, with the verifier of the pages (client/web): the same flips, the same lines, so that
// the two can be laid side by side. node flips.mjs FOLDER PART FIRST STEP all|one|given
import fs from "node:fs";
import { checkpointOpen, proofOpen, statusOpen } from "../../client/web/note.js";
import { proofHolds } from "../../client/web/log.js";
import { pdfOpen } from "../../client/web/pdf.js";
import { recordOpen } from "../../client/web/record.js";
import { statementOpen } from "../../client/web/statement.js";

const [folder, part, first, step, bits] = process.argv.slice(2);
const load = name => Uint8Array.from(fs.readFileSync(`${folder}/${name}`));
const data = JSON.parse(Buffer.from(load("data.json")).toString());
const whole = load(part);
let record = load("results.json");
const statement = await statementOpen(load("sheet.cose"), data);

const open = {
  async "sheet.pdf"(bytes) {
    const parts = await pdfOpen(bytes, data.keys);
    const own = await statementOpen(parts.cose, data, parts.key);
    await recordOpen(parts.record, own);
    await proofHolds(await proofOpen(parts.proof, data), own);
  },
  async "sheet.cose"(bytes) {
    await recordOpen(record, await statementOpen(bytes, data));
  },
  async "sheet.tlog-proof"(bytes) {
    await proofHolds(await proofOpen(bytes, data), statement);
  },
  checkpoint: bytes => checkpointOpen(bytes, data),
  status: bytes => statusOpen(bytes, 0, data),
}[part];

const lines = [];
async function tell(kind, at, bit, bytes) {
  let code = "accepted";
  try {
    await open(bytes);
  } catch (error) {
    if (!error.code || !error.code.startsWith("E_")) throw error;
    code = error.code;
  }
  lines.push(`${kind} ${at} ${bit} ${code}`);
}

// A line of standard input each: the part in hexadecimal, and perhaps the record that goes with it.
async function judgeGiven() {
  const kept = record;
  for (const [at, line] of fs.readFileSync(0, "latin1").split("\n").slice(0, -1).entries()) {
    const [content, other] = line.split(" ").map(word => Uint8Array.from(Buffer.from(word, "hex")));
    record = other ?? kept;
    await tell("given", at, 0, content);
  }
}

const joined = (bytes, tail) => Uint8Array.from([...bytes, ...tail]);

async function judgeFlips() {
  await tell("whole", 0, 0, whole);
  for (let at = Number(first); at < whole.length; at += Number(step)) {
    for (let bit = bits === "all" ? 0 : -1; bit < (bits === "all" ? 8 : 0); bit++) {
      const mask = 1 << (bit < 0 ? (at * 5 + Math.floor(at / 8)) % 8 : bit);
      whole[at] ^= mask;
      await tell("flip", at, bit, whole);
      whole[at] ^= mask;
    }
  }
  for (let length = Number(first); length < whole.length; length += Number(step)) await tell("cut", length, 0, whole.slice(0, length));
  for (let value = 0; value < 256; value++) await tell("append", value, 0, joined(whole, [value]));
  for (let count = 2; count <= Math.min(256, whole.length); count += part === "sheet.pdf" ? 61 : 1) {
    await tell("zeros", count, 0, joined(whole, new Uint8Array(count)));
    await tell("again", count, 0, joined(whole, whole.slice(-count)));
  }
}

await (bits === "given" ? judgeGiven() : judgeFlips());
process.stdout.write(lines.join("\n") + "\n");
