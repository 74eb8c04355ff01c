// SPDX-License-Identifier: Apache-2.0
// Writing the validation report, see report.h.
#include "validate/report.h"

#include "core/clock.h"
#include "validate/catalogue.h"
#include "validate/checksum.h"
#include "validate/form.h"
#include "validate/trial.h"
#include "wire/text.h"

#include <inttypes.h>

static const char head[] =
    "# Validation report\n"
    "\n"
    "Validation of the laboratory's software by reference data before its results are used\n"
    "(ISO/IEC 17025:2017, 7.11.2; 实验室信息管理系统验证记录). Every row of the files below was calculated,\n"
    "rounded, compared or judged by the program named here, by the very code that judges results, and the\n"
    "answer was compared with the expected text. Texts are equal when they differ in spaces only; numbers "
    "of\n"
    "forms with a tolerance column are equal within it.\n"
    "\n";

static const char tail[] =
    "\n"
    "## Conclusion\n"
    "\n"
    "The program is accepted for use: [ ] yes   [ ] no   [ ] with these restrictions:\n"
    "\n"
    "    ______________________________________________________________________\n"
    "\n"
    "    Validated by (name, function): _______________________________________\n"
    "\n"
    "    Date and signature: __________________________________________________\n"
    "\n"
    "    Approved by (name, function): ________________________________________\n"
    "\n"
    "    Date and signature: __________________________________________________\n";

// A cell of a Markdown table: one line, no bar of its own.
static void put_cell(struct text *text, const char *cell)
{
    text_put(text, "| ");
    for (; *cell; cell++) {
        if (*cell == '|' || *cell == '\\')
            text_put_char(text, '\\');
        text_put_char(text, *cell == '\n' || *cell == '\r' ? ' ' : *cell);
    }
    text_put_char(text, ' ');
}

static void put_row(struct text *text, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_cell(text, cells[i]);
    text_put(text, "|\n");
}

static void put_summary(struct text *text, const struct trial *trials, size_t count, int64_t wall_us)
{
    char program[CHECKSUM_SIZE], time[CLOCK_TEXT_SIZE];
    size_t passed = 0, failed = 0;
    for (size_t i = 0; i < count; i++) {
        passed += trials[i].passed;
        failed += trials[i].failed;
    }
    checksum_of_program(program);
    text_put(text, "| | |\n| --- | --- |\n");
    text_put(text, "| Program | touchstoned " TOUCHSTONE_VERSION " |\n");
    text_printf(text, "| SHA-256 of the program's file | %s |\n", *program ? program : "unknown");
    text_printf(text, "| Run at (UTC) | %.19sZ |\n", clock_format(wall_us, time));
    text_printf(text, "| Outcome | %zu passed, %zu failed |\n", passed, failed);
}

static void put_files(struct text *text, const struct trial *trials, size_t count)
{
    text_put(text, "\n## Files\n\n| file | form | rows | passed | failed | SHA-256 |\n"
                   "| --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        put_cell(text, trials[i].name);
        text_printf(text, "| %s | %zu | %zu | %zu | %s |\n", trials[i].form->name,
                    trials[i].passed + trials[i].failed, trials[i].passed, trials[i].failed,
                    trials[i].sha256);
    }
}

// What of a catalogue was used.
static void put_catalogue(struct text *text, const struct validate_catalogue *catalogue)
{
    text_put(text, "\n## Formulas, units and rules of control charts\n\n");
    if (catalogue->file_count == 0)
        text_put(text, "Those that the program carries with it.\n");
    else
        text_put(text, "The laboratory's own, and what is not listed from the program:\n\n| file | SHA-256 "
                       "|\n| --- | --- |\n");
    for (size_t i = 0; i < catalogue->file_count; i++)
        text_printf(text, "| %s | %s |\n", catalogue->files[i].name, catalogue->files[i].sha256);
}

// What a reader of the file should know although every row could be run.
static void put_remarks(struct text *text, const struct trial *trials, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (trials[i].surplus_rows > 0)
            text_printf(
                text,
                "\n%s: %zu rows have more cells than the header (a comma in a note that is not quoted); "
                "what is behind the last column was not read.\n",
                trials[i].name, trials[i].surplus_rows);
}

static void put_differences(struct text *text, const struct trial *trials, size_t count)
{
    size_t told = 0;
    text_put(text, "\n## Rows that differ\n\n");
    for (size_t i = 0; i < count; i++)
        for (const struct trial_difference *row = trials[i].differences; row; row = row->next) {
            if (told++ == 0)
                text_put(text, "| file | line | row | expected | got |\n| --- | --- | --- | --- | --- |\n");
            put_cell(text, trials[i].name);
            text_printf(text, "| %u ", row->line);
            put_row(text, (const char *const[]){row->id, row->expected, row->got}, 3);
        }
    if (told == 0)
        text_put(text, "None.\n");
}

const char *report_write(const struct trial *trials, size_t count, const struct validate_catalogue *catalogue,
                         int64_t wall_us, struct arena *arena, size_t *ret_length)
{
    struct text text;
    text_init(&text, arena);
    text_put(&text, head);
    put_summary(&text, trials, count, wall_us);
    put_files(&text, trials, count);
    put_catalogue(&text, catalogue);
    put_remarks(&text, trials, count);
    put_differences(&text, trials, count);
    text_put(&text, tail);
    const char *written = text_finish(&text);
    *ret_length = text.length;
    return written;
}
