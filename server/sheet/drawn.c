// SPDX-License-Identifier: Apache-2.0
// Reads the renderer's PDF, see drawn.h. Every step checks the exact form that cairo writes.
#include "sheet/drawn.h"

#include <ctype.h>
#include <string.h>

enum { OBJECTS_CEILING = 100000, XREF_ENTRY_BYTES = 20, TAIL_BYTES = 64 };

// A dictionary's inside.
struct span {
    const char *at;
    size_t length;
};

static bool refuse(struct ts_error *error, const char *why)
{
    return error_set(error, TS_INVALID_ARGUMENT, "PDF_UNEXPECTED", "the drawn PDF %s", why);
}

static bool skip_text(const char **at, const char *end, const char *text)
{
    size_t length = strlen(text);
    if ((size_t)(end - *at) < length || memcmp(*at, text, length) != 0)
        return false;
    *at += length;
    return true;
}

static void skip_space(const char **at, const char *end)
{
    while (*at < end && isspace((unsigned char)**at))
        (*at)++;
}

static bool read_number(const char **at, const char *end, size_t *ret_number)
{
    size_t number = 0;
    const char *start = *at;
    while (*at < end && isdigit((unsigned char)**at) && *at - start < 15)
        number = number * 10 + (size_t)(*(*at)++ - '0');
    *ret_number = number;
    return *at > start;
}

// The cross-reference table that the last line but one names.
static bool find_xref(struct drawn *drawn, struct ts_error *error)
{
    const char *end = drawn->bytes + drawn->length;
    if (drawn->length < 200 || memcmp(drawn->bytes, "%PDF-1.4\n", 9) != 0)
        return refuse(error, "is not PDF 1.4");
    const char *tail = end - TAIL_BYTES, *at = NULL;
    for (const char *look = tail; look + 10 < end; look++)
        if (memcmp(look, "startxref\n", 10) == 0)
            at = look + 10;
    size_t offset;
    if (!at || !read_number(&at, end, &offset) || !skip_text(&at, end, "\n%%EOF\n") || at != end)
        return refuse(error, "does not end as expected");
    if (offset + 10 > drawn->length || memcmp(drawn->bytes + offset, "xref\n0 ", 7) != 0)
        return refuse(error, "has no classic cross-reference table");
    drawn->xref = offset;
    return true;
}

static const char *dictionary_end(const char *at, const char *end)
{
    int depth = 1;
    for (; at + 1 < end; at++) {
        if (at[0] == '<' && at[1] == '<') {
            depth++;
            at++;
        } else if (at[0] == '>' && at[1] == '>') {
            if (--depth == 0)
                return at;
            at++;
        }
    }
    return NULL;
}

static bool find_object(const struct drawn *drawn, unsigned number, struct span *ret_inside)
{
    const char *end = drawn->bytes + drawn->length, *at = drawn->bytes + drawn->xref + 5;
    size_t zero, count, offset, found, generation;
    if (!read_number(&at, end, &zero) || !skip_text(&at, end, " ") || !read_number(&at, end, &count) ||
        !skip_text(&at, end, "\n") || number >= count || count > OBJECTS_CEILING ||
        (size_t)(end - at) < count * XREF_ENTRY_BYTES)
        return false;
    at += (size_t)number * XREF_ENTRY_BYTES;
    if (at[17] != 'n' || !read_number(&at, end, &offset) || offset >= drawn->xref)
        return false;
    at = drawn->bytes + offset;
    if (!read_number(&at, end, &found) || found != number || !skip_text(&at, end, " ") ||
        !read_number(&at, end, &generation) || generation != 0 || !skip_text(&at, end, " obj\n<<"))
        return false;
    const char *close = dictionary_end(at, end);
    if (!close)
        return false;
    *ret_inside = (struct span){at, (size_t)(close - at)};
    return true;
}

// What follows a key inside a dictionary.
static const char *value_of(struct span inside, const char *key)
{
    size_t length = strlen(key);
    for (size_t i = 0; i + length < inside.length; i++)
        if (memcmp(inside.at + i, key, length) == 0 && isspace((unsigned char)inside.at[i + length])) {
            const char *at = inside.at + i + length;
            skip_space(&at, inside.at + inside.length);
            return at;
        }
    return NULL;
}

// A reference such as 27 0 R.
static bool reference(struct span inside, const char *key, unsigned *ret_number)
{
    const char *at = value_of(inside, key), *end = inside.at + inside.length;
    size_t number;
    if (!at)
        return false;
    if (*at == '[') {
        at++;
        skip_space(&at, end);
    }
    if (!read_number(&at, end, &number) || number > OBJECTS_CEILING || !skip_text(&at, end, " 0 R"))
        return false;
    *ret_number = (unsigned)number;
    return true;
}

static bool read_trailer(struct drawn *drawn, struct ts_error *error)
{
    const char *end = drawn->bytes + drawn->length, *at = NULL;
    for (const char *look = drawn->bytes + drawn->xref; look + 11 < end && !at; look++)
        if (memcmp(look, "trailer\n<<", 10) == 0)
            at = look + 10;
    const char *close = at ? dictionary_end(at, end) : NULL;
    if (!close)
        return refuse(error, "has no trailer");
    struct span inside = {at, (size_t)(close - at)};
    const char *size_at = value_of(inside, "/Size");
    size_t size;
    if (!size_at || !read_number(&size_at, close, &size) || size > OBJECTS_CEILING ||
        !reference(inside, "/Root", &drawn->root) || value_of(inside, "/Prev") ||
        value_of(inside, "/Encrypt"))
        return refuse(error, "has an unexpected trailer");
    drawn->size = (unsigned)size;
    return true;
}

bool drawn_read(const uint8_t *bytes, size_t length, struct drawn *ret_drawn, struct ts_error *error)
{
    struct drawn drawn = {.bytes = (const char *)bytes, .length = length};
    struct span catalog, pages, page;
    unsigned parent;
    if (!find_xref(&drawn, error) || !read_trailer(&drawn, error))
        return false;
    if (!find_object(&drawn, drawn.root, &catalog) || !reference(catalog, "/Pages", &drawn.pages) ||
        value_of(catalog, "/AcroForm") || value_of(catalog, "/Names"))
        return refuse(error, "has an unexpected catalog");
    if (!find_object(&drawn, drawn.pages, &pages) || !reference(pages, "/Kids", &drawn.page) ||
        !find_object(&drawn, drawn.page, &page) || !reference(page, "/Parent", &parent) ||
        parent != drawn.pages || value_of(page, "/Annots"))
        return refuse(error, "has an unexpected first page");
    drawn.page_entry = page.at;
    drawn.page_entry_length = page.length;
    *ret_drawn = drawn;
    return true;
}
