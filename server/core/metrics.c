// SPDX-License-Identifier: Apache-2.0
// The registry of metrics, see metrics.h. A short list searched at registration only; adding is one addition.
#include "core/metrics.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_SECONDS };

enum { BOUNDS = 15, SECOND_US = 1000000 };
static const uint64_t bounds_us[BOUNDS] = {200,    500,    1000,   2000,    5000,    10000,   20000,   50000,
                                           100000, 200000, 500000, 1000000, 2000000, 5000000, 10000000};
static const char *const kind_names[] = {"counter", "gauge", "histogram", "counter"};

struct metric {
    struct metric *next;
    enum metric_kind kind;
    char *name, *labels, *help;
    int64_t value; // of a histogram and of seconds: in microseconds
    uint64_t count;
    uint64_t buckets[BOUNDS];
};

struct metrics {
    struct metric *first, *last;
};

struct metrics *metrics_create(void)
{
    return calloc(1, sizeof(struct metrics));
}

static void metric_free(struct metric *metric)
{
    free(metric->name);
    free(metric->labels);
    free(metric->help);
    free(metric);
}

void metrics_free(struct metrics *metrics)
{
    while (metrics && metrics->first) {
        struct metric *metric = metrics->first;
        metrics->first = metric->next;
        metric_free(metric);
    }
    free(metrics);
}

// Behind the last of the same name, so that a family stays together as the format demands.
static void insert(struct metrics *metrics, struct metric *metric)
{
    struct metric *after = metrics->last;
    for (struct metric *at = metrics->first; at; at = at->next) {
        if (strcmp(at->name, metric->name) == 0)
            after = at;
    }
    metric->next = after ? after->next : NULL;
    if (after)
        after->next = metric;
    else
        metrics->first = metric;
    if (after == metrics->last)
        metrics->last = metric;
}

static struct metric *get(struct metrics *metrics, enum metric_kind kind, const char *name,
                          const char *labels, const char *help)
{
    if (!metrics)
        return NULL;
    for (struct metric *at = metrics->first; at; at = at->next) {
        if (strcmp(at->name, name) == 0 && strcmp(at->labels, labels) == 0)
            return at;
    }
    struct metric *metric = calloc(1, sizeof *metric);
    if (!metric)
        return NULL;
    metric->kind = kind;
    metric->name = strdup(name);
    metric->labels = strdup(labels);
    metric->help = strdup(help);
    if (!metric->name || !metric->labels || !metric->help) {
        metric_free(metric);
        return NULL;
    }
    insert(metrics, metric);
    return metric;
}

struct metric *metrics_counter(struct metrics *metrics, const char *name, const char *labels,
                               const char *help)
{
    return get(metrics, METRIC_COUNTER, name, labels, help);
}

struct metric *metrics_gauge(struct metrics *metrics, const char *name, const char *labels, const char *help)
{
    return get(metrics, METRIC_GAUGE, name, labels, help);
}

struct metric *metrics_histogram(struct metrics *metrics, const char *name, const char *labels,
                                 const char *help)
{
    return get(metrics, METRIC_HISTOGRAM, name, labels, help);
}

struct metric *metrics_seconds(struct metrics *metrics, const char *name, const char *labels,
                               const char *help)
{
    return get(metrics, METRIC_SECONDS, name, labels, help);
}

void metrics_add(struct metric *metric, int64_t amount)
{
    if (metric)
        metric->value += amount;
}

void metrics_set(struct metric *metric, int64_t value)
{
    if (metric)
        metric->value = value;
}

void metrics_observe_us(struct metric *metric, uint64_t microseconds)
{
    if (!metric)
        return;
    metric->value += (int64_t)microseconds;
    metric->count++;
    for (size_t i = 0; i < BOUNDS; i++) {
        if (microseconds <= bounds_us[i]) {
            metric->buckets[i]++;
            break;
        }
    }
}

int64_t metrics_value(const struct metric *metric)
{
    return metric ? metric->value : 0;
}

static void print_histogram(FILE *out, const struct metric *metric)
{
    const char *comma = *metric->labels ? "," : "";
    uint64_t total = 0;
    for (size_t i = 0; i < BOUNDS; i++) {
        total += metric->buckets[i];
        fprintf(out, "%s_bucket{%s%sle=\"%" PRIu64 ".%04" PRIu64 "\"} %" PRIu64 "\n", metric->name,
                metric->labels, comma, bounds_us[i] / SECOND_US, bounds_us[i] % SECOND_US / 100, total);
    }
    fprintf(out, "%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", metric->name, metric->labels, comma,
            metric->count);
    const char *open = *metric->labels ? "{" : "", *close = *metric->labels ? "}" : "";
    fprintf(out, "%s_sum%s%s%s %" PRId64 ".%06" PRId64 "\n", metric->name, open, metric->labels, close,
            metric->value / SECOND_US, metric->value % SECOND_US);
    fprintf(out, "%s_count%s%s%s %" PRIu64 "\n", metric->name, open, metric->labels, close, metric->count);
}

static void print_metric(FILE *out, const struct metric *metric)
{
    const char *open = *metric->labels ? "{" : "", *close = *metric->labels ? "}" : "";
    if (metric->kind == METRIC_HISTOGRAM)
        print_histogram(out, metric);
    else if (metric->kind == METRIC_SECONDS)
        fprintf(out, "%s%s%s%s %" PRId64 ".%06" PRId64 "\n", metric->name, open, metric->labels, close,
                metric->value / SECOND_US, metric->value % SECOND_US);
    else
        fprintf(out, "%s%s%s%s %" PRId64 "\n", metric->name, open, metric->labels, close, metric->value);
}

char *metrics_print(const struct metrics *metrics, size_t *ret_length)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    const char *family = "";
    for (const struct metric *metric = metrics->first; metric; metric = metric->next) {
        if (strcmp(family, metric->name) != 0)
            fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
                    kind_names[metric->kind]);
        family = metric->name;
        print_metric(out, metric);
    }
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        free(text);
        return NULL;
    }
    *ret_length = length;
    return text;
}
