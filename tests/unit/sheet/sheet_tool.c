// SPDX-License-Identifier: Apache-2.0
// The sheet's libraries as a program, for the tests in Python: what the daemon does between the renderer and
// the signer, and what the client does with a file.
#include "sheet/seal.h"
#include "verify/trust.h"
#include "verify/verify.h"
#include "wire/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BYTES = 64 * 1024 * 1024 };

static uint8_t *load(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    *ret_length = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*ret_length + 1);
    if (!bytes || fread(bytes, 1, *ret_length, file) != *ret_length)
        exit(2);
    fclose(file);
    return bytes;
}

static void save(const char *path, const uint8_t *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        perror(path);
        exit(2);
    }
}

// prepare DRAWN RECORD OUTPUT [COSE PROOF]: writes the draft, prints where its hole is and the digest.
static int prepare(char **arguments)
{
    struct seal_input input = {.cose = NULL};
    struct seal_draft draft;
    struct ts_error error;
    struct arena *arena = arena_create(ARENA_BYTES);
    uint8_t *pdf = load(arguments[0], &input.pdf_length), *record = load(arguments[1], &input.record_length);
    uint8_t *cose = arguments[3] ? load(arguments[3], &input.cose_length) : NULL;
    uint8_t *proof = cose ? load(arguments[4], &input.proof_length) : NULL;
    input.pdf = pdf;
    input.record = record;
    input.cose = cose;
    input.proof = proof;
    bool fine = seal_prepare(&input, arena, &draft, &error);
    if (fine) {
        save(arguments[2], draft.bytes, draft.length);
        printf("%zu ", draft.hole);
        for (size_t i = 0; i < sizeof draft.digest; i++)
            printf("%02x", draft.digest[i]);
        putchar('\n');
    } else {
        printf("%s: %s\n", error.reason, error.detail);
    }
    arena_free(arena);
    free(pdf);
    free(record);
    free(cose);
    free(proof);
    return fine ? 0 : 1;
}

// finish FILE HOLE CMS: puts the signature in.
static int finish(char **arguments)
{
    struct seal_draft draft = {.hole = strtoul(arguments[1], NULL, 10)};
    struct ts_error error;
    size_t cms_length;
    uint8_t *cms = load(arguments[2], &cms_length);
    draft.bytes = load(arguments[0], &draft.length);
    bool fine = seal_finish(&draft, cms, cms_length, &error);
    if (fine)
        save(arguments[0], draft.bytes, draft.length);
    else
        printf("%s: %s\n", error.reason, error.detail);
    free(cms);
    free(draft.bytes);
    return fine ? 0 : 1;
}

// verify FILE [PEM]
static int verify(char **arguments)
{
    struct verify_report report;
    struct ts_error error;
    X509_STORE *store = NULL;
    char line[200];
    size_t length, pem_length;
    uint8_t *bytes = load(arguments[0], &length);
    if (arguments[1]) {
        uint8_t *pem = load(arguments[1], &pem_length);
        if (!trust_read((const char *)pem, pem_length, &store, &error)) {
            printf("%s: %s\n", error.reason, error.detail);
            exit(2);
        }
        free(pem);
    }
    bool fine = verify_pdf(bytes, length, &(struct verify_trust){.certificates = store}, &report, &error);
    printf("%s\n", verify_status_line(&report, line, sizeof line));
    for (int i = 0; i < VERIFY_CHECKS; i++)
        printf("%s\t%s\n", verify_check_name((enum verify_check)i),
               (const char *const[]){"not checked", "passed", "failed"}[report.checks[i]]);
    printf("sheet\t%s\nitem\t%s\nsealed\t%s\nsubject\t%s\nrecord\t%s\n", report.record.sheet_no,
           report.record.item_code, report.sealed_at, report.subject, report.record.sha256);
    X509_STORE_free(store);
    free(bytes);
    return fine ? 0 : 1;
}

// sweep FILE STEP MASK...: each byte, or one of STEP, changed by each mask in turn, and lengths cut and
// grown. Prints how many of the altered files were accepted.
static int sweep(char **arguments)
{
    struct verify_report report;
    size_t length, tried = 0, accepted = 0, step = strtoul(arguments[1], NULL, 10);
    uint8_t *bytes = load(arguments[0], &length);
    for (char **mask = arguments + 2; *mask; mask++)
        for (size_t i = 0; i < length; i += step ? step : 1, tried++) {
            bytes[i] ^= (uint8_t)strtoul(*mask, NULL, 0);
            accepted += verify_pdf(bytes, length, NULL, &report, NULL);
            bytes[i] ^= (uint8_t)strtoul(*mask, NULL, 0);
        }
    for (int added = 0; added < 256; added++, tried++) {
        bytes = realloc(bytes, length + 1);
        bytes[length] = (uint8_t)added;
        accepted += verify_pdf(bytes, length + 1, NULL, &report, NULL);
    }
    for (size_t cut = 1; cut < 200 && cut < length; cut++, tried++)
        accepted += verify_pdf(bytes, length - cut, NULL, &report, NULL);
    printf("%zu tried, %zu accepted\n", tried, accepted);
    free(bytes);
    return accepted == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if ((argc == 5 || argc == 7) && strcmp(argv[1], "prepare") == 0)
        return prepare(argv + 2);
    if (argc == 5 && strcmp(argv[1], "finish") == 0)
        return finish(argv + 2);
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "verify") == 0)
        return verify(argv + 2);
    if (argc >= 5 && strcmp(argv[1], "sweep") == 0)
        return sweep(argv + 2);
    fputs("usage: sheet_tool prepare DRAWN RECORD OUTPUT [COSE PROOF] | finish FILE HOLE CMS | verify FILE "
          "[PEM] | "
          "sweep FILE STEP MASK...\n",
          stderr);
    return 2;
}
