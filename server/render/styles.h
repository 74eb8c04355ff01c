// SPDX-License-Identifier: Apache-2.0
// The sheet's few text styles and measures, so that every section looks like the others. Points.
#pragma once

#include "render/canvas.h"

#define PAGE_WIDTH_PT 595.276
#define PAGE_HEIGHT_PT 841.890
#define MARGIN_PT 44.0
#define TEXT_WIDTH_PT (PAGE_WIDTH_PT - 2 * MARGIN_PT)
#define PADDING_PT 5.0
#define LABEL_PT 104.0 // labels of a grid

#define STYLE_LABEL_ZH ((struct style){.size_pt = 8.2, .ink = INK_LABEL})
#define STYLE_LABEL_EN ((struct style){.size_pt = 7.5, .ink = INK_LABEL})
#define STYLE_VALUE ((struct style){.size_pt = 9, .ink = INK_TEXT})
#define STYLE_VALUE_BOLD ((struct style){.size_pt = 9, .bold = true, .ink = INK_TEXT})
#define STYLE_VALUE_EN ((struct style){.size_pt = 7.6, .ink = INK_LABEL})
#define STYLE_NOTE_ZH ((struct style){.size_pt = 8.2, .ink = INK_TEXT})
#define STYLE_NOTE_EN ((struct style){.size_pt = 7.6, .ink = INK_LABEL})
// What holds for every sheet alike: smaller than what this one says.
#define STYLE_LEGAL_ZH ((struct style){.size_pt = 7.7, .ink = INK_TEXT})
#define STYLE_LEGAL_EN ((struct style){.size_pt = 7.1, .ink = INK_LABEL})
#define STYLE_SMALL ((struct style){.size_pt = 7.5, .ink = INK_LABEL})
