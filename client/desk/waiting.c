// SPDX-License-Identifier: Apache-2.0
// What was kept without the server: the list, in which a person decides about what the server refused, and
// the slip of one entry. Another desk's journal is opened here too. Nothing leaves the list but by being
// booked or by a person's word.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "desk/press.h"
#include "journal/offline.h"
#include "run/request_id.h"
#include "touchstone/v1/desk.pb-c.h"
#include "wire/arena.h"

enum { CEILING_BYTES = 64 * 1024 * 1024 };

struct journal *waiting_journal(const struct desk *desk)
{
    return desk->offline.other != NULL ? desk->offline.other : desk->offline.journal;
}

static bool is_shown(const struct desk *desk, const struct journal_entry *entry)
{
    return desk->offline.shows_all || entry->state == JOURNAL_WAITING || entry->state == JOURNAL_CONFLICT;
}

const struct journal_entry *waiting_entry(const struct desk *desk, size_t row, size_t *ret_index)
{
    const struct journal *journal = waiting_journal(desk);
    size_t count = journal != NULL ? journal_count(journal) : 0;

    for (size_t i = 0; i < count; i++) {
        const struct journal_entry *entry = journal_entry(journal, i);

        if (!is_shown(desk, entry) || row-- > 0)
            continue;
        *ret_index = i;
        return entry;
    }
    return NULL;
}

void waiting_show(struct desk *desk)
{
    if (desk->offline.journal == NULL) {
        desk_tell(desk, NOTE_BAD, "本机没有打开的日志：%s", "No journal is open here: %s",
                  desk->offline.trouble[0] != '\0'
                      ? desk->offline.trouble
                      : desk_say(desk, "请用密码登录一次", "log in once by password"));
        return;
    }
    desk->screen = DESK_WAITING;
    desk->chosen = 0;
}

static bool is_open(const struct journal_entry *entry)
{
    return entry->state == JOURNAL_WAITING || entry->state == JOURNAL_CONFLICT;
}

// The entry that a key is about: of the list's row, or of the slip that is shown. It must be one that can
// still change, and not on its way just now.
static struct journal *meant(struct desk *desk, size_t *ret_index)
{
    struct journal *journal = waiting_journal(desk);
    const struct journal_entry *entry;

    if (desk->screen == DESK_SLIP)
        journal = saving_shown(desk, ret_index);
    else if (waiting_entry(desk, desk->chosen, ret_index) == NULL)
        journal = NULL;
    if (journal == NULL)
        return NULL;
    entry = journal_entry(journal, *ret_index);
    if (!is_open(entry)) {
        desk_tell(desk, NOTE_BAD, "这一份已处理", "This one is done with");
        return NULL;
    }
    if (desk->running == ASK_REPLAY && strcmp(desk->offline.sending, entry->request_id) == 0) {
        desk_tell(desk, NOTE_PLAIN, "正在入账，请稍候", "It is being booked just now");
        return NULL;
    }
    return journal;
}

static void retry(struct desk *desk)
{
    struct arena *arena = arena_create(CEILING_BYTES);
    struct ts_error error = {0};
    char why[REASON_TEXT];
    size_t index;
    struct journal *journal = meant(desk, &index);

    desk->offline.resend_ms = 0;
    if (journal != NULL && arena != NULL && journal_entry(journal, index)->state == JOURNAL_WAITING &&
        !journal_is_forgotten(journal_entry(journal, index), desk->offline.wall_ms))
        desk_tell(desk, NOTE_PLAIN, desk->is_cut_off ? "连不上服务器：恢复后自动入账" : "按次序入账",
                  desk->is_cut_off ? "No server: it is booked by itself once it is back"
                                   : "It is booked in its turn");
    else if (journal != NULL && arena != NULL &&
             offline_resend(journal, index, NULL, desk->username, "tried again at the desk",
                            desk->offline.wall_ms, arena, &error))
        desk_tell(desk, NOTE_PLAIN, "再试一次...", "Trying again...");
    else if (journal != NULL)
        desk_tell(desk, NOTE_BAD, "不能再试：%s", "It cannot be tried again: %s",
                  offline_why(desk, &error, why));
    arena_free(arena);
}

static void change(struct desk *desk)
{
    size_t index;
    struct journal *journal = meant(desk, &index);
    struct arena *arena;
    struct ts_error error = {0};
    char why[REASON_TEXT];
    const Touchstone__V1__RegisterIntakeRequest *kept;
    char name[JOURNAL_TEXT];

    if (journal == NULL)
        return;
    if (desk->intake->is_open) {
        desk_tell(desk, NOTE_BAD, "还有一份未完成的收样：F4 返回，F12 放弃它",
                  "An intake is unfinished: F4 goes back to it, F12 drops it");
        return;
    }
    arena = arena_create(CEILING_BYTES);
    kept = arena != NULL ? offline_request(journal, index, arena, &error) : NULL;
    if (kept != NULL) {
        const char *line = journal_entry(journal, index)->line;

        snprintf(name, sizeof name, "%.*s", (int)strcspn(line, " "), line);
        intake_reopen(desk->intake, desk->catalogue, kept, name);
        desk->intake->replaces_other = journal == desk->offline.other;
        desk->screen = DESK_INTAKE;
        desk_tell(desk, NOTE_PLAIN, "改好后 F8 重新入账；标签上的码不变。F12 放弃修改",
                  "Correct it; F8 sends it anew. The codes on the labels stay. F12 gives the change up");
    } else {
        desk_tell(desk, NOTE_BAD, "读不出：%s", "It cannot be read: %s", offline_why(desk, &error, why));
    }
    arena_free(arena);
}

static void set_aside(struct desk *desk)
{
    size_t index;
    struct journal *journal = meant(desk, &index);

    if (journal == NULL)
        return;
    snprintf(desk->dialog_target, sizeof desk->dialog_target, "%s",
             journal_entry(journal, index)->request_id);
    dialog_open(desk, DIALOG_ASIDE);
}

static void open_other(struct desk *desk)
{
    struct offline *offline = &desk->offline;
    struct ts_error error = {0};
    char why[REASON_TEXT];

    form_value(&desk->dialog_form.slots[0], offline->other_path);
    journal_close(offline->other);
    offline->other = journal_open(
        &(const struct journal_settings){
            .path = offline->other_path, .desk = "", .keys = &offline->keys, .now_ms = offline->wall_ms},
        &error);
    if (offline->other == NULL) {
        desk_tell(desk, NOTE_BAD, "打不开：%s", "It does not open: %s", offline_why(desk, &error, why));
        return;
    }
    desk->dialog = DIALOG_NONE;
    desk->chosen = 0;
    offline->resend_ms = 0;
    desk_tell(desk, NOTE_GOOD, "工位 %s 的日志：%zu 份等待，随后入账",
              "The journal of desk %s: %zu wait and are booked now", journal_about(offline->other)->desk,
              journal_waiting(offline->other));
}

// The server hears it first: what was given up is never booked, not from a copy of the journal either, and
// what it has booked already is not given up.
static void ask_to_set_aside(struct desk *desk, const struct journal_entry *entry, const char *reason)
{
    char id[REQUEST_ID_SIZE], taken[24];
    struct ask ask;
    bool done;

    if (!request_id_make(id) || !ask_begin(ASK_SET_ASIDE, &ask))
        return;
    snprintf(taken, sizeof taken, "%" PRId64, entry->taken_at_ms);
    done = parts_set(&ask, "request_id", id) && parts_set(&ask, "laboratory", entry->laboratory) &&
           parts_set(&ask, "entry_request_id", entry->request_id) &&
           parts_set(&ask, "taken_offline_ms", taken) && parts_set(&ask, "reason", reason);
    for (size_t i = 0; i < entry->code_count && done; i++)
        done = parts_set(&ask, "item_codes", entry->codes[i]);
    if (done)
        parts_put(desk, &ask);
    else
        ask_free(&ask);
}

void waiting_set_aside(struct desk *desk)
{
    struct journal *journal = desk->offline.aside_is_other ? desk->offline.other : desk->offline.journal;
    struct ts_error error = {0};
    char why[REASON_TEXT];
    char reason[FIELD_BYTES];
    size_t index;

    form_value(&desk->dialog_form.slots[0], reason);
    if (desk->dialog == DIALOG_ASIDE)
        desk->dialog = DIALOG_NONE;
    if (journal != NULL && journal_find(journal, desk->dialog_target, &index) &&
        journal_set_aside(journal, index, desk->username, reason, desk->offline.wall_ms, &error))
        desk_tell(desk, NOTE_GOOD, "已搁置并记下理由；Tab 可看全部",
                  "Set aside, the reason is kept; Tab shows all");
    else
        desk_tell(desk, NOTE_BAD, "本机日志没有记下，请再搁置一次：%s",
                  "The journal did not take it; set it aside once more: %s", offline_why(desk, &error, why));
}

void waiting_dialog_done(struct desk *desk)
{
    size_t index;
    struct journal *journal;
    char reason[FIELD_BYTES];

    if (desk->dialog == DIALOG_JOURNAL) {
        open_other(desk);
    } else if (desk->is_cut_off || desk->offline.is_local) {
        desk_tell(desk, NOTE_BAD, "连不上服务器，不能搁置：它可能已入账。恢复后再搁置",
                  "Nothing is set aside without the server: it may be booked already. Do it when it is back");
    } else if ((journal = meant(desk, &index)) != NULL) {
        form_value(&desk->dialog_form.slots[0], reason);
        desk->offline.aside_is_other = journal == desk->offline.other;
        ask_to_set_aside(desk, journal_entry(journal, index), reason);
    }
}

static void look(struct desk *desk)
{
    size_t index;

    if (waiting_entry(desk, desk->chosen, &index) != NULL)
        saving_show(desk, desk->offline.other != NULL, index);
}

static void close_list(struct desk *desk)
{
    struct offline *offline = &desk->offline;

    if (offline->other == NULL) {
        home_show(desk);
        return;
    }
    journal_close(offline->other);
    offline->other = NULL;
    desk->chosen = 0;
    desk_tell(desk, NOTE_PLAIN, "回到本工位的日志", "This desk's own journal again");
}

static void move(struct desk *desk, int step)
{
    size_t index;

    if (step < 0 && desk->chosen > 0)
        desk->chosen--;
    else if (step > 0 && waiting_entry(desk, desk->chosen + 1, &index) != NULL)
        desk->chosen++;
}

static bool press_entry(struct desk *desk, int kind)
{
    static const struct {
        int kind;
        void (*act)(struct desk *desk);
    } keys[] = {{PRESS_F5, retry}, {PRESS_F8, change}, {PRESS_F12, set_aside}};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].kind == kind) {
            keys[i].act(desk);
            return true;
        }
    return false;
}

bool waiting_press(struct desk *desk, const struct press *press)
{
    switch (press->kind) {
    case PRESS_UP:
    case PRESS_DOWN:
        move(desk, press->kind == PRESS_UP ? -1 : 1);
        return true;
    case PRESS_ENTER:
        look(desk);
        return true;
    case PRESS_TAB:
        desk->offline.shows_all = !desk->offline.shows_all;
        desk->chosen = 0;
        return true;
    case PRESS_ESCAPE:
        close_list(desk);
        return true;
    case PRESS_CHARACTER:
        if (press->character == 'o' || press->character == 'O')
            dialog_open(desk, DIALOG_JOURNAL);
        return true;
    default:
        return press_entry(desk, press->kind);
    }
}

bool slip_press(struct desk *desk, const struct press *press)
{
    size_t index;
    const struct journal *journal = saving_shown(desk, &index);

    if (press->kind == PRESS_ESCAPE) {
        waiting_show(desk);
        return true;
    }
    // Of what can still change: its keys. F5 prints.
    if (press->kind != PRESS_F5 && journal != NULL && press_entry(desk, press->kind))
        return true;
    if (press->kind == PRESS_F5) {
        saving_print(desk);
        return true;
    }
    if (press->kind == PRESS_ENTER || press->kind == PRESS_CHARACTER)
        home_show(desk);
    return press->kind == PRESS_CHARACTER && home_press(desk, press);
}
