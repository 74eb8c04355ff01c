// SPDX-License-Identifier: Apache-2.0
// Binary heap over due_ms; each ticket knows its index, so removal from the middle is cheap (most tickets are
// answered long before their deadline).
#include "db/deadline.h"
#include "core/require.h"
#include "db/ticket.h"
#include <stdlib.h>

bool deadline_init(struct deadline_heap *heap, size_t capacity)
{
    heap->items = calloc(capacity ? capacity : 1, sizeof(struct db_ticket *));
    heap->count = 0;
    heap->capacity = capacity;
    return heap->items != NULL;
}

void deadline_done(struct deadline_heap *heap)
{
    free(heap->items);
    heap->items = NULL;
}

static void put(struct deadline_heap *heap, size_t index, struct db_ticket *ticket)
{
    heap->items[index] = ticket;
    ticket->heap_index = index;
}

static void sift_up(struct deadline_heap *heap, size_t index, struct db_ticket *ticket)
{
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (heap->items[parent]->due_ms <= ticket->due_ms)
            break;
        put(heap, index, heap->items[parent]);
        index = parent;
    }
    put(heap, index, ticket);
}

static void sift_down(struct deadline_heap *heap, size_t index, struct db_ticket *ticket)
{
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && heap->items[child + 1]->due_ms < heap->items[child]->due_ms)
            child++;
        if (heap->items[child]->due_ms >= ticket->due_ms)
            break;
        put(heap, index, heap->items[child]);
        index = child;
    }
    put(heap, index, ticket);
}

void deadline_add(struct deadline_heap *heap, struct db_ticket *ticket)
{
    require(heap->count < heap->capacity); // the pool counts its tickets
    sift_up(heap, heap->count++, ticket);
}

void deadline_remove(struct deadline_heap *heap, struct db_ticket *ticket)
{
    size_t index = ticket->heap_index;
    struct db_ticket *last = heap->items[--heap->count];
    if (last == ticket)
        return;
    if (index > 0 && heap->items[(index - 1) / 2]->due_ms > last->due_ms)
        sift_up(heap, index, last);
    else
        sift_down(heap, index, last);
}

struct db_ticket *deadline_first(const struct deadline_heap *heap)
{
    return heap->count > 0 ? heap->items[0] : NULL;
}
