// SPDX-License-Identifier: Apache-2.0
// Reads a layout: see layout.h. One line is one part: its word, its numbers, its marks, and behind " : " what
// is written. The words are one table.
#include "printer/layout.h"

#include <glib.h>
#include <string.h>

#include "wire/error.h"

// Which members the numbers of a line fill, in their order.
struct shape {
    const char *word;
    enum layout_kind kind;
    const char *numbers;
    bool has_words;
};

static const struct shape SHAPES[] = {
    {"text", LAYOUT_TEXT, "xyws", true},  {"code128", LAYOUT_CODE128, "xywh", true},
    {"qr", LAYOUT_QR, "xyw", true},       {"datamatrix", LAYOUT_DATAMATRIX, "xyw", true},
    {"line", LAYOUT_LINE, "xywh", false}, {"para", LAYOUT_PARAGRAPH, "s", true},
    {"gap", LAYOUT_GAP, "h", false},      {"rule", LAYOUT_RULE, "", false},
    {"cells", LAYOUT_CELLS, "s", true},   {"keep", LAYOUT_KEEP, "h", false},
    {"each", LAYOUT_EACH, "", true},      {"end", LAYOUT_END, "", false},
    {"foot", LAYOUT_FOOT, "s", true},
};

enum { LONGEST_MM = 2000 };

static bool fail(unsigned line, const char *what, struct ts_error *error)
{
    return error_set(error, TS_INVALID_ARGUMENT, "LAYOUT", "the layout's line %u: %s", line, what);
}

static bool read_number(char **at, double *ret_number)
{
    char *end;
    double number;

    *at += strspn(*at, " \t");
    number = g_ascii_strtod(*at, &end);
    // Written so that NaN is refused as well.
    if (end == *at || !(number >= 0 && number <= LONGEST_MM) || (*end != ' ' && *end != '\t' && *end != '\0'))
        return false;
    *at = end;
    *ret_number = number;
    return true;
}

static double *member(struct layout_part *part, char name)
{
    switch (name) {
    case 'x':
        return &part->x;
    case 'y':
        return &part->y;
    case 'w':
        return &part->width;
    case 'h':
        return &part->height;
    default:
        return &part->size;
    }
}

static bool read_marks(char *at, struct layout_part *part, struct ts_error *error)
{
    char *rest = NULL;

    for (char *mark = strtok_r(at, " \t", &rest); mark != NULL; mark = strtok_r(NULL, " \t", &rest)) {
        if (strcmp(mark, "bold") == 0)
            part->is_bold = true;
        else if (strcmp(mark, "centre") == 0)
            part->align = LAYOUT_CENTRE;
        else if (strcmp(mark, "right") == 0)
            part->align = LAYOUT_RIGHT;
        else if (strcmp(mark, "wrap") == 0)
            part->lines = 2;
        else
            return fail(part->line, "a word is not known; bold, centre, right and wrap are", error);
    }
    return true;
}

static bool read_part(const struct shape *shape, char *at, const char *words, unsigned line,
                      struct layout *layout, struct ts_error *error)
{
    struct layout_part *part = &layout->parts[layout->count];

    if (layout->count == LAYOUT_PARTS)
        return fail(line, "there are too many parts", error);
    if (shape->has_words != (words != NULL))
        return fail(line, shape->has_words ? "' : ' and what is written lack" : "nothing is written here",
                    error);
    if (words != NULL && strlen(words) >= LAYOUT_WORDS)
        return fail(line, "what is written is too long", error);
    *part = (struct layout_part){.kind = shape->kind, .line = line, .lines = 1};
    for (const char *number = shape->numbers; *number != '\0'; number++)
        if (!read_number(&at, member(part, *number)))
            return fail(line, "a number lacks, or is too large", error);
    if (words != NULL)
        strcpy(part->words, words);
    layout->count++;
    return read_marks(at, part, error);
}

static bool read_line(char *at, unsigned line, struct layout *layout, struct ts_error *error)
{
    char *words = strstr(at, " : ");
    size_t length = strcspn(at, " \t");

    if (length == 4 && strncmp(at, "font", 4) == 0) {
        g_strlcpy(layout->font, g_strstrip(at + 4), sizeof layout->font);
        return true;
    }
    if (words != NULL) {
        *words = '\0';
        words += 3;
    }
    if (length == 4 && strncmp(at, "page", 4) == 0) {
        at += 4;
        return (read_number(&at, &layout->width) && read_number(&at, &layout->height)) ||
               fail(line, "page wants width and height", error);
    }
    if (length == 6 && strncmp(at, "margin", 6) == 0) {
        at += 6;
        return read_number(&at, &layout->margin) || fail(line, "margin wants a length", error);
    }
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++)
        if (strlen(SHAPES[i].word) == length && strncmp(at, SHAPES[i].word, length) == 0)
            return read_part(&SHAPES[i], at + length, words, line, layout, error);
    return fail(line, "this part is not known", error);
}

// Every list has its end, and none stands in another.
static bool check_lists(const struct layout *layout, struct ts_error *error)
{
    bool is_inside = false;
    unsigned line = 0;

    for (size_t i = 0; i < layout->count; i++) {
        const struct layout_part *part = &layout->parts[i];

        if (part->kind != LAYOUT_EACH && part->kind != LAYOUT_END)
            continue;
        if (is_inside == (part->kind == LAYOUT_EACH))
            return fail(part->line, "'each' and 'end' do not match", error);
        is_inside = !is_inside;
        line = part->line;
    }
    return !is_inside || fail(line, "'end' lacks", error);
}

bool layout_parse(const char *text, struct layout *ret_layout, struct ts_error *error)
{
    char *copy = g_strdup(text), *rest = copy;
    bool held = g_utf8_validate(text, -1, NULL) || fail(1, "the file is not UTF-8", error);

    *ret_layout = (struct layout){.font = "Noto Sans CJK SC"};
    for (unsigned line = 1; held && rest != NULL; line++) {
        char *at = strsep(&rest, "\n");

        g_strchomp(at);
        at += strspn(at, " \t");
        held = *at == '\0' || *at == '#' || read_line(at, line, ret_layout, error);
    }
    g_free(copy);
    held = held && ((ret_layout->width >= 1 && ret_layout->height >= 1) ||
                    fail(1, "'page WIDTH HEIGHT' lacks", error));
    return held && check_lists(ret_layout, error);
}
