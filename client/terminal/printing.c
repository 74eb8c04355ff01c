// SPDX-License-Identifier: Apache-2.0
// See printing.h. The spool keeps a label on the disk before its printer is asked, so that nothing is lost
// when this desk ends before its printer.
#include "terminal/printing.h"

#include <glib.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "desk/desk.h"
#include "desk/news.h"
#include "files/atomic_file.h"
#include "files/user_file.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "message/path.h"
#include "message/value.h"
#include "printer/order.h"
#include "printer/spool.h"
#include "run/client.h"
#include "text/moment.h"
#include "touchstone/v1/desk.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"

enum { CEILING_BYTES = 4 * 1024 * 1024, PATIENCE_MS = 600000 };

// Without the server copies are counted at this desk, and the paper says so.
static bool begin(const struct client *client, const char *layout, const ProtobufCMessage *root,
                  const char *number, const char *received_at, struct order *ret_order,
                  struct ts_error *error)
{
    const char *text = value_text(root, number);
    int before;

    *ret_order = (struct order){.layout = layout, .root = root, .server = client->profile.server};
    snprintf(ret_order->received_at, sizeof ret_order->received_at, "%s", received_at);
    order_name(ret_order, text != NULL ? text : "");
    if (!spool_count(ret_order->what, &before, error))
        return false;
    order_mark(ret_order, before + 1, true);
    return true;
}

static bool keep_label(const struct client *client, const ProtobufCMessage *item, const char *received_at,
                       const char *printer, struct arena *arena, struct ts_error *error)
{
    struct order order;

    return begin(client, "item", item, "item_code", received_at, &order, error) &&
           order_keep(&order, printer, arena, error);
}

// This very program, which prints what the spool keeps.
static bool start_spool(struct child *child, int64_t now_ms, struct ts_error *error)
{
    static const char *const words[] = {"/proc/self/exe", "print", "resume", NULL};

    return child_start(child, words, now_ms + PATIENCE_MS, error);
}

static bool print_labels(struct printing *printing, struct client *client, struct desk *desk,
                         const ProtobufCMessage *slip, const char *received_at, struct arena *arena,
                         struct ts_error *error)
{
    const ProtobufCFieldDescriptor *items =
        protobuf_c_message_descriptor_get_field_by_name(slip->descriptor, "items");

    if (desk->prints.printer[0] == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "NO_PRINTER",
                         "no label printer is named here: set TOUCHSTONE_PRINTER to HOST[:9100] or a device");
    for (size_t i = 0; i < path_count(slip, items); i++)
        if (!keep_label(client, path_element(slip, items, i), received_at, desk->prints.printer, arena,
                        error))
            return false;
    // One that runs has looked already at what is kept.
    printing->again = printing->labels.pid != 0;
    return printing->again || start_spool(&printing->labels, desk->now_ms, error);
}

// Where lp has no printer the document is this file.
static bool save(const char *what, const unsigned char *bytes, size_t length, char ret_path[PATH_MAX],
                 struct ts_error *error)
{
    return user_file_path(USER_STATE, ret_path, error, "slips/%s.pdf", what) &&
           atomic_file_make_folders(ret_path, error) &&
           atomic_file_write(ret_path, bytes, length, 0600, error);
}

static bool print_document(struct printing *printing, struct client *client, const struct desk *desk,
                           const ProtobufCMessage *slip, const char *received_at, struct arena *arena,
                           struct ts_error *error)
{
    const char *paper = desk->prints.paper[0] != '\0' ? desk->prints.paper : NULL;
    struct order order;
    const char *number = value_text(slip, "receipt_no");
    unsigned char *bytes;
    size_t length;
    bool done;

    if (!begin(client, "provisional", slip, "receipt_no", received_at, &order, error) ||
        !order_draw(&order, ".pdf", arena, &bytes, &length, error))
        return false;
    done = save(number != NULL ? number : "slip", bytes, length, printing->path, error);
    g_free(bytes);
    // Without lp the file is all there is; its name is told in any case.
    if (done && printing->document.pid == 0)
        child_start(&printing->document,
                    (const char *const[]){"lp", "-t", order.what, printing->path, paper != NULL ? "-d" : NULL,
                                          paper, NULL},
                    desk->now_ms + PATIENCE_MS, &(struct ts_error){0});
    return done;
}

// When the slip's intake was taken, for papers.
static void tell_received(struct printing *printing, const struct desk *desk, const ProtobufCMessage *slip,
                          char ret_text[MOMENT_BYTES])
{
    const Google__Protobuf__Timestamp *at = ((const Touchstone__V1__Receipt *)slip)->received_at;

    ret_text[0] = '\0';
    printing->is_by_institute = at != NULL && moment_write(desk->time_zone, at->seconds, ret_text);
}

static void tell_sent(struct printing *printing, struct desk *desk)
{
    const char *zone = desk->time_zone;

    printing->stays_told = !printing->is_by_institute;
    if (printing->is_by_institute)
        news_tell(desk, NOTE_PLAIN, "标签已送打印；凭单 %s", "The labels are sent; slip %s", printing->path);
    else if (zone[0] == '\0')
        news_tell(
            desk, NOTE_BAD, "凭单按 UTC 时间：本机还没有本院时区，联网登录一次即有；标签已送打印；凭单 %s",
            "The slip is by UTC: the institute's time zone comes with the next log-in with a server; the "
            "labels are sent; slip %s",
            printing->path);
    else
        news_tell(desk, NOTE_BAD, "凭单按 UTC 时间：本机没有时区 %s，请安装 tzdata；标签已送打印；凭单 %s",
                  "The slip is by UTC: this machine does not know the time zone %s, install tzdata; the "
                  "labels are sent; slip %s",
                  zone, printing->path);
}

void printing_slip(struct printing *printing, struct client *client, struct desk *desk,
                   const ProtobufCMessage *slip)
{
    struct arena *arena = arena_create(CEILING_BYTES);
    struct ts_error error = {0};
    char received_at[MOMENT_BYTES];
    bool has_slip, has_labels;

    if (arena == NULL)
        return;
    tell_received(printing, desk, slip, received_at);
    has_slip = print_document(printing, client, desk, slip, received_at, arena, &error);
    has_labels = has_slip && print_labels(printing, client, desk, slip, received_at, arena, &error);
    if (!has_slip)
        news_tell(desk, NOTE_BAD, "凭单打不出：%s", "The slip is not printed: %s", error.detail);
    else if (!has_labels)
        news_tell(desk, NOTE_BAD, "凭单 %s；标签打不出：%s", "Slip %s; labels are not printed: %s",
                  printing->path, error.detail);
    else
        tell_sent(printing, desk);
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

    if (printing->again && labels != CHILD_RUNS) {
        printing->again = false;
        start_spool(&printing->labels, desk->now_ms, &(struct ts_error){0});
    } else if (labels == CHILD_DONE) {
        if (!printing->stays_told)
            news_tell(desk, NOTE_GOOD, "标签已打出", "The labels are printed");
        printing->stays_told = false;
    } else if (has_failed(labels))
        news_tell(desk, NOTE_BAD, "标签没有全部打出，已保留：%.160s",
                  "Labels are not out, and are kept: %.160s", printing->labels.said);
    if (has_failed(document))
        news_tell(desk, NOTE_BAD, "凭单没有打出，它在 %s（%.100s）",
                  "The slip is not printed; it is in %s (%.100s)", printing->path, printing->document.said);
}

void printing_end(struct printing *printing)
{
    // Ended in the middle of a label it would print it once more.
    child_leave(&printing->labels);
    child_stop(&printing->document);
}
