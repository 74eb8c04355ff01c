// SPDX-License-Identifier: Apache-2.0
// Counters, gauges and histograms, printed as Prometheus text (exposition format 0.0.4) on the admin socket.
// Registered at start or at first use, then only added to. Used on the loop's thread. Every function takes a
// NULL metric and does nothing, so that tests need no registry.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct metric;
struct metrics;

struct metrics *metrics_create(void);
void metrics_free(struct metrics *metrics);

// `labels` is the text between the braces ("limit=\"pings\"") or "". Asking again for the same name and
// labels answers the same metric. NULL without memory or without registry.
struct metric *metrics_counter(struct metrics *metrics, const char *name, const char *labels,
                               const char *help);
struct metric *metrics_gauge(struct metrics *metrics, const char *name, const char *labels, const char *help);
// Of microseconds; bounds 0.2, 0.5, 1, 2, 5, ... 10000 ms, printed in seconds.
struct metric *metrics_histogram(struct metrics *metrics, const char *name, const char *labels,
                                 const char *help);

// A counter of microseconds, printed in seconds.
struct metric *metrics_seconds(struct metrics *metrics, const char *name, const char *labels,
                               const char *help);

void metrics_add(struct metric *metric, int64_t amount);
void metrics_set(struct metric *metric, int64_t value);
void metrics_observe_us(struct metric *metric, uint64_t microseconds);
int64_t metrics_value(const struct metric *metric);

// The whole registry as text, allocated by malloc. NULL without memory.
char *metrics_print(const struct metrics *metrics, size_t *ret_length);
