// SPDX-License-Identifier: Apache-2.0
// The dialogs of the custody: what each asks for, and the request that is made of it.
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "touchstone/v1/custody.pb-c.h"
#include "touchstone/v1/custody_day.pb-c.h"
#include "touchstone/v1/desk.pb-c.h"

static void add_option(struct keeping_choices *choices, const char *value, const char *label)
{
    int at = choices->count;

    if (at >= KEEPING_OPTIONS)
        return;
    snprintf(choices->values[at], sizeof choices->values[at], "%.43s", value);
    snprintf(choices->labels[at], sizeof choices->labels[at], "%.95s", label);
    choices->options[at] = (struct option){choices->values[at], choices->labels[at], choices->labels[at]};
    choices->count++;
}

void custody_name_colleagues(struct desk *desk, const char *but, const char *nor)
{
    const Touchstone__V1__ListItemHoldersResponse *list =
        (Touchstone__V1__ListItemHoldersResponse *)desk->keeping->holders.message;
    struct keeping_choices *choices = &desk->keeping->choices;
    char label[KEEPING_NAME];

    choices->count = 0;
    for (size_t i = 0; list != NULL && i < list->n_holders; i++) {
        const Touchstone__V1__ItemHolder *one = list->holders[i];

        if (strcmp(one->username, but) == 0 || strcmp(one->username, nor) == 0)
            continue;
        snprintf(label, sizeof label, "%.20s  %.48s%s", one->username, one->name,
                 one->is_off ? desk_say(desk, "（不在岗）", " (not at work)") : "");
        add_option(choices, one->username, label);
    }
}

struct slot *custody_choose_colleague(struct desk *desk, struct form *form, const char *key, const char *zh,
                                      const char *en)
{
    struct keeping_choices *choices = &desk->keeping->choices;
    struct slot *slot = form_add_choice(form, key, zh, en, choices->options, choices->count, OPTION_NONE);

    // Nobody is chosen until somebody is: F8 at once would hand it to the first of the list.
    if (slot != NULL)
        slot->traits = SLOT_REQUIRED;
    return slot;
}

// Colleagues who may hold the item; neither its holder nor who is asked.
static void choose_colleague(struct desk *desk, struct form *form, const char *key, const char *zh,
                             const char *en)
{
    custody_name_colleagues(desk, desk->username, custody_shown(desk)->holder);
    custody_choose_colleague(desk, form, key, zh, en);
}

// Only who uses up the whole item needs one: the server says so.
static void choose_witness_of_all(struct desk *desk, struct form *form)
{
    struct slot *slot;

    custody_name_colleagues(desk, desk->username, custody_shown(desk)->holder);
    slot = custody_choose_colleague(desk, form, "witness", "见证人（用完或用去多时）",
                                    "Witness, if much is used");
    if (slot != NULL)
        slot->traits &= ~(unsigned)SLOT_REQUIRED;
}

static void choose_store(struct desk *desk, struct form *form, const char *key)
{
    struct keeping_choices *choices = &desk->keeping->choices;
    const Touchstone__V1__Storage *store;
    char label[KEEPING_NAME];

    choices->count = 0;
    for (int i = 0; (store = keeping_store(desk, i)) != NULL; i++) {
        if (!store->in_use)
            continue;
        snprintf(label, sizeof label, "%.20s  %.60s", store->storage, store->name);
        add_option(choices, store->storage, label);
    }
    form_add_choice(form, key, "存放", "Store", choices->options, choices->count, 0)->traits = SLOT_REQUIRED;
}

static void add_incident(struct form *form)
{
    static const struct option kinds[] = {{"damaged", "损坏", "damaged"},
                                          {"lost", "丢失", "lost"},
                                          {"seal_broken", "封样破损", "its seal is broken"},
                                          {"mixed_up", "混样", "mixed up"},
                                          {"other", "其他", "something else"}};

    form_add_choice(form, "incident_kind", "事件", "What", kinds, (int)(sizeof kinds / sizeof *kinds), 0)
        ->traits = SLOT_REQUIRED;
    form_add(form, SLOT_TEXT, "description", "情况", "What was seen", 200)->traits = SLOT_REQUIRED;
}

static void add_settlement(const struct desk *desk, struct form *form)
{
    const Touchstone__V1__Incident *incident = custody_shown(desk)->incident;

    form_add(form, SLOT_TEXT, "resolution", "查明与处理", "Found out and done", 200)->traits = SLOT_REQUIRED;
    form_add(form, SLOT_DECIMAL, "accepted_mass_g", "今后以此质量为准 g", "Mass that counts now, g", 20)
        ->traits = incident != NULL && incident->incident_kind ==
                                           TOUCHSTONE__V1__INCIDENT_KIND__INCIDENT_KIND_MASS_DIFFERENCE
                       ? SLOT_REQUIRED
                       : 0;
}

static void add_day(const struct desk *desk, struct form *form)
{
    const Touchstone__V1__DayClose *today = closing_today(desk);
    struct slot *slot = form_add(form, SLOT_DATE, "day", "日期", "Day", 10);

    slot->traits = SLOT_REQUIRED;
    field_preset(&slot->field, today != NULL ? today->day : "");
}

static void add_words(struct form *form, const char *key, const char *zh, const char *en)
{
    form_add(form, SLOT_TEXT, key, zh, en, 120)->traits = SLOT_REQUIRED;
}

static void add_mass(struct form *form)
{
    form_add(form, SLOT_DECIMAL, "mass_g", "质量 g", "Mass g", 20)->traits = SLOT_REQUIRED;
}

void custody_form(struct desk *desk, struct form *form)
{
    switch (desk->dialog) {
    case DIALOG_OFFER:
        choose_colleague(desk, form, "receiver", "移交给", "To");
        form_add(form, SLOT_TEXT, "note", "备注", "Note", 120);
        break;
    case DIALOG_ACCEPT:
        add_mass(form);
        break;
    case DIALOG_STORE:
        choose_store(desk, form, "storage");
        break;
    case DIALOG_CONSUME:
        add_mass(form);
        add_words(form, "note", "用于", "For what");
        choose_witness_of_all(desk, form);
        break;
    case DIALOG_INCIDENT:
        add_incident(form);
        break;
    case DIALOG_SETTLE:
        add_settlement(desk, form);
        break;
    case DIALOG_PORTION:
        add_mass(form);
        choose_store(desk, form, "storage");
        form_add(form, SLOT_DATE, "keep_until", "保留至", "Keep until", 10);
        break;
    case DIALOG_DISPOSE:
        choose_colleague(desk, form, "witness", "见证人", "Witness");
        add_words(form, "manner", "方式", "How");
        break;
    case DIALOG_UNOFFER:
    case DIALOG_VOID:
        add_words(form, "reason", "理由", "Reason");
        break;
    case DIALOG_CLOSE_DAY:
        add_day(desk, form);
        break;
    case DIALOG_REOPEN_DAY:
        add_words(form, "reason", "理由", "Reason");
        add_day(desk, form);
        break;
    default:
        break;
    }
}

// What the act is about, beside what was filled in.
static bool set_target(struct desk *desk, struct ask *ask)
{
    const Touchstone__V1__Custody *item = custody_shown(desk);
    const Touchstone__V1__Receipt *receipt = desk_receipt(desk);

    switch (desk->dialog) {
    case DIALOG_PROXY:
        return receipt != NULL && parts_set(ask, "receipt_no", receipt->receipt_no);
    case DIALOG_VOID:
        return receipt != NULL && parts_set(ask, "receipt_no", receipt->receipt_no) &&
               parts_set_version(ask, receipt->version);
    case DIALOG_CLOSE_DAY:
    case DIALOG_REOPEN_DAY:
        return parts_set(ask, "laboratory", desk->keeping->laboratory);
    case DIALOG_STORE:
        return item != NULL && parts_set(ask, "item_codes", item->item_code);
    case DIALOG_SETTLE:
        return item != NULL && item->incident != NULL &&
               parts_set(ask, "incident_no", item->incident->incident_no) &&
               parts_set_version(ask, item->incident->version);
    default:
        return item != NULL && parts_set(ask, "item_code", item->item_code);
    }
}

bool custody_fill(struct desk *desk, struct ask *ask)
{
    return set_target(desk, ask) && parts_fill(ask, &desk->dialog_form);
}

enum weighing custody_weighing(const struct desk *desk, char *ret_text, size_t size)
{
    const Touchstone__V1__Custody *item = custody_shown(desk);

    if (desk->dialog != DIALOG_ACCEPT || item == NULL || item->hand_over == NULL)
        return WEIGHING_NOTHING;
    return weighing_tell(desk->dialog_form.slots[0].field.text, item->hand_over->expected_mass_g,
                         item->mass_tolerance_g, desk->chinese, ret_text, size);
}

void custody_warn(struct desk *desk, const char *difference)
{
    desk_tell(desk, NOTE_BAD, "%s。请再称一次；再按 F8 即冻结", "%s. Weigh it again; F8 again freezes it",
              difference);
}
