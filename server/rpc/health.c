// SPDX-License-Identifier: Apache-2.0
// grpc.health.v1 (gRPC health checking protocol): Check and Watch for "" (the whole daemon) and for every
// service of the tables. SERVING means: the database answers, the daemon does not drain, and (asked for by
// its name) the service does its whole work.
#include "grpc/health/v1/health.pb-c.h"
#include "rpc/call.h"
#include "rpc/dispatch.h"
#include "rpc/standard.h"

#include <string.h>

enum { WATCH_POLL_MS = 500 };

static Grpc__Health__V1__HealthCheckResponse__ServingStatus status_of(const struct rpc_call *call,
                                                                      const char *service, bool known)
{
    if (!known)
        return GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVICE_UNKNOWN;
    const char *impaired = dispatch_impaired(call->dispatch);
    return dispatch_is_serving(call->dispatch) && !(impaired && strcmp(service, impaired) == 0)
               ? GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
               : GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING;
}

struct rpc_verdict health_check(struct rpc_call *call)
{
    const char *service = rpc_request_text(call, "service");
    bool known = !*service || dispatch_knows_service(call->dispatch, service);
    if (!known) {
        error_set(&call->error, TS_NOT_FOUND, "SERVICE_UNKNOWN", "There is no service of that name here.");
        return rpc_fail(call);
    }
    Grpc__Health__V1__HealthCheckResponse response = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;
    response.status = status_of(call, service, known);
    return rpc_reply(call, &response.base);
}

// Sends the status when it is new, then looks again; a watcher has no deadline but its own and the drain.
struct rpc_verdict health_watch(struct rpc_call *call)
{
    enum { SENT_NOTHING = RPC_STAGE_FIRST }; // later stages: 1 + the status last sent
    const char *service = rpc_request_text(call, "service");
    Grpc__Health__V1__HealthCheckResponse response = GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__INIT;
    response.status = status_of(call, service, !*service || dispatch_knows_service(call->dispatch, service));
    int stage = 1 + (int)response.status;
    if (call->stage != stage && !rpc_send(call, &response.base))
        stage = call->stage;
    return dispatch_is_draining(call->dispatch) ? rpc_fail_stopping(call)
                                                : rpc_wait_ms(call, WATCH_POLL_MS, stage);
}
