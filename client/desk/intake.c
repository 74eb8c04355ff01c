// SPDX-License-Identifier: Apache-2.0
// An intake as it grows: see intake.h.
#include "desk/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/catalogue.h"
#include "desk/intake_slots.h"
#include "desk/press.h"
#include "run/request_id.h"

struct form *intake_form(struct intake *intake)
{
    switch (intake->part) {
    case INTAKE_VISITOR:
        return &intake->visitor;
    case INTAKE_ITEM:
        return &intake->items[intake->item_at].form;
    default:
        return &intake->agreement;
    }
}

struct intake_item *intake_item(struct intake *intake)
{
    return &intake->items[intake->item_at];
}

bool intake_has_test(const struct intake_item *item, int test)
{
    for (size_t i = 0; i < item->test_count; i++)
        if (item->tests[i] == test)
            return true;
    return false;
}

bool intake_toggle_test(struct intake *intake, const struct catalogue *catalogue, int test)
{
    struct intake_item *item = intake_item(intake);

    for (size_t i = 0; i < item->test_count; i++)
        if (item->tests[i] == test) {
            item->test_count--;
            memmove(item->tests + i, item->tests + i + 1, (item->test_count - i) * sizeof *item->tests);
            intake_need_consents(intake, catalogue);
            return true;
        }
    if (item->test_count >= INTAKE_TESTS)
        return false;
    item->tests[item->test_count++] = test;
    intake_need_consents(intake, catalogue);
    return true;
}

// What the package says takes the place of what the package before it said; what a person chose stays.
static void preset(struct intake *intake, const struct catalogue *catalogue, struct intake_item *item)
{
    struct slot *package = form_find(&item->form, "package"),
                *product = form_find(&item->form, "claimed_product_id");
    const struct catalogue_package *row;
    char chosen[FIELD_BYTES];
    const char *at;

    if (package == NULL || package->chosen == item->package)
        return;
    form_value(product, chosen);
    if (chosen[0] == '\0' ||
        (item->package != OPTION_NONE && strcmp(chosen, catalogue->package_rows[item->package].product) == 0))
        form_choose(product,
                    package->chosen != OPTION_NONE ? catalogue->package_rows[package->chosen].product : "");
    item->package = package->chosen;
    item->test_count = 0;
    row = package->chosen != OPTION_NONE ? &catalogue->package_rows[package->chosen] : NULL;
    for (at = row != NULL ? row->tests : ""; *at != '\0' && item->test_count < INTAKE_TESTS;) {
        size_t length = strcspn(at, ";");
        int test = catalogue_test(catalogue, at, length);

        if (test != OPTION_NONE)
            item->tests[item->test_count++] = test;
        at += length + (at[length] == ';');
    }
    intake_need_consents(intake, catalogue);
}

void intake_need_consents(struct intake *intake, const struct catalogue *catalogue)
{
    struct slot *slot = form_find(&intake->agreement, "destructive");
    bool is_needed = false;

    for (size_t i = 0; i < intake->item_count; i++)
        for (size_t j = 0; j < intake->items[i].test_count; j++)
            is_needed = is_needed || catalogue->test_is_destructive[intake->items[i].tests[j]];
    if (slot != NULL)
        slot->traits = is_needed ? SLOT_REQUIRED : 0;
}

static void begin_item(struct intake *intake, struct catalogue *catalogue, const char *laboratory)
{
    struct intake_item *item = &intake->items[intake->item_count++];

    *item = (struct intake_item){.package = OPTION_NONE};
    intake_slots_item(&item->form, catalogue, laboratory);
    intake->item_at = intake->item_count - 1;
    intake->part = INTAKE_ITEM;
    preset(intake, catalogue, item);
}

void intake_begin(struct intake *intake, struct catalogue *catalogue, const char *laboratory,
                  const char *person_id, const char *name, const char *phone)
{
    memset(intake, 0, sizeof *intake);
    intake->is_open = request_id_make(intake->request_id);
    if (person_id != NULL) {
        snprintf(intake->person_id, sizeof intake->person_id, "%s", person_id);
        snprintf(intake->name_masked, sizeof intake->name_masked, "%s", name);
        snprintf(intake->phone_masked, sizeof intake->phone_masked, "%s", phone);
    }
    intake_slots_visitor(&intake->visitor, name, phone, person_id != NULL);
    intake_slots_agreement(&intake->agreement, laboratory);
    begin_item(intake, catalogue, laboratory);
    if (person_id == NULL) {
        intake->part = INTAKE_VISITOR;
        form_go(&intake->visitor, name[0] != '\0' && phone[0] == '\0' ? 1 : 0);
    }
}

// What of an item is of that item alone.
static bool is_its_own(const char *key)
{
    static const char *const own[] = {"mass_g", "photo", "seal_no", "declared_value_cny", "hallmark"};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(own[i], key) == 0)
            return true;
    return false;
}

bool intake_add_item(struct intake *intake, struct catalogue *catalogue)
{
    struct intake_item *item, *before = intake_item(intake);

    (void)catalogue;
    if (intake->item_count >= INTAKE_ITEMS)
        return false;
    item = &intake->items[intake->item_count++];
    *item = *before;
    for (size_t i = 0; i < item->form.count; i++)
        if (is_its_own(item->form.slots[i].key))
            field_set(&item->form.slots[i].field, "");
    intake->item_at = intake->item_count - 1;
    intake->part = INTAKE_ITEM;
    form_go(&item->form, 0);
    return true;
}

bool intake_go_item(struct intake *intake, int step)
{
    if ((step < 0 && intake->item_at == 0) || (step > 0 && intake->item_at + 1 >= intake->item_count))
        return false;
    intake->item_at = step < 0 ? intake->item_at - 1 : intake->item_at + 1;
    intake->part = INTAKE_ITEM;
    return true;
}

static void go_part(struct intake *intake, enum intake_part part, bool at_end)
{
    struct form *form;

    intake->part = part;
    form = intake_form(intake);
    form_go(form, at_end && form->count > 0 ? form->count - 1 : 0);
}

enum form_result intake_press(struct intake *intake, struct catalogue *catalogue, const struct press *press)
{
    struct form *form = intake_form(intake);
    enum form_result result = form_press(form, press);

    if (intake->part == INTAKE_ITEM)
        preset(intake, catalogue, intake_item(intake));
    if (result == FORM_LEFT_DOWN && intake->part != INTAKE_AGREEMENT) {
        go_part(intake, intake->part == INTAKE_VISITOR ? INTAKE_ITEM : INTAKE_AGREEMENT, false);
        return FORM_TOOK;
    }
    if (result == FORM_LEFT_UP && intake->part != INTAKE_VISITOR) {
        go_part(intake, intake->part == INTAKE_AGREEMENT ? INTAKE_ITEM : INTAKE_VISITOR, true);
        return FORM_TOOK;
    }
    return result;
}

static bool is_filled(const struct form *form, const char *key)
{
    const struct slot *slot = form_find(form, key);
    char value[FIELD_BYTES] = "";

    if (slot != NULL)
        form_value(slot, value);
    return value[0] != '\0';
}

static enum slot_fault fault_in(struct intake *intake, enum intake_part part, struct form *form)
{
    size_t at = form_first_fault(form);

    if (at == form->count)
        return SLOT_FINE;
    intake->part = part;
    form_go(form, at);
    return form_fault(&form->slots[at]);
}

enum slot_fault intake_fault(struct intake *intake, const struct catalogue *catalogue)
{
    struct slot *authorisation = form_find(&intake->visitor, "authorisation");
    struct slot *phone = form_find(&intake->visitor, "bringer.phone");
    enum slot_fault fault;

    (void)catalogue;
    authorisation->traits = phone->traits = is_filled(&intake->visitor, "bringer.name") ? SLOT_REQUIRED : 0;
    form_find(&intake->agreement, "collector.phone")->traits =
        is_filled(&intake->agreement, "collector.name") ? SLOT_REQUIRED : 0;
    if ((fault = fault_in(intake, INTAKE_VISITOR, &intake->visitor)) != SLOT_FINE)
        return fault;
    for (size_t i = 0; i < intake->item_count; i++) {
        struct form *form = &intake->items[i].form;
        bool lacks_tests = intake->items[i].test_count == 0;

        if (form_first_fault(form) < form->count || lacks_tests)
            intake->item_at = i;
        if ((fault = fault_in(intake, INTAKE_ITEM, form)) != SLOT_FINE)
            return fault;
        if (lacks_tests) {
            intake->part = INTAKE_ITEM;
            form_go(form, (size_t)(form_find(form, "tests") - form->slots));
            return SLOT_EMPTY;
        }
    }
    return fault_in(intake, INTAKE_AGREEMENT, &intake->agreement);
}

size_t intake_gaps(const struct intake *intake, bool chinese, char *ret_text, size_t size)
{
    // Room for how many more there are.
    enum { MORE = 12 };
    size_t gaps = 0, told = 0, length = 0;

    ret_text[0] = '\0';
    for (size_t i = 0; i < intake->item_count; i++)
        for (size_t j = 0; j < intake->items[i].form.count; j++) {
            const struct slot *slot = &intake->items[i].form.slots[j];
            char value[FIELD_BYTES];

            form_value(slot, value);
            if (slot->rule[0] != '*' || value[0] != '\0')
                continue;
            if (told == gaps && length + strlen(chinese ? slot->zh : slot->en) + MORE < size) {
                length +=
                    (size_t)snprintf(ret_text + length, size - length, "%s%s",
                                     gaps > 0 ? (chinese ? "、" : ", ") : "", chinese ? slot->zh : slot->en);
                told++;
            }
            gaps++;
        }
    if (told < gaps)
        snprintf(ret_text + length, size - length, chinese ? "等 %zu 项" : " (%zu)", gaps);
    return gaps;
}

void intake_go_to(struct intake *intake, const char *path)
{
    const char *key = path;
    struct form *form = NULL;
    struct slot *slot = NULL;

    if (strncmp(path, "items[", 6) == 0) {
        size_t at = strtoul(path + 6, NULL, 10);

        key = strchr(path, '.') != NULL ? strchr(path, '.') + 1 : "";
        if (at < intake->item_count) {
            intake->item_at = at;
            form = &intake->items[at].form;
        }
        intake->part = INTAKE_ITEM;
    }
    for (int part = 0; form == NULL && slot == NULL && part < 2; part++) {
        struct form *one = part == 0 ? &intake->visitor : &intake->agreement;

        slot = form_find(one, key);
        if (slot != NULL) {
            intake->part = part == 0 ? INTAKE_VISITOR : INTAKE_AGREEMENT;
            form_go(one, (size_t)(slot - one->slots));
            return;
        }
    }
    for (size_t i = 0; form != NULL && i < form->count; i++)
        if (strncmp(key, form->slots[i].key, strlen(form->slots[i].key)) == 0) {
            form_go(form, i);
            return;
        }
}
