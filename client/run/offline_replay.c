// SPDX-License-Identifier: Apache-2.0
// journal replay and resolve: see offline.h. An entry is sent with its own key until the server has said what
// became of it; a refusal waits for a person, and what is behind it too.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/invocation.h"
#include "files/read_file.h"
#include "journal/offline.h"
#include "print/failure.h"
#include "rpc/outcome.h"
#include "rpc/retry.h"
#include "run/client.h"
#include "run/offline.h"
#include "run/request_id.h"
#include "text/exit_code.h"
#include "text/safe.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/json_message.h"

enum { REQUEST_FILE_BYTES = 64 * 1024 * 1024 };

static const char *number_of(const struct journal_entry *entry)
{
    return entry->code_count > 0 ? entry->codes[0] : entry->request_id;
}

static void tell_booked(struct client *client, const struct journal_entry *entry, bool is_shown)
{
    if (!is_shown)
        fprintf(client->out, "%s\t%s\n", number_of(entry), entry->receipt_no);
    if (entry->outcome[0] == '\0')
        return;
    if (client->chinese)
        fprintf(client->talk,
                "%s 早已登记：回执 %s。此后的改动不在其中：请在那里更正（item correct、person correct）\n",
                number_of(entry), entry->receipt_no);
    else
        fprintf(client->talk, "%s: %s\n", number_of(entry), entry->outcome);
}

static int tell_person(struct client *client, const struct offline *offline, size_t index)
{
    const struct journal_entry *entry = journal_entry(offline->journal, index);

    if (journal_about(offline->journal)->damaged_at_byte != 0)
        return EXIT_CODE_FAILED;
    fprintf(client->talk,
            client->chinese ? "%s 等待人工处理：" : "%s waits for a person: ", number_of(entry));
    if (entry->state == JOURNAL_CONFLICT)
        safe_write(client->talk, entry->outcome, false);
    else
        fputs(
            client->chinese
                ? "已超过 30 天（或本机时钟曾错），不自动发送；--retry 若已登记则得原回执"
                : "it is older than 30 days (or the clock of the desk was wrong); --retry books it, or finds "
                  "its receipt if it is booked",
            client->talk);
    fprintf(client->talk,
            client->chinese
                ? "\n其后的也在等待：touchstone journal resolve %s --retry / --file / --set-aside\n"
                : "\nwhat is behind it waits too: touchstone journal resolve %s --retry, --file or "
                  "--set-aside\n",
            number_of(entry));
    return EXIT_CODE_CONFLICT;
}

// Sends one. True: it is booked.
static bool send_one(struct client *client, struct offline *offline, size_t index,
                     ProtobufCMessage **ret_answer, int *ret_exit_code)
{
    const struct journal_entry *entry = journal_entry(offline->journal, index);
    struct rpc_outcome outcome = {.fate = RPC_NOT_SENT};
    Touchstone__V1__RegisterIntakeRequest *request;
    enum journal_verdict verdict;
    struct ts_error error = {0};
    const char *receipt_no = NULL;

    request = offline_request(offline->journal, index, client->arena, &error);
    if (request == NULL) {
        *ret_exit_code = client_fail(client, &error);
        return false;
    }
    if (client_call(client, RETRY_WRITE, entry->method, &request->base,
                    &touchstone__v1__register_intake_response__descriptor, ret_answer, &outcome))
        receipt_no = ((Touchstone__V1__RegisterIntakeResponse *)*ret_answer)->receipt->receipt_no;
    if (!journal_settle(offline->journal, index, &outcome, receipt_no, offline_now_ms(), &verdict, &error)) {
        *ret_exit_code = client_fail(client, &error);
        return false;
    }
    if (verdict == JOURNAL_AGAIN || verdict == JOURNAL_LOG_IN)
        *ret_exit_code = client_fail_call(client, &outcome, false);
    return verdict == JOURNAL_IS_BOOKED || verdict == JOURNAL_IS_CONFLICT;
}

int offline_replay_all(struct client *client, struct offline *offline, const char *wanted,
                       ProtobufCMessage **ret_answer)
{
    int exit_code = EXIT_CODE_OK;
    size_t index;

    for (;;) {
        ProtobufCMessage *answer = NULL;
        enum journal_turn turn = journal_next(offline->journal, offline_now_ms(), &index);
        bool is_wanted;

        if (turn == JOURNAL_DONE)
            return EXIT_CODE_OK;
        if (turn == JOURNAL_PERSON)
            return tell_person(client, offline, index);
        if (!send_one(client, offline, index, &answer, &exit_code))
            return exit_code;
        is_wanted = wanted != NULL && strcmp(journal_entry(offline->journal, index)->request_id, wanted) == 0;
        if (is_wanted)
            *ret_answer = answer;
        if (journal_entry(offline->journal, index)->state == JOURNAL_BOOKED)
            tell_booked(client, journal_entry(offline->journal, index), is_wanted);
    }
}

int offline_replay(struct client *client, const struct command *command)
{
    struct offline offline;
    struct ts_error error = {0};
    int exit_code;
    size_t left;

    (void)command;
    if (!offline_open(client, &offline, &error))
        return client_fail(client, &error);
    if (client_connect(client, true, &error))
        exit_code = offline_replay_all(client, &offline, NULL, NULL);
    else
        exit_code = client_fail(client, &error);
    left = journal_waiting(offline.journal);
    if (left > 0)
        fprintf(client->talk, client->chinese ? "还有 %zu 份未登记\n" : "%zu are not yet booked\n", left);
    offline_close(&offline);
    return client_finish_output(client, exit_code);
}

static Touchstone__V1__RegisterIntakeRequest *read_changed(struct client *client, const char *path,
                                                           struct ts_error *error)
{
    uint8_t *bytes;
    size_t length;

    if (!read_file_whole(path, REQUEST_FILE_BYTES, client->arena, &bytes, &length, error))
        return NULL;
    return (Touchstone__V1__RegisterIntakeRequest *)json_message_read(
        &touchstone__v1__register_intake_request__descriptor, (const char *)bytes, length, client->arena,
        error);
}

// In the server's history first: a copy of this journal must not book it later.
static int set_aside(struct client *client, struct offline *offline, size_t index, const char *reason)
{
    const struct journal_entry *entry = journal_entry(offline->journal, index);
    Touchstone__V1__SetAsideIntakeRequest request;
    struct rpc_outcome outcome = {.fate = RPC_NOT_SENT};
    struct ts_error error = {0};
    ProtobufCMessage *answer;
    char request_id[REQUEST_ID_SIZE], *codes[JOURNAL_CODES];

    touchstone__v1__set_aside_intake_request__init(&request);
    if (!request_id_make(request_id)) {
        error_set(&error, TS_INTERNAL, "NO_RANDOM", "the system gives no random bytes");
        return client_fail(client, &error);
    }
    for (size_t i = 0; i < entry->code_count; i++)
        codes[i] = arena_copy(client->arena, entry->codes[i], strlen(entry->codes[i]));
    request.request_id = request_id;
    request.laboratory = arena_copy(client->arena, entry->laboratory, strlen(entry->laboratory));
    request.entry_request_id = arena_copy(client->arena, entry->request_id, strlen(entry->request_id));
    request.item_codes = codes;
    request.n_item_codes = entry->code_count;
    request.taken_offline_ms = entry->taken_at_ms;
    request.reason = arena_copy(client->arena, reason, strlen(reason));
    if (!client_call(client, RETRY_WRITE, "/touchstone.v1.DeskService/SetAsideIntake", &request.base,
                     &touchstone__v1__set_aside_intake_response__descriptor, &answer, &outcome))
        return client_fail_call(client, &outcome, true);
    if (!journal_set_aside(offline->journal, index, offline->keys.username, reason, offline_now_ms(), &error))
        return client_fail(client, &error);
    fprintf(client->talk, client->chinese ? "已搁置；编号作废，请撤下标签\n"
                                          : "set aside; its codes are void: take the labels off\n");
    return EXIT_CODE_OK;
}

static int resend(struct client *client, struct offline *offline, size_t index, const char *file,
                  const char *reason)
{
    Touchstone__V1__RegisterIntakeRequest *changed = NULL;
    struct ts_error error = {0};

    if ((file != NULL && (changed = read_changed(client, file, &error)) == NULL) ||
        !offline_resend(offline->journal, index, changed, offline->keys.username, reason, offline_now_ms(),
                        client->arena, &error))
        return client_fail(client, &error);
    return offline_replay_all(client, offline, NULL, NULL);
}

static bool choose_one(const struct client *client, struct ts_error *error)
{
    int count = invocation_has(client->invocation, "retry") +
                invocation_has(client->invocation, "set-aside") + (client_flag(client, "file") != NULL);

    return count == 1 ||
           error_set(error, TS_INVALID_ARGUMENT, "USAGE", "say one of --retry, --file and --set-aside");
}

int offline_resolve(struct client *client, const struct command *command)
{
    const char *reason = client_flag(client, "reason");
    struct offline offline;
    struct ts_error error = {0};
    size_t index;
    int exit_code;

    (void)command;
    if (!choose_one(client, &error) || !offline_open(client, &offline, &error))
        return client_fail(client, &error);
    if (!offline_entry(&offline, client_flag(client, "NUMBER"), &index, &error) ||
        !client_connect(client, true, &error))
        exit_code = client_fail(client, &error);
    else if (invocation_has(client->invocation, "set-aside"))
        exit_code = set_aside(client, &offline, index, reason);
    else
        exit_code = resend(client, &offline, index, client_flag(client, "file"), reason);
    offline_close(&offline);
    return client_finish_output(client, exit_code);
}
