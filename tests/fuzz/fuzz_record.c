// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any bytes as the record of a sheet, as the renderer reads it, as the daemon reads it for
// the seal, and as the client reads it from a sealed file.
#include "render/record.h"
#include "render/record_rules.h"
#include "sheet/record_facts.h"
#include "verify/embedded_record.h"
#include "wire/arena.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

static void take_rendered(struct record *record)
{
    check(record_text(record, "sheet_no")[0]);
    check(record_text(record, "institute.name_zh")[0]);
    check(!record_text(record, "no.such[3].thing")[0]);
    for (size_t i = 0; i < record_count(record, "results"); i++) {
        check(record_text(record, "results[%zu].verdict", i)[0]);
        for (size_t k = 0; k < record_count(record, "results[%zu].readings", i); k++)
            check(strlen(record_text(record, "results[%zu].readings[%zu].value", i, k)) < 4096);
    }
    record_free(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ts_error error = {0};
    struct embedded_record embedded;
    struct record_facts facts;
    struct record *record = record_read(&record_rules_sheet, data, size, &error);
    struct arena *arena = arena_create(8 << 20);
    if (record)
        take_rendered(record);
    else
        check(error.status != TS_OK);
    if (record_facts_read(data, size, arena, &facts, &error))
        check(facts.sheet_no && facts.revision && facts.institute && facts.approved_at);
    if (embedded_record_read(data, size, &embedded))
        check(strlen(embedded.sha256) == 64);
    arena_free(arena);
    return 0;
}
