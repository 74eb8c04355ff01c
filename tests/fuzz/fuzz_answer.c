// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: the header and trailer lines of any server, as the client takes them. Each line stands in
// memory of exactly its length, with no end that could stop a reader.
#include "rpc/answer.h"

#include "rpc/outcome.h"
#include "wire/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool take_line(struct answer *answer, const uint8_t *line, size_t length)
{
    char *exact = malloc(length ? length : 1);
    if (!exact)
        abort();
    memcpy(exact, line, length);
    bool taken = answer_header(answer, exact, length);
    free(exact);
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create(1 << 20);
    struct answer answer;
    struct rpc_outcome outcome;
    bool goes_on = true;
    answer_init(&answer, arena);
    while (size > 0 && goes_on) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t length = end ? (size_t)(end - data) : size;
        goes_on = take_line(&answer, data, length);
        data += length + (end != NULL);
        size -= length + (end != NULL);
    }
    answer_conclude(&answer, &outcome);
    if (outcome.fate != RPC_ANSWERED && outcome.fate != RPC_NO_ANSWER)
        abort();
    if (strlen(outcome.error.detail) >= sizeof outcome.error.detail)
        abort();
    arena_free(arena);
    return 0;
}
