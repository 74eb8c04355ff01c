// SPDX-License-Identifier: Apache-2.0
// A desk with a journal whose server is played by the test: prepared for hours without it, cut off, back
// again.
#pragma once

#include "played.h"

#include "journal/journal.h"
#include "touchstone/v1/desk.pb-c.h"
#include "wire/item_code.h"
#include <stdio.h>
#include <unistd.h>

#define PASSWORD "a long password"

static char folder[] = "/tmp/desk-offline-XXXXXX";

static inline int begin(void **state)
{
    snprintf(folder, sizeof folder, "/tmp/desk-offline-XXXXXX");
    if (testing_locale(state) != 0 || mkdtemp(folder) == NULL)
        return 1;
    return setenv("XDG_STATE_HOME", folder, 1) || setenv("XDG_CACHE_HOME", folder, 1);
}

static inline int end(void **state)
{
    char command[80];

    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static inline struct desk *begun(void)
{
    struct desk *desk = desk_create("lims:7443", "amy", "JEW", "D1", false);

    assert_non_null(desk);
    snprintf(desk->offline.profile, sizeof desk->offline.profile, "work");
    desk->offline.wall_ms = 1800000000000;
    offline_begin(desk);
    return desk;
}

static inline void wait_ms(struct desk *desk, int64_t ms)
{
    now_ms += ms;
    desk_tick(desk, now_ms);
}

static inline void answer_keys(struct desk *desk)
{
    answer(desk, ASK_KEYS, "keys+.key_id", "0d0d0d0d-0000-4000-8000-000000000001", "keys.key_hex",
           "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", NULL);
    assert_non_null(desk->offline.journal);
}

static inline void answer_codes(struct desk *desk)
{
    struct rpc_outcome outcome = {.fate = RPC_ANSWERED};
    struct ts_error error = {0};
    ProtobufCMessage *response;
    struct ask ask;

    assert_true(desk_take_ask(desk, &ask));
    assert_int_equal(ask.kind, ASK_CODES);
    response = path_new_message(ask.arena, ask.response);
    for (int i = 0; i < OFFLINE_CODES; i++) {
        static const char signs[] = ITEM_CODE_ALPHABET;
        char payload[9] = "00000000", code[ITEM_CODE_SIZE];

        payload[6] = signs[i / 31];
        payload[7] = signs[i % 31];
        assert_true(item_code_append_check(payload, code));
        assert_true(value_set(ask.arena, response, "item_codes", ask_text(&ask, code), &error));
    }
    desk_answer(desk, &ask, response, &outcome);
}

static inline void answer_catalogue(struct desk *desk)
{
    answer(desk, ASK_WHO, "staff.username", "amy", "staff.name", "Amy", "staff.roles+.laboratory", "JEW",
           "staff.roles.roles", "reception", "desk", "D1", NULL);
    answer(desk, ASK_FORM, "fields+.field_key", "hallmark", "fields.label_en", "Hallmark", "fields.type",
           "text", "packages+.package_id", "PK", "packages.product_id", "JEW_ANY", "packages.name_en",
           "Screening", "packages.tests+.method_id", "M_XRF", "packages.tests.parameter_id", "AU", NULL);
    answer(desk, ASK_PRODUCTS, "products+.product_id", "JEW_ANY", "products.name_en", "Jewellery", NULL);
    answer(desk, ASK_METHODS, "methods+.method_id", "M_XRF", "methods.parameter_ids", "AU", NULL);
}

static inline void answer_leases(struct desk *desk, bool has_session)
{
    answer(desk, ASK_LEASES, NULL);
    wait_ms(desk, 100);
    if (has_session) {
        answer(desk, ASK_LEASE_SLOTS, "slots+.slot_id", "51515151-0000-4000-8000-000000000001",
               "slots.walk_in_quota", "10", "slots.ends.seconds", "1800003600", NULL);
        answer(desk, ASK_LEASE, "lease.lease_id", "1ea5e000-0000-4000-8000-000000000001", "lease.places", "2",
               NULL);
        wait_ms(desk, 100);
    } else {
        answer(desk, ASK_LEASE_SLOTS, NULL);
    }
}

// Online and prepared.
static inline struct desk *prepared(bool has_session)
{
    struct desk *desk = begun();

    answer_catalogue(desk);
    wait_ms(desk, 100);
    answer_keys(desk);
    wait_ms(desk, 100);
    answer_codes(desk);
    wait_ms(desk, 100);
    answer_leases(desk, has_session);
    return desk;
}

static inline void cut(struct desk *desk)
{
    wait_ms(desk, OFFLINE_QUIET_MS);
    desk->is_cut_off = true;
}

static inline void fill_new(struct desk *desk, const char *name)
{
    press(desk, PRESS_F4);
    assert_int_equal(desk->screen, DESK_INTAKE);
    field_set(&form_find(&desk->intake->visitor, "owner.name")->field, name);
    field_set(&form_find(&desk->intake->visitor, "owner.phone")->field, "13800001234");
    fill_ring(desk);
}

static inline void keep(struct desk *desk, const char *name)
{
    fill_new(desk, name);
    press(desk, PRESS_F8);
    assert_int_equal(desk->screen, DESK_SLIP);
}

static inline void back(struct desk *desk)
{
    wait_ms(desk, OFFLINE_PROBE_MS + 1);
    answer(desk, ASK_PROBE, "staff.username", "amy", NULL);
    wait_ms(desk, 100);
}
