// SPDX-License-Identifier: Apache-2.0
// See prints.h.
#include "desk/prints.h"

#include <stdio.h>
#include <string.h>

#include "desk/news.h"
#include "desk/parts.h"
#include "desk/state.h"
#include "text/safe.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/queue.pb-c.h"

enum { AGAIN_MS = 5000 };

static const struct {
    // The command; a resume has no number.
    const char *noun, *verb;
    // Of the label printer, not of the one for papers.
    bool is_label;
} COMMANDS[] = {
    [PRINTS_BAG] = {"label", "bag", true},
    [PRINTS_RECEIPT] = {"receipt", "print", false},
    [PRINTS_AGREEMENT] = {"receipt", "agreement", false},
    [PRINTS_LABEL] = {"label", "print", true},
    [PRINTS_TICKET] = {"ticket", "print", true},
    [PRINTS_RESUME] = {"print", "resume", false},
};

static bool put(struct desk *desk, enum prints_what what, bool is_asked, const char *number,
                const char *reason)
{
    struct prints *prints = &desk->prints;
    struct prints_job *job = &prints->jobs[prints->count];

    if (prints->count == PRINTS_JOBS) {
        news_tell(desk, NOTE_BAD, "%s 没有打印：已有 %d 个打印任务在排队。稍后打开它按 Ctrl-L",
                  "%s is not printed: %d prints are waiting already. Open it later and press Ctrl-L", number,
                  PRINTS_JOBS);
        return false;
    }
    *job = (struct prints_job){.what = what, .is_asked = is_asked};
    snprintf(job->number, sizeof job->number, "%.47s", number);
    snprintf(job->reason, sizeof job->reason, "%.219s", reason);
    prints->count++;
    if (is_asked)
        news_tell(desk, NOTE_PLAIN, "正在打印...", "Printing ...");
    return true;
}

static bool has_label_printer(struct desk *desk)
{
    if (desk->prints.printer[0] != '\0')
        return true;
    desk_tell(
        desk, NOTE_BAD, "没有设置标签打印机：touchstone profile set 名称 --printer 打印机，然后重开收样台",
        "No label printer is set: touchstone profile set NAME --printer PRINTER, then open the desk again");
    return false;
}

void prints_open(struct desk *desk)
{
    bool can = (desk->screen == DESK_RECEIPT && desk_receipt(desk) != NULL) ||
               (desk->screen == DESK_ITEM && desk_item(desk) != NULL) ||
               (desk->screen == DESK_TICKETS && visit_ticket(desk) != NULL);

    if (can)
        dialog_open(desk, DIALOG_PRINT);
    else
        desk_tell(desk, NOTE_BAD, "先打开回执、样品或排队号，再按 Ctrl-L 打印",
                  "Open a receipt, an item or a queue number first: Ctrl-L prints of it");
}

void prints_dialog(struct desk *desk, struct form *form)
{
    static const struct option papers[] = {{"all", "标签和回执", "labels and receipt"},
                                           {"labels", "标签（收样袋和样品）", "labels (bag and items)"},
                                           {"receipt", "收样回执", "receipt"},
                                           {"agreement", "委托检测协议书", "agreement"}};

    if (desk->screen == DESK_RECEIPT)
        form_add_choice(form, "what", "打印", "Print", papers, 4, 0);
    form_add(form, SLOT_TEXT, "again", "补打原因", "Reason (again)", 60);
}

static void put_papers(struct desk *desk, const char *what, const char *number, const char *reason)
{
    bool all = strcmp(what, "all") == 0;

    if ((all || strcmp(what, "labels") == 0) &&
        (!has_label_printer(desk) || !put(desk, PRINTS_BAG, true, number, reason)))
        return;
    if (all || strcmp(what, "receipt") == 0)
        put(desk, PRINTS_RECEIPT, true, number, reason);
    else if (strcmp(what, "agreement") == 0)
        put(desk, PRINTS_AGREEMENT, true, number, reason);
}

void prints_confirmed(struct desk *desk)
{
    char what[FIELD_BYTES] = "", reason[FIELD_BYTES];
    enum desk_screen screen = desk->screen;

    if (form_find(&desk->dialog_form, "what") != NULL)
        form_value(form_find(&desk->dialog_form, "what"), what);
    form_value(form_find(&desk->dialog_form, "again"), reason);
    desk->dialog = DIALOG_NONE;
    if (screen == DESK_RECEIPT && desk_receipt(desk) != NULL)
        put_papers(desk, what, desk_receipt(desk)->receipt_no, reason);
    else if (screen == DESK_ITEM && desk_item(desk) != NULL && has_label_printer(desk))
        put(desk, PRINTS_LABEL, true, desk_item(desk)->item_code, reason);
    else if (screen == DESK_TICKETS && visit_ticket(desk) != NULL && has_label_printer(desk))
        put(desk, PRINTS_TICKET, true, visit_ticket(desk)->ticket_no, reason);
}

void prints_resume(struct desk *desk)
{
    if (desk->prints.kept == 0)
        desk_tell(desk, NOTE_PLAIN, "没有待打的标签", "No print is waiting");
    else if (put(desk, PRINTS_RESUME, true, "", ""))
        news_tell(desk, NOTE_PLAIN, "正在续打 %u 个...", "Printing the %u that wait ...", desk->prints.kept);
}

void prints_registered(struct desk *desk)
{
    const Touchstone__V1__Receipt *receipt = desk_receipt(desk);

    if (receipt != NULL && desk->prints.printer[0] != '\0')
        put(desk, PRINTS_BAG, false, receipt->receipt_no, "");
    if (receipt != NULL && desk->prints.paper[0] != '\0')
        put(desk, PRINTS_RECEIPT, false, receipt->receipt_no, "");
}

bool prints_take(struct desk *desk, const char *ret_words[PRINTS_WORDS])
{
    struct prints *prints = &desk->prints;
    const struct prints_job *job = &prints->jobs[0];
    size_t count = 0;

    if (prints->count == 0 || prints->is_running || job->due_ms > desk->now_ms)
        return false;
    prints->is_running = true;
    ret_words[count++] = COMMANDS[job->what].noun;
    ret_words[count++] = COMMANDS[job->what].verb;
    if (job->number[0] != '\0')
        ret_words[count++] = job->number;
    if (job->what == PRINTS_TICKET) {
        ret_words[count++] = "--laboratory";
        ret_words[count++] = desk->laboratory;
    }
    if (job->reason[0] != '\0') {
        ret_words[count++] = "--reason";
        ret_words[count++] = job->reason;
    }
    ret_words[count] = NULL;
    return true;
}

// "touchstone: the printer is out of paper", without the program's name.
static void first_line(const char *said, char *ret_line, size_t size)
{
    const char *colon = strncmp(said, "touchstone: ", 12) == 0 ? said + 12 : said;

    snprintf(ret_line, size, "%.*s", (int)strcspn(colon, "\n"), colon);
}

static const char *shown_number(const struct desk *desk)
{
    if (desk->screen == DESK_RECEIPT && desk_receipt(desk) != NULL)
        return desk_receipt(desk)->receipt_no;
    if (desk->screen == DESK_ITEM && desk_item(desk) != NULL)
        return desk_item(desk)->item_code;
    if (desk->screen == DESK_TICKETS && visit_ticket(desk) != NULL)
        return visit_ticket(desk)->ticket_no;
    return "";
}

// It was printed before, at this desk or another: the window asks for the reason. It opens for who asked and
// still looks at it; over anything else it would take keys that were meant for that.
static void ask_reason(struct desk *desk, const struct prints_job *job)
{
    static const char *const choices[] = {
        [PRINTS_BAG] = "labels", [PRINTS_RECEIPT] = "receipt", [PRINTS_AGREEMENT] = "agreement",
        [PRINTS_LABEL] = NULL,   [PRINTS_TICKET] = NULL,       [PRINTS_RESUME] = NULL};

    if (job->is_asked && desk->dialog == DIALOG_NONE && strcmp(job->number, shown_number(desk)) == 0) {
        dialog_open(desk, DIALOG_PRINT);
        if (choices[job->what] != NULL && form_find(&desk->dialog_form, "what") != NULL)
            form_choose(form_find(&desk->dialog_form, "what"), choices[job->what]);
        form_go(&desk->dialog_form, desk->dialog_form.count - 1);
    }
    news_tell(desk, NOTE_BAD, "%s 已打印过：写明原因再打（会标「补打」）",
              "%s was printed before: say why it is printed again (it is marked as a reprint)", job->number);
}

// Behind the others: it is printed once the server is back. There is room, since it was just taken out.
static void try_later(struct desk *desk, struct prints_job job)
{
    struct prints *prints = &desk->prints;

    if (job.due_ms == 0)
        news_tell(desk, NOTE_BAD, "连不上服务器：恢复后自动打印 %s",
                  "The server is not reached: %s is printed by itself once it is back", job.number);
    job.due_ms = desk->now_ms + AGAIN_MS;
    prints->jobs[prints->count++] = job;
}

void prints_done(struct desk *desk, enum prints_end end, const char *said, unsigned kept)
{
    struct prints *prints = &desk->prints;
    struct prints_job job = prints->jobs[0];
    bool is_kept = kept > prints->kept || (kept > 0 && job.what == PRINTS_RESUME);
    char line[200];

    prints->is_running = false;
    prints->kept = kept;
    if (prints->count == 0)
        return;
    prints->count--;
    memmove(prints->jobs, prints->jobs + 1, prints->count * sizeof *prints->jobs);
    first_line(said, line, sizeof line);
    if (end == PRINTS_OUT)
        news_tell(desk, NOTE_GOOD, "已打印 %s", "Printed %s", job.number);
    else if (end == PRINTS_AWAY)
        try_later(desk, job);
    else if (strstr(said, "--reason") != NULL)
        ask_reason(desk, &job);
    else if (is_kept)
        news_tell(desk, NOTE_BAD, "%s：已保留，修好后 Ctrl-R 续打",
                  "%s: it is kept; once that is mended, Ctrl-R prints it", line);
    else
        news_tell(desk, NOTE_BAD, "没有打印 %s：%s", "%s is not printed: %s", job.number, line);
}

void prints_heard(struct desk *desk, bool is_asked, const char *said, unsigned kept)
{
    struct prints *prints = &desk->prints;
    char line[PRINTS_STATE];
    bool was_ready = prints->is_ready || prints->state[0] == '\0';

    first_line(said, line, sizeof line);
    prints->kept = kept;
    prints->is_ready = is_asked && strncmp(line, "就绪", strlen("就绪")) == 0;
    snprintf(prints->state, sizeof prints->state, "%s", line);
    // Told once, and not over what somebody reads.
    if (was_ready && !prints->is_ready && desk->news.note.kind == NOTE_NONE && desk->screen != DESK_LOGIN &&
        desk->screen != DESK_LOCKED)
        news_tell(desk, NOTE_BAD, "标签打印机：%s", "Label printer: %s", line);
}

// "打印机缺纸 (the printer is out of paper)" in one language, as short as it goes.
static const char *short_state(const struct desk *desk, char text[PRINTS_STATE])
{
    static const char *const begins[] = {"打印机", "the printer is ", "the printer's ", "the printer "};
    char *bracket;
    const char *at = text;

    snprintf(text, PRINTS_STATE, "%s", desk->prints.state);
    bracket = strstr(text, " (");
    if (bracket != NULL && desk->chinese)
        *bracket = '\0';
    else if (bracket != NULL)
        at = bracket + 2;
    if (!desk->chinese && strchr(at, ')') != NULL)
        *strchr((char *)(uintptr_t)at, ')') = '\0';
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(at, begins[i], strlen(begins[i])) == 0)
            return at + strlen(begins[i]);
    return at;
}

void prints_status(const struct desk *desk, int columns, char *ret_text, size_t size)
{
    const struct prints *prints = &desk->prints;
    char text[PRINTS_STATE], kept[40] = "";

    if (prints->printer[0] == '\0') {
        snprintf(ret_text, size, "%s", desk_say(desk, "打印机 无", "printer none"));
        return;
    }
    if (prints->kept > 0)
        snprintf(kept, sizeof kept, desk->chinese ? " 待打 %u" : " %u wait", prints->kept);
    snprintf(ret_text, size, "%s %.*s%s%s%.40s%s", desk_say(desk, "打印机", "printer"),
             columns >= 100 ? 40 : 0, prints->printer, columns >= 100 ? " " : "",
             prints->is_ready || prints->state[0] == '\0' ? "" : "!",
             prints->is_ready           ? desk_say(desk, "就绪", "ready")
             : prints->state[0] == '\0' ? desk_say(desk, "查询中", "asking")
                                        : short_state(desk, text),
             kept);
}
