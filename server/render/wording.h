// SPDX-License-Identifier: Apache-2.0
// The sheet's own words: what it is called and what it is worth in law.
#pragma once

#include "render/record.h"
#include "render/sheet.h"

#define WORDING_TITLE_ZH "检验检测报告"
#define WORDING_TITLE_EN "TEST REPORT"
// A verification certificate says so; a card, a copy and a slip never say that they are the report.
const char *wording_title_zh(struct record *record, enum sheet_kind kind);
const char *wording_title_en(struct record *record, enum sheet_kind kind);
// A verification of an instrument, which is no test and has words of its own.
bool wording_is_verification(const struct record *record);
// Both, as the heads of the pages have room for them.
const char *wording_title_head(struct record *record, enum sheet_kind kind);
// 报告编号, of a verification 证书编号 or 通知书编号, and of a slip, which has no number, 样品编号.
const char *wording_number_label(const struct record *record);
#define WORDING_SPECIMEN_GHOST "样张 SPECIMEN"
#define WORDING_END "以下空白  End of report"
#define WORDING_SLIP_END "以下空白  End of slip"
#define WORDING_VERIFICATION_END "以下空白  End of document"
#define WORDING_SIGN_OFF                                                                                                    \
    "以上为经身份认证的电子签署，不另附手写签名。 Electronic sign-offs of authenticated persons; no " \
    "handwritten signature is added."

// What the sheet is worth in law: 样张，无效 Specimen, not valid, and so on.
const char *wording_class_short(const struct record *record);
// The same as the heads of the pages have room for it.
const char *wording_class_head(const struct record *record);
enum ink wording_class_ink(const struct record *record);
const char *wording_class_zh(const struct record *record);
const char *wording_class_en(const struct record *record);
// Whose digital signature the file bears, that a print has none, and how to verify it.
const char *wording_seal_zh(const struct record *record);
const char *wording_seal_en(const struct record *record);
const char *wording_verify_zh(bool specimen);
const char *wording_verify_en(bool specimen);
// The number, with its revision from the first amendment on. As printed on every page.
const char *wording_number(struct record *record);
// A word of the catalogue that stands in limits and results, in both languages; any other text as it is.
const char *wording_told(const char *text);
// The result in the other words that its cell has room for below the figure: of "ND < 5" 未检出 not detected,
// else its English, or that of its unit; "" when there are none.
const char *wording_below(const struct record *record, size_t i);
// What stands in the place of a verdict on a sheet that no longer stands; NULL while it does.
struct standing_words {
    const char *verdict_zh, *verdict_en, *conclusion_zh, *conclusion_en;
};
const struct standing_words *wording_standing(enum sheet_standing standing);
// A value of a result, such as mean, with the result's unit; "" without the value.
const char *wording_with_unit(struct record *record, size_t i, const char *key);
// The unit in both languages, where they differ.
const char *wording_unit(struct record *record, size_t i);
// The ink that a verdict is printed in.
enum ink wording_verdict_ink(const char *verdict);
