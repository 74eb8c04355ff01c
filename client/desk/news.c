// SPDX-License-Identifier: Apache-2.0
// See news.h.
#include "desk/news.h"

#include <stdarg.h>
#include <stdio.h>

#include "desk/page.h"

// Bad news stands so long at least: the next key was meant for something else.
enum { NEWS_READ_MS = 3000, NOTE_ROWS = 2 };

void news_tell(struct desk *desk, enum note_kind kind, const char *zh, const char *en, ...)
{
    struct news *news = &desk->news;
    va_list list;

    news->note.kind = kind;
    news->told_ms = desk->now_ms;
    va_start(list, en);
    vsnprintf(news->note.text, sizeof news->note.text, desk->chinese ? zh : en, list);
    va_end(list);
}

void news_key(struct desk *desk)
{
    struct news *news = &desk->news;

    if (desk->note.kind == NOTE_NONE &&
        (news->note.kind != NOTE_BAD || desk->now_ms - news->told_ms > NEWS_READ_MS))
        news->note.kind = NOTE_NONE;
    desk->note.kind = NOTE_NONE;
}

void news_paint(const struct desk *desk, struct page *page, int row, int used)
{
    static const struct {
        const char *mark;
        enum page_style style;
    } kinds[] = {{"", PAGE_PLAIN}, {"-", PAGE_PLAIN}, {"✓", PAGE_GOOD}, {"!", PAGE_BAD}};
    const struct note *note = &desk->news.note;
    char text[sizeof note->text + 8];

    if (note->kind == NOTE_NONE || used >= NOTE_ROWS)
        return;
    snprintf(text, sizeof text, "%s %s", kinds[note->kind].mark, note->text);
    page_wrap(page, row + used, 1, page->columns - 2, NOTE_ROWS - used, kinds[note->kind].style, text);
}
