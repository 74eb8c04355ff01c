// SPDX-License-Identifier: Apache-2.0
// The descriptive data of a sheet as XMP and as the strings of the information dictionary; both say the same.
#pragma once

#include "sheet/record_facts.h"

struct text;

// 2026-11-24T10:15:00+08:00
void xmp_put_time(struct text *text, const struct record_facts *facts);
// (D:20261124101500+08'00')
void xmp_put_pdf_time(struct text *text, const struct record_facts *facts);
// A PDF text string: UTF-16 with its mark, in hexadecimal.
void xmp_put_pdf_string(struct text *text, const char *utf8);
void xmp_put_title(struct text *text, const struct record_facts *facts);
void xmp_put(struct text *text, const struct record_facts *facts);
