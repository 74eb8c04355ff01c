// SPDX-License-Identifier: Apache-2.0
// Verification of a sealed sheet, see verify.h.
#include "verify/verify.h"

#include "evidence/sealed_pdf.h"
#include "verify/cms_check.h"
#include "verify/evidence_check.h"
#include "verify/memory.h"
#include "verify/trust.h"
#include "wire/arena.h"

#include <inttypes.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    HOLE_BYTES_CEILING = 64 * 1024,
    FILE_BYTES_CEILING = 64 * 1024 * 1024,
    ARENA_BYTES = 32 * 1024 * 1024
};

static const char DEMONSTRATION_MARK[] = "样张 SPECIMEN";

// What stands behind each code; the check that it belongs to.
static const struct {
    const char *code;
    enum verify_check check;
    const char *detail;
} CODES[] = {
    {"NOT_A_SHEET", VERIFY_FORM, "the file is not a sheet sealed by Touchstone"},
    {"END_BROKEN", VERIFY_FORM, "the file does not end where its seal ends"},
    {"NO_SEAL", VERIFY_FORM, "the file bears no seal of a sheet"},
    {"RANGE_BROKEN", VERIFY_FORM, "the seal does not cover the whole file"},
    {"HOLE_BROKEN", VERIFY_FORM, "the place of the signature holds something else"},
    {"NO_RECORD", VERIFY_FORM, "the file does not hold the record of its results"},
    {"NO_STATEMENT", VERIFY_FORM, "the file does not hold its signed statement and the proof of it"},
    {"RECORD_BROKEN", VERIFY_FORM, "the record of the results cannot be read"},
    {"CONTENT_CHANGED", VERIFY_CONTENT, "the file was changed after it was sealed"},
    {"SIGNATURE_FORM", VERIFY_SIGNATURE, "the signature has not the form of a seal"},
    {"CERTIFICATE_BINDING", VERIFY_SIGNATURE, "a certificate is not the one that was sealed with"},
    {"SIGNATURE_WRONG", VERIFY_SIGNATURE, "the signature does not fit the certificate"},
    {"CERTIFICATE_PURPOSE", VERIFY_SIGNATURE, "the certificate is not one for sealing"},
    {"CERTIFICATE_EXPIRED", VERIFY_VALIDITY, "the certificate was not valid when the sheet was sealed"},
    {"KIND_MISMATCH", VERIFY_KIND, "specimen and kind of key contradict each other"},
    {"NOT_TRUSTED", VERIFY_TRUST, "the seal is not of a laboratory that you trust"},
    {"NOT_LOGGED", VERIFY_STATEMENT, "the file has no signed statement and no proof of the log"},
    {"E_CBOR", VERIFY_STATEMENT, "the statement is not in the form in which statements are written"},
    {"E_COSE", VERIFY_STATEMENT, "the statement's envelope is not one"},
    {"E_ALG", VERIFY_STATEMENT, "the statement is not signed with ES256"},
    {"E_SCHEMA", VERIFY_STATEMENT, "the statement lacks a field, or has one that no statement has"},
    {"E_RECORD", VERIFY_STATEMENT, "the record is not the one that the statement was made for"},
    {"E_FIELDS", VERIFY_STATEMENT, "the record says something else than the statement"},
    {"E_PROOF", VERIFY_LOG, "the proof of the log is not one for this statement"},
    {"E_NOTE", VERIFY_LOG, "the checkpoint is not a signed note"},
    {"E_CHECKPOINT", VERIFY_LOG, "the checkpoint is not one of this log"},
    {"E_KEY_UNKNOWN", VERIFY_KEYS, "a signature is not by a key that you listed for it"},
    {"E_SIG", VERIFY_KEYS, "a signature of the statement or of the log does not hold"},
    {"E_KEY_RETIRED", VERIFY_KEYS, "the statement's key had retired before its place in the log"},
};

static bool fail(struct verify_report *report, const char *code, struct ts_error *error)
{
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++)
        if (strcmp(CODES[i].code, code) == 0) {
            report->checks[CODES[i].check] = VERIFY_FAILED;
            report->code = CODES[i].code;
            snprintf(report->detail, sizeof report->detail, "%s", CODES[i].detail);
        }
    return error_set(error, TS_DATA_LOSS, code, "%s", report->detail);
}

static int hex_value(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

// The hole holds "<", the DER in lower-case hexadecimal, zeros, ">".
static bool read_hole(const uint8_t *hole, size_t length, uint8_t **ret_cms, size_t *ret_length)
{
    enum { BRACKETS = 2, DER_HEAD_DIGITS = 8 };
    if (length < BRACKETS + DER_HEAD_DIGITS || length % 2 != 0 || length > 2 * HOLE_BYTES_CEILING ||
        hole[0] != '<' || hole[length - 1] != '>')
        return false;
    size_t count = (length - 2) / 2;
    uint8_t *cms = malloc(count);
    if (!cms)
        memory_missed();
    for (size_t i = 0; cms && i < count; i++) {
        int high = hex_value(hole[1 + 2 * i]), low = hex_value(hole[2 + 2 * i]);
        if (high < 0 || low < 0) {
            free(cms);
            return false;
        }
        cms[i] = (uint8_t)(high << 4 | low);
    }
    // A seal's CMS is between 256 and 65535 bytes: its length has two bytes.
    size_t used = cms && cms[0] == 0x30 && cms[1] == 0x82 ? 4 + ((size_t)cms[2] << 8 | cms[3]) : count + 1;
    bool clean = cms && used <= count;
    for (size_t i = used; clean && i < count; i++)
        clean = cms[i] == 0;
    if (!clean) {
        free(cms);
        return false;
    }
    *ret_cms = cms;
    *ret_length = used;
    return true;
}

static bool digest_ranges(const uint8_t *bytes, size_t length, const struct sealed_pdf *place,
                          uint8_t *ret_digest)
{
    size_t after = place->hole + place->hole_length;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(context, bytes, place->hole) == 1 &&
                EVP_DigestUpdate(context, bytes + after, length - after) == 1 &&
                EVP_DigestFinal_ex(context, ret_digest, NULL) == 1;
    EVP_MD_CTX_free(context);
    if (!done)
        memory_missed(); // no bytes of a file can make a digest fail
    return done;
}

static void write_name(X509_NAME *name, char *ret_text, size_t size)
{
    BIO *memory = BIO_new(BIO_s_mem());
    // Control characters are escaped, Chinese is not.
    unsigned long flags =
        (XN_FLAG_ONELINE & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) | ASN1_STRFLGS_UTF8_CONVERT;
    ret_text[0] = '\0';
    if (memory && X509_NAME_print_ex(memory, name, 0, flags) > 0) {
        int length = BIO_read(memory, ret_text, (int)size - 1);
        ret_text[length > 0 ? length : 0] = '\0';
    } else if (X509_NAME_entry_count(name) > 0) {
        memory_missed();
    }
    BIO_free(memory);
}

static void write_time(const ASN1_TIME *time, char *ret_text, size_t size)
{
    struct tm parts;
    if (ASN1_TIME_to_tm(time, &parts) != 1 || strftime(ret_text, size, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        ret_text[0] = '\0';
}

static void write_facts(X509 *certificate, struct verify_report *report)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *digits = serial ? BN_bn2hex(serial) : NULL;
    write_name(X509_get_subject_name(certificate), report->subject, sizeof report->subject);
    write_name(X509_get_issuer_name(certificate), report->issuer, sizeof report->issuer);
    write_time(X509_get0_notBefore(certificate), report->not_before, sizeof report->not_before);
    write_time(X509_get0_notAfter(certificate), report->not_after, sizeof report->not_after);
    if (!digits)
        memory_missed();
    snprintf(report->serial, sizeof report->serial, "%s", digits ? digits : "");
    OPENSSL_free(digits);
    BN_free(serial);
    if (X509_digest(certificate, EVP_sha256(), digest, &length) != 1)
        memory_missed();
    else
        for (unsigned i = 0; i < length; i++)
            snprintf(report->certificate_sha256 + 2 * i, 3, "%02x", digest[i]);
    report->demonstration = strstr(report->subject, DEMONSTRATION_MARK) != NULL;
}

// "2026-11-24T10:15:00+08:00" in seconds; false when it is no time.
static bool seconds_of(const char *text, time_t *ret_seconds)
{
    struct tm parts = {.tm_isdst = 0};
    int hours, minutes;
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    if (!rest || (rest[0] != '+' && rest[0] != '-') || sscanf(rest + 1, "%2d:%2d", &hours, &minutes) != 2)
        return false;
    *ret_seconds = timegm(&parts) - (rest[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

// An authority that is trusted for seals may have certified web servers too.
static bool is_for_sealing(X509 *certificate)
{
    uint32_t purposes = X509_get_extended_key_usage(certificate); // UINT32_MAX: of none in particular
    return (X509_get_key_usage(certificate) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0 &&
           (purposes == UINT32_MAX || (purposes & XKU_SSL_SERVER) == 0);
}

// As a key for seals of this kind: a demonstration's lies open, and anybody can give it any certificate.
static bool is_listed(X509 *certificate, const struct log_keys *keys, bool specimen)
{
    uint8_t *spki = NULL;
    int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &spki);
    bool listed = false;
    if (length < 0)
        memory_missed();
    for (size_t i = 0; length > 0 && i < keys->count; i++)
        listed = listed || (keys->keys[i].use == LOG_KEY_SEAL && keys->keys[i].demonstration == specimen &&
                            keys->keys[i].spki_length == (size_t)length &&
                            memcmp(keys->keys[i].spki, spki, (size_t)length) == 0);
    OPENSSL_free(spki);
    return listed;
}

static bool judge_trust(const struct cms_check *cms, const struct verify_trust *trust, time_t at,
                        struct verify_report *report, struct ts_error *error)
{
    const char *why;
    if (trust->keys && !is_listed(cms->certificates[0], trust->keys, report->record.specimen))
        return fail(report, "NOT_TRUSTED", error);
    if (trust->certificates && !trust_holds(trust->certificates, cms->certificates, cms->count, at, &why)) {
        fail(report, "NOT_TRUSTED", error);
        snprintf(report->detail, sizeof report->detail, "the seal is not of a laboratory that you trust: %s",
                 why);
        return error_set(error, TS_DATA_LOSS, report->code, "%s", report->detail);
    }
    report->checks[VERIFY_TRUST] = trust->keys || trust->certificates ? VERIFY_PASSED : VERIFY_NOT_CHECKED;
    return true;
}

// Everything about the certificate, after the signature itself was found right.
static bool judge_certificate(const struct cms_check *cms, const struct verify_trust *trust,
                              struct verify_report *report, struct ts_error *error)
{
    X509 *certificate = cms->certificates[0];
    time_t at;
    if (!is_for_sealing(certificate))
        return fail(report, "CERTIFICATE_PURPOSE", error);
    if (!seconds_of(report->sealed_at, &at) || X509_cmp_time(X509_get0_notBefore(certificate), &at) >= 0 ||
        X509_cmp_time(X509_get0_notAfter(certificate), &at) <= 0)
        return fail(report, "CERTIFICATE_EXPIRED", error);
    report->checks[VERIFY_VALIDITY] = VERIFY_PASSED;
    if (report->demonstration != report->record.specimen)
        return fail(report, "KIND_MISMATCH", error);
    report->checks[VERIFY_KIND] = VERIFY_PASSED;
    return judge_trust(cms, trust, at, report, error);
}

static bool judge_signature(const uint8_t *cms_bytes, size_t cms_length, const uint8_t *digest,
                            const struct verify_trust *trust, struct verify_report *report,
                            struct ts_error *error)
{
    struct cms_check cms;
    const char *code = cms_check_read(cms_bytes, cms_length, digest, &cms);
    bool fine = !code;
    if (code && strcmp(code, "SIGNATURE_FORM") != 0)
        report->checks[VERIFY_CONTENT] = VERIFY_PASSED; // unless that is what fail() says next
    if (cms.count > 0)
        write_facts(cms.certificates[0], report);
    if (fine) {
        report->checks[VERIFY_CONTENT] = report->checks[VERIFY_SIGNATURE] = VERIFY_PASSED;
        fine = judge_certificate(&cms, trust, report, error);
    } else {
        fail(report, code, error);
    }
    cms_check_done(&cms);
    return fine;
}

static void write_instant(uint64_t unix_ms, char *ret_text, size_t size)
{
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm parts;
    if (!gmtime_r(&seconds, &parts) || strftime(ret_text, size, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        ret_text[0] = '\0';
}

// The error's code as the report's; false, always.
static bool fail_evidence(struct verify_report *report, struct ts_error *error)
{
    struct ts_error found = *error;
    if (found.status == TS_RESOURCE_EXHAUSTED) {
        memory_missed();
        return false;
    }
    fail(report, found.reason, error);
    snprintf(report->detail, sizeof report->detail, "%s", found.detail);
    return error_set(error, TS_DATA_LOSS, report->code, "%s", report->detail);
}

static bool judge_statement(const struct evidence_check *check, struct verify_report *report,
                            struct ts_error *error)
{
    struct evidence_facts facts;
    if (!evidence_check_statement(check, &facts, error))
        return fail_evidence(report, error);
    if ((facts.statement.legal_class == STATEMENT_DEMONSTRATION) != report->record.specimen)
        return fail(report, "KIND_MISMATCH", error);
    report->checks[VERIFY_STATEMENT] = VERIFY_PASSED;
    if (!evidence_check_log(check, &facts, error))
        return fail_evidence(report, error);
    report->checks[VERIFY_LOG] = VERIFY_PASSED;
    report->checks[VERIFY_KEYS] = check->keys ? VERIFY_PASSED : VERIFY_NOT_CHECKED;
    snprintf(report->log_index, sizeof report->log_index, "%" PRIu64, facts.statement.index);
    snprintf(report->log_size, sizeof report->log_size, "%" PRIu64, facts.log_size);
    write_instant(facts.entry.unix_ms, report->logged_at, sizeof report->logged_at);
    return true;
}

// What goes with the sheet beside its seal.
static bool judge_evidence(const uint8_t *bytes, const struct sealed_pdf *place, const struct log_keys *keys,
                           struct verify_report *report, struct ts_error *error)
{
    struct ts_error own;
    if (place->cose.length == 0 || place->proof.length == 0)
        return keys ? fail(report, "NOT_LOGGED", error) : true;
    struct arena *arena = arena_create(ARENA_BYTES);
    if (!arena) {
        memory_missed();
        return false;
    }
    struct evidence_check check = {.record = bytes + place->record.at,
                                   .record_length = place->record.length,
                                   .cose = bytes + place->cose.at,
                                   .cose_length = place->cose.length,
                                   .proof = bytes + place->proof.at,
                                   .proof_length = place->proof.length,
                                   .keys = keys,
                                   .arena = arena};
    bool fine = judge_statement(&check, report, error ? error : &own);
    arena_free(arena);
    return fine;
}

static bool judge_pdf(const uint8_t *bytes, size_t length, const struct verify_trust *trust,
                      struct verify_report *report, struct ts_error *error)
{
    struct sealed_pdf place;
    uint8_t digest[EVP_MAX_MD_SIZE], *cms;
    size_t cms_length;
    *report = (struct verify_report){.code = ""};
    const char *code = length > FILE_BYTES_CEILING ? "NOT_A_SHEET" : sealed_pdf_find(bytes, length, &place);
    if (code)
        return fail(report, code, error);
    if (!read_hole(bytes + place.hole, place.hole_length, &cms, &cms_length))
        return fail(report, "HOLE_BROKEN", error);
    snprintf(report->sealed_at, sizeof report->sealed_at, "%s", place.sealed_at);
    bool fine = embedded_record_read(bytes + place.record.at, place.record.length, &report->record) ||
                fail(report, "RECORD_BROKEN", error);
    if (fine) {
        report->checks[VERIFY_FORM] = VERIFY_PASSED;
        fine = digest_ranges(bytes, length, &place, digest)
                   ? judge_signature(cms, cms_length, digest, trust, report, error)
                   : fail(report, "CONTENT_CHANGED", error);
    }
    free(cms);
    // What follows clears the notes of missing memory where it begins.
    if (!fine || memory_was_missed()) {
        if (fine)
            memory_missed();
        return false;
    }
    return judge_evidence(bytes, &place, trust->keys, report, error);
}

bool verify_pdf(const uint8_t *bytes, size_t length, const struct verify_trust *trust,
                struct verify_report *ret_report, struct ts_error *error)
{
    static const struct verify_trust NOBODY = {.keys = NULL};
    memory_begin();
    bool fine = judge_pdf(bytes, length, trust ? trust : &NOBODY, ret_report, error);
    if (!memory_was_missed())
        return fine;
    *ret_report = (struct verify_report){.code = ""};
    return error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY",
                     "out of memory: the sheet could not be checked");
}

const char *verify_check_name(enum verify_check check)
{
    static const char *const NAMES[VERIFY_CHECKS] = {"form",  "content",   "signature", "validity", "kind",
                                                     "trust", "statement", "log",       "keys"};
    return check < VERIFY_CHECKS ? NAMES[check] : "";
}

const char *verify_status_line(const struct verify_report *report, char *buffer, size_t size)
{
    bool altered = report->checks[VERIFY_FORM] != VERIFY_PASSED ||
                   report->checks[VERIFY_CONTENT] != VERIFY_PASSED ||
                   report->checks[VERIFY_SIGNATURE] != VERIFY_PASSED;
    if (report->code[0])
        snprintf(buffer, size, "%s: %s", altered ? "REFUSED" : "NOT ACCEPTED", report->code);
    else
        snprintf(buffer, size, "INTACT%s%s%s",
                 report->checks[VERIFY_TRUST] == VERIFY_PASSED ? ", TRUSTED" : "",
                 report->checks[VERIFY_KEYS] == VERIFY_PASSED ? ", IN THE LOG" : "",
                 report->demonstration ? ", SPECIMEN 样张，无效" : "");
    return buffer;
}
