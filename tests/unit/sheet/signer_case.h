// SPDX-License-Identifier: Apache-2.0
// What the tests of the signer's log share: a signer in a folder of its own, a tree, requests, and the
// checking of what was signed.
#pragma once

#include "testing.h"

#include "evidence/note.h"
#include "evidence/statement.h"
#include "touchstone/internal/v1/helpers.pb-c.h"
#include "wire/arena.h"

#define SIGNER_CASE_ORIGIN "lab.example/log"

enum { SIGNER_CASE_LEAVES = 40 };

struct signer_case {
    char folder[32];
    struct signer signer;
    struct arena *arena;
    uint8_t leaves[SIGNER_CASE_LEAVES][HASH_BYTES];
};

int signer_case_set_up(void **state);
int signer_case_tear_down(void **state);
// Packed, answered, unpacked; never NULL.
Touchstone__Internal__V1__SignerReply *signer_case_ask(struct signer_case *fixture,
                                                       const Touchstone__Internal__V1__SignerRequest *asked);
// Fails unless the answer is this refusal and nothing else.
void signer_case_refused(const Touchstone__Internal__V1__SignerReply *answered, const char *reason);
// One that is signed.
struct statement signer_case_statement(uint64_t index);
ProtobufCBinaryData signer_case_payload(struct signer_case *fixture, const struct statement *statement);
Touchstone__Internal__V1__SignerReply *signer_case_sign(struct signer_case *fixture,
                                                        ProtobufCBinaryData *payloads, size_t count);
Touchstone__Internal__V1__SignerReply *signer_case_sign_one(struct signer_case *fixture,
                                                            const struct statement *statement);
// A checkpoint of the first `size` leaves with the proof from `from`; with another root, or without its
// proof.
Touchstone__Internal__V1__SignerReply *signer_case_promise_changed(struct signer_case *fixture, uint64_t from,
                                                                   uint64_t size, uint8_t *change_root,
                                                                   bool drop_proof);
Touchstone__Internal__V1__SignerReply *signer_case_promise(struct signer_case *fixture, uint64_t from,
                                                           uint64_t size);
uint64_t signer_case_mark_size(struct signer_case *fixture);
void signer_case_put_mark(struct signer_case *fixture, const char *text);
// Whether it is an envelope with the newest key's id that `key` signed.
void signer_case_cose(struct signer_case *fixture, const ProtobufCBinaryData *bytes, EVP_PKEY *key);
// Whether the note has a line of this name that the key signed.
void signer_case_line(const struct note *note, const struct signing_key *key, const char *name,
                      enum note_key kind);
