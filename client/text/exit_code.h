// SPDX-License-Identifier: Apache-2.0
// What the program's exit code tells a script. Documented in `touchstone help exit-codes`.
#pragma once

enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_FAILED = 1,
    EXIT_CODE_USAGE = 2,
    EXIT_CODE_NOT_FOUND = 3,
    // No trust in the server, or not logged in.
    EXIT_CODE_TRUST = 4,
    EXIT_CODE_DENIED = 5,
    EXIT_CODE_CONFLICT = 6,
    // Nothing was done; repeating is safe.
    EXIT_CODE_UNAVAILABLE = 7,
    // In the journal of this desk, and not yet booked.
    EXIT_CODE_QUEUED = 8,
    // Sent, and no answer came: repeat with the same request id.
    EXIT_CODE_UNKNOWN_OUTCOME = 9,
    EXIT_CODE_INTERRUPTED = 130,
};
