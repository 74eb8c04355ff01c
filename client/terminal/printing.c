// SPDX-License-Identifier: Apache-2.0
// See printing.h. The spool keeps a label on the disk before its printer is asked, so that nothing is lost
// when this desk ends before its printer.
#include "terminal/printing.h"

#include <glib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/desk.h"
#include "files/atomic_file.h"
#include "message/path.h"
#include "message/value.h"
#include "printer/layout.h"
#include "printer/layouts.h"
#include "printer/paper.h"
#include "printer/spool.h"
#include "printer/values.h"
#include "printer/zpl.h"
#include "run/client.h"
#include "wire/arena.h"
#include "wire/error.h"

enum { CEILING_BYTES = 4 * 1024 * 1024, PATIENCE_MS = 60000 };

struct piece {
    struct layout layout;
    struct values values;
    char what[80], mark[64];
};

static struct piece *begin(const struct client *client, const char *layout, const ProtobufCMessage *root,
                           const char *number, struct arena *arena, struct ts_error *error)
{
    struct piece *piece = arena_array(arena, 1, sizeof *piece);
    const char *text = value_text(root, number);
    int before;

    if (piece == NULL) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        return NULL;
    }
    piece->values = (struct values){.root = root, .server = client->profile.server, .mark = piece->mark};
    snprintf(piece->what, sizeof piece->what, "%s %s", layout, text != NULL ? text : "");
    if (!layouts_load(layout, arena, &piece->layout, error) || !spool_count(piece->what, &before, error))
        return NULL;
    if (before > 0)
        snprintf(piece->mark, sizeof piece->mark, "补打 reprint %d", before);
    return piece;
}

static bool keep_label(const struct client *client, const ProtobufCMessage *item, const char *printer,
                       struct arena *arena, struct ts_error *error)
{
    struct piece *piece = begin(client, "item", item, "item_code", arena, error);
    size_t length;
    char *zpl;
    bool kept;

    if (piece == NULL || !zpl_write(&piece->layout, &piece->values, &zpl, &length, error))
        return false;
    kept = spool_keep(printer, piece->what, zpl, length, error);
    g_free(zpl);
    return kept;
}

// This very program, which prints what the spool keeps.
static bool start_spool(struct child *child, int64_t now_ms, struct ts_error *error)
{
    static const char *const words[] = {"/proc/self/exe", "print", "resume", NULL};

    return child_start(child, words, now_ms + PATIENCE_MS, error);
}

static bool print_labels(struct printing *printing, struct client *client, struct desk *desk,
                         const ProtobufCMessage *slip, struct arena *arena, struct ts_error *error)
{
    const ProtobufCFieldDescriptor *items =
        protobuf_c_message_descriptor_get_field_by_name(slip->descriptor, "items");

    if (desk->printer[0] == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "NO_PRINTER",
                         "no label printer is named here: set TOUCHSTONE_PRINTER to HOST[:9100] or a device");
    for (size_t i = 0; i < path_count(slip, items); i++)
        if (!keep_label(client, path_element(slip, items, i), desk->printer, arena, error))
            return false;
    // One that runs takes what comes in.
    return printing->labels.pid != 0 || start_spool(&printing->labels, desk->now_ms, error);
}

// Where lp has no printer the document is this file.
static bool save(const char *what, const unsigned char *bytes, size_t length, char ret_path[PATH_MAX],
                 struct ts_error *error)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    bool has_state = state != NULL && state[0] == '/';
    int written =
        snprintf(ret_path, PATH_MAX, "%s%s/touchstone/slips/%s.pdf",
                 has_state ? state : (home != NULL ? home : ""), has_state ? "" : "/.local/state", what);

    return (written > 0 && written < PATH_MAX)
               ? atomic_file_make_folders(ret_path, error) &&
                     atomic_file_write(ret_path, bytes, length, 0600, error)
               : error_set(error, TS_INVALID_ARGUMENT, "PATH", "the path is too long");
}

static bool print_document(struct printing *printing, struct client *client, const struct desk *desk,
                           const ProtobufCMessage *slip, struct arena *arena, struct ts_error *error)
{
    struct piece *piece = begin(client, "provisional", slip, "receipt_no", arena, error);
    const char *number = value_text(slip, "receipt_no");
    unsigned char *bytes;
    size_t length;
    bool done;

    if (piece == NULL || !paper_draw(&piece->layout, &piece->values, PAPER_PDF, &bytes, &length, error))
        return false;
    done = save(number != NULL ? number : "slip", bytes, length, printing->path, error);
    g_free(bytes);
    // Without lp the file is all there is; its name is told in any case.
    if (done && printing->document.pid == 0)
        child_start(&printing->document, (const char *const[]){"lp", "-t", piece->what, printing->path, NULL},
                    desk->now_ms + PATIENCE_MS, &(struct ts_error){0});
    return done;
}

void printing_slip(struct printing *printing, struct client *client, struct desk *desk,
                   const ProtobufCMessage *slip)
{
    struct arena *arena = arena_create(CEILING_BYTES);
    struct ts_error error = {0};
    bool has_slip, has_labels;

    if (arena == NULL)
        return;
    has_slip = print_document(printing, client, desk, slip, arena, &error);
    has_labels = has_slip && print_labels(printing, client, desk, slip, arena, &error);
    if (!has_slip)
        desk_tell(desk, NOTE_BAD, "凭单打不出：%s", "The slip is not printed: %s", error.detail);
    else if (!has_labels)
        desk_tell(desk, NOTE_BAD, "凭单 %s；标签打不出：%s", "Slip %s; labels are not printed: %s",
                  printing->path, error.detail);
    else
        desk_tell(desk, NOTE_PLAIN, "标签已送打印；凭单 %s", "The labels are sent; slip %s", printing->path);
    arena_free(arena);
}

static bool has_failed(enum child_state state)
{
    return state == CHILD_FAILED || state == CHILD_LATE;
}

void printing_look(struct printing *printing, struct desk *desk)
{
    enum child_state labels = child_look(&printing->labels, desk->now_ms),
                     document = child_look(&printing->document, desk->now_ms);

    if (labels == CHILD_DONE)
        desk_tell(desk, NOTE_GOOD, "标签已打出", "The labels are printed");
    else if (has_failed(labels))
        desk_tell(desk, NOTE_BAD, "标签没有全部打出，已保留：%.160s",
                  "Labels are not out, and are kept: %.160s", printing->labels.said);
    if (has_failed(document))
        desk_tell(desk, NOTE_BAD, "凭单没有打出，它在 %s（%.100s）",
                  "The slip is not printed; it is in %s (%.100s)", printing->path, printing->document.said);
}

void printing_end(struct printing *printing)
{
    child_stop(&printing->labels);
    child_stop(&printing->document);
}
