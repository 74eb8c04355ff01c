// SPDX-License-Identifier: Apache-2.0
// Entries of the log, see log_entry.h.
#include "evidence/log_entry.h"

#include <string.h>

static const uint8_t MARK[4] = {'T', 'S', 'L', '1'};
static const char SID_PREFIX[] = "touchstone/sheet/1\n";

enum { KIND_AT = 4, REASON_AT = 5, ZERO_AT = 6, TIME_AT = 8, REF_AT = 16, DIGEST_AT = 24, KID_AT = 56 };

static void put_number(uint8_t *bytes, uint64_t number)
{
    for (size_t i = 8; i-- > 0; number >>= 8)
        bytes[i] = (uint8_t)number;
}

static uint64_t get_number(const uint8_t *bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < 8; i++)
        number = number << 8 | bytes[i];
    return number;
}

void log_entry_write(const struct log_entry *entry, uint8_t ret_bytes[LOG_ENTRY_BYTES])
{
    memset(ret_bytes, 0, LOG_ENTRY_BYTES);
    memcpy(ret_bytes, MARK, sizeof MARK);
    ret_bytes[KIND_AT] = (uint8_t)entry->kind;
    ret_bytes[REASON_AT] = entry->reason;
    put_number(ret_bytes + TIME_AT, entry->unix_ms);
    put_number(ret_bytes + REF_AT, entry->ref);
    memcpy(ret_bytes + DIGEST_AT, entry->digest, HASH_BYTES);
    memcpy(ret_bytes + KID_AT, entry->kid, LOG_ENTRY_KID_BYTES);
}

static bool is_zero(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i])
            return false;
    return true;
}

// What docs/evidence.md says of each kind's ref and digest.
static bool fits_kind(const struct log_entry *entry)
{
    switch (entry->kind) {
    case LOG_ENTRY_ISSUE:
        return entry->ref == LOG_ENTRY_NO_REF;
    case LOG_ENTRY_WITHDRAW:
        return entry->ref != LOG_ENTRY_NO_REF && is_zero(entry->digest, HASH_BYTES);
    case LOG_ENTRY_AMEND:
    case LOG_ENTRY_KEY_RETIRE:
    case LOG_ENTRY_SEALED:
        return entry->ref != LOG_ENTRY_NO_REF;
    case LOG_ENTRY_REGISTRY:
    case LOG_ENTRY_KEY_ADD:
        return true;
    }
    return false;
}

bool log_entry_read(const uint8_t *bytes, size_t length, struct log_entry *ret_entry)
{
    struct log_entry entry;
    if (length != LOG_ENTRY_BYTES || memcmp(bytes, MARK, sizeof MARK) != 0 ||
        bytes[KIND_AT] < LOG_ENTRY_ISSUE || bytes[KIND_AT] > LOG_ENTRY_SEALED ||
        !is_zero(bytes + ZERO_AT, TIME_AT - ZERO_AT))
        return false;
    entry.kind = (enum log_entry_kind)bytes[KIND_AT];
    entry.reason = bytes[REASON_AT];
    entry.unix_ms = get_number(bytes + TIME_AT);
    entry.ref = get_number(bytes + REF_AT);
    memcpy(entry.digest, bytes + DIGEST_AT, HASH_BYTES);
    memcpy(entry.kid, bytes + KID_AT, LOG_ENTRY_KID_BYTES);
    if (!fits_kind(&entry))
        return false;
    *ret_entry = entry;
    return true;
}

void log_entry_sid(const uint8_t *payload, size_t length, uint8_t ret_sid[HASH_BYTES])
{
    hash_of_two(SID_PREFIX, sizeof SID_PREFIX - 1, payload, length, ret_sid);
}
