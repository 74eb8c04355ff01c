// SPDX-License-Identifier: Apache-2.0
// One ring through the whole walk by @grpc/grpc-js: an independent client in an independent language that
// knows nothing of Touchstone but the files in proto/.
//
// Usage: walk.js ADDRESS CA_FILE PROTO_DIRECTORY SHEET_FILE (passwords in TOUCHSTONE_PASSWORD). Every step
// is one line of JSON on standard output: its name and what was seen. The first step that fails ends the
// walk with exit code 1 and says why. Called by test_walk_js.py, which counts the steps.
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const { picture } = require('./picture');

const [address, caFile, protoDirectory, sheetFile] = process.argv.slice(2);
const password = process.env.TOUCHSTONE_PASSWORD;
const DEADLINE_MS = 60000;

function loadServices() {
  const directory = path.join(protoDirectory, 'touchstone', 'v1');
  const files = fs.readdirSync(directory).filter((name) => name.endsWith('.proto'));
  const definition = protoLoader.loadSync(
    files.map((name) => path.join('touchstone', 'v1', name)),
    { includeDirs: [protoDirectory, '/usr/include', '/usr/share/grpc-proto'], keepCase: true, longs: String,
      enums: String, bytes: Buffer, defaults: true, oneofs: true });
  return grpc.loadPackageDefinition(definition).touchstone.v1;
}

const services = loadServices();
const credentials = grpc.credentials.createSsl(fs.readFileSync(caFile));

class Person {
  constructor(username, desk) {
    this.username = username;
    this.desk = desk;
    this.metadata = new grpc.Metadata();
    this.clients = new Map();
  }

  client(service) {
    if (!this.clients.has(service)) {
      this.clients.set(service, new services[service](address, credentials));
    }
    return this.clients.get(service);
  }

  call(short, request) {
    const [service, method] = short.split('.');
    return new Promise((resolve, reject) => {
      this.client(service)[method](request, this.metadata, { deadline: Date.now() + DEADLINE_MS },
        (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  }

  write(short, request) {
    return this.call(short, { request_id: crypto.randomUUID(), ...request });
  }

  stream(short, request) {
    const [service, method] = short.split('.');
    return this.client(service)[method](request, this.metadata, { deadline: Date.now() + DEADLINE_MS });
  }

  async logIn() {
    const answer = await this.call('StaffService.Login', { username: this.username, password, desk: this.desk });
    this.metadata.set('authorization', `Bearer ${answer.token}`);
    return answer;
  }

  close() {
    for (const client of this.clients.values()) {
      client.close();
    }
  }
}

const people = {
  reception: new Person('reception', 'D1'),
  manager: new Person('manager', ''),
  technician: new Person('technician', ''),
  reviewer: new Person('reviewer', ''),
  signatory: new Person('signatory', ''),
};

function check(condition, text) {
  if (!condition) {
    throw new Error(text);
  }
}

// What the walk carries from step to step.
const ring = { photo: picture() };

function readings(...values) {
  const positions = ['shank', 'shank', 'setting'];
  return values.map((value, at) => ({ value, position: positions[at % positions.length] }));
}

async function enter(values, extra) {
  const answer = await people.technician.write('BenchService.EnterResult', {
    test_id: ring.test.test_id, version: ring.test.version, readings: readings(...values),
    expanded_uncertainty: '2.0', coverage_factor: '2', instrument: 'XRF-01', temperature_c: '23.1',
    humidity_percent: '45', ...extra });
  ring.test = answer.test;
  check(answer.test.readings.map((reading) => reading.value).join() === values.join(), 'the readings changed');
  return { state: ring.test.state, mean: ring.test.judgement && ring.test.judgement.mean };
}

async function submit() {
  ring.test = (await people.technician.write('BenchService.SubmitTest',
    { test_id: ring.test.test_id, version: ring.test.version })).test;
  check(ring.test.state === 'TEST_STATE_SUBMITTED', `state is ${ring.test.state}`);
  return { verdict: ring.test.judgement.verdict, sentence: ring.test.judgement.sentence_en };
}

async function mustFail(promise, code) {
  try {
    await promise;
  } catch (error) {
    check(error.code === code, `refused with ${error.code} ${error.details}`);
    return { code: error.code, details: error.details };
  }
  throw new Error('was allowed');
}

function download(sheetNo) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    let sheet = null;
    const stream = people.reception.stream('SheetService.DownloadSheet', { sheet_no: sheetNo });
    stream.on('data', (piece) => {
      sheet = sheet || piece.sheet;
      pieces.push(piece.data);
    });
    stream.on('error', reject);
    stream.on('end', () => resolve({ sheet, pieces }));
  });
}

const steps = [
  ['five people log in', async () => {
    for (const person of Object.values(people)) {
      const answer = await person.logIn();
      check(/^[0-9a-f]{32}$/.test(answer.token), 'the token is not 32 hex digits');
      check(answer.staff.username === person.username, 'somebody else was logged in');
    }
  }],
  ['who am I names the desk', async () => {
    const answer = await people.reception.call('StaffService.WhoAmI', {});
    check(answer.desk === 'D1', `desk is ${answer.desk}`);
    return { roles: answer.staff.roles };
  }],
  ['the catalogue offers product and method of the ring', async () => {
    const products = await people.reception.call('CatalogueService.ListProducts', { laboratory: 'JEW' });
    const methods = await people.reception.call('CatalogueService.ListMethods', { laboratory: 'JEW' });
    check(products.products.some((product) => product.product_id === 'JEW_AU750'), 'no JEW_AU750');
    check(methods.methods.some((method) => method.method_id === 'M_XRF' && method.screening), 'no screening M_XRF');
  }],
  ['intake with picture, owner and bringer', async () => {
    const answer = await people.reception.write('DeskService.RegisterIntake', {
      laboratory: 'JEW', owner: { name: '陈美丽', phone: '13712345678' },
      bringer: { name: '陈 小明', phone: '13787654321' },
      items: [{ name: '戒指 ring', claimed_product_id: 'JEW_AU750', claim_text: '18K 金', hallmark: 'Au750',
        mass_g: '3.52', condition: 'good', stones: '', declared_value_cny: '2600', photo: ring.photo, pieces: 1,
        tests: [{ method_id: 'M_XRF', parameter_id: 'AU' }] }],
      consents: [
        { kind: 'CONSENT_KIND_PRIVACY', given_by_owner: true },
        { kind: 'CONSENT_KIND_AGREEMENT', given_by_owner: true }],
      return_choice: 'RETURN_CHOICE_RETURN', purpose: 'consumer reference' });
    ring.receipt = answer.receipt;
    ring.item = answer.receipt.items[0];
    ring.test = ring.item.tests[0];
    check(/^D1-\d\d-\d{6,}$/.test(ring.receipt.receipt_no), `receipt number ${ring.receipt.receipt_no}`);
    check(ring.item.photo_sha256 === crypto.createHash('sha256').update(ring.photo).digest('hex'),
      'the picture changed');
    check(ring.receipt.owner.name_masked !== '陈美丽' && !ring.receipt.owner.phone_masked.includes('13712345678'),
      'the owner is not masked');
    return { receipt: ring.receipt.receipt_no, item: ring.item.item_code };
  }],
  ['the receipt reads as it was written', async () => {
    const answer = await people.reception.call('DeskService.GetReceipt', { receipt_no: ring.receipt.receipt_no });
    check(JSON.stringify(answer.receipt) === JSON.stringify(ring.receipt), 'the receipt differs');
  }],
  ['assigned by rule to the qualified technician', async () => {
    const answer = await people.manager.write('BenchService.AutoAssignTests', { laboratory: 'JEW' });
    ring.test = answer.assigned.find((test) => test.test_id === ring.test.test_id);
    check(ring.test, 'the test was not assigned');
    check(ring.test.assigned_to === 'technician', `assigned to ${ring.test.assigned_to}`);
  }],
  ['the technician finds it in the worklist', async () => {
    const answer = await people.technician.call('BenchService.ListTests',
      { laboratory: 'JEW', assigned_to: 'technician' });
    check(answer.tests.some((test) => test.test_id === ring.test.test_id), 'not in the worklist');
  }],
  ['three readings are entered exactly as typed', () => enter(['753.40', '753.1', '0753.9'])],
  ['submitted and judged', submit],
  ['the technician may not review', () => mustFail(people.technician.write('ReviewService.ApproveTest',
    { test_id: ring.test.test_id, version: ring.test.version }), grpc.status.PERMISSION_DENIED)],
  ['sent back with a reason', async () => {
    ring.test = (await people.reviewer.write('ReviewService.SendBackTest',
      { test_id: ring.test.test_id, version: ring.test.version, reason: 'measure the clasp too' })).test;
    check(ring.test.sent_back_reason === 'measure the clasp too', 'the reason is lost');
    check(ring.test.state !== 'TEST_STATE_SUBMITTED', `state is ${ring.test.state}`);
  }],
  ['replacing readings needs a reason', () => mustFail(enter(['753.4', '753.1', '753.9']),
    grpc.status.INVALID_ARGUMENT)],
  ['entered again with a reason', () => enter(['753.4', '753.1', '753.9', '753.6'], { reason: 'clasp added' })],
  ['submitted again', submit],
  ['a stale version is refused', () => mustFail(people.reviewer.write('ReviewService.ApproveTest',
    { test_id: ring.test.test_id, version: String(BigInt(ring.test.version) - 1n) }), grpc.status.ABORTED)],
  ['the reviewer finds and approves it', async () => {
    const list = await people.reviewer.call('ReviewService.ListSubmittedTests', { laboratory: 'JEW' });
    check(list.tests.some((test) => test.test_id === ring.test.test_id), 'not in the list');
    ring.test = (await people.reviewer.write('ReviewService.ApproveTest',
      { test_id: ring.test.test_id, version: ring.test.version, comment: 'checked' })).test;
    check(ring.test.state === 'TEST_STATE_APPROVED', `state is ${ring.test.state}`);
    return { verdict: ring.test.judgement.verdict };
  }],
  ['the signatory finds it releasable', async () => {
    const list = await people.signatory.call('SheetService.ListReleasableItems', { laboratory: 'JEW' });
    ring.releasable = list.items.find((item) => item.item_code === ring.item.item_code);
    check(ring.releasable, 'not in the list');
  }],
  ['no release with a wrong password', () => mustFail(people.signatory.write('SheetService.ReleaseSheet',
    { item_code: ring.item.item_code, version: ring.releasable.version, password: 'not the password',
      meaning: 'approved for issue' }), grpc.status.UNAUTHENTICATED)],
  ['released with password and stated meaning', async () => {
    ring.sheet = (await people.signatory.write('SheetService.ReleaseSheet',
      { item_code: ring.item.item_code, version: ring.releasable.version, password,
        meaning: '批准签发 / approved for issue' })).sheet;
    check(ring.sheet.signatory === 'signatory', `signed by ${ring.sheet.signatory}`);
    check(ring.sheet.meaning === '批准签发 / approved for issue', 'the meaning changed');
    return { sheet: ring.sheet.sheet_no };
  }],
  ['the sealed sheet comes by stream and its SHA-256 holds', async () => {
    const { sheet, pieces } = await download(ring.sheet.sheet_no);
    const pdf = Buffer.concat(pieces);
    check(pieces.every((piece) => piece.length <= 65536), 'a piece is larger than 64 KiB');
    check(pdf.subarray(0, 5).toString() === '%PDF-', 'not a PDF');
    check(sheet.state === 'SHEET_STATE_SEALED', `state is ${sheet.state}`);
    check(String(pdf.length) === sheet.pdf_bytes, `${pdf.length} bytes, not ${sheet.pdf_bytes}`);
    check(crypto.createHash('sha256').update(pdf).digest('hex') === sheet.pdf_sha256, 'the SHA-256 differs');
    fs.writeFileSync(sheetFile, pdf);
    return { bytes: pdf.length, pieces: pieces.length, sha256: sheet.pdf_sha256 };
  }],
  ['a second download is the same to the byte', async () => {
    const { pieces } = await download(ring.sheet.sheet_no);
    check(Buffer.concat(pieces).equals(fs.readFileSync(sheetFile)), 'the sheet changed');
  }],
  ['the receipt is collected', async () => {
    const before = (await people.reception.call('DeskService.GetReceipt',
      { receipt_no: ring.receipt.receipt_no })).receipt;
    ring.receipt = (await people.reception.write('DeskService.CollectReceipt',
      { receipt_no: before.receipt_no, version: before.version })).receipt;
    check(ring.receipt.collected_at, 'no time of collection');
  }],
  ['the ring is weighed out and returned', async () => {
    const before = (await people.reception.call('DeskService.GetItem', { item_code: ring.item.item_code })).item;
    const answer = await people.reception.write('DeskService.ReturnItem',
      { item_code: before.item_code, version: before.version, mass_out_g: '3.52' });
    check(answer.incident_no === '', `incident ${answer.incident_no}`);
    check(answer.item.custody_state === 'CUSTODY_STATE_RETURNED', `custody is ${answer.item.custody_state}`);
  }],
  ['everybody logs out and is out', async () => {
    for (const person of Object.values(people)) {
      await person.call('StaffService.Logout', {});
      await mustFail(person.call('StaffService.WhoAmI', {}), grpc.status.UNAUTHENTICATED);
    }
  }],
];

async function main() {
  for (const [name, act] of steps) {
    try {
      const seen = await act();
      console.log(JSON.stringify({ step: name, ok: true, seen: seen || {} }));
    } catch (error) {
      console.log(JSON.stringify({ step: name, ok: false, seen: String(error.stack || error) }));
      process.exitCode = 1;
      break;
    }
  }
  Object.values(people).forEach((person) => person.close());
}

main();
