// SPDX-License-Identifier: Apache-2.0
// See cups.h. Sources: lp(1), lpstat(1), cancel(1) of CUPS 2; the words behind "Alerts:" are the keywords of
// printer-state-reasons and job-state-reasons (RFC 8011, 5.4.12 and 5.3.8; PWG 5100.9).
#include "printer/cups.h"

#include <ctype.h>
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "process/program.h"
#include "wire/error.h"

enum { TEXT = 8192, NAME = 128, PRINT_MS = 20000, TROUBLE_MS = 3000, POLL_MS = 300 };

static const char CUPS[] = "cups:", PAPER[] = "paper:", PICTURE[] = ":picture";

bool cups_is_meant(const char *printer)
{
    return g_str_has_prefix(printer, CUPS) || g_str_has_prefix(printer, PAPER);
}

bool cups_takes_pages(const char *printer)
{
    return g_str_has_prefix(printer, PAPER) ||
           (g_str_has_prefix(printer, CUPS) && g_str_has_suffix(printer, PICTURE));
}

// The name that CUPS knows it by; "" is the ordinary one. CUPS takes any sign but blanks, '/' and '#'
// (lpadmin(8)).
static bool name_of(const char *printer, char ret_name[NAME], struct ts_error *error)
{
    const char *begin = strchr(printer, ':') + 1;
    size_t length = strlen(begin) - (g_str_has_suffix(begin, PICTURE) ? sizeof PICTURE - 1 : 0);
    bool is_fine = length < NAME && begin[0] != '-' && (length > 0 || g_str_has_prefix(printer, PAPER));

    for (size_t i = 0; is_fine && i < length; i++)
        is_fine = (unsigned char)begin[i] > ' ' && begin[i] != '/' && begin[i] != '#' && begin[i] != 0x7f;
    if (!is_fine)
        return error_set(
            error, TS_INVALID_ARGUMENT, "USAGE",
            "'%.60s' names no printer of CUPS; lpstat -p lists them: cups:NAME or cups:NAME:picture",
            printer);
    snprintf(ret_name, NAME, "%.*s", (int)length, begin);
    return true;
}

bool cups_check(const char *printer, struct ts_error *error)
{
    char name[NAME];

    return name_of(printer, name, error);
}

struct sign {
    const char *word, *english, *chinese;
};

// The first that is found is told.
static const struct sign SIGNS[] = {
    {"cover-open", "the printer's cover is open", "打印机盖未合上 (the printer's cover is open)"},
    {"door-open", "the printer's door is open", "打印机门未合上 (the printer's door is open)"},
    {"media-jam", "paper is stuck in the printer", "打印机卡纸 (paper is stuck in the printer)"},
    {"media-empty", "the printer is out of paper", "打印机缺纸 (the printer is out of paper)"},
    {"media-needed", "the printer is out of paper", "打印机缺纸 (the printer is out of paper)"},
    {"input-tray-missing", "the printer's tray is missing", "打印机纸盒缺失 (the printer's tray is missing)"},
    {"marker-supply-empty", "the printer is out of ribbon or toner",
     "打印机缺碳带或墨粉 (out of ribbon or toner)"},
    {"toner-empty", "the printer is out of toner", "打印机缺墨粉 (the printer is out of toner)"},
    {"offline", "the printer is offline", "打印机离线 (the printer is offline)"},
    {"connecting-to-device", "the printer does not answer", "打印机没有应答 (the printer does not answer)"},
    {"timed-out", "the printer does not answer", "打印机没有应答 (the printer does not answer)"},
    {"disabled since", "the printer is paused", "打印机已暂停 (the printer is paused)"},
    {"paused", "the printer is paused", "打印机已暂停 (the printer is paused)"},
};

static bool fail(const struct sign *sign, bool chinese, struct ts_error *error)
{
    return error_set(error, TS_UNAVAILABLE, "PRINTER_STATE", "%s", chinese ? sign->chinese : sign->english);
}

static const struct sign NO_CUPS = {"", "the print commands of CUPS (lp, lpstat) are not installed here",
                                    "未安装打印命令 lp、lpstat (CUPS is not installed here)"};
static const struct sign UNKNOWN = {"", "CUPS knows no such printer; lpstat -p lists them",
                                    "CUPS 没有这台打印机，lpstat -p 可查 (CUPS knows no such printer)"};
static const struct sign REFUSED = {"", "CUPS did not take it; lpstat -p tells the printer's state",
                                    "CUPS 未接收，lpstat -p 可查 (CUPS did not take it)"};
static const struct sign NOT_OUT = {"", "CUPS gave the label up; lpstat -p tells why",
                                    "CUPS 放弃了这张标签，lpstat -p 可查 (CUPS gave the label up)"};
static const struct sign SLOW = {"", "the printer does not print",
                                 "打印机没有出纸 (the printer does not print)"};

// CUPS knows by itself whether it is paused; everything else the last job told, and it may be mended since.
static bool is_certain(const struct sign *matter)
{
    return strcmp(matter->word, "disabled since") == 0;
}

// What is the matter with it; NULL: nothing. `text` is what lpstat said.
static const struct sign *trouble(const char *text)
{
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (strstr(text, SIGNS[i].word) != NULL)
            return &SIGNS[i];
    return NULL;
}

// `ret_trouble` NULL: it is ready. False when it cannot be asked.
static bool ask(const char *name, const struct sign **ret_trouble, bool chinese, struct ts_error *error)
{
    const char *words[] = {"lpstat", "-l", "-p", name[0] != '\0' ? name : NULL, NULL};
    char text[TEXT];
    int ended = program_run(words, -1, text, sizeof text);

    if (ended == PROGRAM_ABSENT)
        return fail(&NO_CUPS, chinese, error);
    if (ended != 0)
        return fail(&UNKNOWN, chinese, error);
    *ret_trouble = trouble(text);
    return true;
}

// "request id is zebra-123 (1 file(s))"
static bool read_job(const char *text, char ret_job[NAME])
{
    const char *begin = strstr(text, "request id is ");
    size_t length;

    if (begin == NULL)
        return false;
    begin += strlen("request id is ");
    length = strcspn(begin, " \n");
    if (length == 0 || length >= NAME)
        return false;
    snprintf(ret_job, NAME, "%.*s", (int)length, begin);
    return true;
}

static bool memory_file(const char *bytes, size_t length, int *ret_fd, struct ts_error *error)
{
    int fd = memfd_create("print", MFD_CLOEXEC);

    if (fd >= 0 && write(fd, bytes, length) == (ssize_t)length && lseek(fd, 0, SEEK_SET) == 0) {
        *ret_fd = fd;
        return true;
    }
    error_set(error, TS_INTERNAL, "FILE", "cannot hold what is to be printed: %s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return false;
}

// *ret_job is "" when lp did not say which job it is.
static bool send(const char *name, const char *what, const char *bytes, size_t length, char ret_job[NAME],
                 bool chinese, struct ts_error *error)
{
    const char *words[8] = {"lp", "-t", what};
    char text[TEXT];
    size_t count = 3;
    int fd, ended;

    if (name[0] != '\0')
        words[count++] = "-d", words[count++] = name;
    if (length < 4 || memcmp(bytes, "%PDF", 4) != 0)
        words[count++] = "-o", words[count++] = "raw";
    if (!memory_file(bytes, length, &fd, error))
        return false;
    ended = program_run(words, fd, text, sizeof text);
    close(fd);
    if (ended != 0)
        return fail(ended == PROGRAM_ABSENT ? &NO_CUPS : &REFUSED, chinese, error);
    if (!read_job(text, ret_job))
        ret_job[0] = '\0';
    return true;
}

// Whether lpstat's list has a line that begins with the job.
static const char *line_of(const char *text, const char *job)
{
    size_t length = strlen(job);

    for (const char *at = text; at != NULL && *at != '\0'; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, job, length) == 0 && (at[length] == ' ' || at[length] == '\n'))
            return at;
    }
    return NULL;
}

static bool waits(const char *name, const char *job)
{
    const char *words[] = {"lpstat", "-W", "not-completed", "-o", name, NULL};
    char text[TEXT];

    return program_run(words, -1, text, sizeof text) == 0 && line_of(text, job) != NULL;
}

// A job that CUPS aborted, or somebody cancelled, is gone as well: its own lines, up to the next job's, say
// so.
static bool was_given_up(const char *name, const char *job)
{
    const char *words[] = {"lpstat", "-l", "-W", "completed", "-o", name, NULL};
    char text[TEXT * 4];
    const char *line = program_run(words, -1, text, sizeof text) == 0 ? line_of(text, job) : NULL;

    for (bool first = true; line != NULL && *line != '\0' && (first || isspace((unsigned char)*line));
         first = false) {
        size_t length = strcspn(line, "\n");

        if (!first && (g_strstr_len(line, (gssize)length, "aborted") != NULL ||
                       g_strstr_len(line, (gssize)length, "canceled") != NULL))
            return true;
        line += length + (line[length] == '\n');
    }
    return false;
}

static bool take_back(const char *job, const struct sign *why, bool chinese, struct ts_error *error)
{
    const char *words[] = {"cancel", job, NULL};
    char text[TEXT];

    program_run(words, -1, text, sizeof text);
    return fail(why, chinese, error);
}

// CUPS goes on by itself once paper is in; so that a label is not printed twice, it is taken back when
// something is the matter, and sent again later. What the last job told of the printer still stands when this
// one begins.
static bool wait_until_out(const char *name, const char *job, bool chinese, struct ts_error *error)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
    const struct sign *matter = NULL;
    int troubled = 0;

    for (int waited = 0; waited < PRINT_MS; waited += POLL_MS) {
        if (!waits(name, job))
            return !was_given_up(name, job) || fail(&NOT_OUT, chinese, error);
        if (!ask(name, &matter, chinese, NULL))
            matter = &UNKNOWN;
        troubled = matter != NULL ? troubled + POLL_MS : 0;
        if (matter != NULL && (is_certain(matter) || troubled > TROUBLE_MS))
            break;
        nanosleep(&pause, NULL);
    }
    return take_back(job, matter != NULL ? matter : &SLOW, chinese, error);
}

bool cups_print(const char *printer, const char *what, const char *bytes, size_t length, bool chinese,
                struct ts_error *error)
{
    bool is_document = g_str_has_prefix(printer, PAPER);
    const struct sign *matter = NULL;
    char name[NAME], job[NAME];

    if (!name_of(printer, name, error))
        return false;
    // A document waits in CUPS, whatever is the matter there: it is not asked for.
    if (!is_document && !ask(name, &matter, chinese, error))
        return false;
    if (matter != NULL && is_certain(matter))
        return fail(matter, chinese, error);
    return send(name, what, bytes, length, job, chinese, error) &&
           (is_document || job[0] == '\0' || wait_until_out(name, job, chinese, error));
}

bool cups_state(const char *printer, bool chinese, char ret_words[200], struct ts_error *error)
{
    const struct sign *matter = NULL;
    char name[NAME];

    if (!name_of(printer, name, error) || !ask(name, &matter, chinese, error))
        return false;
    snprintf(ret_words, 200, "%s",
             matter != NULL ? (chinese ? matter->chinese : matter->english)
             : chinese      ? "就绪"
                            : "ready");
    return true;
}
