// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: any file as a sheet to be verified. It is refused with a code, or each of its checks has
// passed. The seed is a sheet sealed while the tests were built (make_seeds.c).
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct verify_report report;
    struct ts_error error = {0};
    char line[200];
    bool intact = verify_pdf(data, size, NULL, &report, &error);
    for (int i = 0; intact && i < VERIFY_TRUST; i++)
        check(report.checks[i] == VERIFY_PASSED);
    check(report.checks[VERIFY_TRUST] == VERIFY_NOT_CHECKED);
    check(intact == (report.code[0] == '\0'));
    check(intact || strcmp(error.reason, report.code) == 0);
    check(strlen(verify_status_line(&report, line, sizeof line)) > 0);
    return 0;
}
