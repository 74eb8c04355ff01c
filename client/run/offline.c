// SPDX-License-Identifier: Apache-2.0
// Opening the journal, and reading it: journal list, show, export. See offline.h.
#include "run/offline.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command/command.h"
#include "command/invocation.h"
#include "journal/offline.h"
#include "print/instant.h"
#include "print/show.h"
#include "print/table.h"
#include "run/client.h"
#include "run/secret.h"
#include "text/exit_code.h"
#include "text/safe.h"
#include "wire/arena.h"
#include "wire/error.h"

enum { LOCK_WAIT_MS = 10000, PASSWORD_BYTES = 1024, COLUMNS = 7, INSTANT_BYTES = 40 };

int64_t offline_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Who opens it: --username, else whoever is logged in, also while there is no server to ask.
static bool choose_user(struct client *client, char username[64], struct ts_error *error)
{
    const char *given = client_flag(client, "username");

    if (given == NULL && !session_load(client->profile.name, client->profile.server, &client->session, error))
        return false;
    snprintf(username, 64, "%s", given != NULL ? given : client->session.username);
    return username[0] != '\0' || error_set(error, TS_UNAUTHENTICATED, "NO_SESSION",
                                            "say whose password opens the journal: --username NAME");
}

static void tell_about(struct client *client, const struct journal_about *about)
{
    if (about->torn_bytes > 0)
        fprintf(client->talk,
                client->chinese
                    ? "上次断电时未写完的 %zu 字节已另存：%s\n"
                    : "%zu bytes that were being written when the power went were set aside: %s\n",
                about->torn_bytes, about->torn_path);
    if (about->damaged_at_byte > 0)
        fprintf(client->talk, "touchstone: %s\n", about->damage);
}

bool offline_open(struct client *client, struct offline *ret_offline, struct ts_error *error)
{
    const char *file = client_flag(client, "journal");
    struct offline offline = {0};
    char path[PATH_MAX], username[64], password[PASSWORD_BYTES];
    struct journal_settings settings = {.path = file != NULL ? file : path,
                                        .keys = &offline.keys,
                                        .now_ms = offline_now_ms(),
                                        .lock_wait_ms = LOCK_WAIT_MS};
    bool done;

    if (!client_choose_profile(client, error) || !journal_path(client->profile.name, path, error) ||
        !choose_user(client, username, error) ||
        !secret_read(client, "password-file", client->chinese ? "密码" : "password", password,
                     sizeof password, error))
        return false;
    done = journal_keys_open(client->profile.name, username, password, &offline.keys, error);
    explicit_bzero(password, sizeof password);
    if (!done)
        return false;
    // A file that was brought from elsewhere must be there; it is not begun.
    settings.desk = file != NULL ? "" : offline.keys.desk;
    offline.journal = journal_open(&settings, error);
    if (offline.journal == NULL) {
        journal_keys_wipe(&offline.keys);
        return false;
    }
    tell_about(client, journal_about(offline.journal));
    *ret_offline = offline;
    journal_keys_wipe(&offline.keys);
    return true;
}

void offline_close(struct offline *offline)
{
    journal_close(offline->journal);
    journal_keys_wipe(&offline->keys);
}

bool offline_entry(const struct offline *offline, const char *number, size_t *ret_index,
                   struct ts_error *error)
{
    size_t length = strlen(number), found = 0;
    char plain[16] = "";
    size_t signs = 0;

    // A code may be typed in groups and small letters.
    for (size_t i = 0; i < length && signs + 1 < sizeof plain; i++)
        if (number[i] != '-' && number[i] != ' ')
            plain[signs++] = (char)(number[i] >= 'a' && number[i] <= 'z' ? number[i] - 'a' + 'A' : number[i]);
    if (journal_find(offline->journal, number, ret_index) || journal_find(offline->journal, plain, ret_index))
        return true;
    for (size_t i = 0; length >= 6 && i < journal_count(offline->journal); i++)
        if (strncmp(journal_entry(offline->journal, i)->request_id, number, length) == 0) {
            *ret_index = i;
            found++;
        }
    return found == 1 || error_set(error, TS_NOT_FOUND, "JOURNAL_ENTRY",
                                   "no single entry of the journal has this number; journal list shows them");
}

// "booked" / "已登记".
static const char *state_words(const struct client *client, enum journal_state state)
{
    static const char *const words[][2] = {
        [JOURNAL_WAITING] = {"waiting", "未登记"},     [JOURNAL_BOOKED] = {"booked", "已登记"},
        [JOURNAL_CONFLICT] = {"conflict", "待处理"},   [JOURNAL_REPLACED] = {"replaced", "已改发"},
        [JOURNAL_SET_ASIDE] = {"set aside", "已搁置"},
    };

    return words[state][client->chinese ? 1 : 0];
}

// The number of the provisional slip; of an intake without codes the beginning of its request id.
static const char *number_of(const struct journal_entry *entry, struct arena *arena)
{
    const char *code = entry->codes[0];

    if (entry->code_count > 0)
        return arena_printf(arena, "%.3s-%.3s-%.3s", code, code + 3, code + 6);
    return arena_printf(arena, "%.8s", entry->request_id);
}

static const char *instant_text(const struct client *client, int64_t at_ms)
{
    char text[INSTANT_BYTES] = "";
    FILE *out = fmemopen(text, sizeof text - 1, "w");

    if (out == NULL)
        return "";
    instant_write(out, at_ms / 1000, client->out_style.terminal ? 0 : (int32_t)(at_ms % 1000) * 1000000,
                  client->out_style.terminal);
    fclose(out);
    return arena_copy(client->arena, text, strlen(text));
}

static const char *outcome_of(const struct journal_entry *entry, struct arena *arena)
{
    if (entry->state == JOURNAL_BOOKED)
        return entry->receipt_no;
    if (entry->state == JOURNAL_CONFLICT)
        return arena_printf(arena, "%s: %s", entry->reason, entry->outcome);
    if (entry->resolved_by[0] != '\0')
        return arena_printf(arena, "%s: %s", entry->resolved_by, entry->outcome);
    return "";
}

static bool list(struct client *client, const struct offline *offline)
{
    static const char *const headings[COLUMNS] = {"NUMBER", "STATE", "TAKEN",  "BY",
                                                  "ITEMS",  "WHAT",  "OUTCOME"};
    static const char *const headings_zh[COLUMNS] = {"临时号", "状态", "收样时间", "经手人",
                                                     "件数",   "内容", "结果"};
    static const bool are_ids[COLUMNS] = {true, false, false, false, false, false, false};
    size_t rows = journal_count(offline->journal);
    const char **cells = arena_array(client->arena, rows * COLUMNS + 1, sizeof *cells);

    if (cells == NULL)
        return false;
    for (size_t i = 0; i < rows; i++) {
        const struct journal_entry *entry = journal_entry(offline->journal, i);
        const char **row = cells + i * COLUMNS;

        row[0] = number_of(entry, client->arena);
        row[1] = state_words(client, entry->state);
        row[2] = instant_text(client, entry->taken_at_ms);
        row[3] = entry->user;
        row[4] = arena_printf(client->arena, "%zu", entry->code_count);
        row[5] = entry->line;
        row[6] = outcome_of(entry, client->arena);
        for (size_t j = 0; j < COLUMNS; j++)
            if (row[j] == NULL)
                return false;
    }
    return table_write(client->out, &client->out_style, client->chinese ? headings_zh : headings, are_ids,
                       cells, rows, COLUMNS);
}

static void tell_stock(struct client *client, const struct offline *offline)
{
    const char *here = client_laboratory(client);
    const char *laboratory = here[0] != '\0' ? here : offline->keys.laboratory;
    size_t waiting = journal_waiting(offline->journal);

    fprintf(client->talk,
            client->chinese ? "待登记 %zu；%s 剩余预留编号 %zu，剩余现场名额 %d\n"
                            : "%zu not yet booked; %s: %zu reserved codes left, %d leased places left\n",
            waiting, laboratory, journal_codes_left(offline->journal, laboratory),
            journal_places_left(offline->journal, laboratory, offline_now_ms()));
}

int offline_list(struct client *client, const struct command *command)
{
    struct offline offline;
    struct ts_error error = {0};
    int exit_code = EXIT_CODE_OK;

    (void)command;
    if (!offline_open(client, &offline, &error))
        return client_fail(client, &error);
    if (!list(client, &offline))
        exit_code = client_fail_memory(client);
    tell_stock(client, &offline);
    offline_close(&offline);
    return client_finish_output(client, exit_code);
}

int offline_show(struct client *client, const struct command *command)
{
    struct offline offline;
    struct ts_error error = {0};
    const struct journal_entry *entry;
    Touchstone__V1__RegisterIntakeRequest *request = NULL;
    size_t index;
    bool done;

    (void)command;
    if (!offline_open(client, &offline, &error))
        return client_fail(client, &error);
    done = offline_entry(&offline, client_flag(client, "NUMBER"), &index, &error);
    if (done) {
        entry = journal_entry(offline.journal, index);
        show_line(client->out, &client->out_style, "State", "state", state_words(client, entry->state));
        show_line(client->out, &client->out_style, "Request", "request_id", entry->request_id);
        show_line(client->out, &client->out_style, "Taken", "taken_at",
                  instant_text(client, entry->taken_at_ms));
        show_line(client->out, &client->out_style, "By", "user", entry->user);
        show_line(client->out, &client->out_style, "Outcome", "outcome", outcome_of(entry, client->arena));
        if (entry->replaces[0] != '\0')
            show_line(client->out, &client->out_style, "Replaces", "replaces", entry->replaces);
        request = offline_request(offline.journal, index, client->arena, &error);
        done = request != NULL && show_json(client->out, &request->base, client->arena, &error);
    }
    offline_close(&offline);
    return client_finish_output(client, done ? EXIT_CODE_OK : client_fail(client, &error));
}

// All that is not booked, a line of JSON each, as `intake register --file` reads it: with its key, so that it
// is done once.
int offline_export(struct client *client, const struct command *command)
{
    bool all = invocation_has(client->invocation, "all");
    struct offline offline;
    struct ts_error error = {0};
    bool done = true;

    (void)command;
    if (!offline_open(client, &offline, &error))
        return client_fail(client, &error);
    for (size_t i = 0; i < journal_count(offline.journal) && done; i++) {
        enum journal_state state = journal_entry(offline.journal, i)->state;
        Touchstone__V1__RegisterIntakeRequest *request;

        if (!all && state != JOURNAL_WAITING && state != JOURNAL_CONFLICT)
            continue;
        request = offline_request(offline.journal, i, client->arena, &error);
        done = request != NULL && show_json(client->out, &request->base, client->arena, &error);
    }
    offline_close(&offline);
    return client_finish_output(client, done ? EXIT_CODE_OK : client_fail(client, &error));
}
