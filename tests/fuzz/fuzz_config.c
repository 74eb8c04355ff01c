// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: the daemon's configuration file. It is read, and then every value keeps its limits, or it
// is refused with its place.
#include "core/config.h"
#include "wire/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool law)
{
    if (!law)
        abort();
}

static void check_limits(const struct config *config)
{
    check(config->listen.port >= 0 && config->listen.port <= 65535);
    check(config->limits.max_connections_per_address <= config->limits.max_connections);
    check(config->limits.deadline_default_ms <= config->limits.deadline_max_ms);
    check(memchr(config->postgresql.url, '\0', sizeof config->postgresql.url));
    check(memchr(config->state.directory, '\0', sizeof config->state.directory));
    check(strcmp(config->log.level, "error") == 0 || strcmp(config->log.level, "warning") == 0 ||
          strcmp(config->log.level, "info") == 0 || strcmp(config->log.level, "debug") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int file = -1;
    char path[64];
    struct config config;
    struct ts_error error = {0};
    if (file < 0)
        file = memfd_create("config", MFD_CLOEXEC);
    check(file >= 0 && ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (config_read(path, &config, &error)) {
        check_limits(&config);
        check(!size || !memchr(data, '\0', size)); // what stands behind a NUL would be read by nobody
    } else {
        check(strcmp(error.reason, "CONFIG_INVALID") == 0 && strstr(error.detail, path));
    }
    return 0;
}
