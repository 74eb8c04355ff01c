// SPDX-License-Identifier: Apache-2.0
// The documents that are drawn of one record. The numbers are those of SheetDocument and SheetStanding in
// helpers.proto.
#pragma once

enum sheet_kind {
    SHEET_FULL,
    SHEET_CARD,  // one page in plain words
    SHEET_SHARE, // the full one without the client's data
    SHEET_SLIP   // what was reviewed, on the spot; no sheet
};

// The marks of accreditation.
enum sheet_mark { SHEET_CMA, SHEET_CNAS, SHEET_MARKS };

enum sheet_standing { SHEET_STANDS, SHEET_SUPERSEDED, SHEET_WITHDRAWN };
