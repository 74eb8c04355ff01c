// SPDX-License-Identifier: Apache-2.0
// Painting: a visit to a home, and the points of the rooms while they are typed.
#include <stdio.h>
#include <string.h>

#include "desk/air.h"
#include "desk/painter.h"
#include "touchstone/v1/open_day.pb-c.h"
#include "touchstone/v1/visit.pb-c.h"

static const char *state_word(const struct desk *desk, int state)
{
    static const struct option words[] = {
        {"", "", ""}, {"", "已安排", "planned"}, {"", "条件具备", "ready"}, {"", "条件不符!", "NOT READY"}};

    return (size_t)state < sizeof words / sizeof *words ? painter_option(desk, &words[state]) : "?";
}

static void paint_rooms(const struct desk *desk, struct page *page, struct area area,
                        const Touchstone__V1__AirVisit *visit)
{
    static const struct painter_column columns[] = {
        {"房间", "Room", 0}, {"面积 m2", "Area m2", 10}, {"采样点", "Points", 8}};

    size_t room = area.rows > 2 ? (size_t)area.rows - 1 : 1;

    painter_row(desk, page, area, columns, 3, NULL, false);
    // The last line says how many there is no room for.
    if (visit->n_rooms > room) {
        room--;
        page_format(page, area.row + area.rows - 1, area.column + 2, area.columns - 3, PAGE_DIM,
                    desk->chinese ? "还有 %zu 间：回车看全部" : "%zu more: Enter shows all",
                    visit->n_rooms - room);
    }
    for (size_t i = 0; i < visit->n_rooms && i < room; i++) {
        char points[16];
        const char *texts[] = {visit->rooms[i]->name, visit->rooms[i]->area_m2, points};

        snprintf(points, sizeof points, "%d", visit->rooms[i]->points);
        area.row++;
        painter_row(desk, page, area, columns, 3, texts, false);
    }
}

void paint_air(const struct desk *desk, struct page *page, struct area area)
{
    const Touchstone__V1__AirVisit *visit = air_visit(desk);
    int last = area.row + area.rows;
    char text[300] = "";

    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s  %.3s %s",
                desk_say(desk, "上门采样", "Visit to a home"), desk->air_code,
                strlen(desk->air_code) > 3 ? desk->air_code + 3 : "");
    area.row += 2;
    if (visit == NULL) {
        page_text(page, area.row, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "还没有安排：回车登记地址与房间",
                           "Nothing is planned: Enter takes address and rooms"));
        return;
    }
    snprintf(text, sizeof text, "%s  %s", visit->day,
             painter_session(desk, visit->local_begins, visit->local_ends).text);
    area.row = painter_pair(desk, page, area, "场次", "Session", text);
    area.row = painter_pair(desk, page, area, "住户", "Householder",
                            visit->person != NULL ? visit->person->name_masked : "");
    area.rows = 2;
    area.row = painter_words(desk, page, area, "地址", "Address", visit->address);
    snprintf(text, sizeof text, "%s  %s %d h  %s",
             visit->air_standard == TOUCHSTONE__V1__AIR_STANDARD__AIR_STANDARD_GB_50325 ? "GB 50325"
                                                                                        : "GB/T 18883",
             desk_say(desk, "门窗关闭", "shut for"), visit->closed_hours,
             visit->radon ? desk_say(desk, "测氡", "radon") : "");
    area.row = painter_pair(desk, page, area, "标准", "Standard", text);
    snprintf(text, sizeof text, "%s %s", visit->first_sampler, visit->second_sampler);
    area.row =
        painter_pair(desk, page, area, "采样人", "Crew",
                     visit->first_sampler[0] != '\0' ? text : desk_say(desk, "未定（F5）", "none yet (F5)"));
    text[0] = '\0';
    for (size_t i = 0, length = 0; i < visit->n_pumps && length < sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s ", visit->pumps[i]);
    area.row = painter_pair(desk, page, area, "采样泵", "Pumps", text);
    area.row = painter_pair(desk, page, area, "条件", "Readiness", state_word(desk, (int)visit->visit_state));
    area.row = painter_words(desk, page, area, "不符", "Lacking", visit->lacking);
    area.row = painter_words(desk, page, area, "偏离", "Deviation", visit->deviation);
    snprintf(text, sizeof text, "%d", visit->points);
    area.row = painter_pair(desk, page, area, "采样点共", "Points in all", text) + 1;
    paint_rooms(desk, page, (struct area){area.row, area.column, last - area.row, area.columns}, visit);
}

void paint_air_points(const struct desk *desk, struct page *page, struct area area)
{
    const struct form *form = &desk->dialog_form;
    const struct slot *standard = form_find(form, "air_standard");
    char value[FIELD_BYTES], name[AIR_NAME], text[600] = "";
    size_t length = 0;
    const char *area_m2;
    int points, all = 0;

    for (size_t i = 0; i < form->count && length < sizeof text; i++) {
        if (strncmp(form->slots[i].key, "room", 4) != 0)
            continue;
        form_value(&form->slots[i], value);
        if (!air_room(value, name, &area_m2))
            continue;
        points = air_points(standard->chosen == 1, area_m2);
        all += points;
        length += (size_t)snprintf(text + length, sizeof text - length, "%.60s %d  ", name, points);
    }
    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s %d:  %s",
                desk_say(desk, "采样点共", "Points in all"), all, text);
}
