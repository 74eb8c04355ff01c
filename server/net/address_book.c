// SPDX-License-Identifier: Apache-2.0
// See address_book.h. Chains in a fixed table; an entry goes with its last connection, so the book is never
// larger than the cap on connections.
#include "net/address_book.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct address_entry {
    struct address_entry *next;
    struct address_key key;
    uint64_t count;
};

static void read_ipv4(const void *bytes, struct address_key *key, char *text)
{
    key->is_ipv4 = true;
    memcpy(key->bytes, bytes, 4);
    inet_ntop(AF_INET, bytes, text, ADDRESS_TEXT_SIZE);
}

void address_book_read(const struct sockaddr *address, struct address_key *ret_key,
                       char ret_text[ADDRESS_TEXT_SIZE])
{
    memset(ret_key, 0, sizeof *ret_key);
    snprintf(ret_text, ADDRESS_TEXT_SIZE, "unknown");
    if (address->sa_family == AF_INET) {
        read_ipv4(&((const struct sockaddr_in *)(const void *)address)->sin_addr, ret_key, ret_text);
    } else if (address->sa_family == AF_INET6) {
        const struct in6_addr *bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(bytes)) {
            read_ipv4(bytes->s6_addr + 12, ret_key, ret_text);
        } else {
            memcpy(ret_key->bytes, bytes->s6_addr, ADDRESS_KEY_BYTES);
            inet_ntop(AF_INET6, bytes, ret_text, ADDRESS_TEXT_SIZE);
        }
    }
}

bool address_key_is_same(const struct address_key *a, const struct address_key *b)
{
    return a->is_ipv4 == b->is_ipv4 && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

uint32_t address_key_hash(const struct address_key *key)
{
    uint32_t hash = 2166136261u; // FNV-1a; a flood of chosen addresses is bounded by the cap anyway
    for (size_t i = 0; i < sizeof key->bytes; i++)
        hash = (hash ^ key->bytes[i]) * 16777619u;
    return hash;
}

static struct address_entry **find(struct address_book *book, const struct address_key *key)
{
    struct address_entry **link = &book->buckets[address_key_hash(key) % ADDRESS_BUCKETS];
    while (*link && !address_key_is_same(&(*link)->key, key))
        link = &(*link)->next;
    return link;
}

bool address_book_add(struct address_book *book, const struct address_key *key, uint64_t most)
{
    struct address_entry **link = find(book, key);
    if (*link && (*link)->count >= most)
        return false;
    if (!*link) {
        if (most == 0 || !(*link = calloc(1, sizeof **link)))
            return false;
        (*link)->key = *key;
    }
    (*link)->count++;
    return true;
}

void address_book_remove(struct address_book *book, const struct address_key *key)
{
    struct address_entry **link = find(book, key);
    struct address_entry *entry = *link;
    if (!entry || --entry->count > 0)
        return;
    *link = entry->next;
    free(entry);
}
