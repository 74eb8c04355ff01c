// SPDX-License-Identifier: Apache-2.0
// A desk whose server is played by the test: presses, what it asks, what it is answered, what it shows.
#pragma once

#include "testing.h"

#include <stdlib.h>
#include <string.h>

#include "desk/desk.h"
#include "desk/page.h"
#include "desk/paint.h"
#include "message/path.h"
#include "message/value.h"
#include "rpc/outcome.h"
#include "touchstone/v1/desk.pb-c.h"
#include "wire/arena.h"

enum { LATER_MS = 100 };

static int64_t now_ms = 1000000;

static inline void press(struct desk *desk, int kind)
{
    now_ms += LATER_MS;
    desk_press(desk, PRESS(kind), now_ms);
    now_ms += LATER_MS;
    desk_tick(desk, now_ms);
}

static inline void type(struct desk *desk, const char *text)
{
    for (; *text != '\0'; text++) {
        now_ms += LATER_MS;
        desk_press(desk, LETTER((unsigned char)*text), now_ms);
    }
    now_ms += LATER_MS;
    desk_tick(desk, now_ms);
}

static inline void scan(struct desk *desk, const char *text)
{
    now_ms += LATER_MS;
    for (; *text != '\0'; text++)
        desk_press(desk, LETTER((unsigned char)*text), ++now_ms);
    desk_press(desk, PRESS(PRESS_ENTER), ++now_ms);
}

// Answers the next ask with fields given as path and text, up to NULL.
static inline void answer(struct desk *desk, enum ask_kind kind, ...)
{
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};
    struct ts_error error = {0};
    ProtobufCMessage *response;
    const char *path;
    struct ask ask;
    va_list list;

    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, kind);
    response = path_new_message(ask.arena, ask.response);
    va_start(list, kind);
    while ((path = va_arg(list, const char *)) != NULL)
        assert_true(value_set(ask.arena, response, path, ask_text(&ask, va_arg(list, const char *)), &error));
    va_end(list);
    desk_answer(desk, &ask, response, &outcome);
}

static inline void refuse(struct desk *desk, enum ask_kind kind, enum rpc_fate fate, enum ts_status status,
                          const char *reason)
{
    struct rpc_outcome outcome = {.fate = fate};
    struct ask ask;

    error_set(&outcome.error, status, reason, "told by the test");
    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, kind);
    desk_answer(desk, &ask, NULL, &outcome);
}

// At the box, the catalogue read: one package of one test.
static inline struct desk *ready(void)
{
    struct desk *desk = desk_create("lims:7443", "amy", "JEW", "D1", false);

    assert_non_null(desk);
    answer(desk, ASK_WHO, "staff.username", "amy", "staff.name", "Amy", "staff.roles+.laboratory", "JEW",
           "staff.roles.roles", "reception", "desk", "D1", NULL);
    answer(desk, ASK_FORM, "fields+.field_key", "hallmark", "fields.label_en", "Hallmark", "fields.type",
           "text", "fields.required", "yes", "fields+.field_key", "plating", "fields.label_en", "Plating",
           "fields.type", "enum none|plated", "packages+.package_id", "PK", "packages.product_id", "JEW_ANY",
           "packages.name_en", "Screening", "packages.tests+.method_id", "M_XRF",
           "packages.tests.parameter_id", "AU", NULL);
    answer(desk, ASK_PRODUCTS, "products+.product_id", "JEW_ANY", "products.name_en", "Jewellery",
           "products+.product_id", "JEW_AU750", "products.name_en", "gold 750", NULL);
    answer(desk, ASK_METHODS, "methods+.method_id", "M_CUP", "methods.destructive", "yes",
           "methods.parameter_ids", "AU", "methods+.method_id", "M_XRF", "methods.parameter_ids", "AU", NULL);
    assert_true(desk->catalogue->is_whole);
    return desk;
}

static inline bool shows(const struct desk *desk, int rows, int columns, const char *text)
{
    struct page page;
    bool found = false;

    assert_true(page_init(&page, rows, columns));
    paint_desk(desk, &page);
    for (int row = 0; row < rows; row++) {
        char *line = page_row_text(&page, row);

        found = found || strstr(line, text) != NULL;
        free(line);
    }
    page_done(&page);
    return found;
}

static inline void find_known(struct desk *desk)
{
    type(desk, "1234");
    press(desk, PRESS_ENTER);
    answer(desk, ASK_PERSONS, "persons+.person_id", "11111111-1111-4111-8111-111111111111",
           "persons.name_masked", "W*", "persons.phone_masked", "138****1234", NULL);
    press(desk, PRESS_ENTER);
    assert_int_equal(desk->screen, DESK_INTAKE);
}

static inline void fill_ring(struct desk *desk)
{
    field_set(&form_find(&intake_item(desk->intake)->form, "name")->field, "ring");
    field_set(&form_find(&intake_item(desk->intake)->form, "mass_g")->field, "3.52");
    form_find(&desk->intake->agreement, "privacy")->is_ticked = true;
    form_find(&desk->intake->agreement, "agreement")->is_ticked = true;
}
