// SPDX-License-Identifier: Apache-2.0
// journal retire: the file gets another name and stays, and what the desk held beforehand goes back to the
// server. See offline.h.
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "command/command.h"
#include "journal/journal.h"
#include "rpc/outcome.h"
#include "rpc/retry.h"
#include "run/client.h"
#include "run/offline.h"
#include "run/request_id.h"
#include "text/exit_code.h"
#include "touchstone/v1/desk.pb-c.h"
#include "touchstone/v1/open_day.pb-c.h"
#include "wire/arena.h"
#include "wire/error.h"

enum { CODES_AT_ONCE = 500 };

// One call of giving back. True also when it was given back before.
static bool give(struct client *client, const char *method, const ProtobufCMessage *request,
                 const ProtobufCMessageDescriptor *response)
{
    struct rpc_outcome outcome = {.fate = RPC_NOT_SENT};
    ProtobufCMessage *answer;

    if (client_call(client, RETRY_WRITE, method, request, response, &answer, &outcome) ||
        strcmp(outcome.error.reason, "LEASE_RETURNED") == 0)
        return true;
    client_fail_call(client, &outcome, true);
    return false;
}

static bool give_some_codes(struct client *client, char *laboratory, char **codes, size_t count)
{
    Touchstone__V1__ReturnItemCodesRequest request;
    char request_id[REQUEST_ID_SIZE], reason[] = "the journal of this desk was retired";

    touchstone__v1__return_item_codes_request__init(&request);
    if (!request_id_make(request_id))
        return false;
    request.request_id = request_id;
    request.laboratory = laboratory;
    request.item_codes = codes;
    request.n_item_codes = count;
    request.reason = reason;
    return give(client, "/touchstone.v1.DeskService/ReturnItemCodes", &request.base,
                &touchstone__v1__return_item_codes_response__descriptor);
}

// All unused ones of the laboratory. In the journal first: what is void at the server is given to no intake
// any more, also when somebody opens this file again.
static bool give_codes(struct client *client, struct offline *offline, char *laboratory, size_t *ret_given)
{
    size_t count = journal_codes_left(offline->journal, laboratory), done = 0;
    char(*codes)[JOURNAL_CODE] = arena_array(client->arena, count + 1, sizeof *codes);
    char **names = arena_array(client->arena, count + 1, sizeof *names);
    struct ts_error error = {0};

    if (codes == NULL || names == NULL) {
        client_fail_memory(client);
        return false;
    }
    journal_free_codes(offline->journal, laboratory, count, codes);
    for (size_t i = 0; i < count; i++)
        names[i] = codes[i];
    if (!journal_drop_codes(offline->journal, laboratory, offline_now_ms(), &error)) {
        client_fail(client, &error);
        return false;
    }
    while (done < count) {
        size_t some = count - done < CODES_AT_ONCE ? count - done : CODES_AT_ONCE;

        if (!give_some_codes(client, laboratory, names + done, some))
            return false;
        done += some;
        *ret_given += some;
    }
    return true;
}

static bool give_lease(struct client *client, struct offline *offline, const char *laboratory, char *lease_id)
{
    Touchstone__V1__ReturnLeaseRequest request;
    struct ts_error error = {0};
    char request_id[REQUEST_ID_SIZE];
    int64_t now_ms = offline_now_ms();

    touchstone__v1__return_lease_request__init(&request);
    if (!request_id_make(request_id))
        return false;
    request.request_id = request_id;
    request.lease_id = lease_id;
    if (!journal_add_lease(offline->journal, laboratory, lease_id, 0, now_ms, now_ms, &error)) {
        client_fail(client, &error);
        return false;
    }
    return give(client, "/touchstone.v1.OpenDayService/ReturnLease", &request.base,
                &touchstone__v1__return_lease_response__descriptor);
}

static size_t count_codes(const struct offline *offline)
{
    char laboratory[16];
    size_t count = 0;

    for (size_t i = 0; journal_codes_of(offline->journal, i, laboratory); i++)
        count += journal_codes_left(offline->journal, laboratory);
    return count;
}

static size_t count_leases(const struct offline *offline)
{
    char laboratory[16], lease_id[JOURNAL_ID];
    size_t count = 0;

    while (journal_lease_of(offline->journal, count, offline_now_ms(), laboratory, lease_id))
        count++;
    return count;
}

static void tell_rest(struct client *client, size_t codes, size_t leases)
{
    if (codes == 0 && leases == 0)
        return;
    fprintf(
        client->talk,
        client->chinese
            ? "%zu 个预留编号和 %zu 份现场名额仍记在本工位：联网后 touchstone code return、slot return-lease "
              "归还（code list --free、slot leases 可查）\n"
            : "%zu reserved codes and %zu leases of walk-in places stay with this desk: once there is the "
              "server, touchstone code return and slot return-lease give them back (code list --free and "
              "slot leases show them)\n",
        codes, leases);
}

// What is given is not tried twice: it is out of the journal before it is asked for.
static void give_back(struct client *client, struct offline *offline)
{
    size_t codes = count_codes(offline), leases = count_leases(offline), given = 0, returned = 0;
    char laboratory[16], lease_id[JOURNAL_ID];
    struct ts_error error = {0};
    bool goes_on =
        codes + leases > 0 && (client_connect(client, true, &error) || (client_fail(client, &error), false));

    while (goes_on && journal_codes_of(offline->journal, 0, laboratory))
        goes_on = give_codes(client, offline, laboratory, &given);
    while (goes_on && journal_lease_of(offline->journal, 0, offline_now_ms(), laboratory, lease_id)) {
        goes_on = give_lease(client, offline, laboratory, lease_id);
        returned += goes_on;
    }
    if (given + returned > 0)
        fprintf(client->talk,
                client->chinese ? "已归还 %zu 个预留编号（作废）和 %zu 份现场名额\n"
                                : "given back: %zu reserved codes (they are void) and %zu leases of places\n",
                given, returned);
    tell_rest(client, codes - given, leases - returned);
}

// Codes of records that cannot be read any more may be on labels of intakes that are not booked.
static void tell_damaged(struct client *client)
{
    fputs(client->chinese ? "日志有损坏，预留编号不自动作废：有的可能已在标签上。补登完后 touchstone code "
                            "return 归还其余的\n"
                          : "the journal is damaged, and no reserved code is made void: some may be on "
                            "labels already. Once "
                            "what was exported is booked, touchstone code return gives the others back\n",
          client->talk);
}

static bool may_retire(const struct offline *offline, struct ts_error *error)
{
    const struct journal_about *about = journal_about(offline->journal);

    if (strcmp(about->damage_reason, "JOURNAL_NEWER") == 0)
        return error_set(error, TS_FAILED_PRECONDITION, "JOURNAL_NEWER", "%.250s", about->damage);
    return about->damaged_at_byte != 0 || journal_waiting(offline->journal) == 0 ||
           error_set(error, TS_FAILED_PRECONDITION, "JOURNAL_WAITING",
                     "%zu intakes of this journal are not booked yet: journal replay, or resolve them",
                     journal_waiting(offline->journal));
}

int offline_retire(struct client *client, const struct command *command)
{
    struct offline offline;
    struct ts_error error = {0};
    char path[PATH_MAX], aside[PATH_MAX + 40];
    bool done;

    (void)command;
    if (!offline_open(client, &offline, &error))
        return client_fail(client, &error);
    done = may_retire(&offline, &error) && journal_path(client->profile.name, path, &error);
    if (done && journal_about(offline.journal)->damaged_at_byte == 0)
        give_back(client, &offline);
    else if (done)
        tell_damaged(client);
    snprintf(aside, sizeof aside, "%s.retired-%lld", path, (long long)(offline_now_ms() / 1000));
    if (done && rename(path, aside) != 0)
        done = error_set(&error, TS_INTERNAL, "FILE", "cannot rename %.180s", path);
    offline_close(&offline);
    if (!done)
        return client_fail(client, &error);
    fprintf(client->talk, client->chinese ? "旧日志保留为 %s\n" : "the old journal is kept: %s\n", aside);
    return EXIT_CODE_OK;
}
