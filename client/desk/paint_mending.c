// SPDX-License-Identifier: Apache-2.0
// Painting: what can be corrected, a correction with old and new below it, the list of what was changed.
#include <stdio.h>
#include <string.h>

#include "desk/mending.h"
#include "desk/painter.h"
#include "desk/parts.h"
#include "touchstone/v1/desk.pb-c.h"

void paint_mends(const struct desk *desk, struct page *page, struct area area)
{
    const char *name;

    page_text(page, area.row + 1, area.column + 1, area.columns - 2, PAGE_STRONG,
              desk_say(desk, "更正（数字或回车选择，Esc 关闭）",
                       "Corrections (a digit or Enter chooses, Esc closes)"));
    for (int row = 0; (name = mending_act(desk, row)) != NULL && row + 2 < area.rows; row++) {
        bool is_chosen = row == desk->dialog_row;

        page_format(page, area.row + 2 + row, area.column + 1, area.columns - 2,
                    is_chosen ? PAGE_FOCUS : PAGE_PLAIN, "%s %d  %s", is_chosen ? ">" : " ", row + 1, name);
    }
}

void paint_mending(const struct desk *desk, struct page *page, struct area area)
{
    const struct mending *mending = desk->mending;
    const struct form *form = &mending->form;
    int columns = area.columns >= 100 ? 3 : 2, rows = painter_form_rows(form, columns), most = area.rows - 6,
        row, last = area.row + area.rows;

    rows = rows < most ? rows : most;
    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s  %s",
                desk_say(desk, mending->is_person ? "更正姓名或电话" : "更正录入",
                         mending->is_person ? "Correct the name or phone" : "Correct what was typed"),
                mending->title);
    painter_form(desk, page, (struct area){area.row + 2, area.column + 1, rows, area.columns - 2}, form,
                 columns, desk->dialog == DIALOG_NONE);
    row = area.row + 3 + rows;
    page_text(page, row++, area.column, area.columns, PAGE_LABEL,
              desk_say(desk, "改动（F8 提交的只有这些）：", "Changes (F8 sends these and nothing else):"));
    if (mending_next(mending, 0) == form->count)
        page_text(page, row, area.column + 2, area.columns - 2, PAGE_DIM,
                  desk_say(desk, "还没有", "none yet"));
    for (size_t at = mending_next(mending, 0); at < form->count && row < last;
         at = mending_next(mending, at + 1)) {
        char value[FIELD_BYTES];

        form_value(&form->slots[at], value);
        page_format(page, row++, area.column + 2, area.columns - 2, PAGE_PLAIN, "%s: %s -> %s",
                    desk_say(desk, form->slots[at].zh, form->slots[at].en),
                    mending->was[at][0] != '\0' ? mending->was[at] : desk_say(desk, "（空）", "(empty)"),
                    value[0] != '\0' ? value : desk_say(desk, "（空）", "(empty)"));
    }
}

// Fields of the server by their names at the desk.
static const struct option field_names[] = {{"name", "名称/姓名", "name"},
                                            {"phone", "电话", "phone"},
                                            {"mass_g", "质量 g", "mass g"},
                                            {"mass_out_g", "交还称重", "mass out g"},
                                            {"pieces", "件数", "pieces"},
                                            {"claim_text", "标称", "claim"},
                                            {"hallmark", "印记", "hallmark"},
                                            {"condition", "样品状态", "condition"},
                                            {"stones", "镶石", "stones"},
                                            {"seal_no", "封样编号", "seal"},
                                            {"declared_value_cny", "声明价值", "value CNY"},
                                            {"state", "进度", "state"},
                                            {"custody_state", "保管", "custody"},
                                            {"photo", "照片", "picture"},
                                            {"merged", "合并", "merged"},
                                            {"merge_undone", "撤销合并", "merge undone"}};

static const char *field_name(const struct desk *desk, const char *field)
{
    const char *zh = field, *en = field;

    catalogue_name(desk->catalogue, field, &zh, &en);
    for (size_t i = 0; i < sizeof field_names / sizeof *field_names; i++)
        if (strcmp(field_names[i].value, field) == 0)
            return painter_option(desk, &field_names[i]);
    return desk_say(desk, zh, en);
}

// The row with the cursor, with the room that it needs.
static void paint_whole(const struct desk *desk, struct page *page, struct area area,
                        const Touchstone__V1__IntakeCorrection *one)
{
    char text[900];

    snprintf(text, sizeof text, "%s: %s -> %s   %s", field_name(desk, one->field),
             one->old_value[0] != '\0' ? one->old_value : desk_say(desk, "（空）", "(empty)"), one->new_value,
             one->reason);
    page_wrap(page, area.row, area.column + 1, area.columns - 2, area.rows, PAGE_DIM, text);
}

void paint_changes(const struct desk *desk, struct page *page, struct area area)
{
    static const struct painter_column columns[] = {{"时间", "When", 16}, {"谁", "Who", 9},
                                                    {"内容", "What", 10}, {"原来", "Old", 10},
                                                    {"改为", "New", 10},  {"理由", "Because", 0}};
    const Touchstone__V1__GetCorrectionsResponse *list =
        (Touchstone__V1__GetCorrectionsResponse *)desk->changes.message;
    struct area heading;
    size_t room = area.rows > 8 ? (size_t)area.rows - 6 : 1,
           top = desk->chosen >= room ? desk->chosen - room + 1 : 0;

    page_format(page, area.row, area.column, area.columns, PAGE_STRONG, "%s  %s",
                desk_say(desk, "更正记录", "What was changed"), desk->mending->title);
    if (list != NULL && desk->chosen < list->n_corrections)
        paint_whole(desk, page, (struct area){area.row + area.rows - 2, area.column, 2, area.columns},
                    list->corrections[desk->chosen]);
    area.row += 2;
    heading = area;
    painter_row(desk, page, area, columns, 6, NULL, false);
    for (size_t i = top; list != NULL && i < list->n_corrections && i - top < room; i++) {
        const Touchstone__V1__IntakeCorrection *one = list->corrections[i];
        struct painter_time when = painter_time(desk, one->at);
        const char *texts[] = {when.text,      one->changed_by, field_name(desk, one->field),
                               one->old_value, one->new_value,  one->reason};

        area.row++;
        painter_row(desk, page, area, columns, 6, texts, i == desk->chosen);
    }
    if (list != NULL)
        painter_more(page, heading, (int)room, top, list->n_corrections);
    if (list != NULL && list->n_corrections == 0)
        page_text(page, area.row + 1, area.column + 2, area.columns - 3, PAGE_DIM,
                  desk_say(desk, "没有更正过", "nothing was changed"));
}
