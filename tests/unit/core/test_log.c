// SPDX-License-Identifier: Apache-2.0
// Log lines: both forms, escapes, ceilings, the flood cap, and a reader that does not read.
#include "core/clock.h"
#include "core/log.h"
#include "wire/error.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static FILE *sink;

static int set_up(void **state)
{
    (void)state;
    sink = tmpfile();
    return sink ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    log_open(STDERR_FILENO, LOG_INFO, false);
    fclose(sink);
    return 0;
}

static void open_log(bool as_json)
{
    log_open(fileno(sink), LOG_INFO, as_json);
}

// Everything written, without the time at the front of a line.
static const char *written(void)
{
    static char text[1 << 20];
    rewind(sink);
    size_t length = fread(text, 1, sizeof text - 1, sink);
    text[length] = '\0';
    return text;
}

static void test_a_line_has_time_level_event_and_pairs(void **state)
{
    (void)state;
    open_log(false);
    log_write(LOG_INFO, "listening", "address", "127.0.0.1", "port", log_number(8443), "text", "two words",
              "empty", "", NULL);
    const char *text = written();
    assert_memory_equal("time=20", text, 7);
    assert_non_null(strstr(text, "Z level=info event=listening address=127.0.0.1 port=8443 "
                                 "text=\"two words\" empty=\"\"\n"));
}

static void test_a_value_cannot_forge_a_line_or_a_field(void **state)
{
    (void)state;
    open_log(false);
    log_write(LOG_ERROR, "e", "text", "a\nlevel=info \"x\" \\ \x1b[0m a=b", NULL);
    assert_non_null(strstr(written(), "text=\"a\\nlevel=info \\\"x\\\" \\\\ \\u001b[0m a=b\"\n"));
}

static void test_json_lines_are_json(void **state)
{
    (void)state;
    open_log(true);
    log_write(LOG_WARNING, "e", "text", "a\n\"b\"", "number", log_number(-3), NULL);
    assert_non_null(strstr(
        written(), "\"level\":\"warning\",\"event\":\"e\",\"text\":\"a\\n\\\"b\\\"\",\"number\":\"-3\"}\n"));
    assert_int_equal('{', written()[0]);
}

static void test_long_values_and_lines_are_cut_and_say_so(void **state)
{
    char value[2000];
    (void)state;
    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    for (int as_json = 0; as_json < 2; as_json++) {
        open_log(as_json);
        log_write(LOG_INFO, "e", "a", value, "b", value, "c", value, "d", value, "e", value, NULL);
    }
    const char *text = written(), *second = strchr(text, '\n') + 1;
    assert_true(second - text <= LOG_LINE_BYTES);
    assert_true(strlen(second) <= LOG_LINE_BYTES);
    assert_non_null(strstr(text, " truncated=true\n"));
    assert_non_null(strstr(second, ",\"truncated\":true}\n"));
    assert_non_null(strstr(text, "v..."));
}

static void test_a_value_is_not_cut_inside_a_character(void **state)
{
    char value[LOG_VALUE_BYTES + 10];
    (void)state;
    memset(value, 'v', sizeof value);
    memcpy(value + LOG_VALUE_BYTES - 1, "\xe9\x87\x91", 4);
    open_log(false);
    log_write(LOG_INFO, "e", "a", value, NULL);
    assert_non_null(strstr(written(), "vv...\n"));
}

static void test_levels_are_kept(void **state)
{
    enum log_level level;
    (void)state;
    open_log(false);
    log_write(LOG_DEBUG, "hidden", NULL);
    log_set_level(LOG_DEBUG);
    log_write(LOG_DEBUG, "shown", NULL);
    assert_null(strstr(written(), "hidden"));
    assert_non_null(strstr(written(), "shown"));
    assert_true(log_level_parse("warning", &level) && level == LOG_WARNING);
    assert_false(log_level_parse("loud", &level));
}

static void test_a_flood_is_capped_and_counted_and_errors_keep_their_share(void **state)
{
    (void)state;
    open_log(false);
    for (int i = 0; i < 100000; i++)
        log_write(LOG_INFO, "flood", NULL);
    log_write(LOG_ERROR, "important", NULL);
    const char *text = written();
    size_t lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    assert_true(lines < 10000); // a few seconds at most, even on a slow machine
    assert_non_null(strstr(text, "important"));
}

static void test_an_error_is_logged_with_its_fields(void **state)
{
    struct ts_error error = {0};
    (void)state;
    open_log(false);
    error_set(&error, TS_UNAVAILABLE, "CHILD_FAILED", "no such file");
    log_error(LOG_ERROR, "failed", &error);
    log_write(LOG_ERROR, "plain", "text", log_text(NULL), "never", NULL, "x", "y", NULL);
    assert_non_null(strstr(written(), "event=failed status=UNAVAILABLE reason=CHILD_FAILED "
                                      "detail=\"no such file\"\n"));
    assert_non_null(strstr(written(), "event=plain text=\"\"\n"));
}

// Whoever logs would hang in write() for ever: the alarm ends the test then.
static void test_a_log_that_nobody_reads_blocks_nobody_and_counts_what_was_lost(void **state)
{
    (void)state;
    static char text[1 << 16];
    int ends[2];
    assert_int_equal(0, pipe2(ends, O_CLOEXEC));
    assert_true(fcntl(ends[1], F_SETPIPE_SZ, 4096) > 0);
    assert_int_equal(
        0, fcntl(ends[0], F_SETFL, O_NONBLOCK)); // what is above the cap of a second is not there to read
    log_open(ends[1], LOG_INFO, false);
    alarm(30);
    for (int i = 0; i < 1000; i++)
        log_write(LOG_ERROR, "unread", "text", "some forty characters that fill the pipe", NULL);
    ssize_t length = read(ends[0], text, sizeof text - 1);
    assert_in_range(length, 1, 4096);
    do { // until the next second, when the loss is told
        log_write(LOG_INFO, "read_again", NULL);
        length = read(ends[0], text, sizeof text - 1);
        text[length > 0 ? length : 0] = '\0';
    } while (!strstr(text, "event=log_suppressed lines="));
    alarm(0);
    log_open(STDERR_FILENO, LOG_INFO, false);
    close(ends[0]);
    close(ends[1]);
}

static void test_a_moment_is_written_in_utc_with_microseconds(void **state)
{
    char text[CLOCK_TEXT_SIZE];
    struct clock clock = {.monotonic_ms = 5, .wall_us = 1795480274123456};
    (void)state;
    assert_string_equal("2026-11-24T00:31:14.123456Z", clock_format(clock.wall_us, text));
    assert_string_equal("1969-12-31T23:59:59.999999Z", clock_format(-1, text));
    clock_advance(&clock, 2000);
    assert_int_equal(2005, clock_monotonic_ms(&clock));
    assert_string_equal("2026-11-24T00:31:16.123456Z", clock_format(clock_wall_us(&clock), text));
    uint64_t first = clock_monotonic_ms(NULL);
    assert_true(clock_monotonic_ms(NULL) >= first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_line_has_time_level_event_and_pairs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_value_cannot_forge_a_line_or_a_field, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_json_lines_are_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_values_and_lines_are_cut_and_say_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_value_is_not_cut_inside_a_character, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_levels_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_error_is_logged_with_its_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_flood_is_capped_and_counted_and_errors_keep_their_share,
                                        set_up, tear_down),
        cmocka_unit_test(test_a_log_that_nobody_reads_blocks_nobody_and_counts_what_was_lost),
        cmocka_unit_test(test_a_moment_is_written_in_utc_with_microseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
