// SPDX-License-Identifier: Apache-2.0
// Registers net's metrics, see counters.h: a limit stands on the page, at 0, before it is ever met.
#include "net/counters.h"

#include "core/metrics.h"

#include <stdio.h>
#include <string.h>

enum { LABEL_BYTES = 64 };

static void init_limits(struct net_counters *counters, struct metrics *registry)
{
    for (size_t i = 0; i < NET_LIMIT_COUNT; i++) {
        char labels[LABEL_BYTES];
        snprintf(labels, sizeof labels, "limit=\"%s\"", net_limit_table[i].name);
        if (net_limit_table[i].is_counted)
            counters->limits[i] = metrics_counter(registry, "touchstone_net_limit_total", labels,
                                                  "Times that a limit was met, see docs/limits.md.");
    }
}

void counters_init(struct net_counters *counters, struct metrics *registry)
{
    *counters = (struct net_counters){
        .accepted = metrics_counter(registry, "touchstone_net_accepted_total", "", "Connections accepted."),
        .open_connections =
            metrics_gauge(registry, "touchstone_net_connections", "", "Connections open now."),
        .handshakes_failed = metrics_counter(registry, "touchstone_net_handshakes_failed_total", "",
                                             "TLS handshakes that failed."),
        .streams = metrics_counter(registry, "touchstone_net_streams_total", "", "Requests begun."),
        .open_streams = metrics_gauge(registry, "touchstone_net_streams", "", "Requests open now."),
        .bytes_in = metrics_counter(registry, "touchstone_net_bytes_total", "direction=\"in\"", "TLS bytes."),
        .bytes_out =
            metrics_counter(registry, "touchstone_net_bytes_total", "direction=\"out\"", "TLS bytes."),
    };
    init_limits(counters, registry);
}

void counters_limit_hit(struct net_counters *counters, const char *name)
{
    for (size_t i = 0; counters && i < NET_LIMIT_COUNT; i++) {
        if (strcmp(net_limit_table[i].name, name) == 0)
            metrics_add(counters->limits[i], 1);
    }
}
