// SPDX-License-Identifier: Apache-2.0
// The verify page without its window (client/web), for the attacks of test_threats.py: what it would say of a statement or a file,
// with this list of keys, this log and this memory. One JSON object on standard input, bytes in base64: cose or pdf; data;
// log (a folder); changed (path below log -> bytes, or null for a file that is not there); seen (a checkpoint of before); ahead
// (seconds). Prints {code} of a refusal, or {state, alarms, isOld, logged, number, results}.
import fs from "node:fs";
import { logAsk, proofHolds } from "../../client/web/log.js";
import { proofOpen } from "../../client/web/note.js";
import { pdfOpen } from "../../client/web/pdf.js";
import { recordOpen } from "../../client/web/record.js";
import { statementOpen } from "../../client/web/statement.js";

const given = JSON.parse(fs.readFileSync(0, "utf8"));
const bytes = text => Uint8Array.from(Buffer.from(text, "base64"));
const data = JSON.parse(Buffer.from(given.data, "base64").toString());
const changed = given.changed ?? {};

async function get(name) {
  if (name in changed) return changed[name] === null ? null : bytes(changed[name]);
  const path = `${given.log}/${name}`;
  return fs.existsSync(path) ? Uint8Array.from(fs.readFileSync(path)) : null;
}

async function statementOfFile() {
  const parts = await pdfOpen(bytes(given.pdf), data.keys);
  const statement = await statementOpen(parts.cose, data, parts.key);
  await recordOpen(parts.record, statement);
  await proofHolds(await proofOpen(parts.proof, data), statement);
  return statement;
}

async function ask() {
  const statement = given.pdf ? await statementOfFile() : await statementOpen(bytes(given.cose), data);
  if (!given.log) return { state: "GENUINE", number: statement.sheetNo };
  const memory = { read: () => given.seen ?? null, write: () => {} };
  const { state, alarms, isOld, logged } = await logAsk(statement, data, get, memory, Date.now() / 1000 + (given.ahead ?? 0));
  return { state, alarms: alarms.map(alarm => alarm.code), isOld, logged, number: statement.sheetNo, sample: statement.sample, id: statement.sampleId, results: statement.results.length };
}

const answer = await ask().catch(error => {
  if (!error.code || !error.code.startsWith("E_")) throw error;
  return { code: error.code };
});
process.stdout.write(JSON.stringify(answer));
