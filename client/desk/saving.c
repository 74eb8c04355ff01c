// SPDX-License-Identifier: Apache-2.0
// An intake without the server: into the journal, and a slip that says so. Nothing is told to be saved before
// the journal has it on the disk.
#include <stdio.h>
#include <string.h>

#include "desk/parts.h"
#include "journal/offline.h"
#include "touchstone/v1/desk.pb-c.h"
#include "wire/arena.h"

enum { SLIP_CEILING_BYTES = 64 * 1024 * 1024 };

// Who it is, for lists: a known person is in the request by a number only.
static const char *line_of(const struct desk *desk, const Touchstone__V1__RegisterIntakeRequest *request,
                           struct arena *arena)
{
    const char *line = offline_line(request, desk->chinese, arena);

    return desk->intake->person_id[0] == '\0' ? line
                                              : arena_printf(arena, "%s %s", desk->intake->name_masked, line);
}

// What the form does not show and stays: the time, the leased place, pictures that lie with the entry.
static bool carry_over(struct desk *desk, struct journal *journal, size_t index,
                       Touchstone__V1__RegisterIntakeRequest *request, struct ask *ask)
{
    Touchstone__V1__RegisterIntakeRequest *kept = offline_request(journal, index, ask->arena, &ask->error);

    if (kept == NULL)
        return false;
    request->taken_offline_ms = kept->taken_offline_ms;
    // A lease that was refused is not asked for again.
    if (strncmp(journal_entry(journal, index)->reason, "LEASE", 5) != 0)
        request->from_lease_id = kept->from_lease_id;
    for (size_t i = 0; i < request->n_items && i < kept->n_items; i++) {
        const struct slot *slot = form_find(&desk->intake->items[i].form, "photo");

        if (slot != NULL && strcmp(slot->field.text, INTAKE_KEPT_PHOTO) == 0)
            request->items[i]->photo = kept->items[i]->photo;
    }
    return true;
}

// A code that the server refused is nobody's: the next ones, and new labels.
static bool give_new_codes(struct desk *desk, const struct journal_entry *entry,
                           Touchstone__V1__RegisterIntakeRequest *request, struct ask *ask)
{
    struct offline *offline = &desk->offline;
    char codes[JOURNAL_CODES][JOURNAL_CODE];

    if (strncmp(entry->reason, "CODE_", 5) != 0)
        return true;
    if (request->n_items > JOURNAL_CODES ||
        !journal_free_codes(offline->journal, desk->laboratory, request->n_items, codes))
        return error_set(&ask->error, TS_RESOURCE_EXHAUSTED, "JOURNAL_NO_CODES",
                         "too few reserved item codes are left here");
    for (size_t i = 0; i < request->n_items; i++) {
        request->items[i]->reserved_item_code = ask_text(ask, codes[i]);
        if (request->items[i]->reserved_item_code == NULL)
            return error_set(&ask->error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    }
    return journal_spend_codes(offline->journal, (const char(*)[JOURNAL_CODE])codes, request->n_items,
                               offline->wall_ms, &ask->error);
}

static void show_resent(struct desk *desk, struct journal *journal, const char *code, bool has_new_codes)
{
    size_t index;

    if (has_new_codes && journal_find(journal, code, &index) &&
        saving_show(desk, journal == desk->offline.other, index)) {
        desk_tell(desk, NOTE_BAD, "换了新码：F5 打印新标签，换下旧标签",
                  "New codes: F5 prints the labels that replace the old ones");
        return;
    }
    waiting_show(desk);
    desk_tell(desk, NOTE_GOOD, "已改好，随后重新入账", "Changed; it is sent again");
}

static void close_intake(struct desk *desk)
{
    memset(desk->intake, 0, sizeof *desk->intake);
    desk->dialog = DIALOG_NONE;
}

static void tell_unsaved(struct desk *desk, const struct ts_error *error)
{
    char why[REASON_TEXT];

    if (strcmp(error->reason, "JOURNAL_NO_CODES") == 0)
        desk_tell(desk, NOTE_BAD, "没有存：预留的样品码不够（剩 %zu 个）。请用纸单，或分成几份",
                  "Not saved: too few item codes are left here (%zu). Take it in on paper, or in parts",
                  offline_codes(desk));
    else
        desk_tell(desk, NOTE_BAD, "没有存：%s 表单保留，请用纸单记下",
                  "Not saved: %s The form is kept; write it down on paper", offline_why(desk, error, why));
}

void saving_keep(struct desk *desk, bool was_sent)
{
    struct offline *offline = &desk->offline;
    Touchstone__V1__RegisterIntakeRequest *request;
    struct ask ask;
    size_t index;

    if (!ask_begin(ASK_REGISTER, &ask))
        return;
    request = (Touchstone__V1__RegisterIntakeRequest *)ask.request;
    if (!intake_request(desk->intake, desk->catalogue, desk->laboratory, &ask)) {
        desk_tell(desk, NOTE_BAD, "不能保存：%s", "It cannot be kept: %s", ask.error.detail);
    } else if (!offline_take(offline->journal, request, was_sent ? OFFLINE_AS_SENT : OFFLINE_FRESH,
                             desk->username, line_of(desk, request, ask.arena), offline->wall_ms, ask.arena,
                             &index, &ask.error)) {
        tell_unsaved(desk, &ask.error);
    } else {
        close_intake(desk);
        desk->intake_count++;
        saving_show(desk, false, index);
        desk_tell(desk, NOTE_BAD, "已存在本机，尚未入账：回执号随后（%zu 份等待）",
                  "Saved here, not yet booked: the receipt number follows (%zu wait)", offline_waiting(desk));
    }
    ask_free(&ask);
}

void saving_resend(struct desk *desk)
{
    struct offline *offline = &desk->offline;
    struct journal *journal = desk->intake->replaces_other ? offline->other : offline->journal;
    Touchstone__V1__RegisterIntakeRequest *request;
    struct ask ask;
    size_t index;
    char code[JOURNAL_CODE] = "", why[REASON_TEXT];

    if (!ask_begin(ASK_REGISTER, &ask))
        return;
    request = (Touchstone__V1__RegisterIntakeRequest *)ask.request;
    if (journal != NULL && journal_find(journal, desk->intake->replaces, &index))
        memcpy(code, journal_entry(journal, index)->codes[0], sizeof code);
    if (journal == NULL || !journal_find(journal, desk->intake->replaces, &index)) {
        desk_tell(desk, NOTE_BAD, "那份日志已关闭：请重新打开", "That journal is closed: open it again");
    } else if (!intake_request(desk->intake, desk->catalogue, desk->laboratory, &ask) ||
               !carry_over(desk, journal, index, request, &ask) ||
               !give_new_codes(desk, journal_entry(journal, index), request, &ask) ||
               !offline_resend(journal, index, request, desk->username, "corrected at the desk",
                               offline->wall_ms, ask.arena, &ask.error)) {
        desk_tell(desk, NOTE_BAD, "没有改：%s", "Not changed: %s", offline_why(desk, &ask.error, why));
    } else {
        bool has_new_codes = strcmp(request->items[0]->reserved_item_code, code) != 0;

        close_intake(desk);
        offline->resend_ms = 0;
        show_resent(desk, journal, request->items[0]->reserved_item_code, has_new_codes);
    }
    ask_free(&ask);
}

bool saving_show(struct desk *desk, bool is_other, size_t index)
{
    struct offline *offline = &desk->offline;
    struct journal *journal = is_other ? offline->other : offline->journal;
    struct arena *arena = arena_create(SLIP_CEILING_BYTES);
    ProtobufCMessage *slip = arena != NULL ? slip_make(desk->catalogue, journal, index, arena) : NULL;

    if (slip == NULL) {
        arena_free(arena);
        desk_tell(desk, NOTE_BAD, "这一条读不出来", "This entry cannot be read");
        return false;
    }
    arena_free(offline->slip_arena);
    offline->slip_arena = arena;
    offline->slip = slip;
    offline->slip_is_other = is_other;
    snprintf(offline->slip_id, sizeof offline->slip_id, "%s", journal_entry(journal, index)->request_id);
    desk->chosen = 0;
    if (desk->screen == DESK_LOCKED)
        desk->before_lock = DESK_SLIP;
    else
        desk->screen = DESK_SLIP;
    return true;
}

struct journal *saving_shown(const struct desk *desk, size_t *ret_index)
{
    struct journal *journal = desk->offline.slip_is_other ? desk->offline.other : desk->offline.journal;

    return journal != NULL && desk->offline.slip != NULL &&
                   journal_find(journal, desk->offline.slip_id, ret_index)
               ? journal
               : NULL;
}

void saving_print(struct desk *desk)
{
    desk->wants_print = desk->offline.slip != NULL;
}
