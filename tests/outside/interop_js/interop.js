// SPDX-License-Identifier: Apache-2.0
// gRPC's interoperability test cases by @grpc/grpc-js. Usage: interop.js ADDRESS CA_FILE. One line of JSON on
// standard output per case: its name, whether it passed, and what was seen. Called by test_interop_js.py.
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const [address, caFile] = process.argv.slice(2);
const CASE_MS = 60000;
const GZIP = 2;
const REQUEST_SIZES = [27182, 8, 1828, 45904];
const RESPONSE_SIZES = [31415, 9, 2653, 58979];
const INITIAL = 'x-grpc-test-echo-initial';
const TRAILING = 'x-grpc-test-echo-trailing-bin';
const SPECIAL = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';

const testing = grpc.loadPackageDefinition(protoLoader.loadSync('grpc/testing/test.proto',
  { includeDirs: ['/usr/share/grpc-proto'], keepCase: true, defaults: true })).grpc.testing;
const credentials = grpc.credentials.createSsl(fs.readFileSync(caFile));
const client = new testing.TestService(address, credentials);
const gzipClient = new testing.TestService(address, credentials, { 'grpc.default_compression_algorithm': GZIP });
const elsewhere = new testing.UnimplementedService(address, credentials);

const zeros = (size) => ({ type: 'COMPRESSABLE', body: Buffer.alloc(size) });
const deadline = (ms = 30000) => ({ deadline: Date.now() + ms });
const large = (more) => ({ response_size: 314159, payload: zeros(271828), ...more });
const output = (...sizes) => ({ response_parameters: sizes.map((size) => ({ size })) });

function unary(method, request, { metadata = new grpc.Metadata(), from = client, options = deadline() } = {}) {
  return new Promise((resolve, reject) => {
    const seen = {};
    const call = from[method](request, metadata, options, (error, answer) => {
      seen.error = error;
      seen.answer = answer;
    });
    call.on('metadata', (initial) => { seen.initial = initial; });
    call.on('status', (status) => {
      seen.trailing = status.metadata;
      setImmediate(() => (seen.error ? reject(seen.error) : resolve(seen)));
    });
  });
}

// Reads a stream to its end: what came, and the status.
function drain(stream) {
  return new Promise((resolve) => {
    const seen = { sizes: [] };
    stream.on('data', (answer) => seen.sizes.push(answer.payload ? answer.payload.body.length : 0));
    stream.on('metadata', (initial) => { seen.initial = initial; });
    stream.on('error', () => {});
    stream.on('status', (status) => {
      seen.code = status.code;
      seen.details = status.details;
      seen.trailing = status.metadata;
      resolve(seen);
    });
  });
}

async function fails(promise, code, details) {
  const error = await promise.then(() => null, (thrown) => thrown);
  assert.ok(error, 'was allowed');
  assert.strictEqual(error.code, code, error.details);
  if (details !== undefined) {
    assert.strictEqual(error.details, details);
  }
}

function isLarge({ answer }) {
  assert.ok(answer.payload.body.equals(Buffer.alloc(314159)));
}

function streamIn(from, more) {
  return new Promise((resolve, reject) => {
    const call = from.StreamingInputCall(new grpc.Metadata(), deadline(),
      (error, answer) => (error ? reject(error) : resolve(answer.aggregated_payload_size)));
    REQUEST_SIZES.forEach((size) => call.write({ payload: zeros(size), ...more }));
    call.end();
  });
}

const status = { code: 2, message: 'test status message' };
const sleeping = { payload: zeros(27182), response_parameters: [{ size: 1, interval_us: 20000000 }] };

const cases = {
  async empty_unary() {
    assert.deepStrictEqual((await unary('EmptyCall', {})).answer, {});
  },
  async large_unary() {
    isLarge(await unary('UnaryCall', large()));
  },
  async client_compressed_unary() {
    const promised = large({ expect_compressed: { value: true } });
    const plain = large({ expect_compressed: { value: false } });
    await fails(unary('UnaryCall', promised), grpc.status.INVALID_ARGUMENT);
    isLarge(await unary('UnaryCall', promised, { from: gzipClient }));
    isLarge(await unary('UnaryCall', plain));
  },
  async server_compressed_unary() {
    isLarge(await unary('UnaryCall', large({ response_compressed: { value: true } })));
    isLarge(await unary('UnaryCall', large({ response_compressed: { value: false } })));
  },
  async client_streaming() {
    assert.strictEqual(await streamIn(client, {}), 74922);
  },
  async client_compressed_streaming() {
    await fails(streamIn(client, { expect_compressed: { value: true } }), grpc.status.INVALID_ARGUMENT);
    assert.strictEqual(await streamIn(gzipClient, { expect_compressed: { value: true } }), 74922);
  },
  async server_streaming() {
    const seen = await drain(client.StreamingOutputCall(output(...RESPONSE_SIZES), deadline()));
    assert.deepStrictEqual([seen.code, seen.sizes], [0, RESPONSE_SIZES]);
  },
  async server_compressed_streaming() {
    const request = { response_parameters: [{ size: 31415, compressed: { value: true } },
      { size: 92653, compressed: { value: false } }] };
    const seen = await drain(client.StreamingOutputCall(request, deadline()));
    assert.deepStrictEqual([seen.code, seen.sizes], [0, [31415, 92653]]);
  },
  async ping_pong() {
    const call = client.FullDuplexCall(deadline());
    const ended = drain(call);
    let at = 0;
    const next = () => {
      if (at === REQUEST_SIZES.length) {
        call.end();
        return;
      }
      call.write({ ...output(RESPONSE_SIZES[at]), payload: zeros(REQUEST_SIZES[at]) });
      at += 1;
    };
    call.on('data', next);
    next();
    const seen = await ended;
    assert.deepStrictEqual([seen.code, seen.sizes], [0, RESPONSE_SIZES]);
  },
  async empty_stream() {
    const call = client.FullDuplexCall(deadline());
    call.end();
    const seen = await drain(call);
    assert.deepStrictEqual([seen.code, seen.sizes], [0, []]);
  },
  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set(INITIAL, 'test_initial_metadata_value');
    metadata.set(TRAILING, Buffer.from('ababab', 'hex'));
    const call = client.FullDuplexCall(metadata, deadline());
    const ended = drain(call);
    call.write(output(314159));
    call.end();
    for (const seen of [await unary('UnaryCall', large(), { metadata }), await ended]) {
      assert.deepStrictEqual(seen.initial.get(INITIAL), ['test_initial_metadata_value']);
      assert.deepStrictEqual(seen.trailing.get(TRAILING), [Buffer.from('ababab', 'hex')]);
    }
  },
  async status_code_and_message() {
    await fails(unary('UnaryCall', { response_status: status }), grpc.status.UNKNOWN, status.message);
    const call = client.FullDuplexCall(deadline());
    const ended = drain(call);
    call.write({ response_status: status });
    call.end();
    const seen = await ended;
    assert.deepStrictEqual([seen.code, seen.details], [grpc.status.UNKNOWN, status.message]);
  },
  async special_status_message() {
    await fails(unary('UnaryCall', { response_status: { code: 2, message: SPECIAL } }), grpc.status.UNKNOWN, SPECIAL);
  },
  async unimplemented_method() {
    await fails(unary('UnimplementedCall', {}), grpc.status.UNIMPLEMENTED);
  },
  async unimplemented_service() {
    await fails(unary('UnimplementedCall', {}, { from: elsewhere }), grpc.status.UNIMPLEMENTED);
  },
  async timeout_on_sleeping_server() {
    for (const ms of [1, 300]) {
      const call = client.FullDuplexCall(deadline(ms));
      const ended = drain(call);
      call.write(sleeping);
      assert.strictEqual((await ended).code, grpc.status.DEADLINE_EXCEEDED);
    }
  },
  async cancel_after_begin() {
    const code = await new Promise((resolve) => {
      const call = client.StreamingInputCall(new grpc.Metadata(), deadline(),
        (error) => resolve(error ? error.code : 0));
      call.cancel();
    });
    assert.strictEqual(code, grpc.status.CANCELLED);
  },
  async cancel_after_first_response() {
    const call = client.FullDuplexCall(deadline());
    const ended = drain(call);
    call.on('data', () => call.cancel());
    call.write({ ...output(31415), payload: zeros(27182) });
    const seen = await ended;
    assert.deepStrictEqual([seen.code, seen.sizes], [grpc.status.CANCELLED, [31415]]);
  },
};

async function main() {
  for (const [name, run] of Object.entries(cases)) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('took too long')), CASE_MS);
    });
    try {
      await Promise.race([run(), late]);
      console.log(JSON.stringify({ name, ok: true, seen: '' }));
    } catch (error) {
      console.log(JSON.stringify({ name, ok: false, seen: String(error.stack || error) }));
      process.exitCode = 1;
    } finally {
      clearTimeout(timer);
    }
  }
  [client, gzipClient, elsewhere].forEach((one) => one.close());
}

// Deadlines of cancelled calls would keep the process until they pass.
main().then(() => process.exit());
