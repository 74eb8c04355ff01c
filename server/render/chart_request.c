// SPDX-License-Identifier: Apache-2.0
// A control chart as the daemon asks for it, see chart_request.h.
#include "render/chart_request.h"

#include "quality/control_context.h"
#include "render/chart_png.h"
#include "wire/arena.h"
#include "wire/error.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 8 << 20, PICTURE_CEILING_BYTES = 8 << 20, SCALE = 2 };

static bool append(void *state, const unsigned char *bytes, size_t length)
{
    struct chart_picture *picture = state;
    if (picture->length + length > PICTURE_CEILING_BYTES)
        return false;
    uint8_t *larger = realloc(picture->png, picture->length + length + 1);
    if (!larger)
        return false;
    memcpy(larger + picture->length, bytes, length);
    picture->png = larger;
    picture->length += length;
    return true;
}

static bool draw(PangoFontMap *map, const uint8_t *bytes, size_t length, struct arena *arena,
                 struct chart_picture *picture, struct ts_error *error)
{
    struct control_context context;
    struct control_chart chart;
    ProtobufCAllocator allocator = arena_allocator(arena);
    const Touchstone__Internal__V1__ControlContext *message =
        touchstone__internal__v1__control_context__unpack(&allocator, length, bytes);
    if (!message)
        return error_set(error, TS_INVALID_ARGUMENT, "REQUEST_BROKEN", "The chart is not a message.");
    return control_context_read(message, arena, &context, error) &&
           control_context_chart(message, &context, &chart, error) &&
           chart_png_write(&chart, map, SCALE, append, picture, error);
}

static bool draw_bars(PangoFontMap *map, const uint8_t *bytes, size_t length, struct arena *arena,
                      struct chart_picture *picture, struct ts_error *error)
{
    ProtobufCAllocator allocator = arena_allocator(arena);
    const Touchstone__Internal__V1__BarChart *bars =
        touchstone__internal__v1__bar_chart__unpack(&allocator, length, bytes);
    if (!bars)
        return error_set(error, TS_INVALID_ARGUMENT, "REQUEST_BROKEN", "The chart is not a message.");
    return chart_png_write_bars(bars, map, SCALE, append, picture, error);
}

typedef bool drawer(PangoFontMap *map, const uint8_t *bytes, size_t length, struct arena *arena,
                    struct chart_picture *picture, struct ts_error *error);

static bool draw_by(drawer *by, PangoFontMap *map, const uint8_t *bytes, size_t length,
                    struct chart_picture *ret_picture, struct ts_error *error)
{
    struct chart_picture picture = {.png = NULL};
    struct arena *arena = arena_create(ARENA_BYTES);
    bool drawn = arena ? by(map, bytes, length, arena, &picture, error)
                       : error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "No memory for the chart.");
    arena_free(arena);
    if (drawn)
        *ret_picture = picture;
    else
        free(picture.png);
    return drawn;
}

bool chart_request_draw(PangoFontMap *map, const uint8_t *bytes, size_t length,
                        struct chart_picture *ret_picture, struct ts_error *error)
{
    return draw_by(draw, map, bytes, length, ret_picture, error);
}

bool chart_request_draw_bars(PangoFontMap *map, const uint8_t *bytes, size_t length,
                             struct chart_picture *ret_picture, struct ts_error *error)
{
    return draw_by(draw_bars, map, bytes, length, ret_picture, error);
}
