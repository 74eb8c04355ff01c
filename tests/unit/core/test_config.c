// SPDX-License-Identifier: Apache-2.0
// The configuration: defaults, values, and what is refused with its line.
#include "core/config.h"
#include "core/ini.h"
#include "wire/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct sample {
    char name[8];
    char colour[8];
    int64_t number;
    bool is_on;
    uint64_t wait_ms;
    uint64_t size_bytes;
};

#define AT(field) offsetof(struct sample, field), sizeof(((struct sample *)0)->field)
static const struct ini_key keys[] = {
    {"one", "name", INI_TEXT, AT(name), "anna", 1, 0, NULL, "A name."},
    {"one", "colour", INI_CHOICE, AT(colour), "red", 0, 0, "red|green", "A colour."},
    {"one", "number", INI_NUMBER, AT(number), "7", -5, 100, NULL, "A number."},
    {"two", "is_on", INI_BOOLEAN, AT(is_on), "no", 0, 0, NULL, "A switch."},
    {"two", "wait", INI_DURATION_MS, AT(wait_ms), "1500ms", 0, 3600000, NULL, "A time."},
    {"two", "size", INI_BYTES, AT(size_bytes), "64KiB", 1, 1 << 30, NULL, "A size."},
};
enum { KEYS = sizeof keys / sizeof keys[0] };

static bool read_sample(const char *text, struct sample *sample, struct ts_error *error)
{
    memset(error, 0, sizeof *error);
    return ini_read_text("file.ini", text, keys, KEYS, sample, error);
}

static void test_defaults_hold_without_a_file(void **state)
{
    struct sample sample;
    struct ts_error error;
    (void)state;
    assert_true(read_sample("", &sample, &error));
    assert_string_equal("anna", sample.name);
    assert_string_equal("red", sample.colour);
    assert_int_equal(7, sample.number);
    assert_false(sample.is_on);
    assert_int_equal(1500, sample.wait_ms);
    assert_int_equal(65536, sample.size_bytes);
}

static void test_every_kind_is_read(void **state)
{
    struct sample sample;
    struct ts_error error;
    (void)state;
    assert_true(
        read_sample("# a comment\n[one]\nname = bob\ncolour=green\nnumber = -5\n\n[two]\nis_on = yes\n"
                    "wait = 2 min\nsize = 1GiB\n",
                    &sample, &error));
    assert_string_equal("bob", sample.name);
    assert_string_equal("green", sample.colour);
    assert_int_equal(-5, sample.number);
    assert_true(sample.is_on);
    assert_int_equal(120000, sample.wait_ms);
    assert_int_equal(1 << 30, sample.size_bytes);
}

static void assert_refused(const char *text, const char *expected)
{
    struct sample sample;
    struct ts_error error;
    assert_false(read_sample(text, &sample, &error));
    assert_int_equal(TS_INVALID_ARGUMENT, error.status);
    assert_string_equal("CONFIG_INVALID", error.reason);
    if (!strstr(error.detail, expected))
        fail_msg("\"%s\" is not in \"%s\"", expected, error.detail);
}

static void test_what_is_wrong_is_refused_with_line_and_what_is_allowed(void **state)
{
    (void)state;
    assert_refused("[one]\n\nnam = x\n",
                   "file.ini:3: unknown key nam in [one]; allowed: name, colour, number");
    assert_refused("[three]\nname = x\n", "file.ini:2: unknown section [three]; allowed: one, two");
    assert_refused("name = x\n", "file.ini:1: unknown section []");
    assert_refused("[one]\nname = toolongname\n", "file.ini:2: [one] name must be a text of 1 to 7 bytes");
    assert_refused("[one]\nname =\n", "file.ini:2");
    assert_refused("[one]\ncolour = blue\n", "one of red|green");
    assert_refused("[one]\ncolour = re\n", "one of red|green");
    assert_refused("[one]\nnumber = 101\n", "a number from -5 to 100");
    assert_refused("[one]\nnumber = 1e3\n", "a number from");
    assert_refused("[one]\nnumber = 99999999999999999999\n", "a number from");
    assert_refused("[two]\nis_on = true\n", "yes or no");
    assert_refused("[two]\nwait = 3\n", "a duration (ms, s, min, h, d) from 0ms to 1h");
    assert_refused("[two]\nwait = -1s\n", "a duration");
    assert_refused("[two]\nwait = 2h\n", "a duration");
    assert_refused("[two]\nwait = 9223372036854775807d\n", "a duration");
    assert_refused("[two]\nsize = 5MB\n", "a size (bytes, KiB, MiB, GiB) from 1 to 1GiB");
    assert_refused("[one]\nname = a\nnumber = 1\nname = b\n",
                   "file.ini:4: name is given twice, first in line 2");
    assert_refused("[one]\njust words\n", "file.ini:2: neither [section] nor key = value");
}

static void test_a_very_long_line_is_refused(void **state)
{
    static char text[10000];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    memcpy(text, "[one]\nname = ", 13);
    assert_refused(text, "file.ini:2: longer than");
}

static void test_the_printed_defaults_are_a_valid_file(void **state)
{
    char *text = NULL;
    size_t length = 0;
    struct sample sample;
    struct ts_error error;
    (void)state;
    FILE *out = open_memstream(&text, &length);
    ini_print_defaults(keys, KEYS, out);
    fclose(out);
    assert_non_null(
        strstr(text, "# A time.\n# a duration (ms, s, min, h, d) from 0ms to 1h\n#wait = 1500ms\n"));
    assert_true(read_sample(text, &sample, &error));
    // The same file with every key set to its default.
    for (char *at = text; (at = strstr(at, "\n#")); at++) {
        if (at[2] != ' ')
            at[1] = ' ';
    }
    assert_true(read_sample(text, &sample, &error));
    assert_int_equal(1500, sample.wait_ms);
    free(text);
}

static void write_file(char *path, const char *text)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal((ssize_t)strlen(text), write(fd, text, strlen(text)));
    close(fd);
}

static void test_the_daemons_keys_are_read_and_checked_together(void **state)
{
    struct config config;
    struct ts_error error = {0};
    (void)state;
    assert_true(config_read(NULL, &config, &error));
    assert_int_equal(8443, config.listen.port);
    assert_int_equal(4 << 20, config.limits.max_message_bytes);
    assert_int_equal(30000, config.limits.deadline_max_ms);
    char path[] = "/tmp/touchstone-config-XXXXXX";
    write_file(path, "[postgresql]\nmode = external\n");
    assert_false(config_read(path, &config, &error));
    assert_non_null(strstr(error.detail, "needs url"));
    unlink(path);
    char second[] = "/tmp/touchstone-config-XXXXXX";
    write_file(second, "[listen]\nport = 0\n[limits]\ndeadline_default = 40s\n");
    assert_false(config_read(second, &config, &error));
    assert_non_null(strstr(error.detail, "deadline_default"));
    unlink(second);
    assert_false(config_read("/nonexistent/touchstone.ini", &config, &error));
    assert_string_equal("CONFIG_UNREADABLE", error.reason);
}

static void test_a_wrong_value_is_not_repeated_because_it_may_be_a_password(void **state)
{
    struct ts_error error = {0};
    struct config config;
    char path[] = "/tmp/touchstone-config-XXXXXX";
    (void)state;
    write_file(path, "[postgresql]\nmode = secret-word\n");
    assert_false(config_read(path, &config, &error));
    assert_null(strstr(error.detail, "secret-word"));
    unlink(path);
}

static void test_the_daemons_default_file_is_valid(void **state)
{
    struct config config;
    struct ts_error error = {0};
    char path[] = "/tmp/touchstone-config-XXXXXX";
    (void)state;
    FILE *out = fdopen(mkstemp(path), "w");
    config_print_defaults(out);
    fclose(out);
    assert_true(config_read(path, &config, &error));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults_hold_without_a_file),
        cmocka_unit_test(test_every_kind_is_read),
        cmocka_unit_test(test_what_is_wrong_is_refused_with_line_and_what_is_allowed),
        cmocka_unit_test(test_a_very_long_line_is_refused),
        cmocka_unit_test(test_the_printed_defaults_are_a_valid_file),
        cmocka_unit_test(test_the_daemons_keys_are_read_and_checked_together),
        cmocka_unit_test(test_a_wrong_value_is_not_repeated_because_it_may_be_a_password),
        cmocka_unit_test(test_the_daemons_default_file_is_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
