// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over its corpus in the ordinary test run: CORPUS is a file with one input per line, in
// hex, chosen by libFuzzer for what it reaches. Each input also runs cut short at every byte.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_exact(const uint8_t *bytes, size_t length)
{
    uint8_t *exact = malloc(length ? length : 1); // reading past its end is seen by the sanitizer
    assert_non_null(exact);
    memcpy(exact, bytes, length);
    assert_int_equal(LLVMFuzzerTestOneInput(exact, length), 0);
    free(exact);
}

static void test_corpus_and_its_truncations_run_clean(void **unused)
{
    (void)unused;
    FILE *file = fopen(CORPUS, "r");
    char line[2048];
    uint8_t bytes[sizeof line / 2];
    size_t inputs = 0;
    assert_non_null(file);
    for (; fgets(line, sizeof line, file); inputs++) {
        size_t length = strcspn(line, "\n") / 2;
        for (size_t i = 0; i < length; i++) {
            char pair[3] = {line[2 * i], line[2 * i + 1]};
            bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
        }
        for (size_t cut = 0; cut <= length; cut++)
            run_exact(bytes, cut);
    }
    fclose(file);
    assert_true(inputs > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_corpus_and_its_truncations_run_clean)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
