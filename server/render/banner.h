// SPDX-License-Identifier: Apache-2.0
// What must be read before any figure: what a sheet is worth in law, whether it still stands, in whose place
// it stands, and that a copy is one. Each is a frame over the width of the page; called by frontmatter.c and
// card.c.
#pragma once

#include "render/sections.h"

// All that this document needs, the legal class first.
void banner_all(struct flow *flow, const struct sheet *sheet);
// Institute and contact at the head of the first page.
void banner_institute(struct flow *flow);
// The document's title with the marks it may bear.
void banner_title(struct flow *flow, const struct sheet *sheet);
