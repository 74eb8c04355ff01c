// SPDX-License-Identifier: Apache-2.0
// The acts of the benchmark as messages, see bodies.h and the head of fill.sql for how numbers name
// rows.
#include "bodies.h"

#include "touchstone/v1/bench.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"
#include "wire/grpc_frame.h"
#include "wire/item_code.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RESULTS_MOST = 96, RESULTS_FEW = 3, SCATTER = 7919 };

// xorshift64: fast, and good enough to choose rows.
static uint64_t draw(struct bodies *bodies, uint64_t below)
{
    bodies->random ^= bodies->random << 13;
    bodies->random ^= bodies->random >> 7;
    bodies->random ^= bodies->random << 17;
    return bodies->random % below;
}

static void set_token(struct body *body, uint64_t person)
{
    snprintf(body->token, sizeof body->token, "%032" PRIu64, person);
}

static void finish(struct body *body, const ProtobufCMessage *message)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    if (length + GRPC_FRAME_PREFIX > sizeof body->bytes)
        errx(1, "a body of %zu bytes is too large", length);
    grpc_frame_write_prefix(body->bytes, false, (uint32_t)length);
    protobuf_c_message_pack(message, body->bytes + GRPC_FRAME_PREFIX);
    body->length = length + GRPC_FRAME_PREFIX;
}

// A UUID of version 4.
static void random_id(struct bodies *bodies, char ret_id[37])
{
    uint64_t a = draw(bodies, UINT64_MAX), b = draw(bodies, UINT64_MAX);
    snprintf(ret_id, 37, "%08x-%04x-4%03x-8%03x-%012" PRIx64, (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff), (unsigned)(b >> 48 & 0xfff),
             b & 0xffffffffffff);
}

static void write_item(struct bodies *bodies, uint64_t slot, uint64_t count, struct body *ret_body)
{
    Touchstone__V1__GetItemRequest request = TOUCHSTONE__V1__GET_ITEM_REQUEST__INIT;
    char digits[ITEM_CODE_PAYLOAD + 1], code[ITEM_CODE_SIZE];
    (void)count;
    snprintf(digits, sizeof digits, "%08u", (unsigned)draw(bodies, bodies->items));
    item_code_append_check(digits, code);
    request.item_code = code;
    set_token(ret_body, 1000 + slot % DESKS);
    finish(ret_body, &request.base);
}

static void write_worklist(struct bodies *bodies, uint64_t slot, uint64_t count, struct body *ret_body)
{
    Touchstone__V1__ListTestsRequest request = TOUCHSTONE__V1__LIST_TESTS_REQUEST__INIT;
    char technician[16];
    (void)count;
    snprintf(technician, sizeof technician, "tech%u", (unsigned)draw(bodies, DESKS));
    request.laboratory = "JEW";
    request.assigned_to = technician;
    set_token(ret_body, slot % DESKS);
    finish(ret_body, &request.base);
}

// Every test of the window in a scattered order, again and again; each call raises the version by one. The
// number of slots divides the number of places, so that one slot alone meets a test.
static void write_entry(struct bodies *bodies, uint64_t slot, uint64_t count, size_t readings,
                        struct body *ret_body)
{
    Touchstone__V1__EnterResultRequest request = TOUCHSTONE__V1__ENTER_RESULT_REQUEST__INIT;
    Touchstone__V1__Reading reading[RESULTS_MOST], *pointers[RESULTS_MOST];
    char values[RESULTS_MOST][8], test[37], id[37];
    uint64_t rows = bodies->items * 2 / DESKS / bodies->windows, places = rows * DESKS;
    uint64_t call = slot + count * bodies->slots, place = call % places * SCATTER % places;
    uint64_t row = bodies->window + bodies->windows * (place / DESKS);
    for (size_t i = 0; i < readings; i++) {
        touchstone__v1__reading__init(&reading[i]);
        snprintf(values[i], sizeof values[i], "75%u.%u", (unsigned)draw(bodies, 7),
                 (unsigned)draw(bodies, 10));
        reading[i].value = values[i];
        reading[i].position = i % 3 == 2 ? "clasp" : "shank";
        pointers[i] = &reading[i];
    }
    snprintf(test, sizeof test, "00000000-0000-7000-8000-%012" PRIu64, row * DESKS + place % DESKS);
    random_id(bodies, id);
    request.request_id = id;
    request.test_id = test;
    request.version = (int64_t)(2 + call / places);
    request.readings = pointers;
    request.n_readings = readings;
    request.expanded_uncertainty = "2.0";
    request.instrument = "XRF-01";
    request.temperature_c = "23.1";
    request.humidity_percent = "45";
    request.reason = "measured again";
    set_token(ret_body, place % DESKS);
    finish(ret_body, &request.base);
}

static void write_enter(struct bodies *bodies, uint64_t slot, uint64_t count, struct body *ret_body)
{
    write_entry(bodies, slot, count, RESULTS_FEW, ret_body);
}

static void write_results96(struct bodies *bodies, uint64_t slot, uint64_t count, struct body *ret_body)
{
    write_entry(bodies, slot, count, RESULTS_MOST, ret_body);
}

static void fill_item(struct bodies *bodies, Touchstone__V1__NewItem *item, char mass[8])
{
    // A PNG of one grey pixel.
    static uint8_t photo[] = {
        0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
        0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b, 0x55, 0x00,
        0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x68, 0x00, 0x00, 0x00, 0x82, 0x00, 0x81,
        0x77, 0xcd, 0x72, 0xb6, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
    snprintf(mass, 8, "3.%03u", (unsigned)draw(bodies, 1000));
    item->name = "戒指";
    item->claimed_product_id = "JEW_AU750";
    item->claim_text = "18K 金";
    item->hallmark = "Au750";
    item->mass_g = mass;
    item->condition = "good";
    item->declared_value_cny = "2600";
    item->photo = (ProtobufCBinaryData){sizeof photo, photo};
    item->pieces = 1;
}

static void write_intake(struct bodies *bodies, uint64_t slot, uint64_t count, struct body *ret_body)
{
    static char *const parameters[] = {"AU", "AG", "PT", "PD"};
    Touchstone__V1__RegisterIntakeRequest request = TOUCHSTONE__V1__REGISTER_INTAKE_REQUEST__INIT;
    Touchstone__V1__PersonRef owner = TOUCHSTONE__V1__PERSON_REF__INIT;
    Touchstone__V1__NewItem item = TOUCHSTONE__V1__NEW_ITEM__INIT, *items[] = {&item};
    Touchstone__V1__TestOrder order[4], *orders[4];
    Touchstone__V1__Consent consent[2], *consents[2];
    char name[32], phone[16], id[37], mass[8];
    uint64_t person = draw(bodies, bodies->items);
    (void)count;
    for (size_t i = 0; i < 4; i++) {
        touchstone__v1__test_order__init(orders[i] = &order[i]);
        order[i].method_id = "M_XRF";
        order[i].parameter_id = parameters[i];
    }
    for (size_t i = 0; i < 2; i++) {
        touchstone__v1__consent__init(consents[i] = &consent[i]);
        consent[i].kind = (Touchstone__V1__ConsentKind)(i + 1); // privacy, agreement
        consent[i].given_by_owner = true;
    }
    snprintf(name, sizeof name, "王%" PRIu64, person);
    snprintf(phone, sizeof phone, "13%09u", (unsigned)(person * SCATTER % 1000000000));
    owner.name = name;
    owner.phone = phone;
    fill_item(bodies, &item, mass);
    item.tests = orders;
    item.n_tests = 4;
    random_id(bodies, id);
    request.request_id = id;
    request.laboratory = "JEW";
    request.owner = &owner;
    request.items = items;
    request.n_items = 1;
    request.consents = consents;
    request.n_consents = 2;
    request.return_choice = TOUCHSTONE__V1__RETURN_CHOICE__RETURN_CHOICE_RETURN;
    request.purpose = "consumer reference";
    set_token(ret_body, 1000 + slot % DESKS);
    finish(ret_body, &request.base);
}

// The beginning of a name, as it is typed.
static void write_names(struct bodies *bodies, uint64_t slot, uint64_t count, struct body *ret_body)
{
    Touchstone__V1__FindPersonsRequest request = TOUCHSTONE__V1__FIND_PERSONS_REQUEST__INIT;
    char query[32];
    (void)count;
    snprintf(query, sizeof query, "王%" PRIu64, draw(bodies, bodies->items / 2));
    request.query = query;
    set_token(ret_body, 1000 + slot % DESKS);
    finish(ret_body, &request.base);
}

static const struct act acts[] = {
    {"item", "/touchstone.v1.DeskService/GetItem", write_item},
    {"enter", "/touchstone.v1.BenchService/EnterResult", write_enter},
    {"worklist", "/touchstone.v1.BenchService/ListTests", write_worklist},
    {"intake", "/touchstone.v1.DeskService/RegisterIntake", write_intake},
    {"results96", "/touchstone.v1.BenchService/EnterResult", write_results96},
    {"names", "/touchstone.v1.DeskService/FindPersons", write_names},
};

const struct act *act_find(const char *name)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (strcmp(acts[i].name, name) == 0)
            return &acts[i];
    return NULL;
}
