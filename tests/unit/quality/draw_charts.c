// SPDX-License-Identifier: Apache-2.0
// Draws the sample charts into a folder as SVG and PNG, to be looked at: draw_charts FOLDER [FONTS]
#include "chart_samples.h"

#include "quality/chart_svg.h"
#include "render/chart_png.h"
#include "render/fonts.h"
#include "wire/arena.h"
#include "wire/text.h"

#include <stdio.h>

static struct chart_sample sample;

static FILE *open_file(const char *folder, const char *name, const char *end)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, end);
    return fopen(path, "wb");
}

static bool write_svg(const char *folder)
{
    struct arena *arena = arena_create(1 << 22);
    struct text text;
    text_init(&text, arena);
    FILE *file = open_file(folder, sample.name, "svg");
    bool written = file && chart_svg_write(&sample.chart, &text, NULL) && text_finish(&text) &&
                   fwrite(text.bytes, 1, text.length, file) == text.length;
    written = file && fclose(file) == 0 && written;
    arena_free(arena);
    return written;
}

static bool into_file(void *state, const unsigned char *bytes, size_t length)
{
    return fwrite(bytes, 1, length, state) == length;
}

static bool write_png(const char *folder, PangoFontMap *map)
{
    FILE *file = open_file(folder, sample.name, "png");
    bool written = file && chart_png_write(&sample.chart, map, 1, into_file, file, NULL);
    return file && fclose(file) == 0 && written;
}

int main(int argc, char **argv)
{
    PangoFontMap *map = NULL;
    if (argc < 2 || !fonts_open(argc > 2 ? argv[2] : SHEET_FONTS, &map, NULL)) {
        fprintf(stderr, "usage: draw_charts FOLDER [FONTS]\n");
        return 2;
    }
    for (size_t i = 0; i < CHART_SAMPLES; i++) {
        chart_samples_make(i, &sample);
        if (!write_svg(argv[1]) || !write_png(argv[1], map))
            return 1;
    }
    return 0;
}
