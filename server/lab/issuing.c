// SPDX-License-Identifier: Apache-2.0
// See issuing.h.
#include "lab/issuing.h"

#include "core/log.h"

#include <inttypes.h>
#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DAY_S = 24 * 60 * 60, WARNING_DAYS = 30, DATE_BYTES = 24 };

static const char MARK_AHEAD[] =
    "The database is older than what the signer has promised: it was restored from a backup. No sheet is "
    "issued until the entries that it lacks are put back: touchstoned log recover, docs/recovery.md.";
static const char FORKED[] = "The database's log is not the one that the signer has promised: it was "
                             "restored from a backup, and went on. "
                             "No sheet is issued until this is mended: docs/recovery.md.";
static const char MARK_LOST[] =
    "The signer cannot read what it has promised to the public, and signs nothing for the log. No sheet is "
    "issued until its mark is put back: docs/recovery.md.";
static const char ORPHANED[] =
    "The log of this database was begun with other keys than this signer's, and no other daemon keeps it: no "
    "sheet is issued. Give the signer the keys of that log ([signer] keys). The database of a trial is not "
    "taken into production: begin with an empty one, docs/production.md.";
static const char RETIRED[] = "The statement key of this signer has retired, and no other daemon keeps the "
                              "log: no sheet is issued. Give "
                              "the signer the folder with the new key ([signer] keys) and restart the "
                              "daemon: docs/production.md, Keys.";
static const char DEMONSTRATION_KEYS[] =
    "The institute is in production and the signer has demonstration keys: no sheet is issued. Configure "
    "[signer] key, certificate and keys: docs/production.md.";
static const char PRODUCTION_KEYS[] =
    "The signer has keys of production and the institute is not in production: no sheet is issued. Set "
    "lab.institute.production, docs/production.md.";

// ---- what is told

static int64_t seconds_of(const ASN1_TIME *at)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int days = 0, seconds = 0;
    bool read = epoch && ASN1_TIME_diff(&days, &seconds, epoch, at) == 1;
    ASN1_TIME_free(epoch);
    return read ? (int64_t)days * DAY_S + seconds : 0;
}

void issuing_take_identity(struct issuing *issuing, const Touchstone__Internal__V1__SignerReply *reply)
{
    const uint8_t *der = reply->certificate.data;
    X509 *certificate = d2i_X509(NULL, &der, (long)reply->certificate.len);
    issuing->is_known = true;
    issuing->is_demonstration = reply->demonstration;
    issuing->begins_s = certificate ? seconds_of(X509_get0_notBefore(certificate)) : 0;
    issuing->ends_s = certificate ? seconds_of(X509_get0_notAfter(certificate)) : 0;
    X509_free(certificate);
}

static const char *date_of(int64_t at_s, char text[DATE_BYTES])
{
    time_t at = (time_t)at_s;
    struct tm parts;
    strftime(text, DATE_BYTES, "%Y-%m-%d %H:%M UTC", gmtime_r(&at, &parts));
    return text;
}

static void judge(struct issuing *issuing, int64_t now_s)
{
    char date[DATE_BYTES];
    const char *words = issuing->is_orphaned && issuing->is_retired             ? RETIRED
                        : issuing->is_orphaned                                  ? ORPHANED
                        : issuing->is_demonstration && issuing->is_production   ? DEMONSTRATION_KEYS
                        : !issuing->is_demonstration && !issuing->is_production ? PRODUCTION_KEYS
                                                                                : "";
    snprintf(issuing->refused, sizeof issuing->refused, "%s", words);
    if (!*words && issuing->ends_s && issuing->ends_s <= now_s)
        snprintf(issuing->refused, sizeof issuing->refused,
                 "The certificate of the seal ended on %s: no sheet is issued. Put the next one in its place "
                 "and restart the daemon: docs/production.md, Keys.",
                 date_of(issuing->ends_s, date));
    else if (!*words && issuing->begins_s > now_s)
        snprintf(issuing->refused, sizeof issuing->refused,
                 "The certificate of the seal is valid only from %s on: no sheet is issued until then.",
                 date_of(issuing->begins_s, date));
}

static void look_ahead(struct issuing *issuing, int64_t now_s)
{
    int64_t days = (issuing->ends_s - now_s) / DAY_S;
    char date[DATE_BYTES], left[DATE_BYTES];
    bool ends = issuing->ends_s > now_s && days < WARNING_DAYS;
    *issuing->notice = '\0';
    if (issuing->stuck)
        snprintf(issuing->notice, sizeof issuing->notice,
                 "%" PRIu64 " released sheets can never be entered in the log, see touchstone sheet changes: "
                 "withdraw them, docs/sheet-life.md.",
                 issuing->stuck);
    else if (ends)
        snprintf(issuing->notice, sizeof issuing->notice,
                 "The certificate of the seal ends on %s: put the next one in its place before, "
                 "docs/production.md, Keys.",
                 date_of(issuing->ends_s, date));
    if (!ends || issuing->warned_days == days + 1)
        return;
    issuing->warned_days = days + 1;
    snprintf(left, sizeof left, "%" PRId64, days);
    log_write(LOG_WARNING, "certificate_ends", "at", date_of(issuing->ends_s, date), "days", left,
              "consequence", "no sheet is issued from then on: docs/production.md, Keys", NULL);
}

void issuing_take_look(struct issuing *issuing, const PGresult *rows, int first, bool is_foreign,
                       int64_t now_s)
{
    enum { KEPT, PRODUCTION, STUCK };
    if (!issuing->is_known)
        return;
    issuing->is_orphaned = is_foreign && *PQgetvalue(rows, 0, first + KEPT) != 't';
    issuing->is_production = *PQgetvalue(rows, 0, first + PRODUCTION) == 't';
    issuing->stuck = strtoull(PQgetvalue(rows, 0, first + STUCK), NULL, 10);
    judge(issuing, now_s);
    look_ahead(issuing, now_s);
}

const char *issuing_refused(const struct issuing *issuing)
{
    return *issuing->refused ? issuing->refused : NULL;
}

const char *issuing_notice(const struct issuing *issuing)
{
    return *issuing->notice ? issuing->notice : NULL;
}

// ---- the log itself

const char *issuing_why_halted(uint64_t head, uint64_t mark, bool is_forked)
{
    return head < mark ? MARK_AHEAD : is_forked ? FORKED : NULL;
}

const char *issuing_mark_lost(void)
{
    return MARK_LOST;
}
