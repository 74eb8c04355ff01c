// SPDX-License-Identifier: Apache-2.0
// Closed-loop load on a daemon: N calls in flight over a few connections, each answered one followed at once
// by the next. Prints one JSON object: what was answered in the measured time, its latencies exact from all
// samples, and the processor time that the daemon took for it. Run by tests/bench/measure.py.
#include "bodies.h"
#include "peer.h"

#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PEERS_MOST = 1000, SLOTS_MOST = 1024, WAIT_MS = 60000 };

struct options {
    unsigned port, connections;
    uint64_t seed;
    pid_t pid; // of the daemon, 0: its time is not asked for
    double seconds, warm_up;
    const char *ca_file;
    const struct act *act;
    uint64_t calls_most; // of one slot
    bool hold;           // one call on each connection, then idle until the standard input ends
    struct bodies bodies;
};

struct run;

struct slot {
    struct peer_call call;
    struct run *run;
    struct peer *peer;
    uint64_t number, count;
    int64_t began_ns;
    struct body body;
};

struct run {
    struct options *options;
    struct peer *peers[PEERS_MOST];
    struct slot *slots;
    int64_t from_ns, until_ns;
    size_t in_flight, failed;
    uint32_t *samples_us;
    size_t sample_count, sample_room;
    uint64_t digest; // of all answers, in whatever order they came
    char first_failure[200];
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0)
        err(1, "clock");
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t daemon_ns(pid_t pid)
{
    clockid_t clock;
    if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0)
        return 0;
    return clock_ns(clock);
}

static void begin(struct slot *slot)
{
    struct options *options = slot->run->options;
    options->act->write(&options->bodies, slot->number, slot->count++, &slot->body);
    slot->call.body = slot->body.bytes;
    slot->call.body_length = slot->body.length;
    slot->began_ns = clock_ns(CLOCK_MONOTONIC);
    slot->run->in_flight++;
    peer_submit(slot->peer, &slot->call);
}

static void keep_sample(struct run *run, int64_t ns)
{
    if (run->sample_count == run->sample_room) {
        run->sample_room = run->sample_room ? 2 * run->sample_room : 65536;
        run->samples_us = realloc(run->samples_us, run->sample_room * sizeof *run->samples_us);
        if (!run->samples_us)
            errx(1, "no memory");
    }
    run->samples_us[run->sample_count++] = (uint32_t)(ns / 1000);
}

static void on_done(struct peer_call *call)
{
    struct slot *slot = (struct slot *)call; // its first member
    struct run *run = slot->run;
    int64_t now = clock_ns(CLOCK_MONOTONIC);
    run->in_flight--;
    run->digest += call->digest;
    if (call->status != 0 && run->failed++ == 0)
        snprintf(run->first_failure, sizeof run->first_failure, "%d %s", call->status, call->message);
    else if (call->status == 0 && now >= run->from_ns && now < run->until_ns)
        keep_sample(run, now - slot->began_ns);
    if (now < run->until_ns && run->failed == 0 && slot->count < run->options->calls_most)
        begin(slot);
}

static void turn(struct run *run)
{
    static struct pollfd polls[PEERS_MOST];
    unsigned count = run->options->connections;
    for (unsigned i = 0; i < count; i++) {
        polls[i].fd = peer_descriptor(run->peers[i]);
        polls[i].events = (short)(POLLIN | (peer_wants_write(run->peers[i]) ? POLLOUT : 0));
    }
    if (poll(polls, count, WAIT_MS) <= 0)
        errx(1, "no answer within %d s", WAIT_MS / 1000);
    for (unsigned i = 0; i < count; i++)
        if (polls[i].revents)
            peer_turn(run->peers[i]);
}

static void open_all(struct run *run)
{
    struct options *options = run->options;
    SSL_CTX *context = peer_context(options->ca_file);
    for (unsigned i = 0; i < options->connections; i++)
        run->peers[i] = peer_open(context, options->port);
    SSL_CTX_free(context);
    run->slots = calloc(options->bodies.slots, sizeof *run->slots);
    if (!run->slots)
        errx(1, "no memory");
    for (uint64_t i = 0; i < options->bodies.slots; i++) {
        struct slot *slot = &run->slots[i];
        slot->run = run;
        slot->peer = run->peers[i % options->connections];
        slot->number = i;
        slot->call.path = options->act->path;
        slot->call.token = slot->body.token;
        slot->call.done = on_done;
        slot->call.is_digested = options->hold;
    }
}

static void close_all(struct run *run)
{
    for (unsigned i = 0; i < run->options->connections; i++)
        peer_close(run->peers[i]);
    free(run->slots);
    free(run->samples_us);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// The smallest sample that share of all do not exceed.
static uint32_t percentile(const struct run *run, double share)
{
    if (run->sample_count == 0)
        return 0;
    size_t rank = (size_t)(share * (double)run->sample_count);
    return run->samples_us[rank < run->sample_count ? rank : run->sample_count - 1];
}

static void print(const struct run *run, int64_t daemon_took_ns)
{
    qsort(run->samples_us, run->sample_count, sizeof *run->samples_us, compare);
    printf("{\"calls\": %zu, \"seconds\": %.3f, \"failed\": %zu, \"p50_us\": %u, \"p99_us\": %u, "
           "\"daemon_ms\": %.3f, "
           "\"failure\": \"%s\"}\n",
           run->sample_count, run->options->seconds, run->failed, percentile(run, 0.5), percentile(run, 0.99),
           (double)daemon_took_ns / 1e6, run->first_failure);
}

static void drive(struct run *run)
{
    struct options *options = run->options;
    int64_t start = clock_ns(CLOCK_MONOTONIC), before = -1, took = 0;
    run->from_ns = start + (int64_t)(options->warm_up * 1e9);
    run->until_ns = run->from_ns + (int64_t)(options->seconds * 1e9);
    for (uint64_t i = 0; i < options->bodies.slots; i++)
        begin(&run->slots[i]);
    for (unsigned i = 0; i < options->connections; i++)
        peer_turn(run->peers[i]);
    while (run->in_flight > 0) {
        turn(run);
        int64_t now = clock_ns(CLOCK_MONOTONIC);
        if (before < 0 && now >= run->from_ns)
            before = daemon_ns(options->pid);
        if (took == 0 && now >= run->until_ns)
            took = daemon_ns(options->pid) - before;
    }
    print(run, took);
}

static void hold(struct run *run)
{
    char byte;
    run->from_ns = run->until_ns = 0; // every slot calls once
    for (uint64_t i = 0; i < run->options->bodies.slots; i++)
        begin(&run->slots[i]);
    for (unsigned i = 0; i < run->options->connections; i++)
        peer_turn(run->peers[i]);
    while (run->in_flight > 0)
        turn(run);
    printf("{\"failed\": %zu, \"digest\": \"%" PRIx64 "\", \"failure\": \"%s\"}\n", run->failed, run->digest,
           run->first_failure);
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
}

static void read_options(int count, char **arguments, struct options *ret)
{
    static const struct option known[] = {
        {"port", 1, NULL, 'p'},      {"ca", 1, NULL, 'c'},          {"act", 1, NULL, 'a'},
        {"in-flight", 1, NULL, 'n'}, {"seconds", 1, NULL, 's'},     {"warm-up", 1, NULL, 'u'},
        {"items", 1, NULL, 'i'},     {"connections", 1, NULL, 'k'}, {"window", 1, NULL, 'w'},
        {"pid", 1, NULL, 'd'},       {"hold", 0, NULL, 'h'},        {"windows", 1, NULL, 'W'},
        {"seed", 1, NULL, 'r'},      {"calls", 1, NULL, 'l'},       {NULL, 0, NULL, 0}};
    *ret = (struct options){.connections = 1,
                            .seconds = 1,
                            .calls_most = UINT64_MAX,
                            .bodies = {.items = 1000, .windows = 1, .slots = 1}};
    for (int found; (found = getopt_long(count, arguments, "", known, NULL)) >= 0;) {
        uint64_t number = optarg ? strtoull(optarg, NULL, 10) : 0;
        uint64_t *const numbers[128] = {
            ['n'] = &ret->bodies.slots, ['i'] = &ret->bodies.items,  ['r'] = &ret->seed,
            ['l'] = &ret->calls_most,   ['w'] = &ret->bodies.window, ['W'] = &ret->bodies.windows};
        if (found > 0 && found < 128 && numbers[found])
            *numbers[found] = number;
        else if (found == 'p' || found == 'k')
            *(found == 'p' ? &ret->port : &ret->connections) = (unsigned)number;
        else if (found == 's' || found == 'u')
            *(found == 's' ? &ret->seconds : &ret->warm_up) = strtod(optarg, NULL);
        else if (found == 'd')
            ret->pid = (pid_t)number;
        else if (found == 'h')
            ret->hold = true;
        else if (found == 'c')
            ret->ca_file = optarg;
        else if (found != 'a')
            exit(2);
        else if (!(ret->act = act_find(optarg)))
            errx(2, "there is no act '%s'", optarg);
    }
    if (!ret->act || !ret->ca_file || ret->connections - 1 >= PEERS_MOST ||
        ret->bodies.slots - 1 >= SLOTS_MOST)
        errx(2, "usage: --port P --ca FILE --act ACT [--in-flight N] [--connections N] [--seconds S]");
    ret->bodies.random = 88172645463325252u ^ (ret->seed * 0x9e3779b97f4a7c15u);
}

int main(int count, char **arguments)
{
    struct options options;
    static struct run run;
    read_options(count, arguments, &options);
    run.options = &options;
    open_all(&run);
    if (options.hold)
        hold(&run);
    else
        drive(&run);
    close_all(&run);
    return run.failed ? 1 : 0;
}
