// SPDX-License-Identifier: Apache-2.0
// The desk as a picture: paints all of it into an empty page, for any size from 40 by 10 columns and rows.
// Below 80 by 24 it says that there is no room, and shows nothing of it. Pure.
#pragma once

struct desk;
struct guest_key;
struct page;

enum { PAINT_COLUMNS = 80, PAINT_ROWS = 24, PAINT_WIDE = 120 };

void paint_desk(const struct desk *desk, struct page *page);

// The line of keys: of the open dialog, else the screen's own and, where there is room, those that lead
// elsewhere.
void paint_footer(const struct desk *desk, struct page *page, const struct guest_key *own);
