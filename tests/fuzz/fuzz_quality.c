// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: a reference row of quality control, the chart in the first line and its inputs behind it.
// Whatever is answered is answered again in the same way, and agrees when it is what was expected.
#include "validate/catalogue.h"
#include "validate/forms.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool run(char *chart, char *inputs, const char *expected, struct validate_answer *ret_answer)
{
    struct validate_catalogue catalogue;
    catalogue_built_in(&catalogue);
    const struct validate_row row = {
        .cells = {"1", chart, inputs, expected}, .line = 1, .catalogue = &catalogue};
    struct arena *arena = arena_create(16 << 20);
    struct ts_error error = {0};
    bool answered = arena && form_quality.run(&row, arena, ret_answer, &error);
    if (!answered && error.reason[0] == '\0')
        abort();
    arena_free(arena);
    return answered;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LONGEST = 4096 };
    struct validate_answer answer = {.agrees = false}, again = {.agrees = false};
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    char text[LONGEST + 1];
    if (!line || size > LONGEST)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    text[line - data] = '\0';
    char *inputs = text + (line - data) + 1;
    if (!run(text, inputs, "", &answer))
        return 0;
    if (!run(text, inputs, answer.got, &again) || strcmp(answer.got, again.got) != 0)
        abort();
    // "error: ..." agrees with "error" alone.
    if (strncmp(answer.got, "error", 5) != 0 && !again.agrees)
        abort();
    return 0;
}
