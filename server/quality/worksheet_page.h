// SPDX-License-Identifier: Apache-2.0
// A worksheet as one page of A4 in SVG: its head, what its plan asks, and up to 96 positions in two columns,
// with empty places for the bench until it is entered and with what was found afterwards. What failed is
// marked by shade, sign and word, so that it can be printed in grey. Pure; called by the worksheet service.
#pragma once

#include "touchstone/internal/v1/worksheet.pb-c.h"

#include <stdbool.h>

struct text;
struct ts_error;

// Appends the whole file. INTERNAL / WORKSHEET_BROKEN when the page has no worksheet; memory is for
// text_finish to tell.
bool worksheet_page_write(const Touchstone__Internal__V1__WorksheetPage *page, struct text *out,
                          struct ts_error *error);
