// SPDX-License-Identifier: Apache-2.0
// What the server's refusals say in Chinese, by their reason: it answers in English. Pure.
#pragma once

// NULL for a reason that is not known here; then the server's own words are shown.
const char *reason_zh(const char *reason);
