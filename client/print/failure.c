// SPDX-License-Identifier: Apache-2.0
// Errors for people: see failure.h. What to do is looked up by reason first and by status then.
#include "print/failure.h"

#include <stdlib.h>
#include <string.h>

#include "print/instant.h"
#include "print/style.h"
#include "rpc/outcome.h"
#include "text/collect.h"
#include "text/exit_code.h"
#include "text/safe.h"
#include "wire/arena.h"
#include "wire/json_reader.h"

static int status_exit_code(enum ts_status status)
{
    switch (status) {
    case TS_OK:
        return EXIT_CODE_OK;
    case TS_INVALID_ARGUMENT:
    case TS_OUT_OF_RANGE:
        return EXIT_CODE_USAGE;
    case TS_NOT_FOUND:
        return EXIT_CODE_NOT_FOUND;
    case TS_UNAUTHENTICATED:
        return EXIT_CODE_TRUST;
    case TS_PERMISSION_DENIED:
        return EXIT_CODE_DENIED;
    case TS_ALREADY_EXISTS:
    case TS_FAILED_PRECONDITION:
    case TS_ABORTED:
        return EXIT_CODE_CONFLICT;
    case TS_UNAVAILABLE:
    case TS_RESOURCE_EXHAUSTED:
        return EXIT_CODE_UNAVAILABLE;
    default:
        return EXIT_CODE_FAILED;
    }
}

int failure_local_exit_code(const struct ts_error *error)
{
    if (strcmp(error->reason, "OUT_OF_MEMORY") == 0)
        return EXIT_CODE_FAILED;
    if (strcmp(error->reason, "INTERRUPTED") == 0)
        return EXIT_CODE_INTERRUPTED;
    return status_exit_code(error->status);
}

static bool is_unknown(const struct ts_error *error)
{
    return error->status == TS_UNKNOWN || error->status == TS_DEADLINE_EXCEEDED ||
           error->status == TS_CANCELLED || strcmp(error->reason, "OUTCOME_UNKNOWN") == 0;
}

int failure_exit_code(const struct rpc_outcome *outcome, bool is_write)
{
    switch (outcome->fate) {
    case RPC_NOT_SENT:
        return failure_local_exit_code(&outcome->error) == EXIT_CODE_FAILED ? EXIT_CODE_FAILED
                                                                            : EXIT_CODE_UNAVAILABLE;
    case RPC_NOT_TAKEN:
        return is_write ? EXIT_CODE_UNKNOWN_OUTCOME : failure_local_exit_code(&outcome->error);
    case RPC_UNTRUSTED:
        return EXIT_CODE_TRUST;
    case RPC_INTERRUPTED:
        return EXIT_CODE_INTERRUPTED;
    case RPC_NO_ANSWER:
        return is_write ? EXIT_CODE_UNKNOWN_OUTCOME : EXIT_CODE_UNAVAILABLE;
    case RPC_ANSWERED:
        break;
    }
    if (is_unknown(&outcome->error))
        return is_write ? EXIT_CODE_UNKNOWN_OUTCOME : EXIT_CODE_UNAVAILABLE;
    return status_exit_code(outcome->error.status);
}

static const char *hint_of(const struct ts_error *error)
{
    static const struct {
        const char *reason;
        const char *hint;
    } by_reason[] = {
        {"USAGE", NULL},
        {"CONFIG", "mend the configuration file, or move it away"},
        {"NO_PROFILE",
         "touchstone profile list shows those there are; touchstone profile set NAME makes one"},
        {"NO_SERVER",
         "give --server HOST:PORT, or make a profile: touchstone profile set NAME --server HOST:PORT"},
        {"NO_SESSION", "log in: touchstone login USERNAME"},
        {"SESSION_FILE", "touchstone login USERNAME writes it anew"},
        {"UNTRUSTED", "check the address, and give the certificate of the server's authority: --ca FILE"},
        {"NO_H2", "check host and port: this is no Touchstone server, or a proxy is in between"},
        {"NOT_REACHED", "nothing was done; check --server and the network, then repeat"},
        {"VERSION_STALE", "look at it again, then repeat what still applies"},
        {"REQUEST_ID_REUSED", "this request id belongs to another request; repeat without --request-id"},
        {"INTERRUPTED", NULL},
        {"FILE", NULL},
        {"LOGIN_FAILED", NULL},
        {"LOGIN_THROTTLED", NULL},
        {"PASSWORD_WRONG", "nothing was changed; repeat with the right password"},
        {"PASSWORD_CHANGED", "nothing was changed; repeat with the password that holds now"},
        {"SAME_PERSON",
         "somebody else must do this: who has a part in a result cannot have the next one too"},
        {"TEST_NOT_YOURS", "its technician goes on, or a manager gives it to you: touchstone test assign"},
        {"NOT_QUALIFIED", "a manager qualifies a technician: touchstone staff qualify"},
        {"ITEM_NOT_REVIEWED", "touchstone test list --item ITEM shows its tests: a technician submits each, "
                              "then a reviewer approves it"},
        {"SHEET_ISSUED",
         "a released sheet never changes; reception has its number: touchstone item show ITEM"},
        {"NOT_LISTED", NULL},
        // What becomes of the label is told with it.
        {"PRINTER_STATE", NULL},
        {"SLOT_FULL", "nothing was booked; touchstone slot list shows where there is room"},
        {"TOUR_FULL", "nothing was booked; touchstone slot list shows where there is room"},
        {"WALK_IN_FULL", "nothing was taken; touchstone slot list shows where there is room"},
        {"PERSON_CAP", "nothing was booked; take fewer, or another session: touchstone slot list"},
        {"LEASE_USED_UP", "nothing was taken; touchstone slot lease takes more, where there is room"},
        {"WAIVER_QUOTA", "nothing was registered; repeat without the campaign, for the fee"},
        {"NOT_SIGNATORY", "an administrator authorises a signatory: touchstone staff signatory"},
    };
    static const struct {
        enum ts_status status;
        const char *hint;
    } by_status[] = {
        {TS_INVALID_ARGUMENT, "correct the values and repeat; nothing was changed"},
        {TS_OUT_OF_RANGE, "correct the values and repeat; nothing was changed"},
        {TS_NOT_FOUND, "check the code or number"},
        {TS_UNAUTHENTICATED, "log in: touchstone login USERNAME"},
        {TS_PERMISSION_DENIED, "touchstone whoami shows your roles; an administrator can give others"},
        {TS_ALREADY_EXISTS, "look at what is there already; nothing was changed"},
        {TS_FAILED_PRECONDITION, "look at its state, and do first what is missing; nothing was changed"},
        {TS_ABORTED, "look at it again and repeat; nothing was changed"},
        {TS_UNAVAILABLE, "nothing was done; repeat in a moment"},
        {TS_RESOURCE_EXHAUSTED, "repeat in a moment, or with less"},
        {TS_UNIMPLEMENTED,
         "server and client are of different versions; touchstone version tells this one's"},
        {TS_INTERNAL, "tell the operator; the daemon's log has more"},
    };

    for (size_t i = 0; i < sizeof by_reason / sizeof *by_reason; i++)
        if (strcmp(by_reason[i].reason, error->reason) == 0)
            return by_reason[i].hint;
    // The journal of this machine says itself what to do; no daemon and no role has to do with it.
    if (strncmp(error->reason, "JOURNAL_", 8) == 0)
        return NULL;
    for (size_t i = 0; i < sizeof by_status / sizeof *by_status; i++)
        if (by_status[i].status == error->status)
            return by_status[i].hint;
    return NULL;
}

// "current_readings" as a label.
static void write_label(FILE *talk, const char *key, size_t length, struct arena *arena)
{
    char *label = arena_copy(arena, key, length);

    for (char *at = label; at != NULL && *at != '\0'; at++)
        if (*at == '_')
            *at = ' ';
    if (label != NULL)
        safe_write(talk, label, false);
}

// An instant as local time: standard error is for people.
static void write_value(FILE *talk, const char *value)
{
    struct collect collect;
    FILE *stream = collect_begin(&collect);
    char *text;

    if (stream != NULL)
        instant_write_text(stream, value, true);
    text = collect_end(&collect, NULL);
    safe_write(talk, text != NULL ? text : value, false);
    free(text);
}

static void tell_metadata(FILE *talk, const char *metadata, struct arena *arena)
{
    struct json_reader reader;
    bool first = true;
    const char *key;
    size_t key_length, length;
    char *value;

    json_reader_init(&reader, metadata, strlen(metadata), arena);
    if (metadata[0] == '\0' || !json_reader_enter(&reader, JSON_OBJECT))
        return;
    while (json_reader_next_member(&reader, &first, &key, &key_length) &&
           json_reader_string(&reader, &value, &length)) {
        fputs("  ", talk);
        write_label(talk, key, key_length, arena);
        fputs(": ", talk);
        write_value(talk, value);
        fputc('\n', talk);
    }
}

// The server repeats its first violation as the message.
static bool is_told(const struct ts_error *error, size_t violation)
{
    const char *field = error->violations[violation].field, *told = error->detail;
    size_t length = strlen(field);

    if (strncmp(told, field, length) == 0 && strncmp(told + length, ": ", 2) == 0)
        told += length + 2;
    return strcmp(told, error->violations[violation].description) == 0;
}

void failure_tell(FILE *talk, const struct print_style *style, const struct ts_error *error, const char *hint,
                  struct arena *arena)
{
    fprintf(talk, "%stouchstone:%s ", style->color ? "\033[1;31m" : "", style->color ? "\033[0m" : "");
    safe_write(talk, error->detail[0] != '\0' ? error->detail : error_status_name(error->status), false);
    fputc('\n', talk);
    for (size_t i = 0; i < error->violation_count; i++) {
        if (is_told(error, i))
            continue;
        fputs("  ", talk);
        safe_write(talk, error->violations[i].field, false);
        fputs(": ", talk);
        safe_write(talk, error->violations[i].description, false);
        fputc('\n', talk);
    }
    tell_metadata(talk, error->metadata, arena);
    if (hint == NULL)
        hint = hint_of(error);
    if (hint != NULL && *hint != '\0')
        fprintf(talk, "%s\n", hint);
}
