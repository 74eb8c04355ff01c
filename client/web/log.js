// SPDX-License-Identifier: Apache-2.0
// What the public log says of a statement: is it in the log at its index, is it the latest word, and is this the
// log that this browser saw before. Everything is computed here; the server is only a shelf of files.
import { base64, equal, hex, Refusal, refuse, unbase64 } from "./bytes.js";
import { consistencyHolds, entryAt, inclusionHolds, leafHash, Tree } from "./merkle.js";
import { checkpointOpen, SHARD, statusAt, statusOpen } from "./note.js";

const ENTRY_BYTES = 64;
export const STATUS_OLD_SECONDS = 7 * 24 * 3600;

function u64(bytes, at) {
  let value = 0n;
  for (let i = 0; i < 8; i++) value = value * 256n + BigInt(bytes[at + i]);
  return value;
}

// Is this log entry (docs/evidence.md) the one of the statement?
export function entryIsOf(entry, statement) {
  const supersedes = statement.supersedes;
  const isAmended = supersedes !== undefined;
  return entry.length === ENTRY_BYTES && hex(entry.subarray(0, 4)) === "54534c31" && entry[4] === (isAmended ? 2 : 1) &&
    entry[6] === 0 && entry[7] === 0 && u64(entry, 16) === (isAmended ? BigInt(supersedes) : 2n ** 64n - 1n) &&
    equal(entry.subarray(24, 56), statement.sid) && hex(entry.subarray(56)) === statement.kid;
}

async function checkEntry(statement, checkpoint, get, report) {
  const index = statement.index;
  if (index >= checkpoint.size) refuse("NOT_IN_LOG"); // the log has not come to this index
  const entry = await entryAt(get, index, checkpoint.size);
  if (!entry) throw new Error("an entry of the log is missing");
  report.evidence.entry = base64(entry);
  const tree = new Tree(get, checkpoint.size);
  const proof = await tree.inclusion(index);
  // First is it the log's own entry: a wrong entry that the log does not vouch for accuses nobody.
  if (!(await inclusionHolds(await leafHash(entry), index, checkpoint.size, proof, checkpoint.root))) {
    refuse("E_LOG"); // the entry is not in the tree of the checkpoint
  }
  if (!entryIsOf(entry, statement)) refuse("NOT_IN_LOG"); // another entry stands at this index
  report.logged = { size: checkpoint.size, at: Number(u64(entry, 8)) };
}

// Two checkpoints of one log, in either order of age.
export async function isSameLog(a, b, get) {
  const [old, fresh] = a.size <= b.size ? [a, b] : [b, a];
  if (old.size === fresh.size) return equal(old.root, fresh.root);
  if (old.size === 0) return true;
  const proof = await new Tree(get, fresh.size).consistency(old.size);
  return consistencyHolds(old.size, fresh.size, old.root, fresh.root, proof);
}

// memory: {read(origin) -> text or null, write(origin, text)}; what it holds was signed by the log.
async function checkMemory(checkpoint, data, get, memory, report) {
  const text = memory.read(data.origin);
  const seen = text && unbase64(text);
  let before = null;
  try {
    before = seen && (await checkpointOpen(seen, data));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  report.seenBefore = before ? before.size : null;
  if (before && !(await isSameLog(before, checkpoint, get))) {
    report.evidence.before = text;
    refuse("E_EQUIVOCATION"); // not the log that was seen before
  }
  if (!before || checkpoint.size > before.size) memory.write(data.origin, base64(checkpoint.note));
}

async function attempt(report, part, work) {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) report.alarms.push({ part, code: error.code });
    else report.missing.push(part);
    return null;
  }
}

async function needed(get, path) {
  const bytes = await get(path);
  if (!bytes) throw new Error("no answer");
  return bytes;
}

const STATUS_NAMES = ["CURRENT", "SUPERSEDED", "WITHDRAWN"];

async function readStatus(statement, data, get, report) {
  const index = statement.index, shard = Math.floor(index / SHARD);
  const bytes = await needed(get, "status/" + shard);
  report.evidence.status = base64(bytes);
  const status = await statusOpen(bytes, shard, data);
  const value = statusAt(status, index);
  report.asOf = status.time;
  report.isOld = report.now - status.time > STATUS_OLD_SECONDS;
  // A list of a smaller tree does not know this sheet: that it is silent says nothing.
  if (index >= status.size && value === 0) return null;
  return STATUS_NAMES[value];
}

function stateOf(report, status) {
  const codes = report.alarms.map(alarm => alarm.code);
  const alarm = ["E_EQUIVOCATION", "NOT_IN_LOG"].find(code => codes.includes(code));
  if (alarm) return alarm;
  if (status === "WITHDRAWN" || status === "SUPERSEDED") return status;
  return status === "CURRENT" && report.logged ? "CURRENT" : "GENUINE";
}

// statement: of statementOpen. get(path below /log/) answers bytes, or null when there is no such file, or throws.
// Never throws for what the log says: the report carries `state`, `alarms` (part, code) and `missing` parts.
export async function logAsk(statement, data, get, memory, now) {
  const report = { alarms: [], missing: [], evidence: {}, logged: null, asOf: null, isOld: false, seenBefore: null, now };
  const asked = attempt(report, "status", () => readStatus(statement, data, get, report)); // beside the rest: a dead network takes its time once
  const checkpoint = await attempt(report, "checkpoint", async () => {
    const bytes = await needed(get, "checkpoint");
    report.evidence.checkpoint = base64(bytes);
    return checkpointOpen(bytes, data);
  });
  if (checkpoint) {
    report.checkpoint = checkpoint;
    await attempt(report, "memory", () => checkMemory(checkpoint, data, get, memory, report));
    await attempt(report, "entry", () => checkEntry(statement, checkpoint, get, report));
  }
  const status = await asked;
  report.state = stateOf(report, status);
  report.status = status;
  return report;
}

// The proof that travels in the PDF: is the statement in the tree of the checkpoint that it names?
export async function proofHolds(proof, statement) {
  const { size, root } = proof.checkpoint;
  if (proof.index !== statement.index) refuse("E_PROOF"); // another index
  if (!entryIsOf(proof.entry, statement)) refuse("E_PROOF"); // not this sheet's entry
  if (!(await inclusionHolds(await leafHash(proof.entry), proof.index, size, proof.hashes, root))) {
    refuse("E_PROOF"); // the hashes do not lead to the root
  }
}
