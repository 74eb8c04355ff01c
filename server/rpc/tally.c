// SPDX-License-Identifier: Apache-2.0
// See tally.h.
#include "rpc/tally.h"

#include "core/metrics.h"

#include <stdio.h>

enum { LABELS_BYTES = 160 };

static struct metric *calls(struct metrics *metrics, const char *method, enum ts_status status)
{
    char labels[LABELS_BYTES];
    snprintf(labels, sizeof labels, "method=\"%s\",status=\"%s\"", method, error_status_name(status));
    return metrics_counter(metrics, "touchstone_requests_total", labels,
                           "Calls that ended, by their status.");
}

static struct metric *seconds(struct metrics *metrics, const char *method)
{
    char labels[LABELS_BYTES];
    snprintf(labels, sizeof labels, "method=\"%s\"", method);
    return metrics_histogram(metrics, "touchstone_request_seconds", labels,
                             "From a call's head to its trailers, or to the client's leaving.");
}

void tally_count(struct rpc_tally *tally, struct metrics *metrics, const char *method, enum ts_status status,
                 uint64_t duration_us)
{
    if ((size_t)status >= TALLY_STATUSES)
        status = TS_UNKNOWN;
    if (!tally->calls[status])
        tally->calls[status] = calls(metrics, method, status);
    if (!tally->seconds)
        tally->seconds = seconds(metrics, method);
    metrics_add(tally->calls[status], 1);
    metrics_observe_us(tally->seconds, duration_us);
}
