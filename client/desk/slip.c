// SPDX-License-Identifier: Apache-2.0
// The provisional slip of an entry: a receipt that has no number yet, so that what shows and prints receipts
// and labels serves for it.
#include <stdio.h>
#include <string.h>

#include "desk/catalogue.h"
#include "desk/offline.h"
#include "journal/offline.h"
#include "message/path.h"
#include "message/value.h"
#include "touchstone/v1/desk.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"

static bool set(struct arena *arena, ProtobufCMessage *slip, const char *path, const char *text)
{
    struct ts_error error = {0};
    const char *kept = text != NULL ? arena_copy(arena, text, strlen(text)) : NULL;

    return kept != NULL && (kept[0] == '\0' || value_set(arena, slip, path, kept, &error));
}

static bool add_tests(struct arena *arena, ProtobufCMessage *slip, const struct catalogue *catalogue,
                      const Touchstone__V1__NewItem *item)
{
    bool done = true;

    for (size_t i = 0; i < item->n_tests && done; i++) {
        const Touchstone__V1__TestOrder *order = item->tests[i];
        char value[128];
        int length = snprintf(value, sizeof value, "%s:%s", order->method_id, order->parameter_id),
            at = catalogue_test(catalogue, value, (size_t)length);
        const struct option *option = at != OPTION_NONE ? &catalogue->tests[at] : NULL;

        done =
            set(arena, slip, "items.tests+.method_id", order->method_id) &&
            set(arena, slip, "items.tests.parameter_id", order->parameter_id) &&
            set(arena, slip, "items.tests.parameter_zh", option != NULL ? option->zh : order->parameter_id) &&
            set(arena, slip, "items.tests.parameter_en", option != NULL ? option->en : order->parameter_id);
    }
    return done;
}

static bool add_items(struct arena *arena, ProtobufCMessage *slip, const struct catalogue *catalogue,
                      const Touchstone__V1__RegisterIntakeRequest *request, const struct journal_entry *entry)
{
    bool done = true;
    char pieces[16];

    for (size_t i = 0; i < request->n_items && done; i++) {
        const Touchstone__V1__NewItem *item = request->items[i];

        snprintf(pieces, sizeof pieces, "%d", item->pieces);
        done = set(arena, slip, "items+.name", item->name) &&
               set(arena, slip, "items.item_code", i < entry->code_count ? entry->codes[i] : "") &&
               set(arena, slip, "items.receipt_no", entry->codes[0]) &&
               set(arena, slip, "items.laboratory", request->laboratory) &&
               set(arena, slip, "items.claimed_product_id", item->claimed_product_id) &&
               set(arena, slip, "items.claim_text", item->claim_text) &&
               set(arena, slip, "items.hallmark", item->hallmark) &&
               set(arena, slip, "items.mass_g", item->mass_g) && set(arena, slip, "items.pieces", pieces) &&
               set(arena, slip, "items.seal_no", item->seal_no) &&
               set(arena, slip, "items.condition", item->condition) &&
               add_tests(arena, slip, catalogue, item);
        if (done && item->photo.len == 0)
            done = set(arena, slip, "items.photo_pending", "yes");
    }
    return done;
}

// A receipt without a number, so that the layouts of receipts and labels serve for it.
ProtobufCMessage *slip_make(const struct catalogue *catalogue, const struct journal *journal, size_t index,
                            struct arena *arena)
{
    const struct journal_entry *entry = journal_entry(journal, index);
    ProtobufCMessage *slip = path_new_message(arena, &touchstone__v1__receipt__descriptor);
    const Touchstone__V1__RegisterIntakeRequest *request;
    struct ts_error error = {0};
    char name[JOURNAL_TEXT], seconds[24];

    request = offline_request(journal, index, arena, &error);
    if (slip == NULL || request == NULL)
        return NULL;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(entry->line, " "), entry->line);
    snprintf(seconds, sizeof seconds, "%lld", (long long)(entry->taken_at_ms / 1000));
    if (!set(arena, slip, "receipt_no", entry->codes[0]) ||
        !set(arena, slip, "laboratory", request->laboratory) ||
        !set(arena, slip, "desk", journal_about(journal)->desk) ||
        !set(arena, slip, "received_at.seconds", seconds) || !set(arena, slip, "owner.name_masked", name) ||
        !set(arena, slip, "purpose", request->purpose) || !set(arena, slip, "fee_cny", request->fee_cny) ||
        !set(arena, slip, "waiver", request->waiver) || !add_items(arena, slip, catalogue, request, entry))
        return NULL;
    return slip;
}
