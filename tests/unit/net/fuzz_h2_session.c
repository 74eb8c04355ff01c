// SPDX-License-Identifier: Apache-2.0
// Anything at all as what a client says after its greeting: a libFuzzer target (clang -fsanitize=fuzzer with
// echo_handler.c and the sources of net), and the body of test_h2_fuzz. The first byte is the size of the
// pieces, the second says what the server side does between them.
#include "fuzz_h2_session.h"

#include "echo_handler.h"
#include "net/h2_session.h"
#include "net/limits.h"
#include "wire/error.h"

#include <stdlib.h>
#include <string.h>

enum { TAKES_BETWEEN = 20, TAKES_AT_END = 2000, STEP_MS = 37 };
enum mode { MODE_TAKES = 1, MODE_ANSWERS = 2, MODE_DRAINS = 4, MODE_CHECKS = 8 };

static void take(struct h2_session *session, size_t most, int times)
{
    static uint8_t buffer[16384];
    for (int i = 0; i < times && h2_session_take(session, buffer, most) > 0; i++)
        continue;
}

static void act(struct h2_session *session, struct echo *echo, unsigned mode, uint64_t now_ms)
{
    if (mode & MODE_TAKES)
        take(session, 1 + mode * 3, TAKES_BETWEEN);
    if (mode & MODE_ANSWERS)
        echo_release(echo);
    if ((mode & MODE_DRAINS) && now_ms % 5 == 0)
        h2_session_drain(session);
    if (mode & MODE_CHECKS)
        h2_session_check(session, now_ms * 100);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char greeting[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
    struct net_limits limits;
    struct echo echo = {0};
    struct ts_error error = {0};
    if (length < 2)
        return 0;
    limits_init(&limits);
    limits.stream_output_bytes = 2000;
    limits.stream_output_low_bytes = 500;
    struct h2_session_config config = {
        .limits = &limits, .handlers = echo_handlers(), .handlers_context = &echo, .peer = "192.0.2.7"};
    struct h2_session *session = h2_session_create(&config, &error);
    if (!session)
        abort();
    uint64_t now_ms = 1000;
    size_t piece = bytes[0] ? bytes[0] : length;
    unsigned mode = bytes[1];
    bool goes_on = h2_session_receive(session, (const uint8_t *)greeting, sizeof greeting - 1, now_ms);
    for (size_t at = 2; at < length && goes_on; at += piece) {
        size_t part = length - at < piece ? length - at : piece;
        uint8_t *copy = malloc(part); // so that reading past it is seen
        if (!copy)
            abort();
        memcpy(copy, bytes + at, part);
        goes_on = h2_session_receive(session, copy, part, now_ms += STEP_MS);
        free(copy);
        act(session, &echo, mode, now_ms);
    }
    take(session, 16384, TAKES_AT_END);
    h2_session_free(session);
    if (echo.open || echo.heads != echo.closeds)
        abort();
    return 0;
}
