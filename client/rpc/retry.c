// SPDX-License-Identifier: Apache-2.0
// Repeats calls with growing pauses: see retry.h. What counts as "may have been done" is the heart of
// it: after one such attempt only an answer that comes from behind the server's memory of keys settles
// the matter; an expired session or a refused connection does not.
#include "rpc/retry.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "rpc/outcome.h"
#include "rpc/rpc.h"
#include "text/safe.h"

enum { FIRST_PAUSE_MS = 200, LONGEST_PAUSE_MS = 3000 };

static bool is_unsettled(const struct rpc_outcome *outcome)
{
    if (outcome->fate != RPC_ANSWERED)
        return outcome->fate == RPC_NO_ANSWER || outcome->fate == RPC_INTERRUPTED ||
               outcome->fate == RPC_NOT_TAKEN;
    switch (outcome->error.status) {
    case TS_UNKNOWN:
    case TS_CANCELLED:
    case TS_DEADLINE_EXCEEDED:
        return true;
    default:
        return strcmp(outcome->error.reason, "OUTCOME_UNKNOWN") == 0;
    }
}

// Whether an answer tells what became of an earlier attempt too.
static bool settles(const struct rpc_outcome *outcome)
{
    if (outcome->fate != RPC_ANSWERED)
        return false;
    switch (outcome->error.status) {
    case TS_OK:
    case TS_INVALID_ARGUMENT:
    case TS_NOT_FOUND:
    case TS_ALREADY_EXISTS:
    case TS_FAILED_PRECONDITION:
    case TS_ABORTED:
    case TS_OUT_OF_RANGE:
        return true;
    default:
        return false;
    }
}

static bool may_repeat(enum retry_kind kind, const struct rpc_outcome *outcome)
{
    bool was_not_done = outcome->fate == RPC_NOT_SENT ||
                        (outcome->fate == RPC_ANSWERED && outcome->error.status == TS_UNAVAILABLE);

    if (outcome->fate == RPC_INTERRUPTED || outcome->fate == RPC_UNTRUSTED)
        return false;
    if (kind == RETRY_UNKEYED_WRITE)
        return was_not_done;
    if (outcome->fate == RPC_ANSWERED && outcome->error.status == TS_DEADLINE_EXCEEDED && kind == RETRY_READ)
        return false;
    if (outcome->fate == RPC_NOT_TAKEN && kind == RETRY_READ)
        return false;
    return was_not_done || is_unsettled(outcome);
}

static int pause_ms(unsigned attempt)
{
    int pause = FIRST_PAUSE_MS << (attempt < 8 ? attempt : 8);
    unsigned char spread = 0;

    if (pause > LONGEST_PAUSE_MS)
        pause = LONGEST_PAUSE_MS;
    // Up to half as much again, so that desks do not come back all at once.
    (void)!getrandom(&spread, sizeof spread, 0);
    return pause + pause * spread / 512;
}

// Waits; returns false when a signal came.
static bool wait_ms(int signal_fd, int ms)
{
    struct pollfd wait = {.fd = signal_fd, .events = POLLIN};

    return poll(&wait, 1, ms) <= 0;
}

static void tell(const struct retry_policy *policy, const struct rpc_outcome *outcome, unsigned attempt)
{
    fputs("touchstone: ", policy->talk);
    safe_write(policy->talk, outcome->error.detail, false);
    fprintf(policy->talk,
            policy->kind == RETRY_WRITE ? "; trying again with the same request id (%u of %u)\n"
                                        : "; trying again (%u of %u)\n",
            attempt + 2, policy->attempts);
}

bool retry_unary(struct rpc *rpc, const struct retry_policy *policy, const char *method,
                 const ProtobufCMessage *request, const ProtobufCMessageDescriptor *response,
                 struct arena *arena, ProtobufCMessage **ret_response, struct rpc_outcome *ret_outcome)
{
    bool may_be_done = false;

    for (unsigned attempt = 0;; attempt++) {
        if (rpc_unary(rpc, method, request, response, arena, ret_response, ret_outcome))
            return true;
        may_be_done = may_be_done || is_unsettled(ret_outcome);
        if (!may_repeat(policy->kind, ret_outcome) || attempt + 1 >= policy->attempts)
            break;
        tell(policy, ret_outcome, attempt);
        if (!wait_ms(policy->signal_fd, pause_ms(attempt))) {
            ret_outcome->fate = RPC_INTERRUPTED;
            error_set(&ret_outcome->error, TS_CANCELLED, "INTERRUPTED", "interrupted");
            break;
        }
    }
    if (policy->kind == RETRY_WRITE && may_be_done && !settles(ret_outcome) &&
        ret_outcome->fate != RPC_INTERRUPTED)
        ret_outcome->fate = RPC_NO_ANSWER;
    return false;
}
