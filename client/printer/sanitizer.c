// SPDX-License-Identifier: Apache-2.0
// Read by the leak sanitizer only: the fonts of the process live as long as it does, and fontconfig and cairo
// keep them where the sanitizer does not see it.
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libcairo\nleak:libpango\n";
}
