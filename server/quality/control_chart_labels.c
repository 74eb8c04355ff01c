// SPDX-License-Identifier: Apache-2.0
// See control_chart_labels.h. Places around the point are tried from near to far; the first that is clear is
// taken.
#include "quality/control_chart_labels.h"

#include "quality/control_chart_parts.h"

#include <stdint.h>
#include <stdlib.h>

enum {
    RINGS = 16,
    RING = 80,
    NEAR = 25,
    EDGE = 30,
    LINE_GAP = 22,
    STROKE_GAP = 16,
    NAME_GAP = 35,
    WORD_GAP = 160
};

struct size {
    int width, height;
};

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static struct control_chart_box grown(const struct control_chart_box *box, int gap)
{
    return (struct control_chart_box){box->left - gap, box->top - gap, box->right + gap, box->bottom + gap};
}

static bool meet(const struct control_chart_box *a, const struct control_chart_box *b)
{
    return a->left <= b->right && b->left <= a->right && a->top <= b->bottom && b->top <= a->bottom;
}

// On which side of the way from `from` to `to` the place lies.
static int side_of(struct chart_place from, struct chart_place to, int x, int y)
{
    int64_t turn = (int64_t)(to.x - from.x) * (y - from.y) - (int64_t)(to.y - from.y) * (x - from.x);
    return (turn > 0) - (turn < 0);
}

// Their bounds meet, and not all corners lie on one side of the stroke.
static bool crosses(const struct control_chart_box *box, struct chart_place from, struct chart_place to)
{
    const struct control_chart_box bounds = {least(from.x, to.x), least(from.y, to.y), most(from.x, to.x),
                                             most(from.y, to.y)};
    if (!meet(box, &bounds))
        return false;
    int sides = side_of(from, to, box->left, box->top) + side_of(from, to, box->right, box->top) +
                side_of(from, to, box->left, box->bottom) + side_of(from, to, box->right, box->bottom);
    return abs(sides) < 4;
}

static bool strokes_cross(const struct chart_place *a, struct chart_place from, struct chart_place to)
{
    return side_of(a[0], a[1], from.x, from.y) * side_of(a[0], a[1], to.x, to.y) <= 0 &&
           side_of(from, to, a[0].x, a[0].y) * side_of(from, to, a[1].x, a[1].y) <= 0 &&
           least(a[0].x, a[1].x) <= most(from.x, to.x) && least(from.x, to.x) <= most(a[0].x, a[1].x);
}

// No line touches the name, and none stands between it and its point.
static bool is_on_its_side(const struct control_chart_labels *labels, int y,
                           const struct control_chart_box *box)
{
    for (size_t i = 0; i < labels->line_count; i++) {
        int line = labels->lines[i];
        if (line >= box->top - LINE_GAP && line <= box->bottom + LINE_GAP)
            return false;
        if ((line >= box->bottom && line < y) || (line <= box->top && line > y))
            return false;
    }
    return true;
}

static bool is_clear(const struct control_chart_labels *labels, size_t at,
                     const struct control_chart_box *box)
{
    const struct control_chart_box wide = grown(box, STROKE_GAP),
                                   wider = {box->left - WORD_GAP, box->top - NAME_GAP, box->right + WORD_GAP,
                                            box->bottom + NAME_GAP};
    if (box->left < CHART_LEFT + EDGE || box->right > CHART_RIGHT - EDGE || box->top < CHART_TOP + EDGE ||
        box->bottom > CHART_BOTTOM - EDGE || !is_on_its_side(labels, labels->points[at].y, box))
        return false;
    for (size_t i = 0; i < labels->count; i++)
        if (meet(&wide, &labels->signs[i]))
            return false;
    for (size_t i = 0; i + 1 < labels->count; i++)
        if (crosses(&wide, labels->points[i], labels->points[i + 1]))
            return false;
    for (size_t i = 0; i < labels->box_count; i++)
        if (meet(&wider, &labels->boxes[i]))
            return false;
    for (size_t i = 0; i < labels->leader_count; i++)
        if (crosses(&wide, labels->leaders[i][0], labels->leaders[i][1]))
            return false;
    return true;
}

// A leader meets no other sign, name or leader; when `strict` no stroke either, but those of its own point.
static bool leads_clear(const struct control_chart_labels *labels, size_t at, const struct chart_place *way,
                        bool strict)
{
    for (size_t i = 0; i < labels->count; i++)
        if (i != at && crosses(&labels->signs[i], way[0], way[1]))
            return false;
    for (size_t i = 0; i < labels->box_count; i++) {
        const struct control_chart_box wide = grown(&labels->boxes[i], STROKE_GAP);
        if (crosses(&wide, way[0], way[1]))
            return false;
    }
    for (size_t i = 0; i < labels->leader_count; i++)
        if (strokes_cross(way, labels->leaders[i][0], labels->leaders[i][1]))
            return false;
    for (size_t i = 0; strict && i + 1 < labels->count; i++)
        if (i != at && i + 1 != at && strokes_cross(way, labels->points[i], labels->points[i + 1]))
            return false;
    return true;
}

static int held(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

// Squares of distances, to the sign and to the point itself.
static int64_t to_sign(const struct control_chart_box *a, const struct control_chart_box *b)
{
    int64_t across = most(0, most(a->left - b->right, b->left - a->right));
    int64_t down = most(0, most(a->top - b->bottom, b->top - a->bottom));
    return across * across + down * down;
}

static int64_t to_point(const struct control_chart_box *box, struct chart_place point)
{
    int64_t across = point.x - held(point.x, box->left, box->right);
    int64_t down = point.y - held(point.y, box->top, box->bottom);
    return across * across + down * down;
}

// Whether the name stands right above or below a point.
static bool is_over(const struct control_chart_box *box, struct chart_place point)
{
    enum { OVER = 450 };
    return point.x >= box->left && point.x <= box->right && point.y > box->top - OVER &&
           point.y < box->bottom + OVER;
}

// Whether nobody could take the name for that of another point: its own is the nearest, and when `strict` by
// far and it stands above or below no other.
static bool is_plain(const struct control_chart_labels *labels, size_t at,
                     const struct control_chart_box *box, bool strict)
{
    const int64_t sign = to_sign(box, &labels->signs[at]), point = to_point(box, labels->points[at]);
    for (size_t i = 0; i < labels->count; i++) {
        int64_t other = to_point(box, labels->points[i]);
        if (i == at)
            continue;
        if (2 * other < 3 * point || to_sign(box, &labels->signs[i]) < (strict ? 3 : 1) * sign ||
            (strict && is_over(box, labels->points[i])))
            return false;
    }
    return true;
}

// From the edge of the sign to the edge of the name; false when there is no room for one.
static bool lead(const struct control_chart_labels *labels, size_t at, const struct control_chart_box *box,
                 struct chart_place *ret_way)
{
    enum { SHORT = 14, SHORTEST = 60 };
    const struct control_chart_box *sign = &labels->signs[at];
    struct chart_place from = labels->points[at];
    struct chart_place to = {held(from.x, box->left, box->right), held(from.y, box->top, box->bottom)};
    int length = most(abs(to.x - from.x), abs(to.y - from.y));
    int radius = sign->right - from.x; // an arrow makes it longer, not wider
    if (length < radius + SHORT + SHORTEST)
        return false;
    ret_way[0] = (struct chart_place){from.x + (to.x - from.x) * radius / length,
                                      from.y + (to.y - from.y) * radius / length};
    ret_way[1] = (struct chart_place){to.x - (to.x - from.x) * SHORT / length,
                                      to.y - (to.y - from.y) * SHORT / length};
    return true;
}

// Where a name may stand to its point: in the middle, beginning near it, or beyond it.
enum beside { MIDDLE, BEGINS, BEYOND, HALF_BEYOND };

static int put(enum beside how, int sense, int point, int size, int gap)
{
    enum { OVERLAP = 20 };
    static const int SHARES[] = {[MIDDLE] = 0, [BEGINS] = 0, [BEYOND] = 2, [HALF_BEYOND] = 1};
    int shift = how == BEGINS ? -OVERLAP : gap * SHARES[how] / 2;
    if (how == MIDDLE)
        return point - size / 2;
    return sense > 0 ? point + shift : point - shift - size;
}

static const struct {
    enum beside across;
    int right;
    enum beside down;
    int lower; // 1: away from the middle of the chart, -1: towards it
} DIRECTIONS[] = {{MIDDLE, 1, BEYOND, 1},       {BEYOND, 1, MIDDLE, 1},       {BEYOND, -1, MIDDLE, 1},
                  {MIDDLE, 1, BEYOND, -1},      {BEGINS, 1, BEYOND, 1},       {BEGINS, -1, BEYOND, 1},
                  {BEYOND, 1, BEGINS, 1},       {BEYOND, -1, BEGINS, 1},      {BEGINS, 1, BEYOND, -1},
                  {BEGINS, -1, BEYOND, -1},     {BEYOND, 1, BEGINS, -1},      {BEYOND, -1, BEGINS, -1},
                  {BEYOND, 1, HALF_BEYOND, 1},  {BEYOND, -1, HALF_BEYOND, 1}, {BEYOND, 1, HALF_BEYOND, -1},
                  {BEYOND, -1, HALF_BEYOND, -1}};

// The box in this direction, `ring` steps away.
static struct control_chart_box box_at(const struct control_chart_labels *labels, size_t at, size_t direction,
                                       int ring, struct size size)
{
    struct chart_place point = labels->points[at];
    const struct control_chart_box *sign = &labels->signs[at];
    int away = point.y < (CHART_TOP + CHART_BOTTOM) / 2 ? -1 : 1;
    int gap = sign->right - point.x + STROKE_GAP + NEAR + ring * RING;
    int left = put(DIRECTIONS[direction].across, DIRECTIONS[direction].right, point.x, size.width, gap);
    int top = put(DIRECTIONS[direction].down, away * DIRECTIONS[direction].lower, point.y, size.height, gap);
    return (struct control_chart_box){left, top, left + size.width, top + size.height};
}

// A name far from its point, or one that could be taken for another point's, needs a leader: first one that
// crosses no stroke, then any. What has none of them stands without, if its own point is still the nearest.
enum pass { LED_CLEAR, LED, UNLED, PASSES };

static bool try_box(struct control_chart_labels *labels, size_t at, const struct control_chart_box *box,
                    int ring, enum pass pass, struct control_chart_label *ret_label)
{
    struct control_chart_label label = {.has_leader = false};
    if (!is_clear(labels, at, box))
        return false;
    label.has_leader = ring > 1 || !is_plain(labels, at, box, pass != UNLED);
    if (label.has_leader && (pass == UNLED || !lead(labels, at, box, label.leader) ||
                             !leads_clear(labels, at, label.leader, pass == LED_CLEAR)))
        return false;
    *ret_label = label;
    return true;
}

// Digits and capitals stand at most 8 tenths of the size above the base line, and tails 3 below it.
bool control_chart_labels_take(struct control_chart_labels *labels, size_t at, int width, int lines, int size,
                               struct control_chart_label *ret_label)
{
    enum { DIRECTION_COUNT = sizeof DIRECTIONS / sizeof *DIRECTIONS, TRIES = RINGS * DIRECTION_COUNT };
    const int line_height = size * 115 / 100;
    const struct size room = {width, size * 11 / 10 + (lines - 1) * line_height};
    for (int i = 0; i < PASSES * TRIES && labels->box_count < CONTROL_CHART_POINTS; i++) {
        int ring = i % TRIES / DIRECTION_COUNT;
        struct control_chart_box box = box_at(labels, at, (size_t)(i % DIRECTION_COUNT), ring, room);
        if (!try_box(labels, at, &box, ring, (enum pass)(i / TRIES), ret_label))
            continue;
        ret_label->place = (struct chart_place){(box.left + box.right) / 2, box.top + size * 8 / 10};
        ret_label->line_height = line_height;
        labels->boxes[labels->box_count++] = box;
        if (ret_label->has_leader) {
            labels->leaders[labels->leader_count][0] = ret_label->leader[0];
            labels->leaders[labels->leader_count++][1] = ret_label->leader[1];
        }
        return true;
    }
    return false;
}
