// SPDX-License-Identifier: Apache-2.0
// An intake as the request of DeskService.RegisterIntake. Slots fill the field that their key names; the rest
// is put together here.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "desk/ask.h"
#include "desk/catalogue.h"
#include "desk/intake.h"
#include "files/read_file.h"
#include "message/value.h"
#include "touchstone/v1/desk.pb-c.h"

enum { PHOTO_CEILING_BYTES = 2 * 1024 * 1024 };

// Sets the field unless the value is empty.
static bool set(struct ask *ask, const char *path, const char *value)
{
    const char *kept = value[0] != '\0' ? ask_text(ask, value) : "";

    if (kept == NULL)
        return error_set(&ask->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    return value[0] == '\0' || value_set(ask->arena, ask->request, path, kept, &ask->error);
}

static bool set_slot(struct ask *ask, const char *path, const struct form *form, const char *key)
{
    const struct slot *slot = form_find(form, key);
    char value[FIELD_BYTES] = "";

    if (slot != NULL)
        form_value(slot, value);
    return set(ask, path, value);
}

static bool add_fact(struct ask *ask, const char *key, const char *value)
{
    return value[0] == '\0' || (set(ask, "items.facts+.field", key) && set(ask, "items.facts.value", value));
}

static bool add_photo(struct ask *ask, const char *path)
{
    uint8_t *bytes;
    size_t length;

    // The kept one is put in by whoever sends it anew.
    return path[0] == '\0' || strcmp(path, INTAKE_KEPT_PHOTO) == 0 ||
           (read_file_whole(path, PHOTO_CEILING_BYTES, ask->arena, &bytes, &length, &ask->error) &&
            value_set_bytes(ask->arena, ask->request, "items.photo", bytes, length, &ask->error));
}

static bool add_tests(struct ask *ask, const struct intake_item *item, const struct catalogue *catalogue)
{
    char rule[FIELD_BYTES] = "";
    const struct slot *slot = form_find(&item->form, "decision_rule");
    bool done = true;

    if (slot != NULL)
        form_value(slot, rule);
    for (size_t i = 0; i < item->test_count && done; i++) {
        const char *value = catalogue->tests[item->tests[i]].value, *colon = strchr(value, ':');
        char method[SLOT_KEY * 2];

        snprintf(method, sizeof method, "%.*s", (int)(colon - value), value);
        done = set(ask, "items.tests+.method_id", method) &&
               set(ask, "items.tests.parameter_id", colon + 1) &&
               (strcmp(rule, "simple") == 0 || set(ask, "items.tests.decision_rule", rule));
    }
    return done;
}

static bool add_item(struct ask *ask, const struct intake_item *item, const struct catalogue *catalogue)
{
    static const char *const apart[] = {"package", "decision_rule", "tests", "photo", "name"};
    bool done = set_slot(ask, "items+.name", &item->form, "name");

    for (size_t i = 0; i < item->form.count && done; i++) {
        const struct slot *slot = &item->form.slots[i];
        char value[FIELD_BYTES], path[SLOT_KEY + 8];
        bool is_apart = false;

        for (size_t j = 0; j < sizeof apart / sizeof *apart; j++)
            is_apart = is_apart || strcmp(slot->key, apart[j]) == 0;
        form_value(slot, value);
        snprintf(path, sizeof path, "items.%s", slot->key);
        if (strcmp(slot->key, "photo") == 0)
            done = add_photo(ask, value);
        else if (slot->traits & SLOT_FACT)
            done = add_fact(ask, slot->key, value);
        else if (!is_apart)
            done = set(ask, path, value);
    }
    return done && add_tests(ask, item, catalogue);
}

static bool add_consent(struct ask *ask, const struct intake *intake, const char *key)
{
    const struct slot *slot = form_find(&intake->agreement, key),
                      *bringer = form_find(&intake->visitor, "bringer.name");
    char name[FIELD_BYTES] = "";

    if (slot == NULL || !slot->is_ticked)
        return true;
    form_value(bringer, name);
    if (!set(ask, "consents+.kind", key))
        return false;
    return name[0] == '\0' ? set(ask, "consents.given_by_owner", "yes")
                           : set_slot(ask, "consents.authorisation", &intake->visitor, "authorisation");
}

// Nobody named = the owner by short message, which is what the server does by itself.
static bool add_recipient(struct ask *ask, const struct form *agreement)
{
    char channel[FIELD_BYTES], address[FIELD_BYTES];

    form_value(form_find(agreement, "channel"), channel);
    form_value(form_find(agreement, "address"), address);
    if (strcmp(channel, "sms") == 0 && address[0] == '\0')
        return true;
    return set(ask, "recipients+.channel", channel) && set(ask, "recipients.address", address);
}

static bool add_visitor(struct ask *ask, const struct intake *intake)
{
    return (intake->person_id[0] != '\0'
                ? set(ask, "owner.person_id", intake->person_id)
                : set_slot(ask, "owner.name", &intake->visitor, "owner.name") &&
                      set_slot(ask, "owner.phone", &intake->visitor, "owner.phone")) &&
           set_slot(ask, "bringer.name", &intake->visitor, "bringer.name") &&
           set_slot(ask, "bringer.phone", &intake->visitor, "bringer.phone") &&
           set_slot(ask, "collector.name", &intake->agreement, "collector.name") &&
           set_slot(ask, "collector.phone", &intake->agreement, "collector.phone");
}

bool intake_request(const struct intake *intake, const struct catalogue *catalogue, const char *laboratory,
                    struct ask *ask)
{
    static const char *const agreed[] = {"return_choice", "purpose", "fee_cny", "waiver", "fee_reason"};
    bool done = set(ask, "request_id", intake->request_id) && set(ask, "laboratory", laboratory) &&
                add_visitor(ask, intake) && set(ask, "serves_ticket_no", intake->ticket) &&
                set(ask, "serves_booking_code", intake->booking);

    for (size_t i = 0; i < intake->item_count && done; i++)
        done = add_item(ask, &intake->items[i], catalogue) &&
               (i >= intake->code_count || set(ask, "items.reserved_item_code", intake->codes[i]));
    for (size_t i = 0; i < sizeof agreed / sizeof *agreed && done; i++)
        done = set_slot(ask, agreed[i], &intake->agreement, agreed[i]);
    return done && add_consent(ask, intake, "privacy") && add_consent(ask, intake, "agreement") &&
           add_consent(ask, intake, "destructive") && add_recipient(ask, &intake->agreement);
}
