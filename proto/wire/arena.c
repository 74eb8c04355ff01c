// SPDX-License-Identifier: Apache-2.0
// The arena, see arena.h. Chunks double from 8 KiB to 256 KiB; what is larger than a quarter of a chunk gets
// a chunk of its own size, so that the rest of the current one is not lost.
#include "wire/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_FIRST_BYTES = 8192, CHUNK_LARGEST_BYTES = 262144, PRINTED_USUALLY = 256 };

struct chunk {
    struct chunk *next;
    size_t capacity;
    size_t used;
    _Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct chunk *chunks; // the first one is the current one
    size_t ceiling;
    size_t taken; // by chunks, with their heads
    size_t used;
    size_t next_chunk;
    size_t fail_in;
};

struct arena *arena_create(size_t ceiling_bytes)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->ceiling = ceiling_bytes;
    arena->next_chunk = CHUNK_FIRST_BYTES;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    while (arena->chunks) {
        struct chunk *chunk = arena->chunks;
        arena->chunks = chunk->next;
        free(chunk);
    }
    free(arena);
}

static struct chunk *add_chunk(struct arena *arena, size_t bytes)
{
    size_t left = arena->ceiling - arena->taken;
    if (left < sizeof(struct chunk) || bytes > left - sizeof(struct chunk))
        return NULL;
    bool own = bytes > arena->next_chunk / 4;
    size_t capacity = own ? bytes : arena->next_chunk;
    if (capacity > left - sizeof(struct chunk))
        capacity = left - sizeof(struct chunk);
    struct chunk *chunk = malloc(sizeof *chunk + capacity);
    if (!chunk)
        return NULL;
    *chunk = (struct chunk){.capacity = capacity};
    arena->taken += sizeof *chunk + capacity;
    if (own && arena->chunks) {
        chunk->next = arena->chunks->next;
        arena->chunks->next = chunk;
        return chunk;
    }
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    if (!own && arena->next_chunk < CHUNK_LARGEST_BYTES)
        arena->next_chunk *= 2;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    if (arena->fail_in && --arena->fail_in == 0)
        return NULL;
    size_t align = _Alignof(max_align_t);
    if (bytes > SIZE_MAX - align)
        return NULL;
    bytes = bytes ? (bytes + align - 1) / align * align : align;
    struct chunk *chunk = arena->chunks;
    if (!chunk || bytes > chunk->capacity - chunk->used)
        chunk = add_chunk(arena, bytes);
    if (!chunk)
        return NULL;
    void *piece = chunk->bytes + chunk->used;
    chunk->used += bytes;
    arena->used += bytes;
    return piece;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *array = arena_alloc(arena, bytes);
    return array ? memset(array, 0, bytes) : NULL;
}

char *arena_copy(struct arena *arena, const void *bytes, size_t length)
{
    char *copy = length < SIZE_MAX ? arena_alloc(arena, length + 1) : NULL;
    if (!copy)
        return NULL;
    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list values;
    char usual[PRINTED_USUALLY];
    va_start(values, format);
    int length = vsnprintf(usual, sizeof usual, format, values);
    va_end(values);
    if (length >= 0 && (size_t)length < sizeof usual)
        return arena_copy(arena, usual, (size_t)length);
    char *text = length >= 0 ? arena_alloc(arena, (size_t)length + 1) : NULL;
    if (!text)
        return NULL;
    va_start(values, format);
    vsnprintf(text, (size_t)length + 1, format, values);
    va_end(values);
    return text;
}

static void *allocator_alloc(void *data, size_t bytes)
{
    return arena_alloc(data, bytes);
}

static void allocator_free(void *data, void *piece)
{
    (void)data;
    (void)piece;
}

ProtobufCAllocator arena_allocator(struct arena *arena)
{
    return (ProtobufCAllocator){.alloc = allocator_alloc, .free = allocator_free, .allocator_data = arena};
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

void arena_fail_at(struct arena *arena, size_t nth)
{
    arena->fail_in = nth;
}
