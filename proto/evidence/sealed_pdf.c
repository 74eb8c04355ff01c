// SPDX-License-Identifier: Apache-2.0
// Finds the seal in a sheet, see sealed_pdf.h. Way: startxref, table, trailer, catalog, form, field,
// signature; and from the catalog to the files.
#include "evidence/sealed_pdf.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { TAIL_BYTES = 40, OBJECTS_CEILING = 100000, ENTRY_BYTES = 20, OBJECT_CEILING = 4096 };

struct reader {
    const char *bytes;
    size_t length;
    size_t table, table_end; // of the increment's cross-reference table
};

static bool skip_text(const char **at, const char *end, const char *text)
{
    size_t length = strlen(text);
    if ((size_t)(end - *at) < length || memcmp(*at, text, length) != 0)
        return false;
    *at += length;
    return true;
}

static bool skip_number(const char **at, const char *end, size_t *ret_number)
{
    const char *start = *at;
    size_t number = 0;
    while (*at < end && isdigit((unsigned char)**at) && *at - start < 15)
        number = number * 10 + (size_t)(*(*at)++ - '0');
    *ret_number = number;
    return *at > start;
}

static void skip_spaces(const char **at, const char *end)
{
    while (*at < end && **at == ' ')
        (*at)++;
}

// Finds a piece of text between two offsets; NULL when it is not there.
static const char *find_text(const struct reader *reader, size_t from, size_t to, const char *text)
{
    size_t length = strlen(text);
    to = to < reader->length ? to : reader->length;
    for (size_t i = from; i + length <= to; i++)
        if (memcmp(reader->bytes + i, text, length) == 0)
            return reader->bytes + i;
    return NULL;
}

// The file ends with the increment's own end mark and nothing after it.
static bool find_table(struct reader *reader)
{
    const char *end = reader->bytes + reader->length, *at = NULL;
    size_t table;
    if (reader->length < 1000)
        return false;
    const char *mark = find_text(reader, reader->length - TAIL_BYTES, reader->length, "startxref\n");
    if (!mark)
        return false;
    at = mark + 10;
    if (!skip_number(&at, end, &table) || !skip_text(&at, end, "\n%%EOF\n") || at != end)
        return false;
    reader->table = table;
    reader->table_end = (size_t)(mark - reader->bytes);
    return table < reader->table_end && memcmp(reader->bytes + table, "xref\n", 5) == 0;
}

// The offset of an object by the increment's table; 0 when it is not in it, or twice: readers would differ.
static size_t offset_of(const struct reader *reader, size_t number)
{
    const char *at = reader->bytes + reader->table + 5, *end = reader->bytes + reader->table_end;
    size_t first, count, offset = 0;
    while (skip_number(&at, end, &first) && skip_text(&at, end, " ") && skip_number(&at, end, &count) &&
           skip_text(&at, end, "\n") && count <= OBJECTS_CEILING &&
           (size_t)(end - at) >= count * ENTRY_BYTES) {
        if (number >= first && number - first < count) {
            const char *entry = at + (number - first) * ENTRY_BYTES;
            if (offset > 0 || !skip_number(&entry, end, &offset) || offset >= reader->table)
                return 0;
        }
        at += count * ENTRY_BYTES;
    }
    return offset;
}

// What follows "N 0 obj\n<<" of an object, up to the end of the object's dictionary part at most.
static const char *object(const struct reader *reader, size_t number)
{
    size_t offset = offset_of(reader, number), found;
    const char *at = reader->bytes + offset, *end = reader->bytes + reader->table;
    if (offset == 0 || !skip_number(&at, end, &found) || found != number ||
        !skip_text(&at, end, " 0 obj\n<<"))
        return NULL;
    return at;
}

// The number in "KEY N 0 R" (or "KEY [N 0 R]") of an object.
static bool reference(const struct reader *reader, const char *from, const char *key, size_t *ret_number)
{
    size_t start = (size_t)(from - reader->bytes);
    const char *at = find_text(reader, start, start + OBJECT_CEILING, key),
               *end = reader->bytes + reader->table_end;
    const char *close = find_text(reader, start, start + OBJECT_CEILING, "endobj");
    if (!at || (close && at > close))
        return false;
    at += strlen(key);
    return skip_number(&at, end, ret_number) && skip_text(&at, end, " 0 R");
}

// "D:20261124101500+08'00'" as ISO 8601; "" when it has another form.
static void read_time(const char *at, char ret_text[32])
{
    static const char SHAPE[] = "(D:dddddddddddddd+dd'dd')";
    ret_text[0] = '\0';
    for (size_t i = 0; SHAPE[i]; i++)
        if (SHAPE[i] == 'd' ? !isdigit((unsigned char)at[i])
                            : at[i] != SHAPE[i] && !(SHAPE[i] == '+' && at[i] == '-'))
            return;
    at += 3;
    snprintf(ret_text, 32, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.3s:%.2s", at, at + 4, at + 6, at + 8, at + 10,
             at + 12, at + 14, at + 18);
}

// The one field of the form: a second one would be a second signature.
static bool find_field(const struct reader *reader, const char *catalog, size_t *ret_number)
{
    static const char FIELDS[] = "/AcroForm << /Fields [";
    size_t start = (size_t)(catalog - reader->bytes);
    const char *at = find_text(reader, start, start + OBJECT_CEILING, FIELDS);
    const char *end = reader->bytes + reader->table;
    if (!at || !reference(reader, catalog, FIELDS, ret_number))
        return false;
    at += sizeof FIELDS - 1;
    return skip_number(&at, end, ret_number) && skip_text(&at, end, " 0 R]");
}

// The two ranges: from the start to the hole, from the hole to the end of the file, and nothing else.
static bool check_range(const struct reader *reader, const char *at, const struct sealed_pdf *place)
{
    const char *end = reader->bytes + reader->table;
    size_t numbers[4];
    if (!skip_text(&at, end, "["))
        return false;
    for (size_t i = 0; i < 4; i++) {
        skip_spaces(&at, end);
        if (!skip_number(&at, end, &numbers[i]))
            return false;
    }
    skip_spaces(&at, end);
    return skip_text(&at, end, "]") && numbers[0] == 0 && numbers[1] == place->hole &&
           numbers[2] == place->hole + place->hole_length && numbers[3] <= reader->length &&
           numbers[2] == reader->length - numbers[3];
}

static const char *find_signature(const struct reader *reader, size_t root, struct sealed_pdf *place)
{
    static const char HEAD[] =
        " /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n/ByteRange ";
    size_t field, signature;
    const char *at = object(reader, root), *end = reader->bytes + reader->table;
    if (!at || !find_field(reader, at, &field) || !(at = object(reader, field)) ||
        !skip_text(&at, end, " /Type /Annot /Subtype /Widget /FT /Sig /T (sheet-seal)") ||
        !reference(reader, at, " /V ", &signature))
        return "NO_SEAL";
    if (!(at = object(reader, signature)) || !skip_text(&at, end, HEAD))
        return "NO_SEAL";
    size_t start = (size_t)(at - reader->bytes);
    const char *contents = find_text(reader, start, start + OBJECT_CEILING, "\n/Contents <");
    const char *time = find_text(reader, start, start + OBJECT_CEILING, "\n/M ");
    if (!contents || contents >= end || !time || time > contents || end - time < 40)
        return "NO_SEAL";
    read_time(time + 4, place->sealed_at);
    place->hole = (size_t)(contents - reader->bytes) + 11;
    const char *close = memchr(contents, '>', (size_t)(end - contents));
    if (!close)
        return "HOLE_BROKEN";
    place->hole_length = (size_t)(close - reader->bytes) + 1 - place->hole;
    return check_range(reader, at, place) ? NULL : "RANGE_BROKEN";
}

// The bytes of the file that object `number` names, which must have this name.
static bool find_file(const struct reader *reader, size_t number, const char *name,
                      struct sealed_span *ret_span)
{
    const char *at = object(reader, number), *end = reader->bytes + reader->table;
    size_t stream, length;
    if (!at || !skip_text(&at, end, " /Type /Filespec /F (") || !skip_text(&at, end, name) ||
        !skip_text(&at, end, ")") || !reference(reader, at, "/EF << /F ", &stream) ||
        !(at = object(reader, stream)) || !skip_text(&at, end, " /Type /EmbeddedFile"))
        return false;
    size_t start = (size_t)(at - reader->bytes);
    at = find_text(reader, start, start + OBJECT_CEILING, " /Length ");
    if (!at)
        return false;
    at += 9;
    if (!skip_number(&at, end, &length) || !skip_text(&at, end, " >>\nstream\n") ||
        (size_t)(end - at) < length)
        return false;
    *ret_span = (struct sealed_span){(size_t)(at - reader->bytes), length};
    return true;
}

static const char *const FILES[] = {"results.json", "sheet.cose", "sheet.tlog-proof"};

// The list of files by name is that of `numbers`: who goes by name is given the same ones, and none twice.
static bool has_names(const char *at, const char *end, const size_t *numbers, size_t count)
{
    size_t number;
    bool same = skip_text(&at, end, " /Names << /EmbeddedFiles << /Names [");
    for (size_t i = 0; same && i < count; i++)
        same = skip_text(&at, end, i ? " (" : "(") && skip_text(&at, end, FILES[i]) &&
               skip_text(&at, end, ") ") && skip_number(&at, end, &number) && number == numbers[i] &&
               skip_text(&at, end, " 0 R");
    return same && skip_text(&at, end, "]");
}

// The record, and behind it statement and proof together or neither: "/AF [27 0 R 29 0 R 31 0 R]".
static const char *find_files(const struct reader *reader, size_t root, struct sealed_pdf *place)
{
    size_t numbers[3], count = 0;
    const char *at = object(reader, root), *end = reader->bytes + reader->table;
    at = at ? find_text(reader, (size_t)(at - reader->bytes), (size_t)(at - reader->bytes) + OBJECT_CEILING,
                        "/AF [")
            : NULL;
    if (!at)
        return "NO_RECORD";
    at += 5;
    while (count < 3 && skip_number(&at, end, &numbers[count]) && skip_text(&at, end, " 0 R")) {
        count++;
        skip_spaces(&at, end);
    }
    if (count == 0 || !skip_text(&at, end, "]") || !find_file(reader, numbers[0], FILES[0], &place->record))
        return "NO_RECORD";
    if ((count != 1 && (count != 3 || !find_file(reader, numbers[1], FILES[1], &place->cose) ||
                        !find_file(reader, numbers[2], FILES[2], &place->proof))) ||
        !has_names(at, end, numbers, count))
        return "NO_STATEMENT";
    return NULL;
}

// The pages end with the end mark behind the table that the trailer calls the one before.
static bool find_drawn(const struct reader *reader, const char *trailer, struct sealed_pdf *place)
{
    const char *end = reader->bytes + reader->table;
    const char *at = find_text(reader, (size_t)(trailer - reader->bytes), reader->table_end, " /Prev ");
    size_t table;
    if (!at)
        return false;
    at += 7;
    if (!skip_number(&at, reader->bytes + reader->table_end, &table) || table >= reader->table)
        return false;
    const char *mark = find_text(reader, table, reader->table, "startxref\n");
    if (!mark)
        return false;
    at = mark + 10;
    if (!skip_number(&at, end, &table) || !skip_text(&at, end, "\n%%EOF\n"))
        return false;
    place->drawn_length = (size_t)(at - reader->bytes);
    return true;
}

const char *sealed_pdf_find(const uint8_t *bytes, size_t length, struct sealed_pdf *ret_place)
{
    struct reader reader = {.bytes = (const char *)bytes, .length = length};
    struct sealed_pdf place = {.hole = 0};
    size_t root;
    if (length < 8 || memcmp(bytes, "%PDF-1.4", 8) != 0)
        return "NOT_A_SHEET";
    if (!find_table(&reader))
        return "END_BROKEN";
    const char *trailer = find_text(&reader, reader.table, reader.table_end, "trailer\n<<");
    if (!trailer || !reference(&reader, trailer, " /Root ", &root))
        return "NOT_A_SHEET";
    if (!find_drawn(&reader, trailer, &place))
        return "NOT_A_SHEET";
    const char *code = find_signature(&reader, root, &place);
    code = code ? code : find_files(&reader, root, &place);
    if (!code)
        *ret_place = place;
    return code;
}
