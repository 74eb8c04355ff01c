// SPDX-License-Identifier: Apache-2.0
// Writes the incremental update (ISO 32000-1 7.5.6), see increment.h. New objects are numbered from the first
// free number on; the catalog and the first page are written anew under their old numbers.
#include "sheet/increment.h"

#include "sheet/colour_profile.h"
#include "sheet/xmp.h"
#include "wire/text.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum part {
    PART_SIGNATURE,
    PART_FIELD,
    PART_METADATA,
    PART_PROFILE,
    PART_INFO,
    PART_FILES // two parts for each file: its bytes and what names it
};

enum { FILES_MAX = 3, PARTS_MAX = PART_FILES + 2 * FILES_MAX };

// What is attached (ISO 19005-3 6.8); in the order of their names, as a name tree must be.
struct attachment {
    const char *name, *type, *relationship, *description;
    const uint8_t *bytes; // NULL: not attached
    size_t length;
};

struct writer {
    struct text *text;
    const struct drawn *drawn;
    const struct record_facts *facts;
    struct attachment files[FILES_MAX];
    unsigned file_count;
    uint64_t sealed_at_s;
    size_t offsets[PARTS_MAX];
    size_t root_offset, page_offset;
};

static unsigned number_of(const struct writer *writer, unsigned part)
{
    return writer->drawn->size + (unsigned)part;
}

static void begin(struct writer *writer, unsigned part)
{
    writer->offsets[part] = writer->text->length;
    text_printf(writer->text, "%u 0 obj\n", number_of(writer, part));
}

static void put_stream(struct writer *writer, unsigned part, const char *entries, const void *bytes,
                       size_t length)
{
    begin(writer, part);
    text_printf(writer->text, "<< %s /Length %zu >>\nstream\n", entries, length);
    text_append(writer->text, bytes, length);
    text_put(writer->text, "\nendstream\nendobj\n");
}

// When it is sealed, which may be long after the approval, and by a certificate that was not valid then yet.
static void put_sealed_at(struct writer *writer)
{
    static const time_t CHINA_S = 8 * 3600;
    char at[40];
    struct tm told;
    time_t local = (time_t)writer->sealed_at_s + CHINA_S;
    if (writer->sealed_at_s > 0 && gmtime_r(&local, &told) &&
        strftime(at, sizeof at, "(D:%Y%m%d%H%M%S+08'00')", &told) > 0)
        text_put(writer->text, at);
    else
        xmp_put_pdf_time(writer->text, writer->facts);
}

static void put_signature(struct writer *writer, size_t hole_bytes, struct increment *increment)
{
    struct text *text = writer->text;
    begin(writer, PART_SIGNATURE);
    text_put(text, "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n/ByteRange ");
    increment->byte_range = text->length;
    text_printf(text, "%*s", INCREMENT_BYTE_RANGE_SIZE, "");
    text_put(text, "\n/M ");
    put_sealed_at(writer);
    text_put(text, "\n/Name ");
    xmp_put_pdf_string(text, writer->facts->institute);
    text_put(text, "\n/Contents ");
    increment->hole = text->length;
    text_put_char(text, '<');
    for (size_t i = 0; i < hole_bytes; i++)
        text_put(text, "00");
    text_put(text, "> >>\nendobj\n");
}

static void put_field(struct writer *writer)
{
    begin(writer, PART_FIELD);
    text_printf(writer->text,
                "<< /Type /Annot /Subtype /Widget /FT /Sig /T (sheet-seal) /V %u 0 R /Rect [0 0 0 0] /F 132 "
                "/P %u 0 R >>\nendobj\n",
                number_of(writer, PART_SIGNATURE), writer->drawn->page);
}

static void put_metadata(struct writer *writer)
{
    struct text xmp;
    text_init(&xmp, writer->text->arena);
    xmp_put(&xmp, writer->facts);
    const char *bytes = text_finish(&xmp);
    put_stream(writer, PART_METADATA, "/Type /Metadata /Subtype /XML", bytes ? bytes : "",
               bytes ? xmp.length : 0);
    if (!bytes)
        writer->text->failed = true;
}

static void put_profile(struct writer *writer)
{
    uint8_t profile[COLOUR_PROFILE_BYTES];
    size_t length = colour_profile_write(profile);
    put_stream(writer, PART_PROFILE, "/N 3", profile, length);
}

static void collect_files(struct writer *writer, const struct seal_input *input)
{
    const struct attachment all[FILES_MAX] = {
        {"results.json", "application#2Fjson", "Data", "The record that the signatory signed for",
         input->record, input->record_length},
        {"sheet.cose", "application#2Fcose", "Data", "The signed statement, as in the QR code", input->cose,
         input->cose_length},
        {"sheet.tlog-proof", "text#2Fplain", "Supplement", "Proof that the statement is in the public log",
         input->proof, input->proof_length}};
    for (size_t i = 0; i < FILES_MAX; i++)
        if (all[i].bytes)
            writer->files[writer->file_count++] = all[i];
}

static unsigned file_part(unsigned file)
{
    return PART_FILES + 2 * file + 1; // its bytes come before it
}

static void put_file(struct writer *writer, unsigned number)
{
    const struct attachment *file = &writer->files[number];
    unsigned part = file_part(number);
    struct text entries;
    text_init(&entries, writer->text->arena);
    text_printf(&entries, "/Type /EmbeddedFile /Subtype /%s /Params << /Size %zu /ModDate ", file->type,
                file->length);
    xmp_put_pdf_time(&entries, writer->facts);
    text_put(&entries, " >>");
    const char *text = text_finish(&entries);
    put_stream(writer, part - 1, text ? text : "", file->bytes, file->length);
    begin(writer, part);
    text_printf(writer->text,
                "<< /Type /Filespec /F (%1$s) /UF (%1$s) /AFRelationship /%2$s /Desc (%3$s) "
                "/EF << /F %4$u 0 R /UF %4$u 0 R >> >>\nendobj\n",
                file->name, file->relationship, file->description, number_of(writer, part - 1));
}

static void put_info(struct writer *writer)
{
    struct text title;
    text_init(&title, writer->text->arena);
    xmp_put_title(&title, writer->facts);
    const char *words = text_finish(&title);
    begin(writer, PART_INFO);
    text_put(writer->text, "<< /Title ");
    xmp_put_pdf_string(writer->text, words ? words : "");
    text_put(writer->text, "\n/Author ");
    xmp_put_pdf_string(writer->text, writer->facts->institute);
    text_put(writer->text, "\n/Creator (Touchstone) /Producer (Touchstone)\n/CreationDate ");
    xmp_put_pdf_time(writer->text, writer->facts);
    text_put(writer->text, " /ModDate ");
    xmp_put_pdf_time(writer->text, writer->facts);
    text_put(writer->text, " >>\nendobj\n");
}

static void put_root(struct writer *writer)
{
    struct text *text = writer->text;
    writer->root_offset = text->length;
    text_printf(text,
                "%u 0 obj\n<< /Type /Catalog /Version /1.7 /Pages %u 0 R /Lang (zh-CN) /Metadata %u 0 R\n"
                "/AcroForm << /Fields [%u 0 R] /SigFlags 3 >>\n"
                "/OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) "
                "/Info (sRGB IEC61966-2.1) /DestOutputProfile %u 0 R >>]\n/AF [",
                writer->drawn->root, writer->drawn->pages, number_of(writer, PART_METADATA),
                number_of(writer, PART_FIELD), number_of(writer, PART_PROFILE));
    for (unsigned i = 0; i < writer->file_count; i++)
        text_printf(text, "%s%u 0 R", i ? " " : "", number_of(writer, file_part(i)));
    text_put(text, "] /Names << /EmbeddedFiles << /Names [");
    for (unsigned i = 0; i < writer->file_count; i++)
        text_printf(text, "%s(%s) %u 0 R", i ? " " : "", writer->files[i].name,
                    number_of(writer, file_part(i)));
    text_put(text, "] >> >> >>\nendobj\n");
}

static void put_page(struct writer *writer)
{
    writer->page_offset = writer->text->length;
    text_printf(writer->text, "%u 0 obj\n<<", writer->drawn->page);
    text_append(writer->text, writer->drawn->page_entry, writer->drawn->page_entry_length);
    text_printf(writer->text, "/Annots [%u 0 R] >>\nendobj\n", number_of(writer, PART_FIELD));
}

// The file's identity: of the drawn pages and of the record in them.
static void put_identity(struct writer *writer, const struct seal_input *input)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    const struct {
        const uint8_t *bytes;
        size_t length;
    } parts[] = {{input->pdf, input->pdf_length}, {input->record, input->record_length}};
    text_put(writer->text, " /ID [");
    for (size_t i = 0; i < 2; i++) {
        if (EVP_Digest(parts[i].bytes, parts[i].length, digest, NULL, EVP_sha256(), NULL) != 1)
            writer->text->failed = true;
        text_put_char(writer->text, '<');
        for (size_t j = 0; j < 16; j++)
            text_printf(writer->text, "%02x", digest[j]);
        text_put_char(writer->text, '>');
    }
    text_put_char(writer->text, ']');
}

static void put_table(struct writer *writer, const struct seal_input *input)
{
    struct text *text = writer->text;
    size_t start = text->length;
    bool page_first = writer->drawn->page < writer->drawn->root;
    text_put(text, "xref\n");
    for (int i = 0; i < 2; i++) {
        bool page = (i == 0) == page_first;
        text_printf(text, "%u 1\n%010zu 00000 n \n", page ? writer->drawn->page : writer->drawn->root,
                    page ? writer->page_offset : writer->root_offset);
    }
    unsigned parts = PART_FILES + 2 * writer->file_count;
    text_printf(text, "%u %u\n", writer->drawn->size, parts);
    for (size_t i = 0; i < parts; i++)
        text_printf(text, "%010zu 00000 n \n", writer->offsets[i]);
    text_printf(text, "trailer\n<< /Size %u /Root %u 0 R /Info %u 0 R /Prev %zu", writer->drawn->size + parts,
                writer->drawn->root, number_of(writer, PART_INFO), writer->drawn->xref);
    put_identity(writer, input);
    text_printf(text, " >>\nstartxref\n%zu\n%%%%EOF\n", start);
}

void increment_put(struct text *text, const struct drawn *drawn, const struct record_facts *facts,
                   const struct seal_input *input, size_t hole_bytes, struct increment *ret_increment)
{
    struct writer writer = {.text = text, .drawn = drawn, .facts = facts, .sealed_at_s = input->sealed_at_s};
    collect_files(&writer, input);
    put_page(&writer);
    put_root(&writer);
    put_field(&writer);
    put_metadata(&writer);
    put_profile(&writer);
    for (unsigned i = 0; i < writer.file_count; i++)
        put_file(&writer, i);
    put_info(&writer);
    put_signature(&writer, hole_bytes, ret_increment);
    put_table(&writer, input);
}
