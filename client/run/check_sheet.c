// SPDX-License-Identifier: Apache-2.0
// Tells what was found of a sheet's PDF: see check_sheet.h. Facts of the file are shown only when its
// signature held: of an altered file nothing is worth repeating but that it is altered.
#include "run/check_sheet.h"

#include <stdlib.h>
#include <string.h>

#include "command/invocation.h"
#include "files/read_file.h"
#include "print/instant.h"
#include "print/show.h"
#include "run/client.h"
#include "run/look.h"
#include "text/collect.h"
#include "text/exit_code.h"
#include "text/safe.h"
#include "verify/verify.h"
#include "wire/text.h"

enum {
    FILE_CEILING_BYTES = 64 * 1024 * 1024,
    TRUST_CEILING_BYTES = 1024 * 1024,
    FACTS_MAX = 20,
    STATUS_SIZE = 200
};

struct fact {
    const char *label;
    const char *key;
    const char *value;
};

static const char *state_word(enum verify_state state)
{
    static const char *const words[] = {
        [VERIFY_NOT_CHECKED] = "not checked", [VERIFY_PASSED] = "passed", [VERIFY_FAILED] = "FAILED"};

    return words[state];
}

static size_t collect_facts(const struct verify_report *report, struct fact facts[FACTS_MAX])
{
    const struct fact all[] = {
        {"Sheet", "sheet_no", report->record.sheet_no},
        {"Revision", "revision", report->record.revision},
        {"Item", "item_code", report->record.item_code},
        {"Institute", "institute", report->record.institute},
        {"Specimen", "specimen", report->record.specimen ? "yes" : "no"},
        {"Sealed", "sealed_at", report->sealed_at},
        {"Sealed by", "subject", report->subject},
        {"Certified by", "issuer", report->issuer},
        {"Certificate from", "not_before", report->not_before},
        {"Certificate until", "not_after", report->not_after},
        {"Certificate number", "serial", report->serial},
        {"Certificate SHA-256", "certificate_sha256", report->certificate_sha256},
        {"Record SHA-256", "record_sha256", report->record.sha256},
        {"Entry in the log", "log_index", report->log_index},
        {"Entered", "logged_at", report->logged_at},
        {"Entries then", "log_size", report->log_size},
    };

    if (report->checks[VERIFY_SIGNATURE] != VERIFY_PASSED)
        return 0;
    memcpy(facts, all, sizeof all);
    return sizeof all / sizeof *all;
}

static void put_pair(struct text *text, const char *key, const char *value)
{
    text_printf(text, ",\"%s\":", key);
    text_put_json(text, value, strlen(value));
}

// False without memory.
static bool write_json(struct client *client, const struct verify_report *report, bool is_good,
                       const char *status)
{
    struct fact facts[FACTS_MAX];
    size_t count = collect_facts(report, facts);
    struct text text;
    const char *json;

    text_init(&text, client->arena);
    text_printf(&text, "{\"good\":%s", is_good ? "true" : "false");
    put_pair(&text, "status", status);
    put_pair(&text, "code", report->code);
    put_pair(&text, "detail", report->detail);
    text_put(&text, ",\"checks\":{");
    for (int check = 0; check < VERIFY_CHECKS; check++)
        text_printf(&text, "%s\"%s\":\"%s\"", check > 0 ? "," : "",
                    verify_check_name((enum verify_check)check), state_word(report->checks[check]));
    text_put(&text, "}");
    if (count > 0)
        text_printf(&text, ",\"specimen\":%s", report->record.specimen ? "true" : "false");
    for (size_t i = 0; i < count; i++)
        if (strcmp(facts[i].key, "specimen") != 0)
            put_pair(&text, facts[i].key, facts[i].value);
    text_put(&text, "}");
    json = text_finish(&text);
    if (json == NULL)
        return false;
    safe_write_json(client->out, json, text.length);
    fputc('\n', client->out);
    return true;
}

// Times of the certificate and of the seal stand in the file as text. False without memory.
static bool show_fact(struct client *client, const struct fact *fact)
{
    struct collect collect;
    FILE *stream = collect_begin(&collect);
    char *text;
    bool whole;

    if (stream != NULL)
        instant_write_text(stream, fact->value, client->out_style.terminal);
    text = collect_end(&collect, NULL);
    if (text != NULL)
        show_line(client->out, &client->out_style, fact->label, fact->key, text);
    whole = text != NULL;
    free(text);
    return whole;
}

// False without memory.
static bool write_lines(struct client *client, const struct verify_report *report, const char *status)
{
    struct fact facts[FACTS_MAX];
    size_t count = collect_facts(report, facts);
    bool whole = true;

    show_line(client->out, &client->out_style, "Result", "status", status);
    for (int check = 0; check < VERIFY_CHECKS; check++) {
        const char *name = verify_check_name((enum verify_check)check);
        char label[40];

        snprintf(label, sizeof label, "Check %s", name);
        show_line(client->out, &client->out_style, label, name, state_word(report->checks[check]));
    }
    for (size_t i = 0; i < count; i++)
        whole = show_fact(client, &facts[i]) && whole;
    return whole;
}

// What a good sheet has still not been asked.
static void tell_unchecked(struct client *client, const struct verify_report *report)
{
    if (report->checks[VERIFY_TRUST] != VERIFY_PASSED)
        fprintf(client->talk,
                "whose seal it is was not checked: give the laboratory's certificate with --trust "
                "FILE, or its list of keys with --keys FILE\n");
    if (report->checks[VERIFY_LOG] != VERIFY_PASSED)
        fprintf(client->talk, "the sheet is from before there was a public log: nothing was checked there\n");
    else if (report->checks[VERIFY_KEYS] != VERIFY_PASSED)
        fprintf(client->talk,
                "who signed its statement and the log was not checked: give the laboratory's list "
                "of keys (/log/keys.json) with --keys FILE\n");
    if (report->checks[VERIFY_LOG] == VERIFY_PASSED)
        fprintf(client->talk,
                "whether it was amended or withdrawn since then no file can tell: open the page of "
                "its QR code\n");
}

static int tell(struct client *client, const struct verify_report *report, bool is_good)
{
    char buffer[STATUS_SIZE];
    const char *status = verify_status_line(report, buffer, sizeof buffer);

    bool whole = invocation_has(client->invocation, "json") ? write_json(client, report, is_good, status)
                                                            : write_lines(client, report, status);

    if (!whole)
        return client_finish_output(client, client_fail_memory(client));
    if (!is_good)
        fprintf(client->talk, "touchstone: refused: %s\n", report->detail);
    else
        tell_unchecked(client, report);
    return client_finish_output(client, is_good ? EXIT_CODE_OK : EXIT_CODE_FAILED);
}

// The file that a flag names; nothing when there is no such flag.
static bool read_flag(struct client *client, const char *flag, size_t ceiling, const char **ret_text,
                      size_t *ret_length, struct ts_error *error)
{
    const char *path = client_flag(client, flag);
    uint8_t *bytes = NULL;

    if (path != NULL && !read_file_whole(path, ceiling, client->arena, &bytes, ret_length, error))
        return false;
    *ret_text = (const char *)bytes;
    return true;
}

static bool read_evidence(struct client *client, struct evidence *ret_evidence, struct ts_error *error)
{
    uint8_t *sheet;

    *ret_evidence = (struct evidence){.trusted = NULL};
    if (!read_file_whole(client_flag(client, "FILE"), FILE_CEILING_BYTES, client->arena, &sheet,
                         &ret_evidence->length, error) ||
        !read_flag(client, "trust", TRUST_CEILING_BYTES, &ret_evidence->trusted,
                   &ret_evidence->trusted_length, error) ||
        !read_flag(client, "keys", LOG_KEYS_FILE_BYTES, &ret_evidence->keys, &ret_evidence->keys_length,
                   error))
        return false;
    ret_evidence->sheet = sheet;
    return true;
}

int check_sheet_run(struct client *client, const struct command *command)
{
    struct verify_report report;
    struct ts_error error = {0};
    struct evidence evidence;
    bool is_good;

    (void)command;
    if (!read_evidence(client, &evidence, &error))
        return client_fail(client, &error);
    is_good = look_twice(&evidence, &report, &error);
    if (!is_good && report.code[0] == '\0')
        return client_fail(client, &error);
    return tell(client, &report, is_good);
}
