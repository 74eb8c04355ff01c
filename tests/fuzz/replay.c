// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over its corpus in the ordinary test run: CORPUS is a file with one input per line, in
// hex, chosen by libFuzzer for what it reaches; arguments are files with one input each. Each input also runs
// cut short: at every byte, or at a thousand places when it is longer than that.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CUTS = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_exact(const uint8_t *bytes, size_t length)
{
    uint8_t *exact = malloc(length ? length : 1); // reading past its end is seen by the sanitizer
    assert_non_null(exact);
    memcpy(exact, bytes, length);
    assert_int_equal(LLVMFuzzerTestOneInput(exact, length), 0);
    free(exact);
}

static void run_with_cuts(const uint8_t *bytes, size_t length)
{
    for (size_t cut = 0; cut < length; cut += 1 + length / CUTS)
        run_exact(bytes, cut);
    run_exact(bytes, length);
}

static void test_corpus_and_its_truncations_run_clean(void **unused)
{
    (void)unused;
    FILE *file = fopen(CORPUS, "r");
    char *line = NULL;
    size_t size = 0, inputs = 0;
    assert_non_null(file);
    for (ssize_t got; (got = getline(&line, &size, file)) >= 0; inputs++) {
        size_t length = strcspn(line, "\n") / 2;
        for (size_t i = 0; i < length; i++) {
            char pair[3] = {line[2 * i], line[2 * i + 1]};
            line[i] = (char)strtoul(pair, NULL, 16); // behind what is still to be read
        }
        run_with_cuts((const uint8_t *)line, length);
    }
    free(line);
    fclose(file);
    assert_true(inputs > 0);
}

static void test_seeds_and_their_truncations_run_clean(void **state)
{
    for (char **path = *state; *path; path++) {
        FILE *file = fopen(*path, "rb");
        assert_non_null(file);
        assert_int_equal(fseek(file, 0, SEEK_END), 0);
        size_t length = (size_t)ftell(file);
        uint8_t *bytes = malloc(length + 1);
        rewind(file);
        assert_true(bytes && length > 0 && fread(bytes, 1, length, file) == length);
        fclose(file);
        run_with_cuts(bytes, length);
        free(bytes);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corpus_and_its_truncations_run_clean),
        cmocka_unit_test_prestate(test_seeds_and_their_truncations_run_clean, argv + (argc > 0)),
    };
    // Without seeds there is no second test to count.
    size_t count = argc > 1 ? 2 : 1;
    return _cmocka_run_group_tests("fuzz", tests, count, NULL, NULL);
}
