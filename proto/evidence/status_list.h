// SPDX-License-Identifier: Apache-2.0
// Which of 65,536 log indexes were superseded or withdrawn: the body of a signed note (docs/evidence.md,
// Status list). Who asks for one tells only the shard of the sheet that he holds.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;
struct ts_error;

enum {
    STATUS_LIST_INDEXES = 65536,
    STATUS_LIST_BYTES = STATUS_LIST_INDEXES / 4, // two bits each
    STATUS_LIST_SHARD_SHIFT = 16,
};

enum status_list_state { STATUS_LIST_VALID = 0, STATUS_LIST_SUPERSEDED = 1, STATUS_LIST_WITHDRAWN = 2 };

struct status_list {
    const char *origin; // in the body
    size_t origin_length;
    uint64_t shard;
    uint64_t size; // of the tree that it was made from
    uint64_t unix_time;
    uint8_t states[STATUS_LIST_BYTES]; // lowest bits first; zeros where the list ended earlier
};

// `states` of `length` bytes, at most STATUS_LIST_BYTES. A text that could not be made remembers it.
void status_list_write(struct text *text, const char *origin, uint64_t shard, uint64_t size,
                       uint64_t unix_time, const uint8_t *states, size_t length);
// DATA_LOSS / E_STATUS when the body of a note is no status list.
bool status_list_read(const char *body, size_t length, struct status_list *ret_list, struct ts_error *error);
// The state of a log index that is in the list's shard.
enum status_list_state status_list_of(const struct status_list *list, uint64_t index);
// Whether all of the states are known ones.
bool status_list_is_known(const uint8_t *states, size_t length);
