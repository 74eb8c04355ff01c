// SPDX-License-Identifier: Apache-2.0
// See zpl.h. Sources: ZPL II Programming Guide, commands ^A, ^BC, ^BQ, ^BX, ^FH, ^GF, ^GB.
#include "printer/zpl.h"

#include <glib.h>
#include <string.h>

#include "printer/layout.h"
#include "printer/paper.h"
#include "printer/part.h"
#include "printer/symbol.h"
#include "printer/values.h"
#include "wire/error.h"

static int dots(double millimetres)
{
    return (int)(millimetres * PAPER_DOTS);
}

static bool is_resident(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || (unsigned char)*at > 0x7e)
            return false;
    return true;
}

// ^FH: '_' and two digits are one byte. Letters, digits and blanks alone go as they are: '^', '~', '_' and
// '\' never do.
static void add_hex(GString *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (g_ascii_isalnum(*at) || *at == ' ' || *at == '-' || *at == '.')
            g_string_append_c(out, *at);
        else
            g_string_append_printf(out, "_%02X", (unsigned char)*at);
}

static bool add_bitmap(GString *out, const struct layout *layout, const struct layout_part *part,
                       const char *text, struct ts_error *error)
{
    struct paper_bitmap bitmap;
    int total;

    if (!paper_text_bitmap(layout, part, text, &bitmap, error))
        return false;
    total = bitmap.stride * bitmap.height;
    g_string_append_printf(out, "^FO%d,%d^GFA,%d,%d,%d,", dots(part->x), dots(part->y), total, total,
                           bitmap.stride);
    for (int i = 0; i < total; i++)
        g_string_append_printf(out, "%02X", bitmap.bits[i]);
    g_string_append(out, "^FS\n");
    g_free(bitmap.bits);
    return true;
}

// The printer's own letters (font 0) are at most as wide as high; what could be wider than its place, or is
// to stand in its middle, is drawn here.
static bool add_text(GString *out, const struct layout *layout, const struct layout_part *part,
                     const char *text, struct ts_error *error)
{
    int height = (int)(part->size * PAPER_DOTS / PAPER_MM);

    if (text[0] == '\0')
        return true;
    if (!is_resident(text) || part->align != LAYOUT_LEFT || (int)strlen(text) * height > dots(part->width))
        return add_bitmap(out, layout, part, text, error);
    g_string_append_printf(out, "^FO%d,%d^A0N,%d,%d^FH_^FD", dots(part->x), dots(part->y), height, height);
    add_hex(out, text);
    g_string_append(out, "^FS\n");
    return true;
}

// In subset B, as the printer sets it: start, letters, check (11 modules each) and stop (13).
static int module_of(const struct layout_part *part, const char *text, const struct symbol *symbol,
                     int *ret_width)
{
    int plain = ((int)strlen(text) + 2) * 11 + 13;

    *ret_width = part->kind == LAYOUT_CODE128 ? plain : symbol->width;
    return part->kind == LAYOUT_CODE128 ? dots(part->width) / (plain + 2 * symbol->quiet)
                                        : part_module(part, symbol);
}

static bool add_code(GString *out, const struct layout_part *part, const char *text, struct ts_error *error)
{
    struct symbol symbol;
    int module, width, x, y;

    if (!symbol_make(part->kind, text, &symbol, error))
        return false;
    module = module_of(part, text, &symbol, &width);
    if (module == 0 || module > 10)
        return error_set(error, TS_INVALID_ARGUMENT, "LAYOUT",
                         "the layout's line %u: the code of '%.60s' does not fit its place", part->line,
                         text);
    x = dots(part->x) + (dots(part->width) - width * module) / 2;
    y = dots(part->y);
    if (part->kind != LAYOUT_CODE128)
        y += (dots(part->width) - symbol.height * module) / 2;
    g_string_append_printf(out, "^FO%d,%d", x, y);
    if (part->kind == LAYOUT_CODE128)
        g_string_append_printf(out, "^BY%d^BCN,%d,N,N,N^FD%s", module, dots(part->height), text);
    else if (part->kind == LAYOUT_QR)
        g_string_append_printf(out, "^BQN,2,%d^FDMA,%s", module, text);
    else
        g_string_append_printf(out, "^BXN,%d,200^FD%s", module, text);
    g_string_append(out, "^FS\n");
    return true;
}

static bool add_part(GString *out, const struct layout *layout, const struct layout_part *part,
                     const struct values *values, struct ts_error *error)
{
    char *text;
    bool held = true;

    if (part->kind > LAYOUT_LINE)
        return error_set(error, TS_INVALID_ARGUMENT, "LAYOUT",
                         "the layout's line %u: a label has no pages; this is for documents", part->line);
    text = values_fill(values, part->words);
    if (part->kind == LAYOUT_TEXT)
        held = add_text(out, layout, part, text, error);
    else if (part->kind == LAYOUT_LINE)
        g_string_append_printf(out, "^FO%d,%d^GB%d,%d,1^FS\n", dots(part->x), dots(part->y),
                               MAX(1, dots(part->width)), MAX(1, dots(part->height)));
    else if (text[0] != '\0')
        held = add_code(out, part, text, error);
    g_free(text);
    return held;
}

bool zpl_write(const struct layout *layout, const struct values *values, char **ret_zpl, size_t *ret_length,
               struct ts_error *error)
{
    GString *out = g_string_new(NULL);
    bool held = true;

    g_string_append_printf(out, "^XA\n^CI28^LH0,0^PW%d^LL%d\n", dots(layout->width), dots(layout->height));
    for (size_t i = 0; held && i < layout->count; i++)
        held = add_part(out, layout, &layout->parts[i], values, error);
    g_string_append(out, "^PQ1\n^XZ\n");
    if (!held) {
        g_string_free(out, TRUE);
        return false;
    }
    *ret_length = out->len;
    *ret_zpl = g_string_free(out, FALSE);
    return true;
}
