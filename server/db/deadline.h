// SPDX-License-Identifier: Apache-2.0
// Tickets by the time at which something has to be done about them: a binary heap of fixed capacity, because
// the pool's ceilings say how many tickets there can be. Private to the pool.
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct db_ticket;

struct deadline_heap {
    struct db_ticket **items;
    size_t count, capacity;
};

// false without memory.
bool deadline_init(struct deadline_heap *heap, size_t capacity);
void deadline_done(struct deadline_heap *heap);
// The ticket's due_ms is set and stays while it is inside. The heap has room (require).
void deadline_add(struct deadline_heap *heap, struct db_ticket *ticket);
void deadline_remove(struct deadline_heap *heap, struct db_ticket *ticket);
// Earliest, or NULL.
struct db_ticket *deadline_first(const struct deadline_heap *heap);
