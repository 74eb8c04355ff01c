// SPDX-License-Identifier: Apache-2.0
// The foot of a worksheet's page, see worksheet_parts.h: what its signs and abbreviations mean, the limits
// that stand behind "not detected" and "less than", where the rest is, and when and for whom it was
// drawn. 7.5 points.
#include "quality/worksheet_parts.h"

#include <string.h>

enum { FOOT_SIZE = 100, LEGEND_LINES = 5, PAGE_NO_WIDTH = 1500 };

// The bound of all values with the qualifier, when it is the same; else NULL.
static const char *bound_of(const struct worksheet_page *page, Touchstone__V1__Qualifier qualifier)
{
    const char *bound = NULL;
    for (size_t i = 0; i < page->shown->n_positions; i++) {
        const Touchstone__V1__WorksheetPosition *one = page->shown->positions[i];
        if (one->qualifier != qualifier || !*one->value)
            continue;
        if (bound && strcmp(bound, one->value) != 0)
            return NULL;
        bound = one->value;
    }
    return bound;
}

static void add_limits(const struct worksheet_page *page, struct worksheet_text *text)
{
    const char *detected = bound_of(page, TOUCHSTONE__V1__QUALIFIER__QUALIFIER_NOT_DETECTED);
    const char *quantified =
        page->facts->quantifies ? bound_of(page, TOUCHSTONE__V1__QUALIFIER__QUALIFIER_LESS_THAN) : NULL;
    worksheet_pen_add(text, "ND 未检出 not detected，检出限 LOD");
    if (detected)
        worksheet_pen_add(text, " %.30s %.20s", detected, page->sheet->unit);
    if (quantified)
        worksheet_pen_add(text, "；< 低于定量限 below LOQ %.30s %.20s；", quantified, page->sheet->unit);
    else
        worksheet_pen_add(text, "；< 低于所示值 below the value shown；");
}

static void put_print(const struct worksheet_page *page, struct worksheet_cell *cell)
{
    const Touchstone__Internal__V1__PageAct *drawn = page->facts->drawn;
    struct worksheet_text text = {.length = 0};
    worksheet_pen_add(&text, "%s", page->facts->specimen ? "演示数据 Demonstration data；" : "");
    if (drawn)
        worksheet_pen_add(&text, "打印 Printed %s  %s；", drawn->at, drawn->name);
    worksheet_pen_add(&text, "时间 times：%s", page->facts->time_zone);
    cell->width -= PAGE_NO_WIDTH;
    worksheet_pen_put(page, cell, text.bytes);
    cell->anchor = CHART_END;
    cell->x = PAGE_WIDTH - PAGE_MARGIN;
    cell->width = PAGE_NO_WIDTH;
    worksheet_pen_put(page, cell, "第 1 页，共 1 页 Page 1 of 1");
}

void worksheet_foot_put(const struct worksheet_page *page)
{
    struct worksheet_text text = {.length = 0};
    struct worksheet_cell cell = {.x = PAGE_MARGIN,
                                  .y = PAGE_FOOT,
                                  .width = PAGE_WIDTH - 2 * PAGE_MARGIN,
                                  .size = FOOT_SIZE,
                                  .rgb = PAGE_QUIET};
    worksheet_pen_add(
        &text,
        "S 样品 sample；BLK 空白 blank；QC 质控样 control；DUP 平行样 duplicate；SPK 加标样 spike；"
        "✓ 可接受 accepted；✗ 不可接受 rejected、样品不符合 sample fails；→ 重测 repeat；— 未测 skipped；"
        "差 diff. |a − b| / 均值 mean；回收 rec. 回收率 recovery；z =（x − 中心 centre）/ s；");
    add_limits(page, &text);
    worksheet_pen_add(&text, "冻结：放行前不作判定 held: no verdict until "
                             "released；有平行、加标的样品印未修约的比较值 samples with DUP "
                             "or SPK: the value compared, not "
                             "rounded；扩展不确定度、校准曲线、读数见各样品原始记录 U, calibration "
                             "curve, readings: original record of each sample");
    worksheet_pen_wrap(page, &cell, LEGEND_LINES, text.bytes);
    cell.y += LEGEND_LINES * PAGE_PITCH;
    put_print(page, &cell);
}
