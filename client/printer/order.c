// SPDX-License-Identifier: Apache-2.0
// See order.h.
#include "printer/order.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "printer/cups.h"
#include "printer/layout.h"
#include "printer/layouts.h"
#include "printer/paper.h"
#include "printer/spool.h"
#include "printer/values.h"
#include "printer/zpl.h"
#include "touchstone/v1/print.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"

static const struct {
    const char *layout;
    int kind;
} KINDS[] = {
    {"item", TOUCHSTONE__V1__PRINT_KIND__PRINT_KIND_ITEM_LABEL},
    {"bag", TOUCHSTONE__V1__PRINT_KIND__PRINT_KIND_BAG_LABEL},
    {"receipt", TOUCHSTONE__V1__PRINT_KIND__PRINT_KIND_RECEIPT},
    {"agreement", TOUCHSTONE__V1__PRINT_KIND__PRINT_KIND_AGREEMENT},
    {"rejection", TOUCHSTONE__V1__PRINT_KIND__PRINT_KIND_REJECTION},
    {"ticket", TOUCHSTONE__V1__PRINT_KIND__PRINT_KIND_TICKET},
};

enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

int order_kind(const char *layout)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(KINDS[i].layout, layout) == 0)
            return KINDS[i].kind;
    return -1;
}

void order_name(struct order *order, const char *number)
{
    snprintf(order->what, sizeof order->what, "%s %s", order->layout, number);
}

void order_mark(struct order *order, int copy, bool is_counted_here)
{
    char again[40] = "";

    if (copy > 1)
        snprintf(again, sizeof again, "补打 reprint %d", copy - 1);
    snprintf(order->mark, sizeof order->mark, "%s%s%s", again, is_counted_here && again[0] != '\0' ? " " : "",
             is_counted_here ? "本台计数 counted here" : "");
}

static bool draw(const struct layout *layout, const struct values *values, const char *path,
                 unsigned char **ret_bytes, size_t *ret_length, struct ts_error *error)
{
    char *zpl;

    if (!g_str_has_suffix(path, ".zpl"))
        return paper_draw(layout, values, g_str_has_suffix(path, ".pdf") ? PAPER_PDF : PAPER_PNG, ret_bytes,
                          ret_length, error);
    if (!zpl_write(layout, values, &zpl, ret_length, error))
        return false;
    *ret_bytes = (unsigned char *)zpl;
    return true;
}

bool order_draw(const struct order *order, const char *path, struct arena *arena, unsigned char **ret_bytes,
                size_t *ret_length, struct ts_error *error)
{
    struct layout *layout = arena_alloc(arena, sizeof *layout);
    struct values values = {.root = order->root,
                            .paper = order->paper,
                            .server = order->server,
                            .mark = order->mark,
                            .received_at = order->received_at};

    if (layout == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return layouts_load(order->layout, arena, layout, error) &&
           draw(layout, &values, path, ret_bytes, ret_length, error);
}

bool order_keep(const struct order *order, const char *printer, struct arena *arena, struct ts_error *error)
{
    unsigned char *bytes;
    size_t length;
    bool held;

    if (!order_draw(order, cups_takes_pages(printer) ? ".pdf" : ".zpl", arena, &bytes, &length, error))
        return false;
    held = spool_keep(printer, order->what, (const char *)bytes, length, error);
    g_free(bytes);
    return held;
}
