// SPDX-License-Identifier: Apache-2.0
// The sheet's own words: what it is called and what it is worth in law.
#pragma once

#include "render/record.h"

#define WORDING_TITLE_ZH "检验检测报告"
#define WORDING_TITLE_EN "TEST REPORT"
#define WORDING_SPECIMEN_GHOST "样张 SPECIMEN"
#define WORDING_END "以下空白  Blank below: end of report"
#define WORDING_VERIFY_ZH "验证：在能显示签名的 PDF 阅读器中打开，或运行 touchstone verify。"
#define WORDING_VERIFY_EN                                                                                    \
    "To verify: open the file in a PDF reader that shows signatures, or run touchstone verify."

// 样张，无效 Specimen, not valid
const char *wording_class_short(const struct record *record);
const char *wording_class_zh(const struct record *record);
const char *wording_class_en(const struct record *record);
// Whose seal the file bears, and that a print has none.
const char *wording_seal_zh(bool specimen);
const char *wording_seal_en(bool specimen);
// The number, with its revision from the first amendment on. As printed on every page.
const char *wording_number(struct record *record);
// The ink that a verdict is printed in.
enum ink wording_verdict_ink(const char *verdict);
