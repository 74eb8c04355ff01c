// SPDX-License-Identifier: Apache-2.0
// Memory of one call: taken piece by piece from growing chunks, freed all at once, with a ceiling. Every
// call has one; protobuf-c unpacks into it by arena_allocator(). Used by one thread at a time. Tests make
// the n-th allocation fail with arena_fail_at().
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

struct arena;

// NULL without memory. `ceiling_bytes` bounds what the chunks take together. The first chunk comes with
// the first allocation.
struct arena *arena_create(size_t ceiling_bytes);
void arena_free(struct arena *arena);

// Aligned for any type, content undefined. NULL at the ceiling, without memory, or when told to fail.
void *arena_alloc(struct arena *arena, size_t bytes) __attribute__((malloc, alloc_size(2)));
// Zeroed; count * size is checked for overflow.
void *arena_array(struct arena *arena, size_t count, size_t size) __attribute__((malloc, alloc_size(2, 3)));
// A copy with a NUL behind it. NULL as arena_alloc.
char *arena_copy(struct arena *arena, const void *bytes, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

// For protobuf_c_message_unpack. What it frees stays until the arena goes.
ProtobufCAllocator arena_allocator(struct arena *arena);

// Bytes handed out so far.
size_t arena_used(const struct arena *arena);

// Tests only: the n-th allocation from now fails, once; 1 is the next, 0 none.
void arena_fail_at(struct arena *arena, size_t nth);
