// SPDX-License-Identifier: Apache-2.0
// Forms: see form.h.
#include "desk/form.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "desk/press.h"

struct slot *form_add(struct form *form, enum slot_kind kind, const char *key, const char *zh, const char *en,
                      size_t most)
{
    struct slot *slot;

    if (form->count >= FORM_SLOTS)
        return NULL;
    slot = &form->slots[form->count++];
    *slot = (struct slot){.kind = kind, .chosen = OPTION_NONE};
    snprintf(slot->key, sizeof slot->key, "%s", key);
    snprintf(slot->zh, sizeof slot->zh, "%s", zh);
    snprintf(slot->en, sizeof slot->en, "%s", en);
    field_init(&slot->field, most);
    return slot;
}

struct slot *form_add_choice(struct form *form, const char *key, const char *zh, const char *en,
                             const struct option *options, int option_count, int chosen)
{
    struct slot *slot = form_add(form, SLOT_CHOICE, key, zh, en, 60);

    if (slot != NULL) {
        slot->options = options;
        slot->option_count = option_count;
        slot->chosen = chosen < option_count ? chosen : OPTION_NONE;
    }
    return slot;
}

struct slot *form_find(const struct form *form, const char *key)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->slots[i].key, key) == 0)
            return (struct slot *)&form->slots[i];
    return NULL;
}

struct slot *form_focused(struct form *form)
{
    return form->focus < form->count ? &form->slots[form->focus] : NULL;
}

void form_go(struct form *form, size_t at)
{
    struct slot *left = form_focused(form), *slot;

    // A search has done its work when its slot is left; one that found nothing stays to be mended.
    if (left != NULL && left->kind == SLOT_CHOICE && form_finds(left))
        field_set(&left->field, "");
    if (at >= form->count)
        return;
    form->focus = at;
    slot = &form->slots[at];
    slot->field.cursor = slot->field.length;
}

bool form_matches(const struct slot *slot, int option)
{
    const struct option *one = &slot->options[option];
    char wanted[FIELD_BYTES];

    field_trimmed(&slot->field, wanted, sizeof wanted);
    return wanted[0] == '\0' || strcasestr(one->value, wanted) != NULL ||
           strcasestr(one->zh, wanted) != NULL || strcasestr(one->en, wanted) != NULL;
}

// The next option that matches, `step` ways on from `from`, round the end.
static int next_match(const struct slot *slot, int from, int step)
{
    for (int i = 1; i <= slot->option_count; i++) {
        int at = (from + step * i) % slot->option_count;

        if (at < 0)
            at += slot->option_count;
        if (form_matches(slot, at))
            return at;
    }
    return OPTION_NONE;
}

// How well a name answers what was typed: is it, begins with it, has it in it.
static int closeness(const char *name, const char *wanted)
{
    if (strcasecmp(name, wanted) == 0)
        return 3;
    if (strncasecmp(name, wanted, strlen(wanted)) == 0)
        return 2;
    return strcasestr(name, wanted) != NULL;
}

static int closeness_of(const struct slot *slot, int option, const char *wanted)
{
    const struct option *one = &slot->options[option];
    int value = closeness(one->value, wanted), zh = closeness(one->zh, wanted),
        en = closeness(one->en, wanted);

    value = zh > value ? zh : value;
    return en > value ? en : value;
}

// What was chosen stays among those that answer as well: a preset gives way to a better one.
static int best_match(const struct slot *slot)
{
    char wanted[FIELD_BYTES];
    int best = OPTION_NONE, most = 0;

    field_trimmed(&slot->field, wanted, sizeof wanted);
    if (slot->chosen != OPTION_NONE && (most = closeness_of(slot, slot->chosen, wanted)) > 0)
        best = slot->chosen;
    for (int i = 0; i < slot->option_count; i++)
        if (closeness_of(slot, i, wanted) > most) {
            most = closeness_of(slot, i, wanted);
            best = i;
        }
    return best;
}

bool form_finds(const struct slot *slot)
{
    return field_is_blank(&slot->field) || next_match(slot, -1, 1) != OPTION_NONE;
}

static enum form_result press_choice(struct slot *slot, const struct press *press)
{
    struct field was = slot->field;
    enum field_result result;
    int found;

    if (slot->option_count == 0)
        return FORM_IGNORED;
    if (press->kind == PRESS_LEFT || press->kind == PRESS_RIGHT ||
        (press->kind == PRESS_CHARACTER && press->character == ' ' && slot->field.length == 0)) {
        int step = press->kind == PRESS_LEFT ? -1 : 1;

        if (!form_finds(slot))
            field_set(&slot->field, "");
        found = next_match(slot, slot->chosen == OPTION_NONE && step > 0 ? -1 : slot->chosen, step);
        slot->chosen = found != OPTION_NONE ? found : slot->chosen;
        return FORM_TOOK;
    }
    result = field_press(&slot->field, press);
    if (result == FIELD_IGNORED)
        return FORM_IGNORED;
    if (result != FIELD_TOOK) {
        slot->field = was;
        return FORM_NO_MATCH;
    }
    if (field_is_blank(&slot->field))
        return FORM_TOOK;
    found = best_match(slot);
    // What was typed stays in sight, and nothing is sent by it: form_fault.
    if (found == OPTION_NONE)
        return FORM_NO_MATCH;
    slot->chosen = found;
    return FORM_TOOK;
}

static enum form_result press_slot(struct slot *slot, const struct press *press)
{
    switch (slot->kind) {
    case SLOT_CHOICE:
        return press_choice(slot, press);
    case SLOT_LIST:
        if (press->kind == PRESS_CHARACTER && press->character == ' ')
            return FORM_OPENED;
        return FORM_IGNORED;
    case SLOT_TICK:
        if (press->kind != PRESS_CHARACTER || press->character != ' ')
            return FORM_IGNORED;
        slot->is_ticked = !slot->is_ticked;
        return FORM_TOOK;
    default:
        break;
    }
    switch (field_press(&slot->field, press)) {
    case FIELD_TOOK:
        return FORM_TOOK;
    case FIELD_FULL:
        return FORM_FULL;
    case FIELD_REFUSED:
        return FORM_REFUSED;
    default:
        return FORM_IGNORED;
    }
}

// Told at once, not refused: what is meant may be typed later.
static enum form_result move(struct form *form, size_t to)
{
    const struct slot *left = form_focused(form);
    bool is_no_number = left != NULL && form_fault(left) == SLOT_NO_NUMBER;

    form_go(form, to);
    return is_no_number ? FORM_NO_NUMBER : FORM_TOOK;
}

enum form_result form_press(struct form *form, const struct press *press)
{
    switch (press->kind) {
    case PRESS_ENTER:
    case PRESS_TAB:
    case PRESS_DOWN:
        if (form->focus + 1 >= form->count)
            return FORM_LEFT_DOWN;
        return move(form, form->focus + 1);
    case PRESS_BACK_TAB:
    case PRESS_UP:
        if (form->focus == 0)
            return FORM_LEFT_UP;
        return move(form, form->focus - 1);
    default:
        return form->focus < form->count ? press_slot(&form->slots[form->focus], press) : FORM_IGNORED;
    }
}

static bool is_decimal(const char *text)
{
    size_t digits = 0, points = 0;

    for (; *text != '\0'; text++) {
        if (*text == '.')
            points++;
        else if (isdigit((unsigned char)*text))
            digits++;
        else
            return false;
    }
    return digits > 0 && points <= 1;
}

static bool is_date(const char *text)
{
    static const char shape[] = "9999-99-99";

    for (size_t i = 0; shape[i] != '\0'; i++)
        if (shape[i] == '9' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return false;
    return text[sizeof shape - 1] == '\0';
}

static bool is_phone(const char *text)
{
    size_t digits = 0;

    for (; *text != '\0'; text++) {
        if (isdigit((unsigned char)*text))
            digits++;
        else if (strchr("+- ", *text) == NULL)
            return false;
    }
    return digits >= 5 && digits <= 20;
}

enum slot_fault form_fault(const struct slot *slot)
{
    char value[FIELD_BYTES];

    if (slot->kind == SLOT_TICK)
        return slot->is_ticked || !(slot->traits & SLOT_REQUIRED) ? SLOT_FINE : SLOT_NOT_TICKED;
    if (slot->kind == SLOT_LIST)
        return SLOT_FINE;
    if (slot->kind == SLOT_CHOICE && !form_finds(slot))
        return SLOT_NO_CHOICE;
    form_value(slot, value);
    if (value[0] == '\0')
        return slot->traits & SLOT_REQUIRED ? SLOT_EMPTY : SLOT_FINE;
    switch (slot->kind) {
    case SLOT_DECIMAL:
        return is_decimal(value) ? SLOT_FINE : SLOT_NO_NUMBER;
    case SLOT_WHOLE:
        return value[strspn(value, "0123456789")] == '\0' && strlen(value) < 6 ? SLOT_FINE : SLOT_NO_NUMBER;
    case SLOT_DATE:
        return is_date(value) ? SLOT_FINE : SLOT_NO_DATE;
    case SLOT_PHONE:
        return is_phone(value) ? SLOT_FINE : SLOT_NO_PHONE;
    default:
        return SLOT_FINE;
    }
}

size_t form_first_fault(const struct form *form)
{
    size_t at = 0;

    while (at < form->count && form_fault(&form->slots[at]) == SLOT_FINE)
        at++;
    return at;
}

void form_value(const struct slot *slot, char ret_value[FIELD_BYTES])
{
    if (slot->kind == SLOT_CHOICE)
        snprintf(ret_value, FIELD_BYTES, "%s",
                 slot->chosen != OPTION_NONE ? slot->options[slot->chosen].value : "");
    else if (slot->kind == SLOT_TICK)
        snprintf(ret_value, FIELD_BYTES, "%s", slot->is_ticked ? "yes" : "");
    else if (slot->kind == SLOT_SECRET)
        memcpy(ret_value, slot->field.text, FIELD_BYTES);
    else
        field_trimmed(&slot->field, ret_value, FIELD_BYTES);
}

void form_choose(struct slot *slot, const char *value)
{
    slot->chosen = OPTION_NONE;
    for (int i = 0; i < slot->option_count; i++)
        if (strcmp(slot->options[i].value, value) == 0)
            slot->chosen = i;
}
