// SPDX-License-Identifier: Apache-2.0
// What the tests of the protocol layer share: cmocka's includes, a small random generator with a fixed seed,
// and messages filled at random by their descriptor.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <protobuf-c/protobuf-c.h>

struct arena;

// xorshift64*: the same numbers in every run.
uint64_t testing_random(uint64_t *state);
size_t testing_below(uint64_t *state, size_t bound);

// Every field set at random, texts with many scripts and escapes, instants and dates that exist. NULL never.
ProtobufCMessage *testing_message(const ProtobufCMessageDescriptor *descriptor, struct arena *arena,
                                  uint64_t *state);
// Packs into memory of its exact size, so that reading past it is seen. Free with free().
uint8_t *testing_pack(const ProtobufCMessage *message, size_t *ret_length);
// A copy of the exact size without a NUL.
void *testing_exact(const void *bytes, size_t length);

// The messages that the random tests walk over.
extern const ProtobufCMessageDescriptor *const testing_descriptors[];
extern const size_t testing_descriptor_count;
