// SPDX-License-Identifier: Apache-2.0
// See symbol.h.
#include "printer/symbol.h"

#include <string.h>
#include <zint.h>

#include "wire/error.h"

enum { QR_LEVEL_M = 2, QUIET_LINEAR = 10, QUIET_QR = 4, QUIET_DATAMATRIX = 1 };

// Every printer language takes these signs as they are: nothing else goes into a code.
static bool is_plain(const char *text)
{
    return text[0] != '\0' &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             ":/.?=&#-")] == '\0';
}

static struct zint_symbol *create(enum layout_kind kind)
{
    struct zint_symbol *made = ZBarcode_Create();

    if (made == NULL)
        return NULL;
    made->symbology = kind == LAYOUT_QR           ? BARCODE_QRCODE
                      : kind == LAYOUT_DATAMATRIX ? BARCODE_DATAMATRIX
                                                  : BARCODE_CODE128;
    if (kind == LAYOUT_QR)
        made->option_1 = QR_LEVEL_M;
    if (kind == LAYOUT_DATAMATRIX)
        made->option_3 = DM_SQUARE;
    return made;
}

static void take(const struct zint_symbol *made, enum layout_kind kind, struct symbol *ret_symbol)
{
    *ret_symbol = (struct symbol){.width = made->width, .height = made->rows};
    ret_symbol->quiet = kind == LAYOUT_QR           ? QUIET_QR
                        : kind == LAYOUT_DATAMATRIX ? QUIET_DATAMATRIX
                                                    : QUIET_LINEAR;
    for (int y = 0; y < made->rows; y++)
        for (int x = 0; x < made->width; x++)
            if (made->encoded_data[y][x / 8] >> x % 8 & 1)
                ret_symbol->modules[y][x / 8] |= (unsigned char)(1 << x % 8);
}

bool symbol_make(enum layout_kind kind, const char *text, struct symbol *ret_symbol, struct ts_error *error)
{
    struct zint_symbol *made;
    bool held;

    if (!is_plain(text))
        return error_set(error, TS_INVALID_ARGUMENT, "PRINT_CODE",
                         "a code takes letters, digits and : / . ? = & # - only, and not nothing");
    made = create(kind);
    if (made == NULL)
        return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "out of memory");
    held = ZBarcode_Encode(made, (const unsigned char *)text, (int)strlen(text)) < ZINT_ERROR &&
           made->rows <= SYMBOL_SIDE_MOST && made->width <= SYMBOL_WIDTH_MOST;
    if (held)
        take(made, kind, ret_symbol);
    else
        error_set(error, TS_INVALID_ARGUMENT, "PRINT_CODE", "the code is too long: %.100s", made->errtxt);
    ZBarcode_Delete(made);
    return held;
}

bool symbol_is_black(const struct symbol *symbol, int x, int y)
{
    return symbol->modules[y][x / 8] >> x % 8 & 1;
}
