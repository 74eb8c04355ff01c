// SPDX-License-Identifier: Apache-2.0
// Registers net's metrics, see counters.h.
#include "net/counters.h"

#include "core/metrics.h"

#include <stdio.h>

void counters_init(struct net_counters *counters, struct metrics *registry)
{
    *counters = (struct net_counters){
        .accepted = metrics_counter(registry, "touchstone_net_accepted_total", "", "Connections accepted."),
        .refused_total = metrics_counter(registry, "touchstone_net_refused_total", "cap=\"connections\"",
                                         "Connections closed at once because a cap was reached."),
        .refused_address = metrics_counter(registry, "touchstone_net_refused_total", "cap=\"address\"",
                                           "Connections closed at once because a cap was reached."),
        .open_connections =
            metrics_gauge(registry, "touchstone_net_connections", "", "Connections open now."),
        .handshakes_failed = metrics_counter(registry, "touchstone_net_handshakes_failed_total", "",
                                             "TLS handshakes that failed."),
        .handshakes_late = metrics_counter(registry, "touchstone_net_deadline_total",
                                           "deadline=\"handshake\"", "Connections closed at a deadline."),
        .idle_closed = metrics_counter(registry, "touchstone_net_deadline_total", "deadline=\"idle\"",
                                       "Connections closed at a deadline."),
        .stalled_closed = metrics_counter(registry, "touchstone_net_deadline_total", "deadline=\"write\"",
                                          "Connections closed at a deadline."),
        .streams = metrics_counter(registry, "touchstone_net_streams_total", "", "Requests begun."),
        .open_streams = metrics_gauge(registry, "touchstone_net_streams", "", "Requests open now."),
        .bytes_in = metrics_counter(registry, "touchstone_net_bytes_total", "direction=\"in\"", "TLS bytes."),
        .bytes_out =
            metrics_counter(registry, "touchstone_net_bytes_total", "direction=\"out\"", "TLS bytes."),
        .registry = registry,
    };
}

void counters_limit_hit(struct net_counters *counters, const char *name)
{
    char labels[64];
    if (!counters)
        return;
    snprintf(labels, sizeof labels, "limit=\"%s\"", name);
    metrics_add(metrics_counter(counters->registry, "touchstone_net_limit_total", labels,
                                "Connections ended because a limit was breached."),
                1);
}
