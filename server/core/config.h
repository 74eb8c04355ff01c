// SPDX-License-Identifier: Apache-2.0
// The daemon's configuration: one plain struct, filled by the table in config.c from an ini file. Texts are
// "" when not given. Read by main, which hands each layer only what it needs.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct ts_error;

enum { CONFIG_PATH_SIZE = 512, CONFIG_WORD_SIZE = 64, CONFIG_URL_SIZE = 1024 };

struct config {
    struct {
        char address[CONFIG_WORD_SIZE];
        int64_t port;
    } listen;
    struct {
        char certificate[CONFIG_PATH_SIZE];
        char key[CONFIG_PATH_SIZE];
    } tls;
    struct {
        char directory[CONFIG_PATH_SIZE];
    } state;
    struct {
        char mode[CONFIG_WORD_SIZE]; // "private" or "external"
        char url[CONFIG_URL_SIZE];
        char migrate_url[CONFIG_URL_SIZE];
        char user[CONFIG_WORD_SIZE];
        char bin_directory[CONFIG_PATH_SIZE];
    } postgresql;
    struct {
        int64_t max_connections;
        int64_t max_connections_per_address;
        int64_t max_streams;
        uint64_t max_message_bytes;
        uint64_t max_blob_message_bytes;
        uint64_t handshake_timeout_ms;
        uint64_t idle_timeout_ms;
        uint64_t drain_timeout_ms;
        uint64_t deadline_default_ms;
        uint64_t deadline_max_ms;
        int64_t public_calls_per_minute;
    } limits;
    struct {
        int64_t memory_kib;
        int64_t passes;
        int64_t lanes;
    } argon2;
    struct {
        char key[CONFIG_PATH_SIZE];
        char passphrase[CONFIG_PATH_SIZE]; // a file that holds it
        char certificate[CONFIG_PATH_SIZE];
        char keys[CONFIG_PATH_SIZE]; // "" = signer in the state directory
        char user[CONFIG_WORD_SIZE];
    } signer;
    struct {
        char host[CONFIG_WORD_SIZE];      // "example.org" or "example.org:8443"
        char directory[CONFIG_PATH_SIZE]; // "" = public in the state directory
    } public;
    struct {
        char program[CONFIG_PATH_SIZE]; // "" = nobody is told
        uint64_t deadline_ms;
    } hook;
    struct {
        char socket[CONFIG_PATH_SIZE]; // "" = metrics.sock in the state directory
    } metrics;
    struct {
        char level[CONFIG_WORD_SIZE];
        char format[CONFIG_WORD_SIZE]; // "logfmt" or "json"
    } log;
};

// Defaults, then the file (NULL: defaults only). Errors as ini_read_file, and values that contradict each
// other (external without url).
bool config_read(const char *path, struct config *ret_config, struct ts_error *error);
// The commented default file.
void config_print_defaults(FILE *out);
