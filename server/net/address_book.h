// SPDX-License-Identifier: Apache-2.0
// How many connections each address has: one IPv4 address, or one IPv6 /64, because whoever has one address
// of a /64 has them all. Owned by server.c.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

enum { ADDRESS_KEY_BYTES = 8, ADDRESS_BUCKETS = 256, ADDRESS_TEXT_SIZE = 64 };

struct address_key {
    uint8_t bytes[ADDRESS_KEY_BYTES];
    bool is_ipv4;
};

struct address_entry;

struct address_book {
    struct address_entry *buckets[ADDRESS_BUCKETS];
};

// The key of an address, and its text without port. An IPv4 address mapped into IPv6 is IPv4.
void address_book_read(const struct sockaddr *address, struct address_key *ret_key,
                       char ret_text[ADDRESS_TEXT_SIZE]);
bool address_key_is_same(const struct address_key *a, const struct address_key *b);
uint32_t address_key_hash(const struct address_key *key);
// One more of this address. False when it has `most` already, or without memory.
bool address_book_add(struct address_book *book, const struct address_key *key, uint64_t most);
void address_book_remove(struct address_book *book, const struct address_key *key);
