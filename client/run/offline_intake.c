// SPDX-License-Identifier: Apache-2.0
// intake register --offline, and journal prepare: see offline.h. An intake stands in the journal before it is
// sent the first time: whatever dies then, it is booked once.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "command/command.h"
#include "command/invocation.h"
#include "journal/offline.h"
#include "rpc/outcome.h"
#include "rpc/retry.h"
#include "run/call.h"
#include "run/client.h"
#include "run/offline.h"
#include "run/request_id.h"
#include "run/secret.h"
#include "text/exit_code.h"
#include "text/safe.h"
#include "touchstone/v1/queue.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"

enum { PASSWORD_BYTES = 1024, CODES_DEFAULT = 50, CODES_MOST = 500 };

static void tell_saved(struct client *client, const struct journal_entry *entry)
{
    fputs(client->chinese ? "已存本机，尚未登记" : "saved here, not yet booked", client->talk);
    if (entry->code_count > 0)
        fprintf(client->talk,
                client->chinese ? "；临时号 %.3s-%.3s-%.3s" : "; provisional number %.3s-%.3s-%.3s",
                entry->codes[0], entry->codes[0] + 3, entry->codes[0] + 6);
    fputc('\n', client->talk);
}

// One line for scripts: the provisional number and the codes.
static void show_saved(struct client *client, const struct journal_entry *entry)
{
    for (size_t i = 0; i < entry->code_count; i++)
        fprintf(client->out, "%s%s", i > 0 ? "\t" : "", entry->codes[i]);
    fputc('\n', client->out);
}

// It was booked before: by its key the server answers the same again; without a server the journal has the
// number.
static ProtobufCMessage *answer_again(struct client *client, const struct offline *offline, size_t index)
{
    struct rpc_outcome outcome = {.fate = RPC_NOT_SENT};
    struct ts_error error = {0};
    ProtobufCMessage *answer = NULL;
    Touchstone__V1__RegisterIntakeRequest *request =
        client->rpc != NULL ? offline_request(offline->journal, index, client->arena, &error) : NULL;

    return request != NULL &&
                   client_call(client, RETRY_WRITE, journal_entry(offline->journal, index)->method,
                               &request->base, &touchstone__v1__register_intake_response__descriptor, &answer,
                               &outcome)
               ? answer
               : NULL;
}

static int show_booked(struct client *client, const struct offline *offline, size_t index,
                       ProtobufCMessage *answer)
{
    int exit_code = EXIT_CODE_OK;

    if (answer == NULL)
        answer = answer_again(client, offline, index);
    if (answer != NULL)
        exit_code = client_show(client, answer);
    else
        fprintf(client->out, "%s\n", journal_entry(offline->journal, index)->receipt_no);
    if (exit_code != EXIT_CODE_OK)
        fputs("it was done; only its answer could not be shown\n", client->talk);
    return exit_code;
}

static int after_saving(struct client *client, struct offline *offline, const char *request_id, size_t index)
{
    struct ts_error error = {0};
    ProtobufCMessage *answer = NULL;

    if (!client_connect(client, true, &error))
        client_fail(client, &error);
    else
        offline_replay_all(client, offline, request_id, &answer);
    if (journal_entry(offline->journal, index)->state == JOURNAL_BOOKED)
        return show_booked(client, offline, index, answer);
    tell_saved(client, journal_entry(offline->journal, index));
    show_saved(client, journal_entry(offline->journal, index));
    return EXIT_CODE_QUEUED;
}

static int intake_by_journal(struct client *client, const struct command *command)
{
    ProtobufCMessage *message;
    Touchstone__V1__RegisterIntakeRequest *request;
    struct offline offline;
    struct ts_error error = {0};
    size_t index;
    int exit_code;

    if (!call_request(client, command, &message, &error) || !offline_open(client, &offline, &error))
        return client_fail(client, &error);
    request = (Touchstone__V1__RegisterIntakeRequest *)message;
    if (offline_take(offline.journal, request, OFFLINE_FRESH, offline.keys.username,
                     offline_line(request, client->chinese, client->arena), offline_now_ms(), client->arena,
                     &index, &error))
        exit_code = after_saving(client, &offline, request->request_id, index);
    else
        exit_code = client_fail(client, &error);
    offline_close(&offline);
    return client_finish_output(client, exit_code);
}

int offline_intake(struct client *client, const struct command *command)
{
    int exit_code;

    if (invocation_has(client->invocation, "offline"))
        return intake_by_journal(client, command);
    exit_code = call_run(client, command);
    if (exit_code == EXIT_CODE_UNAVAILABLE)
        fputs("without the server the journal of this desk takes it: add --offline\n", client->talk);
    return exit_code;
}

bool offline_fetch_keys(struct client *client, const char *password, struct journal_keys *ret_keys,
                        struct ts_error *error)
{
    Touchstone__V1__GetJournalKeysRequest request;
    struct rpc_outcome outcome = {.fate = RPC_NOT_SENT};
    ProtobufCMessage *answer;
    char request_id[REQUEST_ID_SIZE];

    touchstone__v1__get_journal_keys_request__init(&request);
    if (!request_id_make(request_id))
        return error_set(error, TS_INTERNAL, "NO_RANDOM", "the system gives no random bytes");
    request.request_id = request_id;
    if (!client_call(client, RETRY_WRITE, "/touchstone.v1.DeskService/GetJournalKeys", &request.base,
                     &touchstone__v1__get_journal_keys_response__descriptor, &answer, &outcome)) {
        *error = outcome.error;
        return false;
    }
    return offline_keys((Touchstone__V1__GetJournalKeysResponse *)answer, client_laboratory(client), ret_keys,
                        error) &&
           journal_keys_keep(client->profile.name, ret_keys, password, error);
}

static bool whole_number(const struct client *client, const char *name, int fallback, int most,
                         int *ret_number, struct ts_error *error)
{
    const char *text = client_flag(client, name);
    char *end;
    long number = text != NULL ? strtol(text, &end, 10) : fallback;

    if (text != NULL && (end == text || *end != '\0' || number < 0 || number > most))
        return error_set(error, TS_INVALID_ARGUMENT, "USAGE", "--%s: expected a whole number up to %d", name,
                         most);
    *ret_number = (int)number;
    return true;
}

// So many that `wanted` are free.
static int add_codes(struct client *client, struct offline *offline, char *laboratory, int wanted)
{
    Touchstone__V1__ReserveItemCodesRequest request;
    const Touchstone__V1__ReserveItemCodesResponse *block;
    struct rpc_outcome outcome = {.fate = RPC_NOT_SENT};
    struct ts_error error = {0};
    ProtobufCMessage *answer;
    char request_id[REQUEST_ID_SIZE], (*codes)[JOURNAL_CODE];
    int left = (int)journal_codes_left(offline->journal, laboratory);

    if (left >= wanted)
        return EXIT_CODE_OK;
    touchstone__v1__reserve_item_codes_request__init(&request);
    if (!request_id_make(request_id)) {
        error_set(&error, TS_INTERNAL, "NO_RANDOM", "the system gives no random bytes");
        return client_fail(client, &error);
    }
    request.request_id = request_id;
    request.laboratory = laboratory;
    request.count = wanted - left;
    if (!client_call(client, RETRY_WRITE, "/touchstone.v1.DeskService/ReserveItemCodes", &request.base,
                     &touchstone__v1__reserve_item_codes_response__descriptor, &answer, &outcome))
        return client_fail_call(client, &outcome, true);
    block = (Touchstone__V1__ReserveItemCodesResponse *)answer;
    codes = arena_array(client->arena, block->n_item_codes + 1, sizeof *codes);
    if (codes == NULL)
        return client_fail_memory(client);
    for (size_t i = 0; i < block->n_item_codes; i++)
        snprintf(codes[i], sizeof codes[i], "%s", block->item_codes[i]);
    if (!journal_add_codes(offline->journal, laboratory, (const char(*)[JOURNAL_CODE])codes,
                           block->n_item_codes, offline_now_ms(), &error))
        return client_fail(client, &error);
    return EXIT_CODE_OK;
}

static int add_lease(struct client *client, struct offline *offline, const char *slot_id, int places)
{
    Touchstone__V1__LeaseWalkInsRequest request;
    const Touchstone__V1__Lease *lease;
    struct rpc_outcome outcome = {.fate = RPC_NOT_SENT};
    struct ts_error error = {0};
    ProtobufCMessage *answer;
    char request_id[REQUEST_ID_SIZE];

    touchstone__v1__lease_walk_ins_request__init(&request);
    if (!request_id_make(request_id)) {
        error_set(&error, TS_INTERNAL, "NO_RANDOM", "the system gives no random bytes");
        return client_fail(client, &error);
    }
    request.request_id = request_id;
    request.slot_id = arena_copy(client->arena, slot_id, strlen(slot_id));
    request.places = places;
    if (!client_call(client, RETRY_WRITE, "/touchstone.v1.OpenDayService/LeaseWalkIns", &request.base,
                     &touchstone__v1__lease_walk_ins_response__descriptor, &answer, &outcome))
        return client_fail_call(client, &outcome, true);
    lease = ((Touchstone__V1__LeaseWalkInsResponse *)answer)->lease;
    if (!journal_add_lease(offline->journal, lease->laboratory, lease->lease_id, lease->places,
                           lease->ends != NULL ? lease->ends->seconds * 1000 : 0, offline_now_ms(), &error))
        return client_fail(client, &error);
    return EXIT_CODE_OK;
}

static int fill(struct client *client, struct offline *offline)
{
    const char *slot_id = client_flag(client, "slot");
    struct ts_error error = {0};
    int codes, places, exit_code;

    if (!whole_number(client, "codes", CODES_DEFAULT, CODES_MOST, &codes, &error) ||
        !whole_number(client, "places", 0, 100, &places, &error))
        return client_fail(client, &error);
    exit_code = add_codes(client, offline, offline->keys.laboratory, codes);
    if (exit_code == EXIT_CODE_OK && slot_id != NULL && places > 0)
        exit_code = add_lease(client, offline, slot_id, places);
    fprintf(client->talk,
            client->chinese
                ? "可离线收样：%s 工位 %s，预留编号 %zu，现场名额 %d\n"
                : "ready to go on without the server: %s at %s, %zu reserved codes, %d leased places\n",
            offline->keys.laboratory, offline->keys.desk,
            journal_codes_left(offline->journal, offline->keys.laboratory),
            journal_places_left(offline->journal, offline->keys.laboratory, offline_now_ms()));
    return exit_code;
}

int offline_prepare(struct client *client, const struct command *command)
{
    struct offline offline = {0};
    struct ts_error error = {0};
    char path[PATH_MAX], password[PASSWORD_BYTES];
    struct journal_settings settings = {
        .path = path, .keys = &offline.keys, .now_ms = offline_now_ms(), .lock_wait_ms = 10000};
    int exit_code;
    bool done;

    (void)command;
    if (!client_choose_profile(client, &error) || !client_connect(client, true, &error) ||
        !journal_path(client->profile.name, path, &error) ||
        !secret_read(client, "password-file", client->chinese ? "密码" : "password", password,
                     sizeof password, &error))
        return client_fail(client, &error);
    done = offline_fetch_keys(client, password, &offline.keys, &error);
    explicit_bzero(password, sizeof password);
    settings.desk = offline.keys.desk;
    if (done && offline.keys.desk[0] == '\0')
        done = error_set(&error, TS_FAILED_PRECONDITION, "DESK_REQUIRED",
                         "log in at a desk: touchstone login --desk");
    if (done)
        offline.journal = journal_open(&settings, &error);
    exit_code = offline.journal != NULL ? fill(client, &offline) : client_fail(client, &error);
    offline_close(&offline);
    return exit_code;
}
