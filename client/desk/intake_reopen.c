// SPDX-License-Identifier: Apache-2.0
// A request as the intake that it was made of: what was kept without the server comes back as the form that a
// person filled in, to be corrected. The reverse of intake_request.c.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "desk/catalogue.h"
#include "desk/intake.h"
#include "message/choices.h"
#include "message/path.h"
#include "touchstone/v1/desk.pb-c.h"

// The field as the slot shows it; of a list its first element.
static void text_of(const ProtobufCMessage *message, const char *key, char ret_text[FIELD_BYTES])
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, key);
    const char *place;
    char *const *list;

    ret_text[0] = '\0';
    if (field == NULL)
        return;
    place = (const char *)message + field->offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        list = *(char **const *)(const void *)place;
        if (field->type == PROTOBUF_C_TYPE_STRING && path_count(message, field) > 0)
            snprintf(ret_text, FIELD_BYTES, "%s", list[0]);
    } else if (field->type == PROTOBUF_C_TYPE_STRING) {
        snprintf(ret_text, FIELD_BYTES, "%s", *(char *const *)(const void *)place);
    } else if (field->type == PROTOBUF_C_TYPE_INT32) {
        snprintf(ret_text, FIELD_BYTES, "%" PRId32, *(const int32_t *)(const void *)place);
    } else if (field->type == PROTOBUF_C_TYPE_ENUM) {
        choices_word(field->descriptor, *(const int *)(const void *)place, ret_text, FIELD_BYTES);
    }
}

static void fill(struct form *form, const char *key, const char *text)
{
    struct slot *slot = form_find(form, key);

    if (slot == NULL)
        return;
    if (slot->kind == SLOT_CHOICE)
        form_choose(slot, text);
    else if (slot->kind == SLOT_TICK)
        slot->is_ticked = strcmp(text, "yes") == 0;
    else
        field_set(&slot->field, text);
}

static void fill_from(struct form *form, const char *key, const ProtobufCMessage *message)
{
    char text[FIELD_BYTES];

    text_of(message, key, text);
    fill(form, key, text);
}

static void fill_item(struct intake *intake, const struct catalogue *catalogue,
                      const Touchstone__V1__NewItem *kept)
{
    struct intake_item *item = intake_item(intake);
    const char *rule = kept->n_tests > 0 ? kept->tests[0]->decision_rule : "";

    // No package: it would set again what was changed.
    fill(&item->form, "package", "");
    item->package = OPTION_NONE;
    for (size_t i = 0; i < item->form.count; i++)
        if (!(item->form.slots[i].traits & SLOT_FACT) && strcmp(item->form.slots[i].key, "package") != 0)
            fill_from(&item->form, item->form.slots[i].key, &kept->base);
    for (size_t i = 0; i < kept->n_facts; i++)
        fill(&item->form, kept->facts[i]->field, kept->facts[i]->value);
    fill(&item->form, "decision_rule", rule[0] != '\0' ? rule : "simple");
    if (kept->photo.len > 0)
        fill(&item->form, "photo", INTAKE_KEPT_PHOTO);
    item->test_count = 0;
    for (size_t i = 0; i < kept->n_tests && item->test_count < INTAKE_TESTS; i++) {
        char value[128];
        int test, length = snprintf(value, sizeof value, "%s:%s", kept->tests[i]->method_id,
                                    kept->tests[i]->parameter_id);

        test = length > 0 && (size_t)length < sizeof value ? catalogue_test(catalogue, value, (size_t)length)
                                                           : OPTION_NONE;
        if (test != OPTION_NONE)
            item->tests[item->test_count++] = test;
    }
}

static void fill_agreement(struct intake *intake, const Touchstone__V1__RegisterIntakeRequest *kept)
{
    static const char *const agreed[] = {"return_choice", "purpose", "fee_cny", "waiver", "fee_reason"};
    struct form *form = &intake->agreement;
    char kind[FIELD_BYTES];

    for (size_t i = 0; i < sizeof agreed / sizeof *agreed; i++)
        fill_from(form, agreed[i], &kept->base);
    if (kept->n_recipients > 0) {
        fill_from(form, "channel", &kept->recipients[0]->base);
        fill_from(form, "address", &kept->recipients[0]->base);
    }
    for (size_t i = 0; i < kept->n_consents; i++) {
        struct slot *slot;

        text_of(&kept->consents[i]->base, "kind", kind);
        slot = form_find(form, kind);
        if (slot != NULL)
            slot->is_ticked = true;
        if (kept->consents[i]->authorisation[0] != '\0')
            fill(&intake->visitor, "authorisation", kept->consents[i]->authorisation);
    }
}

void intake_reopen(struct intake *intake, struct catalogue *catalogue,
                   const Touchstone__V1__RegisterIntakeRequest *kept, const char *name_masked)
{
    const Touchstone__V1__PersonRef *owner = kept->owner;
    bool is_known = owner != NULL && owner->person_id[0] != '\0';

    intake_begin(intake, catalogue, kept->laboratory, is_known ? owner->person_id : NULL,
                 is_known || owner == NULL ? name_masked : owner->name,
                 is_known || owner == NULL ? "" : owner->phone);
    snprintf(intake->replaces, sizeof intake->replaces, "%s", kept->request_id);
    snprintf(intake->ticket, sizeof intake->ticket, "%.15s", kept->serves_ticket_no);
    snprintf(intake->booking, sizeof intake->booking, "%.15s", kept->serves_booking_code);
    if (kept->bringer != NULL) {
        fill(&intake->visitor, "bringer.name", kept->bringer->name);
        fill(&intake->visitor, "bringer.phone", kept->bringer->phone);
    }
    for (size_t i = 0; i < kept->n_items; i++)
        if (i == 0 || intake_add_item(intake, catalogue))
            fill_item(intake, catalogue, kept->items[i]);
    fill_agreement(intake, kept);
    intake_need_consents(intake, catalogue);
    intake->item_at = 0;
    intake->part = INTAKE_VISITOR;
    form_go(&intake->visitor, 0);
    // It was told when it was taken in.
    intake->was_warned = true;
}
