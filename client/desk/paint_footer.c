// SPDX-License-Identifier: Apache-2.0
// The line of keys at the bottom. While a dialog is open it names the dialog's keys, because those of the
// screen below do nothing then. Where a screen's own keys leave room, the keys that lead elsewhere follow.
#include <string.h>

#include "desk/guest.h"
#include "desk/paint.h"
#include "desk/painter.h"
#include "text/safe.h"

static const struct guest_key keys_form[] = {{"F8", "提交", "send"},   {"Tab", "下一项", "next field"},
                                             {"Esc", "关闭", "close"}, {"F2", "English", "中文"},
                                             {"F9", "锁屏", "lock"},   {0}};
static const struct guest_key keys_choice[] = {{"F8", "提交", "send"},
                                               {"<>", "换选项", "choice"},
                                               {"Tab", "下一项", "next field"},
                                               {"Esc", "关闭", "close"},
                                               {"F2", "English", "中文"},
                                               {"F9", "锁屏", "lock"},
                                               {0}};
static const struct guest_key keys_tick[] = {{"F8", "提交", "send"},
                                             {"Space", "打勾", "tick"},
                                             {"Tab", "下一项", "next field"},
                                             {"Esc", "关闭", "close"},
                                             {"F2", "English", "中文"},
                                             {"F9", "锁屏", "lock"},
                                             {0}};
static const struct guest_key keys_question[] = {
    {"Y", "是", "yes"}, {"N", "否", "no"}, {"Esc", "返回", "back"}, {0}};
static const struct guest_key keys_list[] = {{"1-9", "办理", "do it"}, {"Enter", "选中的", "the marked one"},
                                             {"Esc", "关闭", "close"}, {"F2", "English", "中文"},
                                             {"F9", "锁屏", "lock"},   {0}};
static const struct guest_key keys_tests[] = {{"Space", "选择/取消", "order or not"},
                                              {"Enter", "完成", "done"},
                                              {"Esc", "关闭", "close"},
                                              {"F2", "English", "中文"},
                                              {"F9", "锁屏", "lock"},
                                              {0}};
static const struct guest_key keys_help[] = {{"Esc", "关闭", "close"}, {"F2", "English", "中文"}, {0}};

// Those that lead from any screen of the reception to another one.
static const struct guest_key keys_elsewhere[] = {{"F1", "帮助", "help"},
                                                  {"F9", "锁屏", "lock"},
                                                  {"F3", "查询", "find"},
                                                  {"F4", "收样", "take in"},
                                                  {"F6", "样品", "items"},
                                                  {"F7", "报告送达", "sheets"},
                                                  {"F11", "叫号", "queue"},
                                                  {"^G", "保管", "custody"},
                                                  {"^O", "离线收样", "offline"},
                                                  {"F10", "退出", "quit"},
                                                  {0}};

// The same of the bench.
static const struct guest_key keys_at_guest[] = {{"F1", "帮助", "help"},      {"F9", "锁屏", "lock"},
                                                 {"F3", "清单", "list"},      {"F4", "录入表", "grid"},
                                                 {"F6", "工作表", "sheets"},  {"F7", "导入", "import"},
                                                 {"F11", "质控图", "charts"}, {"^G", "保管", "custody"},
                                                 {"F10", "退出", "quit"},     {0}};
// What leads on from the custody for who has the bench alone.
static const struct guest_key keys_to_guest[] = {
    {"F3", "待检清单", "worklist"}, {"^G", "保管", "custody"}, {"F10", "退出", "quit"}, {0}};

static const struct guest_key *of_dialog(const struct desk *desk)
{
    const struct slot *slot;

    switch (desk->dialog) {
    case DIALOG_NONE:
        return NULL;
    case DIALOG_HELP:
        return keys_help;
    case DIALOG_TESTS:
        return keys_tests;
    case DIALOG_MENDS:
    case DIALOG_ACTS:
        return keys_list;
    case DIALOG_DROP:
    case DIALOG_LEAVE:
    case DIALOG_FINISH:
        return keys_question;
    default:
        slot = form_focused((struct form *)&desk->dialog_form);
        if (slot != NULL && slot->kind == SLOT_CHOICE)
            return keys_choice;
        return slot != NULL && slot->kind == SLOT_TICK ? keys_tick : keys_form;
    }
}

static int key_width(const struct desk *desk, const struct guest_key *key)
{
    return (int)strlen(key->name) + 1 + (int)safe_width(desk_say(desk, key->zh, key->en));
}

static int keys_width(const struct desk *desk, const struct guest_key *keys, int between)
{
    int width = -between;

    for (; keys->name != NULL; keys++)
        width += key_width(desk, keys) + between;
    return width;
}

static int paint_key(const struct desk *desk, struct page *page, int column, const struct guest_key *key)
{
    int row = page->rows - 2;

    column += page_text(page, row, column, page->columns - column, PAGE_KEY, key->name) + 1;
    return column +
           page_text(page, row, column, page->columns - column, PAGE_PLAIN, desk_say(desk, key->zh, key->en));
}

// The one that leads to the screen that is shown.
static const char *here(enum desk_screen screen)
{
    static const char *const names[DESK_SCREENS] = {
        [DESK_HOME] = "F3",     [DESK_INTAKE] = "F4",  [DESK_ITEMS] = "F6",  [DESK_DELIVERIES] = "F7",
        [DESK_TICKETS] = "F11", [DESK_KEEPING] = "^G", [DESK_WAITING] = "^O"};

    return screen != DESK_GUEST && names[screen] != NULL ? names[screen] : "";
}

static bool is_named(const struct guest_key *keys, const char *name)
{
    for (; keys->name != NULL; keys++)
        if (strcmp(keys->name, name) == 0)
            return true;
    return false;
}

static const struct guest_key *elsewhere(const struct desk *desk)
{
    if (desk->screen == DESK_GUEST)
        return keys_at_guest;
    return desk_is_receptionist(desk) ? keys_elsewhere : keys_to_guest;
}

static void paint_elsewhere(const struct desk *desk, struct page *page, int column,
                            const struct guest_key *shown)
{
    for (const struct guest_key *key = elsewhere(desk); key->name != NULL; key++)
        if (!is_named(shown, key->name) && strcmp(key->name, here(desk->screen)) != 0 &&
            column + key_width(desk, key) < page->columns)
            column = paint_key(desk, page, column, key) + 2;
}

// Who has the bench alone goes back to it by F3, not to the box.
static const struct guest_key *as_said(const struct desk *desk, const struct guest_key *key)
{
    bool leads_back = desk->screen != DESK_GUEST && desk->screen != DESK_LOGIN &&
                      desk->screen != DESK_LOCKED && !desk_is_receptionist(desk) &&
                      desk_is_technician(desk) && strcmp(key->name, "F3") == 0;

    return leads_back ? &keys_to_guest[0] : key;
}

// With one field there is no next one, and of the lists of the custody only that of a store has another one.
static bool does_nothing(const struct desk *desk, const struct guest_key *dialog, const struct guest_key *key)
{
    if (dialog == NULL && desk->screen == DESK_KEEPING && desk->keeping->list != KEEPING_STORED &&
        strcmp(key->name, "<>") == 0)
        return true;
    return (dialog == keys_form || dialog == keys_choice || dialog == keys_tick) &&
           desk->dialog_form.count < 2 && strcmp(key->name, "Tab") == 0;
}

void paint_footer(const struct desk *desk, struct page *page, const struct guest_key *own)
{
    bool is_shut = desk->screen == DESK_LOGIN || desk->screen == DESK_LOCKED;
    const struct guest_key *dialog = is_shut ? NULL : of_dialog(desk), *keys = dialog != NULL ? dialog : own;
    int column = 1, between = keys_width(desk, keys, 2) <= page->columns - 2 ? 2 : 1;

    for (const struct guest_key *key = keys; key->name != NULL; key++)
        if (!does_nothing(desk, dialog, key))
            column = paint_key(desk, page, column, as_said(desk, key)) + between;
    if (!is_shut && dialog == NULL)
        paint_elsewhere(desk, page, column - between + 2, keys);
}
