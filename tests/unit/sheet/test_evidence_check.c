// SPDX-License-Identifier: Apache-2.0
// A sheet with statement and proof, made by the real signer: it verifies, and every byte of the two that is
// changed is refused with its code; so is a laboratory that signs two different things.
#include "signer_case.h"

#include "evidence/checkpoint.h"
#include "evidence/cose.h"
#include "evidence/log_entry.h"
#include "evidence/tlog_proof.h"
#include "merkle_prove.h"
#include "signer/cms.h"
#include "verify/evidence_check.h"
#include "verify/verify.h"
#include "wire/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { INDEX = 5, SIZE = 23, KEYS_BYTES = 8192, RECORD_BYTES = 8192 };

// What a sheet of the case is made of.
struct sheet {
    char record[RECORD_BYTES];
    uint8_t *cose, *proof;
    size_t cose_length, proof_length;
    char keys[KEYS_BYTES];
    struct log_keys *list;
};

static const char STATEMENT[] =
    "\"statement\":{\"dates\":[\"20781\",\"20781\",\"20782\"],\"domain\":\"1\",\"issued\":\"1785542400\","
    "\"issuer\":\"CN-TS00\",\"legal_class\":\"6\",\"overall\":\"1\",\"registry\":\"1\","
    "\"results\":[{\"analyte\":\"#12\",\"limit\":\"750\",\"limop\":\"2\",\"method\":\"#7\","
    "\"qual\":\"0\",\"rule\":null,\"scope\":\"0\",\"u\":\"2.0\",\"unit\":\"#3\",\"value\":\"753.5\","
    "\"verdict\":\"1\"}],\"rule\":\"#1\",\"sample\":\"戒指 ring\"},";

static bool subtree(void *context, unsigned level, uint64_t index, uint8_t ret_hash[HASH_BYTES])
{
    const struct signer_case *fixture = context;
    merkle_root_of(fixture->leaves + (index << level), (size_t)1 << level, ret_hash);
    return true;
}

static void list_keys(struct signer_case *fixture, const char *last, const char *change, const char *into,
                      struct sheet *sheet)
{
    static const char *const USES[] = {"log", "log_p256", "status", "status_p256"};
    const struct signing_keys *own = &fixture->signer.keys;
    uint8_t *seal = NULL;
    int seal_length = i2d_PUBKEY(fixture->signer.identity.key, &seal);
    const struct {
        const char *use, *name;
        const uint8_t *spki;
        size_t length;
    } all[] = {{"statement", "", own->statements[0].spki, own->statements[0].spki_length},
               {USES[0], SIGNER_CASE_ORIGIN, own->notes[0].spki, own->notes[0].spki_length},
               {USES[1], SIGNER_CASE_ORIGIN, own->notes[1].spki, own->notes[1].spki_length},
               {USES[2], SIGNER_CASE_ORIGIN "/status", own->notes[2].spki, own->notes[2].spki_length},
               {USES[3], SIGNER_CASE_ORIGIN "/status", own->notes[3].spki, own->notes[3].spki_length},
               {"seal", "", seal, (size_t)seal_length}};
    struct text text;
    text_init(&text, fixture->arena);
    text_printf(&text, "{\"origin\":\"%s\",\"keys\":[", SIGNER_CASE_ORIGIN);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        uint8_t kid[COSE_KID_BYTES];
        cose_kid(all[i].spki, all[i].length, kid);
        text_printf(&text, "%s{\"kid\":\"", i ? "," : "");
        for (size_t k = 0; k < sizeof kid; k++)
            text_printf(&text, "%02x", kid[k]);
        text_printf(&text,
                    "\",\"use\":\"%s\",\"name\":\"%s\",\"from\":\"%zu\",\"last\":%s,\"demonstration\":true,"
                    "\"spki\":\"",
                    change && strcmp(change, all[i].use) == 0 ? into : all[i].use, all[i].name, i,
                    i == 0 ? last : "null");
        text_put_base64(&text, all[i].spki, all[i].length);
        text_put(&text, "\"}");
    }
    text_put(&text, "]}");
    OPENSSL_free(seal);
    sheet->list = arena_alloc(fixture->arena, sizeof *sheet->list);
    assert_non_null(text_finish(&text));
    assert_true(log_keys_read(text.bytes, text.length, fixture->arena, sheet->list, NULL));
}

static void log_it(struct signer_case *fixture, const struct log_entry *entry, struct sheet *sheet)
{
    uint8_t bytes[LOG_ENTRY_BYTES], hashes[MERKLE_PROOF_HASHES][HASH_BYTES];
    size_t count;
    struct text text;
    log_entry_write(entry, bytes);
    merkle_leaf(bytes, sizeof bytes, fixture->leaves[INDEX]);
    Touchstone__Internal__V1__SignerReply *promised = signer_case_promise(fixture, 0, SIZE);
    assert_string_equal(promised->error, "");
    assert_true(merkle_prove_inclusion(INDEX, SIZE, subtree, fixture, hashes, &count));
    text_init(&text, fixture->arena);
    tlog_proof_write(&text, bytes, INDEX, (const uint8_t(*)[HASH_BYTES])hashes, count, promised->note,
                     strlen(promised->note));
    assert_non_null(text_finish(&text));
    sheet->proof = (uint8_t *)text.bytes;
    sheet->proof_length = text.length;
}

// Signed and logged as it ought to be; `entry` may then be changed before it is logged.
static struct sheet *make(struct signer_case *fixture, const char *statement,
                          void (*change)(struct log_entry *entry))
{
    static const uint8_t SALT[STATEMENT_SALT_BYTES] = {1, 2, 3};
    struct sheet *sheet = arena_array(fixture->arena, 1, sizeof *sheet);
    struct log_entry entry = {.kind = LOG_ENTRY_ISSUE, .unix_ms = 1785542400123, .ref = LOG_ENTRY_NO_REF};
    ProtobufCBinaryData payload;
    testing_record(sheet->record, sizeof sheet->record, true, statement);
    assert_true(statement_from_record(sheet->record, strlen(sheet->record), INDEX, SALT, fixture->arena,
                                      &payload.data, &payload.len, NULL));
    Touchstone__Internal__V1__SignerReply *signed_one = signer_case_sign(fixture, &payload, 1);
    assert_string_equal(signed_one->error, "");
    sheet->cose = signed_one->coses[0].data;
    sheet->cose_length = signed_one->coses[0].len;
    log_entry_sid(payload.data, payload.len, entry.digest);
    memcpy(entry.kid, fixture->signer.keys.kid, sizeof entry.kid);
    if (change)
        change(&entry);
    log_it(fixture, &entry, sheet);
    list_keys(fixture, "null", NULL, NULL, sheet);
    return sheet;
}

static struct evidence_check check_of(struct signer_case *fixture, const struct sheet *sheet)
{
    return (struct evidence_check){.record = (const uint8_t *)sheet->record,
                                   .record_length = strlen(sheet->record),
                                   .cose = sheet->cose,
                                   .cose_length = sheet->cose_length,
                                   .proof = sheet->proof,
                                   .proof_length = sheet->proof_length,
                                   .keys = sheet->list,
                                   .arena = fixture->arena};
}

// "" when all holds, else the code.
static const char *outcome(struct evidence_check *check, struct ts_error *error)
{
    struct evidence_facts facts;
    struct arena *arena = arena_create(4 << 20); // of this one check, as there are many
    check->arena = arena;
    error->reason[0] = '\0';
    if (evidence_check_statement(check, &facts, error))
        evidence_check_log(check, &facts, error);
    arena_free(arena);
    return error->reason;
}

static void assert_outcome(struct evidence_check check, const char *code)
{
    struct ts_error error = {.status = TS_OK};
    assert_string_equal(outcome(&check, &error), code);
}

static void test_a_sheet_of_the_signer_holds_with_and_without_keys(void **state)
{
    struct evidence_check check = check_of(*state, make(*state, STATEMENT, NULL));
    assert_outcome(check, "");
    check.keys = NULL;
    assert_outcome(check, "");
}

static bool is_among(const char *code, const char *const *codes)
{
    while (*codes && strcmp(*codes, code) != 0)
        codes++;
    return *codes != NULL;
}

static void flip_all(struct evidence_check check, uint8_t *bytes, size_t length, const char *const *codes)
{
    for (size_t at = 0; at < length; at++)
        for (int bit = 0; bit < 8; bit++) {
            struct ts_error error = {.status = TS_OK};
            bytes[at] ^= (uint8_t)(1 << bit);
            const char *code = outcome(&check, &error);
            if (!is_among(code, codes))
                fail_msg("byte %zu, bit %d: %s", at, bit, code);
            bytes[at] ^= (uint8_t)(1 << bit);
        }
}

static void test_every_flipped_bit_of_a_statement_is_refused(void **state)
{
    static const char *const CODES[] = {"E_CBOR", "E_COSE", "E_ALG", "E_KEY_UNKNOWN", "E_SIG", NULL};
    struct sheet *sheet = make(*state, STATEMENT, NULL);
    flip_all(check_of(*state, sheet), sheet->cose, sheet->cose_length, CODES);
}

static void test_every_flipped_bit_of_a_proof_is_refused(void **state)
{
    static const char *const CODES[] = {"E_PROOF", "E_NOTE", "E_CHECKPOINT", "E_SIG", NULL};
    struct sheet *sheet = make(*state, STATEMENT, NULL);
    flip_all(check_of(*state, sheet), sheet->proof, sheet->proof_length, CODES);
}

static void test_every_flipped_bit_of_a_record_is_refused(void **state)
{
    static const char *const CODES[] = {"E_RECORD", NULL};
    struct sheet *sheet = make(*state, STATEMENT, NULL);
    flip_all(check_of(*state, sheet), (uint8_t *)sheet->record, strlen(sheet->record), CODES);
}

static void test_a_record_that_says_something_else_is_refused(void **state)
{
    struct signer_case *fixture = *state;
    struct sheet *sheet = make(fixture, STATEMENT, NULL);
    struct evidence_check check = check_of(fixture, sheet);
    struct statement statement;
    struct cose cose;
    ProtobufCBinaryData payload = {.data = arena_alloc(fixture->arena, COSE_BYTES)};
    // The laboratory signs another figure over the same record.
    assert_true(cose_read(sheet->cose, sheet->cose_length, &cose, NULL));
    assert_true(statement_read(cose.payload, cose.payload_length, fixture->arena, &statement, NULL));
    statement.index = INDEX + SIZE;
    struct statement_number figure = statement.results[0].values[0];
    figure.mantissa++;
    struct statement_result result = statement.results[0];
    result.values = &figure;
    statement.results = &result;
    assert_true(statement_write(&statement, payload.data, COSE_BYTES, &payload.len));
    Touchstone__Internal__V1__SignerReply *signed_one = signer_case_sign(fixture, &payload, 1);
    check.cose = signed_one->coses[0].data;
    check.cose_length = signed_one->coses[0].len;
    assert_outcome(check, "E_FIELDS");
}

static void test_keys_that_are_not_listed_or_retired_are_refused(void **state)
{
    struct signer_case *fixture = *state;
    struct sheet *sheet = make(fixture, STATEMENT, NULL);
    list_keys(fixture, "null", "statement", "other", sheet);
    assert_outcome(check_of(fixture, sheet), "E_KEY_UNKNOWN");
    list_keys(fixture, "4", NULL, NULL, sheet);
    assert_outcome(check_of(fixture, sheet), "E_KEY_RETIRED");
    list_keys(fixture, "5", NULL, NULL, sheet);
    assert_outcome(check_of(fixture, sheet), "");
    sheet->list->origin = "other.example/log";
    assert_outcome(check_of(fixture, sheet), "E_CHECKPOINT");
    list_keys(fixture, "null", NULL, NULL, sheet);
    sheet->list->keys[0].demonstration = false;
    assert_outcome(check_of(fixture, sheet), "E_KEY_UNKNOWN");
}

static void test_a_checkpoint_without_the_line_of_every_listed_key_is_refused(void **state)
{
    struct signer_case *fixture = *state;
    struct sheet *sheet = make(fixture, STATEMENT, NULL);
    struct evidence_check check = check_of(fixture, sheet);
    const char *text = (const char *)sheet->proof, *line = strstr(text, "\n— ") + 1;
    check.proof_length = (size_t)(strstr(line, "\n— ") + 1 - text); // the second line is gone
    assert_outcome(check, "E_SIG");
    check.keys = NULL;
    assert_outcome(check, "");
}

static void withdraw(struct log_entry *entry)
{
    entry->kind = LOG_ENTRY_WITHDRAW;
    entry->ref = 1;
    memset(entry->digest, 0, sizeof entry->digest);
}

static void amend(struct log_entry *entry)
{
    entry->kind = LOG_ENTRY_AMEND;
    entry->ref = 1;
}

static void other_sheet(struct log_entry *entry)
{
    entry->digest[31] ^= 1;
}

static void other_key(struct log_entry *entry)
{
    entry->kid[0] ^= 1;
}

static void test_an_entry_of_a_withdrawal_is_no_proof(void **state)
{
    assert_outcome(check_of(*state, make(*state, STATEMENT, withdraw)), "E_PROOF");
}

static void test_an_entry_of_another_kind_is_no_proof(void **state)
{
    assert_outcome(check_of(*state, make(*state, STATEMENT, amend)), "E_PROOF");
}

static void test_an_entry_of_another_sheet_is_no_proof(void **state)
{
    assert_outcome(check_of(*state, make(*state, STATEMENT, other_sheet)), "E_PROOF");
}

static void test_an_entry_by_another_key_is_no_proof(void **state)
{
    assert_outcome(check_of(*state, make(*state, STATEMENT, other_key)), "E_PROOF");
}

// ---- the whole file

static void seal(struct signer_case *fixture, const struct sheet *sheet, struct seal_draft *ret_draft)
{
    uint8_t cms[CMS_CEILING_BYTES];
    size_t cms_length, pdf_length;
    uint8_t *pdf = testing_pdf(&pdf_length, false);
    struct seal_input input = {.pdf = pdf,
                               .pdf_length = pdf_length,
                               .record = (const uint8_t *)sheet->record,
                               .record_length = strlen(sheet->record),
                               .cose = sheet->cose,
                               .cose_length = sheet->cose_length,
                               .proof = sheet->proof,
                               .proof_length = sheet->proof_length};
    assert_true(seal_prepare(&input, fixture->arena, ret_draft, NULL));
    assert_true(cms_seal(&fixture->signer.identity, ret_draft->digest, cms, &cms_length, NULL));
    assert_true(seal_finish(ret_draft, cms, cms_length, NULL));
    free(pdf);
}

static void test_a_file_tells_which_trust_was_checked(void **state)
{
    struct signer_case *fixture = *state;
    struct sheet *sheet = make(fixture, STATEMENT, NULL);
    struct seal_draft file;
    struct verify_report report;
    char line[200];
    seal(fixture, sheet, &file);
    assert_true(verify_pdf(file.bytes, file.length, NULL, &report, NULL));
    assert_int_equal(report.checks[VERIFY_STATEMENT], VERIFY_PASSED);
    assert_int_equal(report.checks[VERIFY_LOG], VERIFY_PASSED);
    assert_int_equal(report.checks[VERIFY_KEYS], VERIFY_NOT_CHECKED);
    assert_int_equal(report.checks[VERIFY_TRUST], VERIFY_NOT_CHECKED);
    struct verify_trust trust = {.keys = sheet->list};
    assert_true(verify_pdf(file.bytes, file.length, &trust, &report, NULL));
    for (int check = 0; check < VERIFY_CHECKS; check++)
        assert_int_equal(report.checks[check], VERIFY_PASSED);
    assert_string_equal(verify_status_line(&report, line, sizeof line),
                        "INTACT, TRUSTED, IN THE LOG, SPECIMEN 样张，无效");
    assert_string_equal(report.log_index, "5");
    assert_string_equal(report.log_size, "23");
    assert_string_equal(report.logged_at, "2026-08-01T00:00:00Z");
}

static void test_a_seal_by_a_key_that_is_not_listed_is_not_trusted(void **state)
{
    struct signer_case *fixture = *state;
    struct sheet *sheet = make(fixture, STATEMENT, NULL);
    struct seal_draft file;
    struct verify_report report;
    seal(fixture, sheet, &file);
    list_keys(fixture, "null", "seal", "other", sheet);
    assert_false(
        verify_pdf(file.bytes, file.length, &(struct verify_trust){.keys = sheet->list}, &report, NULL));
    assert_string_equal(report.code, "NOT_TRUSTED");
}

static void test_a_sealed_lie_is_not_accepted(void **state)
{
    struct signer_case *fixture = *state;
    struct sheet *sheet = make(fixture, STATEMENT, other_sheet);
    struct seal_draft file;
    struct verify_report report;
    char line[200];
    seal(fixture, sheet, &file); // the seal is good, what it seals does not agree
    assert_false(verify_pdf(file.bytes, file.length, NULL, &report, NULL));
    assert_string_equal(verify_status_line(&report, line, sizeof line), "NOT ACCEPTED: E_PROOF");
    assert_int_equal(report.checks[VERIFY_STATEMENT], VERIFY_PASSED);
    assert_int_equal(report.checks[VERIFY_LOG], VERIFY_FAILED);
}

static void test_with_keys_a_sheet_without_a_statement_is_not_accepted(void **state)
{
    struct signer_case *fixture = *state;
    struct sheet *sheet = make(fixture, STATEMENT, NULL);
    struct seal_draft file;
    struct verify_report report;
    sheet->cose = sheet->proof = NULL;
    seal(fixture, sheet, &file);
    assert_true(verify_pdf(file.bytes, file.length, NULL, &report, NULL));
    assert_int_equal(report.checks[VERIFY_LOG], VERIFY_NOT_CHECKED);
    assert_false(
        verify_pdf(file.bytes, file.length, &(struct verify_trust){.keys = sheet->list}, &report, NULL));
    assert_string_equal(report.code, "NOT_LOGGED");
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, signer_case_set_up, signer_case_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(test_a_sheet_of_the_signer_holds_with_and_without_keys),
        IN_A_FOLDER(test_every_flipped_bit_of_a_statement_is_refused),
        IN_A_FOLDER(test_every_flipped_bit_of_a_proof_is_refused),
        IN_A_FOLDER(test_every_flipped_bit_of_a_record_is_refused),
        IN_A_FOLDER(test_a_record_that_says_something_else_is_refused),
        IN_A_FOLDER(test_keys_that_are_not_listed_or_retired_are_refused),
        IN_A_FOLDER(test_a_checkpoint_without_the_line_of_every_listed_key_is_refused),
        IN_A_FOLDER(test_an_entry_of_a_withdrawal_is_no_proof),
        IN_A_FOLDER(test_an_entry_of_another_kind_is_no_proof),
        IN_A_FOLDER(test_an_entry_of_another_sheet_is_no_proof),
        IN_A_FOLDER(test_an_entry_by_another_key_is_no_proof),
        IN_A_FOLDER(test_a_file_tells_which_trust_was_checked),
        IN_A_FOLDER(test_a_seal_by_a_key_that_is_not_listed_is_not_trusted),
        IN_A_FOLDER(test_a_sealed_lie_is_not_accepted),
        IN_A_FOLDER(test_with_keys_a_sheet_without_a_statement_is_not_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
