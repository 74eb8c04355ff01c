// SPDX-License-Identifier: Apache-2.0
// Deterministic CBOR (RFC 8949 section 4.2.1), the part that a statement needs: whole numbers, byte and text
// strings, arrays, maps, null, true, false and tag 18. No floats, nothing of indefinite length. Bytes from
// outside pass cbor_check() once; what reads them afterwards has only to look at what it finds.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CBOR_DEPTH = 8,  // of arrays, maps and tags
    CBOR_ITEMS = 64, // in one array; pairs in one map
    CBOR_TAG_SIGN1 = 18,
};

// The major types (RFC 8949 section 3.1).
enum cbor_kind {
    CBOR_UINT = 0,
    CBOR_NINT = 1,
    CBOR_BYTES = 2,
    CBOR_TEXT = 3,
    CBOR_ARRAY = 4,
    CBOR_MAP = 5,
    CBOR_TAG = 6,
    CBOR_SIMPLE = 7,
};

enum { CBOR_FALSE = 20, CBOR_TRUE = 21, CBOR_NULL = 22 }; // arguments of CBOR_SIMPLE

// Writes into a buffer of the caller; a writer that ran out of room remembers it. Keys of a map are written
// by the caller in ascending order.
struct cbor_writer {
    uint8_t *bytes;
    size_t size;
    size_t length;
    bool full;
};

void cbor_writer_init(struct cbor_writer *writer, uint8_t *bytes, size_t size);
// The head of any item: an array's and map's count, a tag's number, a simple value.
void cbor_put(struct cbor_writer *writer, enum cbor_kind kind, uint64_t argument);
void cbor_put_bytes(struct cbor_writer *writer, const void *bytes, size_t length);
void cbor_put_text(struct cbor_writer *writer, const char *text, size_t length);
void cbor_put_bool(struct cbor_writer *writer, bool value);
void cbor_put_null(struct cbor_writer *writer);

// One item's head. The number of a CBOR_NINT is -1 - argument.
struct cbor_item {
    enum cbor_kind kind;
    uint64_t argument;
    const uint8_t *bytes; // of strings; `argument` long
};

struct cbor_reader {
    const uint8_t *at, *end;
};

// Whether the bytes are exactly one item of this form: shortest heads, keys ascending and each once, texts in
// UTF-8 and NFC without NUL, within depth and items. NULL when they are, else what is wrong.
const char *cbor_check(const uint8_t *bytes, size_t length);
// Reads on in checked bytes; false only at the end. The content of arrays, maps and tags follows.
bool cbor_read(struct cbor_reader *reader, struct cbor_item *ret_item);
// The kind of the next item without reading it; a simple value is told by cbor_read.
bool cbor_is_next(const struct cbor_reader *reader, enum cbor_kind kind);
