// SPDX-License-Identifier: Apache-2.0
// Visits to homes: see air.h. The points that are shown while rooms are typed are what the server will set.
#include "desk/air.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "touchstone/v1/open_day.pb-c.h"
#include "touchstone/v1/visit.pb-c.h"

static const struct option standards[] = {{"gbt-18883", "GB/T 18883 在用", "GB/T 18883, in use"},
                                          {"gb-50325", "GB 50325 竣工验收", "GB 50325, at handover"}};

const Touchstone__V1__AirVisit *air_visit(const struct desk *desk)
{
    const Touchstone__V1__GetVisitResponse *answer = (Touchstone__V1__GetVisitResponse *)desk->air.message;

    return answer != NULL ? answer->visit : NULL;
}

void air_show(struct desk *desk, const char *booking_code)
{
    if (booking_code != desk->air_code)
        snprintf(desk->air_code, sizeof desk->air_code, "%.15s", booking_code);
    parts_ask(desk, ASK_AIR, "booking_code", booking_code);
}

void air_unplanned(struct desk *desk)
{
    desk_drop(&desk->air);
    if (desk->screen != DESK_LOCKED)
        desk->screen = DESK_AIR;
    desk_tell(desk, NOTE_PLAIN, "还没有安排上门：回车登记地址与房间",
              "No visit is planned yet: Enter takes address and rooms");
}

void air_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    desk->dialog = DIALOG_NONE;
    if (ask->kind == ASK_AIR) {
        desk_hold(&desk->air, ask, response);
        if (desk->screen != DESK_LOCKED)
            desk->screen = DESK_AIR;
        // Among whom the crew is chosen.
        if (air_visit(desk) != NULL)
            parts_look(desk, ASK_HOLDERS, "laboratory", air_visit(desk)->laboratory, true);
        return;
    }
    desk_tell(desk, NOTE_GOOD, "已登记", "Done");
    // With the field record as it is now.
    air_show(desk, desk->air_code);
}

int air_points(bool is_gb_50325, const char *area)
{
    size_t digits = strspn(area, "0123456789");
    long whole = strtol(area, NULL, 10);
    bool is_whole = area[digits] == '\0' || area[digits + 1 + strspn(area + digits + 1, "0")] == '\0';

    if (digits == 0 || digits > 6)
        return 0;
    if (is_gb_50325)
        return whole < 50     ? 1
               : whole < 100  ? 2
               : whole < 500  ? 3
               : whole < 1000 ? 5
                              : 5 + (int)((whole - 1000 + (is_whole ? 999 : 1000)) / 1000);
    return whole < 25 ? 1 : whole < 50 ? 2 : whole < 100 || (whole == 100 && is_whole) ? 3 : 5;
}

bool air_room(const char *text, char ret_name[AIR_NAME], const char **ret_area)
{
    const char *blank = strrchr(text, ' ');

    if (blank == NULL || blank == text || air_points(false, blank + 1) == 0 ||
        blank[1 + strspn(blank + 1, "0123456789.")] != '\0')
        return false;
    snprintf(ret_name, AIR_NAME, "%.*s", (int)(blank - text), text);
    *ret_area = blank + 1;
    return true;
}

static void set_text(struct slot *slot, const char *text)
{
    if (slot != NULL)
        field_set(&slot->field, text);
}

static size_t room_fields(const Touchstone__V1__AirVisit *visit)
{
    size_t wanted = visit != NULL ? visit->n_rooms + AIR_ROOMS_MORE : 0;

    wanted = wanted < AIR_ROOMS_LEAST ? AIR_ROOMS_LEAST : wanted;
    return wanted < AIR_ROOMS ? wanted : AIR_ROOMS;
}

static void plan_form(const struct desk *desk, struct form *form)
{
    const Touchstone__V1__AirVisit *visit = air_visit(desk);
    struct slot *slot = form_add(form, SLOT_TEXT, "address", "地址", "Address", 200);

    slot->traits = SLOT_REQUIRED;
    set_text(slot, visit != NULL ? visit->address : "");
    form_add_choice(form, "air_standard", "判定标准", "Standard", standards, 2,
                    visit != NULL &&
                        visit->air_standard == TOUCHSTONE__V1__AIR_STANDARD__AIR_STANDARD_GB_50325);
    slot = form_add(form, SLOT_DATE, "decoration_end", "装修完成", "Decorated", 10);
    set_text(slot, visit != NULL ? visit->decoration_end : "");
    form_add(form, SLOT_TICK, "central_ventilation", "集中通风", "Ventilated centrally", 0)->is_ticked =
        visit != NULL && visit->central_ventilation;
    form_add(form, SLOT_TICK, "radon", "测氡", "Radon is measured", 0)->is_ticked =
        visit != NULL && visit->radon;
    for (size_t i = 0; i < room_fields(visit); i++) {
        char key[16], zh[40], en[40], text[200] = "";

        snprintf(key, sizeof key, "room%zu", i);
        snprintf(zh, sizeof zh, "房间%zu 面积", i + 1);
        snprintf(en, sizeof en, "Room %zu, m2", i + 1);
        if (visit != NULL && i < visit->n_rooms)
            snprintf(text, sizeof text, "%.120s %.12s", visit->rooms[i]->name, visit->rooms[i]->area_m2);
        set_text(form_add(form, SLOT_TEXT, key, zh, en, 80), text);
    }
    form_find(form, "room0")->traits = SLOT_REQUIRED;
}

// Of those who are in the laboratory; who they were stands there when it is opened again.
static void crew_form(struct desk *desk, struct form *form)
{
    const Touchstone__V1__AirVisit *visit = air_visit(desk);
    struct slot *first, *second;

    custody_name_colleagues(desk, "", "");
    first = custody_choose_colleague(desk, form, "first_sampler", "采样人一", "First sampler");
    second = custody_choose_colleague(desk, form, "second_sampler", "采样人二", "Second sampler");
    if (visit != NULL) {
        form_choose(first, visit->first_sampler);
        form_choose(second, visit->second_sampler);
    }
}

void air_dialog(struct desk *desk, struct form *form)
{
    switch (desk->dialog) {
    case DIALOG_AIR_PLAN:
        plan_form(desk, form);
        form_go(form, 0);
        break;
    case DIALOG_AIR_CREW:
        crew_form(desk, form);
        form_add(form, SLOT_TEXT, "pumps", "采样泵（空格分开）", "Pumps, blanks between", 120);
        form_add(form, SLOT_WHOLE, "route_place", "路线次序", "Place on the route", 2);
        break;
    case DIALOG_AIR_READY:
        form_add(form, SLOT_TEXT, "closed_since", "门窗关闭自", "Shut since", 16)->traits = SLOT_REQUIRED;
        form_add(form, SLOT_TICK, "someone_home", "届时有人在家", "Somebody is at home", 0);
        form_add(form, SLOT_TEXT, "deviation", "约定的偏离", "Deviation agreed", 200);
        break;
    default:
        form_add(form, SLOT_TEXT, "reason", "改约理由", "Reason", 200)->traits = SLOT_REQUIRED;
        form_add(form, SLOT_TICK, "or_wait", "满了就候补", "Waits when it is full", 0);
    }
}

bool air_is_ready(struct desk *desk)
{
    struct form *form = &desk->dialog_form;
    char value[FIELD_BYTES], name[AIR_NAME];
    const char *area;

    for (size_t i = 0; i < form->count; i++) {
        form_value(&form->slots[i], value);
        if (strncmp(form->slots[i].key, "room", 4) != 0 || value[0] == '\0' || air_room(value, name, &area))
            continue;
        form_go(form, i);
        desk_tell(desk, NOTE_BAD, "房间写作：名称 面积，如 卧室 14.5",
                  "A room is a name and its area: bedroom 14.5");
        return false;
    }
    return true;
}

static bool add_pumps(struct ask *ask, char *words)
{
    char *rest = words, *word;

    while ((word = strtok_r(rest, " ,", &rest)) != NULL)
        if (!parts_set(ask, "pumps", word))
            return false;
    return true;
}

bool air_fill(struct desk *desk, struct ask *ask)
{
    const struct form *form = &desk->dialog_form;
    bool done = parts_set(ask, "booking_code", ask->kind == ASK_MOVE ? desk->moves_booking : desk->air_code);
    char value[FIELD_BYTES], name[AIR_NAME];
    const char *area;

    if (ask->kind == ASK_MOVE)
        done = done && visit_fill_slot(desk, ask);
    for (size_t i = 0; i < form->count && done; i++) {
        const char *key = form->slots[i].key;

        form_value(&form->slots[i], value);
        if (value[0] == '\0')
            continue;
        if (strncmp(key, "room", 4) == 0)
            done = air_room(value, name, &area) && parts_set(ask, "rooms+.name", name) &&
                   parts_set(ask, "rooms.area_m2", area);
        else if (strcmp(key, "pumps") == 0)
            done = add_pumps(ask, value);
        else
            done = parts_set(ask, key, value);
    }
    return done;
}

bool air_press(struct desk *desk, const struct press *press)
{
    const Touchstone__V1__AirVisit *visit = air_visit(desk);

    switch (press->kind) {
    case PRESS_ENTER:
        // The form would leave out what it has no room for.
        if (visit != NULL && visit->n_rooms > AIR_ROOMS)
            desk_tell(desk, NOTE_BAD, "房间超过 %d 间：请用 touchstone visit plan 更改",
                      "More than %d rooms: change them by touchstone visit plan", AIR_ROOMS);
        else
            dialog_open(desk, DIALOG_AIR_PLAN);
        return true;
    case PRESS_F5:
    case PRESS_F8:
        if (visit == NULL)
            desk_tell(desk, NOTE_BAD, "先登记地址与房间（回车）", "Address and rooms come first (Enter)");
        else
            dialog_open(desk, press->kind == PRESS_F5 ? DIALOG_AIR_CREW : DIALOG_AIR_READY);
        return true;
    case PRESS_TAB:
        visit_move(desk, desk->air_code);
        return true;
    case PRESS_PICTURE:
    case PRESS_VIEW:
        if (visit != NULL)
            desk->wants_record = press->kind == PRESS_PICTURE ? 'p' : 'v';
        return true;
    case PRESS_ESCAPE:
        visit_booking(desk, desk->air_code);
        return true;
    default:
        return false;
    }
}
