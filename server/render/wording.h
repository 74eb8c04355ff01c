// SPDX-License-Identifier: Apache-2.0
// The sheet's own words: what it is called and what it is worth in law.
#pragma once

#include "render/record.h"

#define WORDING_TITLE_ZH "检验检测报告"
#define WORDING_TITLE_EN "TEST REPORT"
#define WORDING_SPECIMEN_GHOST "样张 SPECIMEN"
#define WORDING_END "以下空白  End of report"
#define WORDING_SIGN_OFF                                                                                                    \
    "以上为经身份认证的电子签署，不另附手写签名。 Electronic sign-offs of authenticated persons; no " \
    "handwritten signature is added."

// 样张，无效 Specimen, not valid
const char *wording_class_short(const struct record *record);
const char *wording_class_zh(const struct record *record);
const char *wording_class_en(const struct record *record);
// Whose digital signature the file bears, that a print has none, and how to verify it.
const char *wording_seal_zh(bool specimen);
const char *wording_seal_en(bool specimen);
const char *wording_verify_zh(bool specimen);
const char *wording_verify_en(bool specimen);
// The number, with its revision from the first amendment on. As printed on every page.
const char *wording_number(struct record *record);
// The ink that a verdict is printed in.
enum ink wording_verdict_ink(const char *verdict);
