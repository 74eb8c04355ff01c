// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: a file of reference data. What is read as CSV and written with every cell quoted reads as
// the same cells, places never go back, and rows of rounding and decision rules are answered or refused.
#include "core/csv.h"
#include "validate/forms.h"
#include "wire/arena.h"
#include "wire/error.h"
#include "wire/text.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 50 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

static void write_quoted(const struct csv_table *table, struct text *text)
{
    for (size_t row = 0; row < table->count; row++)
        for (size_t i = 0; i < table->rows[row].count; i++) {
            text_put(text, i ? ",\"" : row ? "\r\n\"" : "\"");
            for (const char *at = table->rows[row].cells[i].text; *at; at++) {
                if (*at == '"')
                    text_put_char(text, '"');
                text_put_char(text, *at);
            }
            text_put_char(text, '"');
        }
}

static void check_rows(const struct csv_table *table, const struct csv_table *again)
{
    check(table->count == again->count);
    for (size_t row = 0; row < table->count; row++) {
        check(table->rows[row].count == again->rows[row].count);
        for (size_t i = 0; i < table->rows[row].count; i++) {
            const struct csv_cell *cell = &table->rows[row].cells[i];
            check(cell->length == strlen(cell->text));
            check(strcmp(cell->text, again->rows[row].cells[i].text) == 0);
            check(i == 0 || cell->line > cell[-1].line ||
                  (cell->line == cell[-1].line && cell->column > cell[-1].column));
        }
    }
}

static void run_rows(const struct csv_table *table, struct arena *arena)
{
    size_t places[VALIDATE_COLUMNS_MOST];
    const struct validate_form *form = forms_find(table, places);
    if (form != &form_rounding && form != &form_decisions)
        return;
    for (size_t at = 1; at < table->count && at < ROWS_MOST; at++) {
        struct validate_row row = {.line = table->rows[at].line};
        struct validate_answer answer = {0};
        struct ts_error error = {0};
        for (size_t i = 0; form->columns[i]; i++)
            row.cells[i] = places[i] < table->rows[at].count ? table->rows[at].cells[places[i]].text : "";
        bool answered = form->run(&row, arena, &answer, &error);
        check(answered ? *answer.got != '\0' : *error.detail != '\0');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create(64U << 20);
    struct csv_table table, again;
    struct ts_error error = {0};
    struct text text;
    check(arena != NULL);
    if (csv_read_ragged((const char *)data, size, arena, &table, &error)) {
        text_init(&text, arena);
        write_quoted(&table, &text);
        const char *written = text_finish(&text);
        check(written && csv_read_ragged(written, text.length, arena, &again, &error));
        check_rows(&table, &again);
        run_rows(&table, arena);
    } else {
        check(*error.detail != '\0');
    }
    arena_free(arena);
    return 0;
}
