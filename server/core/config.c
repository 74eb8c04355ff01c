// SPDX-License-Identifier: Apache-2.0
// The table of the daemon's keys; everything else is ini.c. A key is added by one row here and one field in
// config.h, and appears by itself in the printed default file.
#include "core/config.h"

#include "core/ini.h"
#include "wire/error.h"

#include <string.h>

#define AT(field) offsetof(struct config, field), sizeof(((struct config *)0)->field)
#define MINUTE_MS 60000
#define MIB (1 << 20)

static const struct ini_key config_keys[] = {
    {"listen", "address", INI_TEXT, AT(listen.address), "127.0.0.1", 1, 0, NULL,
     "Numeric address to listen on; 0.0.0.0 or :: for all."},
    {"listen", "port", INI_NUMBER, AT(listen.port), "8443", 0, 65535, NULL, "TCP port; 0 asks the kernel."},
    {"tls", "certificate", INI_TEXT, AT(tls.certificate), "", 0, 0, NULL,
     "PEM file of the certificate and its chain. Needed to serve; SIGHUP reads it again."},
    {"tls", "key", INI_TEXT, AT(tls.key), "", 0, 0, NULL, "PEM file of the private key."},
    {"state", "directory", INI_TEXT, AT(state.directory), "", 0, 0, NULL,
     "Where the daemon keeps its files. Default: /var/lib/touchstone for root, else the user's state "
     "directory."},
    {"postgresql", "mode", INI_CHOICE, AT(postgresql.mode), "private", 0, 0, "private|external",
     "private: the daemon runs its own PostgreSQL in the state directory. external: it uses url."},
    {"postgresql", "url", INI_TEXT, AT(postgresql.url), "", 0, 0, NULL,
     "Connection string of the daemon's role (external). Use addresses, not names."},
    {"postgresql", "migrate_url", INI_TEXT, AT(postgresql.migrate_url), "", 0, 0, NULL,
     "Connection string of the owner's role, for touchstoned migrate (external)."},
    {"postgresql", "user", INI_TEXT, AT(postgresql.user), "postgres", 0, 0, NULL,
     "System user that runs the private PostgreSQL when the daemon is root."},
    {"postgresql", "bin_directory", INI_TEXT, AT(postgresql.bin_directory), "", 0, 0, NULL,
     "Directory of initdb and postgres. Default: found."},
    {"limits", "max_connections", INI_NUMBER, AT(limits.max_connections), "1024", 1, 100000, NULL,
     "Client connections open at once."},
    {"limits", "max_connections_per_address", INI_NUMBER, AT(limits.max_connections_per_address), "256", 1,
     100000, NULL, "The same from one address (IPv6: one /64). Raise it behind a proxy."},
    {"limits", "max_streams", INI_NUMBER, AT(limits.max_streams), "100", 1, 10000, NULL,
     "Calls open at once on one connection."},
    {"limits", "max_message_bytes", INI_BYTES, AT(limits.max_message_bytes), "4MiB", 1024, 64 * MIB, NULL,
     "Largest request message."},
    {"limits", "max_blob_message_bytes", INI_BYTES, AT(limits.max_blob_message_bytes), "8MiB", 1024, 64 * MIB,
     NULL, "Largest request message of the methods that take pictures."},
    {"limits", "handshake_timeout", INI_DURATION_MS, AT(limits.handshake_timeout_ms), "10s", 100,
     5 * MINUTE_MS, NULL, "From connecting to the end of the TLS and HTTP/2 greetings."},
    {"limits", "idle_timeout", INI_DURATION_MS, AT(limits.idle_timeout_ms), "15min", 1000, 1440 * MINUTE_MS,
     NULL, "A connection without calls is closed after this."},
    {"limits", "drain_timeout", INI_DURATION_MS, AT(limits.drain_timeout_ms), "30s", 0, 60 * MINUTE_MS, NULL,
     "How long running calls may take to end at SIGTERM."},
    {"limits", "deadline_default", INI_DURATION_MS, AT(limits.deadline_default_ms), "10s", 100,
     10 * MINUTE_MS, NULL, "Deadline of a call that brings none."},
    {"limits", "deadline_max", INI_DURATION_MS, AT(limits.deadline_max_ms), "30s", 100, 10 * MINUTE_MS, NULL,
     "Longest deadline a call may ask for."},
    {"limits", "public_calls_per_minute", INI_NUMBER, AT(limits.public_calls_per_minute), "300", 1, 60000,
     NULL, "What one address may ask without logging in: sheets by number, receipts by code."},
    {"argon2", "memory_kib", INI_NUMBER, AT(argon2.memory_kib), "19456", 8192, 1048576, NULL,
     "Memory of one password hash, in KiB."},
    {"argon2", "passes", INI_NUMBER, AT(argon2.passes), "2", 1, 20, NULL, "Passes of one password hash."},
    {"argon2", "lanes", INI_NUMBER, AT(argon2.lanes), "1", 1, 16, NULL, "Lanes of one password hash."},
    {"signer", "key", INI_TEXT, AT(signer.key), "", 0, 0, NULL,
     "PEM file of the sealing key. Empty: a demonstration key in the state directory; sheets are specimens."},
    {"signer", "passphrase", INI_TEXT, AT(signer.passphrase), "", 0, 0, NULL,
     "File that holds the passphrase of the sealing key and of those in keys."},
    {"signer", "certificate", INI_TEXT, AT(signer.certificate), "", 0, 0, NULL,
     "PEM file of the sealing certificate and its chain."},
    {"signer", "keys", INI_TEXT, AT(signer.keys), "", 0, 0, NULL,
     "Folder of the signer's keys for statements and the log, and of its mark. Default: signer in the state "
     "directory."},
    {"signer", "user", INI_TEXT, AT(signer.user), "touchstone-signer", 0, 0, NULL,
     "System user of the signer when the daemon is root."},
    {"public", "host", INI_TEXT, AT(public.host), "localhost:8443", 1, 0, NULL,
     "Where the public reaches this port, as it stands in the QR of every sheet and in the log's name: HOST "
     "or "
     "HOST:PORT. Choose it before the first sheet: a log keeps its name."},
    {"public", "directory", INI_TEXT, AT(public.directory), "", 0, 0, NULL,
     "Where the public files of the log are written and served from; any web server may serve them too. "
     "Default: public in the state directory."},
    {"hook", "program", INI_TEXT, AT(hook.program), "", 0, 0, NULL,
     "Program that tells recipients of their sheets by short message or mail: one JSON object on its "
     "standard "
     "input; exit status 0 sent, 75 try later, else failed. Empty: nobody is told."},
    {"hook", "deadline", INI_DURATION_MS, AT(hook.deadline_ms), "30s", 100, 10 * MINUTE_MS, NULL,
     "How long the program may take."},
    {"metrics", "socket", INI_TEXT, AT(metrics.socket), "", 0, 0, NULL,
     "Unix socket that tells metrics as Prometheus text: curl --unix-socket FILE http://localhost/metrics. "
     "Default: metrics.sock in the state directory."},
    {"log", "level", INI_CHOICE, AT(log.level), "info", 0, 0, "error|warning|info|debug", "What is logged."},
    {"log", "format", INI_CHOICE, AT(log.format), "logfmt", 0, 0, "logfmt|json", "How a line looks."},
};

enum { KEY_COUNT = sizeof config_keys / sizeof config_keys[0] };

static bool refuse(struct ts_error *error, const char *path, const char *text)
{
    return error_set(error, TS_INVALID_ARGUMENT, "CONFIG_INVALID", "%s: %s", path, text);
}

static bool check_together(const char *path, const struct config *config, struct ts_error *error)
{
    if (strcmp(config->postgresql.mode, "external") == 0 && !config->postgresql.url[0])
        return refuse(error, path, "[postgresql] mode = external needs url");
    if (!config->tls.certificate[0] != !config->tls.key[0])
        return refuse(error, path, "[tls] certificate and key go together");
    if (!config->signer.certificate[0] != !config->signer.key[0])
        return refuse(error, path, "[signer] certificate and key go together");
    if (config->limits.deadline_default_ms > config->limits.deadline_max_ms)
        return refuse(error, path, "[limits] deadline_default is above deadline_max");
    if (config->limits.max_connections_per_address > config->limits.max_connections)
        return refuse(error, path, "[limits] max_connections_per_address is above max_connections");
    return true;
}

bool config_read(const char *path, struct config *ret_config, struct ts_error *error)
{
    struct config config;
    memset(&config, 0, sizeof config);
    bool read = path ? ini_read_file(path, config_keys, KEY_COUNT, &config, error)
                     : ini_set_defaults(config_keys, KEY_COUNT, &config, error);
    if (!read || !check_together(path ? path : "defaults", &config, error))
        return false;
    *ret_config = config;
    return true;
}

void config_print_defaults(FILE *out)
{
    ini_print_defaults(config_keys, KEY_COUNT, out);
}
