// SPDX-License-Identifier: Apache-2.0
// A file of an instrument: its path, or a folder whose newest file is meant; read by a saved profile,
// previewed value by value, and imported exactly as it was previewed. The server knows the same bytes again.
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "desk/parts.h"
#include "desk/press.h"
#include "files/newest_file.h"
#include "files/read_file.h"
#include "message/value.h"
#include "touchstone/v1/instrument.pb-c.h"
#include "wire/arena.h"

enum { FILE_CEILING_BYTES = 1024 * 1024, ARENA_BYTES = 4 * 1024 * 1024, PROFILES_MOST = 64 };

void bench_import_show(struct desk *desk)
{
    struct bench *bench = bench_of(desk);
    struct form *form = &bench->import.form;

    bench->screen = BENCH_IMPORT;
    if (form->count == 0) {
        form_add(form, SLOT_TEXT, "path", "文件或文件夹", "File or folder", 250)->traits = SLOT_REQUIRED;
        form_add_choice(form, "profile", "读取方式", "Read by", bench->import.profiles, 0, OPTION_NONE)
            ->traits = SLOT_REQUIRED;
        form_add(form, SLOT_TEXT, "reason", "替换理由", "Why replaced", 200);
        form_add(form, SLOT_TICK, "leave_out", "录不进的值略去", "Leave out what cannot be entered", 0);
    }
    bench_ask_list(desk, ASK_BENCH_PROFILES, true);
}

struct field *bench_import_focused(struct desk *desk)
{
    struct slot *slot = form_focused(&bench_of(desk)->import.form);

    return slot != NULL && slot->kind == SLOT_TEXT ? &slot->field : NULL;
}

static void take_profiles(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    struct bench_import *import = &bench_of(desk)->import;
    const Touchstone__V1__ListProfilesResponse *list = (Touchstone__V1__ListProfilesResponse *)response;
    struct slot *slot = form_find(&import->form, "profile");
    char chosen[FIELD_BYTES] = "";

    if (slot == NULL)
        return;
    form_value(slot, chosen);
    desk_hold(&import->known, ask, response);
    slot->options = import->profiles;
    slot->option_count = 0;
    for (size_t i = 0; i < list->n_profiles && i < PROFILES_MOST; i++) {
        const Touchstone__V1__InstrumentProfile *profile = list->profiles[i];
        const char *name = profile->layout != NULL ? profile->layout->instrument : profile->profile;

        import->profiles[slot->option_count++] = (struct option){profile->profile, name, name};
    }
    form_choose(slot, chosen);
    if (chosen[0] == '\0' && slot->option_count > 0)
        slot->chosen = 0;
}

// The bytes that the preview is of are kept: what F8 imports is what was seen.
static bool read_it(struct desk *desk)
{
    struct bench_import *import = &bench_of(desk)->import;
    char wanted[FIELD_BYTES];
    struct ts_error error = {0};

    form_value(form_find(&import->form, "path"), wanted);
    desk_drop(&import->preview);
    arena_free(import->arena);
    import->bytes = NULL;
    import->was_imported = false;
    import->top = 0;
    import->arena = arena_create(ARENA_BYTES);
    if (import->arena != NULL && newest_file_find(wanted, import->path, sizeof import->path, &error) &&
        read_file_whole(import->path, FILE_CEILING_BYTES, import->arena, &import->bytes, &import->length,
                        &error))
        return true;
    import->bytes = NULL;
    desk_tell(desk, NOTE_BAD, "读不了：%s", "%s", error.detail);
    return false;
}

// The worker has bytes of its own while the call runs.
static bool set_file(struct desk *desk, struct ask *ask)
{
    struct bench_import *import = &bench_of(desk)->import;
    char profile[FIELD_BYTES], reason[FIELD_BYTES];
    char *copy = arena_copy(ask->arena, import->bytes, import->length);

    form_value(form_find(&import->form, "profile"), profile);
    form_value(form_find(&import->form, "reason"), reason);
    return copy != NULL && parts_set(ask, "laboratory", desk->laboratory) &&
           parts_set(ask, "profile", profile) && (reason[0] == '\0' || parts_set(ask, "reason", reason)) &&
           value_set_bytes(ask->arena, ask->request, "content", (uint8_t *)copy, import->length, &ask->error);
}

static void preview(struct desk *desk)
{
    struct form *form = &bench_of(desk)->import.form;
    size_t fault = form_first_fault(form);
    struct ask ask;

    if (fault < form->count) {
        form_go(form, fault);
        desk_tell(desk, NOTE_BAD, "请填写%s", "%s is missing",
                  desk_say(desk, form->slots[fault].zh, form->slots[fault].en));
        return;
    }
    if (read_it(desk) && parts_begin(desk, ASK_BENCH_PREVIEW, &ask))
        parts_end(desk, &ask, set_file(desk, &ask));
}

static void import_it(struct desk *desk)
{
    struct bench_import *import = &bench_of(desk)->import;
    const char *slash = strrchr(import->path, '/');
    struct ask ask;

    if (desk->running != ASK_NOTHING && desk->running_is_write)
        return;
    if (import->preview.message == NULL) {
        desk_tell(desk, NOTE_PLAIN, "先按 F5 预览，看过再导入",
                  "Preview it first (F5), then import what you saw");
        return;
    }
    if (parts_begin(desk, ASK_BENCH_IMPORT, &ask))
        parts_end(
            desk, &ask,
            set_file(desk, &ask) && parts_set(&ask, "name", slash != NULL ? slash + 1 : import->path) &&
                (!form_find(&import->form, "leave_out")->is_ticked || parts_set(&ask, "leave_out", "yes")));
}

static void tell_preview(struct desk *desk, const Touchstone__V1__PreviewFileResponse *answer)
{
    size_t entered = 0;

    for (size_t i = 0; i < answer->n_values; i++)
        entered += answer->values[i]->entered;
    bench_of(desk)->import.was_imported = answer->already_imported;
    if (answer->already_imported)
        desk_tell(desk, NOTE_BAD, "这个文件已由 %s 导入过，再导入不会改变什么",
                  "%s imported these very bytes before: once more changes nothing",
                  answer->file != NULL ? answer->file->imported_by : "?");
    else if (entered < answer->n_values)
        desk_tell(desk, NOTE_BAD, "将录入 %zu 个值，%zu 个录不进：原因在表中；略去它们请打勾",
                  "%zu values would be entered, %zu not: the table says why; tick to leave them out", entered,
                  answer->n_values - entered);
    else
        desk_tell(desk, NOTE_GOOD, "将录入 %zu 个值：F8 导入", "%zu values would be entered: F8 imports them",
                  entered);
}

static void tell_import(struct desk *desk, const Touchstone__V1__ImportFileResponse *answer)
{
    const Touchstone__V1__InstrumentFile *file = answer->file;

    bench_of(desk)->import.was_imported = true;
    if (file == NULL)
        return;
    if (answer->already_imported)
        desk_tell(desk, NOTE_BAD, "这个文件已由 %s 导入过，什么也没有改",
                  "%s imported these very bytes before: nothing was changed", file->imported_by);
    else
        desk_tell(desk, NOTE_GOOD, "已导入 %d 个值，%d 项检测；到清单（F3）提交复核",
                  "%d values of %d tests are entered; the worklist (F3) leads to review",
                  file->values_entered, file->tests_entered);
}

void bench_import_answered(struct desk *desk, struct ask *ask, ProtobufCMessage *response)
{
    struct bench_import *import = &bench_of(desk)->import;

    if (ask->kind == ASK_BENCH_PROFILES) {
        take_profiles(desk, ask, response);
        return;
    }
    import->top = 0;
    if (ask->kind == ASK_BENCH_PREVIEW)
        tell_preview(desk, (Touchstone__V1__PreviewFileResponse *)response);
    else
        tell_import(desk, (Touchstone__V1__ImportFileResponse *)response);
    desk_hold(&import->preview, ask, response);
}

bool bench_import_press(struct desk *desk, const struct press *press)
{
    enum { PAGE = 8 };
    struct bench_import *import = &bench_of(desk)->import;

    switch (press->kind) {
    case PRESS_F5:
        preview(desk);
        return true;
    case PRESS_F8:
        import_it(desk);
        return true;
    case PRESS_PAGE_DOWN:
        import->top += PAGE;
        return true;
    case PRESS_PAGE_UP:
        import->top = import->top > PAGE ? import->top - PAGE : 0;
        return true;
    case PRESS_ESCAPE:
        bench_list_show(desk);
        return true;
    default:
        break;
    }
    switch (form_press(&import->form, press)) {
    case FORM_LEFT_DOWN:
        preview(desk);
        return true;
    case FORM_FULL:
    case FORM_REFUSED:
        desk_tell(desk, NOTE_BAD, "放不下，或不接受这个字符",
                  "There is no room, or the character is not accepted");
        return true;
    case FORM_NO_MATCH:
        desk_tell(desk, NOTE_BAD, "没有这样的读取方式", "No profile holds that");
        return true;
    case FORM_IGNORED:
        return false;
    default:
        return true;
    }
}
