// SPDX-License-Identifier: Apache-2.0
// The audit as a command, see audit_log.h: where the files come from, what is shown, what is saved.
#include "run/audit_log.h"

#include "command/invocation.h"
#include "files/atomic_file.h"
#include "files/read_file.h"
#include "log/folder_source.h"
#include "log/https_source.h"
#include "print/show.h"
#include "run/client.h"
#include "text/exit_code.h"
#include "text/safe.h"
#include "verify/audit.h"
#include "wire/arena.h"
#include "wire/base64.h"
#include "wire/error.h"
#include "wire/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CHECKPOINT_BYTES = 64 * 1024,
    TIMEOUT_MS = 60 * 1000,
    URL_SIZE = 400,
    LINE_SIZE = 160,
    FACTS_MAX = 12
};

struct audit_log {
    struct client *client;
    struct folder_source folder;
    struct https_source *https;
    char url[URL_SIZE];
    bool is_drawn; // a line of progress stands on the terminal
};

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

// 12400 -> "12,400"
static const char *grouped(uint64_t number, char text[32])
{
    char digits[24];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number), at = 0;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

static bool fetch(void *context, struct audit_file *files, size_t count, struct ts_error *error)
{
    struct audit_log *log = context;
    return log->https ? https_source_fetch(log->https, files, count, error)
                      : folder_source_fetch(&log->folder, files, count, error);
}

static bool wait_a_moment(void *context)
{
    struct audit_log *log = context;
    return log->https ? https_source_wait(log->https) : folder_source_wait(&log->folder);
}

static void show_progress(void *context, uint64_t done, uint64_t size)
{
    struct audit_log *log = context;
    char one[32], all[32];
    if (!log->client->talk_style.terminal)
        return;
    fprintf(log->client->talk, "\r%s of %s entries", grouped(done, one), grouped(size, all));
    fflush(log->client->talk);
    log->is_drawn = true;
}

static void end_progress(struct audit_log *log)
{
    if (log->is_drawn)
        fputs("\r\033[K", log->client->talk);
    log->is_drawn = false;
}

// The folder or the address given, else the log of the profile's server.
static bool open_source(struct audit_log *log, struct ts_error *error)
{
    struct client *client = log->client;
    const char *folder = client_flag(client, "directory"), *url = client_flag(client, "url");
    if (folder && url)
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "give --url or --directory, not both");
    if (folder)
        return folder_source_init(&log->folder, folder, error);
    if (!client_choose_profile(client, error) || !client_watch_signals(client, error))
        return false;
    if (!url && client->profile.server[0] == '\0')
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE",
                         "which log? Give --url https://HOST/log or --directory DIR");
    snprintf(log->url, sizeof log->url, url ? "%s" : "https://%s/log", url ? url : client->profile.server);
    const struct https_source_settings settings = {
        .url = log->url, .ca = client->profile.ca, .timeout_ms = TIMEOUT_MS, .signal_fd = client->signal_fd};
    log->https = https_source_create(&settings, error);
    return log->https != NULL;
}

static bool read_order(struct audit_log *log, struct audit_order *order, struct ts_error *error)
{
    struct client *client = log->client;
    const char *keys_path = client_flag(client, "keys"), *since_path = client_flag(client, "since");
    uint8_t *bytes;
    size_t length;
    *order = (struct audit_order){
        .source = {.fetch = fetch, .wait = wait_a_moment, .progress = show_progress, .context = log},
        .now = (uint64_t)time(NULL)};
    if (keys_path) {
        struct log_keys *keys = arena_alloc(client->arena, sizeof *keys);
        if (!keys)
            return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
        if (!read_file_whole(keys_path, LOG_KEYS_FILE_BYTES, client->arena, &bytes, &length, error))
            return false;
        if (!log_keys_read((const char *)bytes, length, client->arena, keys, error)) {
            struct ts_error why = *error;
            return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "--keys %.80s: %.150s", keys_path,
                             why.detail);
        }
        order->pinned = keys;
    }
    if (since_path) {
        if (!read_file_whole(since_path, CHECKPOINT_BYTES, client->arena, &bytes, &length, error))
            return false;
        order->since = (const char *)bytes;
        order->since_length = length;
    }
    return true;
}

static bool is_good(const struct audit_report *report)
{
    return report->findings == 0;
}

static void write_result(const struct audit_report *report, char line[LINE_SIZE])
{
    if (is_good(report))
        snprintf(line, LINE_SIZE, "GOOD: the files are what was promised, and what was done was allowed%s",
                 report->warnings ? "; with warnings" : "");
    else
        snprintf(line, LINE_SIZE, "NOT GOOD: %zu finding%s", report->findings, plural(report->findings));
}

struct fact {
    const char *label, *key;
    char value[AUDIT_PATH_SIZE * 3];
};

static void put_fact(struct fact *facts, size_t *count, const char *label, const char *key, uint64_t number)
{
    struct fact *fact = &facts[(*count)++];
    fact->label = label;
    fact->key = key;
    snprintf(fact->value, sizeof fact->value, "%" PRIu64, number);
}

static size_t collect_facts(const struct audit_report *report, struct fact facts[FACTS_MAX])
{
    size_t count = 0;
    if (!report->checkpoint)
        return 0;
    facts[count] = (struct fact){.label = "Log", .key = "origin"};
    snprintf(facts[count++].value, sizeof facts->value, "%s", report->origin);
    put_fact(facts, &count, "Entries", "size", report->size);
    facts[count] = (struct fact){.label = "Root", .key = "root"};
    base64_write(report->root, HASH_BYTES, true, facts[count++].value);
    put_fact(facts, &count, "Sheets issued", "issued", report->kinds[1]);
    put_fact(facts, &count, "Sheets amended", "amended", report->kinds[2]);
    put_fact(facts, &count, "Sheets withdrawn", "withdrawn", report->kinds[3]);
    put_fact(facts, &count, "Status lists", "status_lists", report->shards);
    put_fact(facts, &count, "Registry versions", "registry_versions", report->registries);
    put_fact(facts, &count, "Keys", "keys", report->keys);
    if (report->since_size > 0)
        put_fact(facts, &count, "Earlier checkpoint", "since", report->since_size);
    return count;
}

static void write_lines(struct client *client, const struct audit_report *report)
{
    struct fact facts[FACTS_MAX];
    size_t count = collect_facts(report, facts), shown = 0;
    char line[LINE_SIZE];
    for (size_t i = 0; i < report->kept; i++) {
        const struct audit_finding *finding = &report->list[i];
        const char *level = finding->level == AUDIT_FINDING ? "FINDING" : "warning";
        fprintf(client->out, client->out_style.terminal ? "%s %s: " : "%s\t%s\t", level, finding->code);
        safe_write(client->out, finding->where, false);
        fputc(client->out_style.terminal ? ' ' : '\t', client->out);
        safe_write(client->out, finding->text, false);
        fputc('\n', client->out);
        shown++;
    }
    if (report->findings + report->warnings > shown)
        fprintf(client->talk, "and %zu more of the same kinds\n",
                report->findings + report->warnings - shown);
    for (size_t i = 0; i < count; i++)
        show_line(client->out, &client->out_style, facts[i].label, facts[i].key, facts[i].value);
    write_result(report, line);
    show_line(client->out, &client->out_style, "Result", "status", line);
}

static void put_pair(struct text *text, const char *key, const char *value)
{
    text_printf(text, ",\"%s\":", key);
    text_put_json(text, value, strlen(value));
}

// False without memory.
static bool write_json(struct client *client, const struct audit_report *report)
{
    struct fact facts[FACTS_MAX];
    size_t count = collect_facts(report, facts);
    struct text text;
    char line[LINE_SIZE];
    text_init(&text, client->arena);
    write_result(report, line);
    text_printf(&text, "{\"good\":%s", is_good(report) ? "true" : "false");
    put_pair(&text, "status", line);
    for (size_t i = 0; i < count; i++)
        put_pair(&text, facts[i].key, facts[i].value);
    text_printf(&text, ",\"finding_count\":%zu,\"warning_count\":%zu,\"findings\":[", report->findings,
                report->warnings);
    for (size_t i = 0; i < report->kept; i++) {
        const struct audit_finding *finding = &report->list[i];
        text_printf(&text, "%s{\"level\":\"%s\"", i > 0 ? "," : "",
                    finding->level == AUDIT_FINDING ? "finding" : "warning");
        put_pair(&text, "code", finding->code);
        put_pair(&text, "where", finding->where);
        put_pair(&text, "text", finding->text);
        text_put_char(&text, '}');
    }
    text_put(&text, "]}");
    const char *json = text_finish(&text);
    if (!json)
        return false;
    safe_write_json(client->out, json, text.length);
    fputc('\n', client->out);
    return true;
}

// Only what was found good is worth comparing with the next time.
static bool save(struct client *client, const struct audit_report *report, struct ts_error *error)
{
    const char *path = client_flag(client, "save");
    if (!path)
        return true;
    if (!is_good(report)) {
        fprintf(client->talk, "the checkpoint was not saved: the log is not good\n");
        return true;
    }
    return atomic_file_write(path, report->checkpoint, report->checkpoint_length, 0644, error);
}

static int tell(struct client *client, const struct audit_report *report)
{
    struct ts_error error = {0};
    bool whole = true;
    if (invocation_has(client->invocation, "json"))
        whole = write_json(client, report);
    else
        write_lines(client, report);
    if (!whole)
        return client_finish_output(client, client_fail_memory(client));
    if (!save(client, report, &error))
        return client_finish_output(client, client_fail(client, &error));
    return client_finish_output(client, is_good(report) ? EXIT_CODE_OK : EXIT_CODE_FAILED);
}

int audit_log_run(struct client *client, const struct command *command)
{
    struct audit_log log = {.client = client};
    struct audit_report *report = arena_alloc(client->arena, sizeof *report);
    struct audit_order order;
    struct ts_error error = {0};
    (void)command;
    if (!report)
        return client_fail_memory(client);
    bool done = open_source(&log, &error) && read_order(&log, &order, &error) &&
                audit_run(&order, client->arena, report, &error);
    end_progress(&log);
    https_source_free(log.https);
    return done ? tell(client, report) : client_fail(client, &error);
}
