// SPDX-License-Identifier: Apache-2.0
// The descriptive data of a sheet, see xmp.h. PDF/A-3u is intended (ISO 19005-3 6.6.2);
// tests/sheet/archival.py checks it.
#include "sheet/xmp.h"

#include "wire/text.h"
#include "wire/utf8.h"

#include <string.h>

#define XMP_CREATOR "Touchstone"

static void put_escaped(struct text *text, const char *plain)
{
    for (; *plain; plain++) {
        if (*plain == '&')
            text_put(text, "&amp;");
        else if (*plain == '<')
            text_put(text, "&lt;");
        else if (*plain == '>')
            text_put(text, "&gt;");
        else
            text_put_char(text, *plain);
    }
}

void xmp_put_time(struct text *text, const struct record_facts *facts)
{
    text_printf(text, "%.10sT%.5s:00+08:00", facts->approved_at, facts->approved_at + 11);
}

void xmp_put_pdf_time(struct text *text, const struct record_facts *facts)
{
    const char *at = facts->approved_at;
    text_printf(text, "(D:%.4s%.2s%.2s%.2s%.2s00+08'00')", at, at + 5, at + 8, at + 11, at + 14);
}

void xmp_put_pdf_string(struct text *text, const char *utf8)
{
    size_t left = strlen(utf8);
    text_put(text, "<FEFF");
    while (left > 0) {
        int32_t character;
        size_t taken = utf8_next(utf8, left, &character);
        if (character < 0x10000)
            text_printf(text, "%04X", (unsigned)character);
        else
            text_printf(text, "%04X%04X", 0xD800 + (unsigned)((character - 0x10000) >> 10),
                        0xDC00 + (unsigned)((character - 0x10000) & 0x3FF));
        utf8 += taken;
        left -= taken;
    }
    text_put_char(text, '>');
}

void xmp_put_title(struct text *text, const struct record_facts *facts)
{
    text_printf(text, "检验检测报告 TEST REPORT No. %s", facts->sheet_no);
    if (strcmp(facts->revision, "0") != 0)
        text_printf(text, " / %s", facts->revision);
    if (facts->specimen)
        text_put(text, " 样张，无效 Specimen, not valid");
}

static void put_times(struct text *text, const struct record_facts *facts)
{
    static const char *const NAMES[] = {"CreateDate", "ModifyDate", "MetadataDate"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        text_printf(text, "<xmp:%s>", NAMES[i]);
        xmp_put_time(text, facts);
        text_printf(text, "</xmp:%s>\n", NAMES[i]);
    }
}

void xmp_put(struct text *text, const struct record_facts *facts)
{
    struct text title;
    text_init(&title, text->arena);
    xmp_put_title(&title, facts);
    const char *title_text = text_finish(&title);
    text_put(text, "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                   "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                   "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                   "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
                   " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\""
                   " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n"
                   "<pdfaid:part>3</pdfaid:part>\n<pdfaid:conformance>U</pdfaid:conformance>\n"
                   "<dc:format>application/pdf</dc:format>\n"
                   "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
    put_escaped(text, title_text ? title_text : "");
    text_put(text, "</rdf:li></rdf:Alt></dc:title>\n<dc:creator><rdf:Seq><rdf:li>");
    put_escaped(text, facts->institute);
    text_put(text, "</rdf:li></rdf:Seq></dc:creator>\n"
                   "<xmp:CreatorTool>" XMP_CREATOR "</xmp:CreatorTool>\n<pdf:Producer>" XMP_CREATOR
                   "</pdf:Producer>\n");
    put_times(text, facts);
    text_put(text, "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>\n");
}
