// SPDX-License-Identifier: Apache-2.0
// Connection string to parameters. Ours are added only where the string does not say otherwise, except the
// encoding, which the rest of the program relies on.
#include "db/conninfo.h"
#include "wire/error.h"
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS_MAX 8

struct host_entry {
    char name[256];
    char address[INET6_ADDRSTRLEN];
    char port[8];
};

struct db_conninfo {
    PQconninfoOption *options; // as libpq parsed them
    struct host_entry hosts[HOSTS_MAX];
    size_t host_count; // 0: none given, libpq's defaults
};

static const struct {
    const char *keyword, *value;
} defaults[] = {
    {"application_name", "touchstoned"}, {"gssencmode", "disable"},    {"tcp_user_timeout", "3000"},
    {"keepalives_idle", "10"},           {"keepalives_interval", "3"}, {"keepalives_count", "3"},
};

static const char *option_value(const struct db_conninfo *conninfo, const char *keyword)
{
    for (const PQconninfoOption *option = conninfo->options; option->keyword; option++)
        if (strcmp(option->keyword, keyword) == 0)
            return option->val && option->val[0] ? option->val : NULL;
    return NULL;
}

// The index-th entry of a comma list into ret (size bytes); a list of one serves every index when shared.
static bool list_entry(const char *list, size_t index, bool shared, char *ret, size_t size)
{
    ret[0] = 0;
    if (!list)
        return true;
    if (shared && !strchr(list, ','))
        index = 0;
    for (; index > 0; index--) {
        list = strchr(list, ',');
        if (!list)
            return true;
        list++;
    }
    size_t length = strcspn(list, ",");
    if (length >= size)
        return false;
    memcpy(ret, list, length);
    ret[length] = 0;
    return true;
}

static size_t list_count(const char *list)
{
    size_t count = list ? 1 : 0;
    for (; list && *list; list++)
        count += *list == ',';
    return count;
}

static bool is_name(const char *host)
{
    unsigned char address[16];
    return host[0] && host[0] != '/' && host[0] != '@' && inet_pton(AF_INET, host, address) != 1 &&
           inet_pton(AF_INET6, host, address) != 1;
}

static bool resolve_host(struct host_entry *entry, struct ts_error *error)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(entry->name, NULL, &hints, &found);
    if (code != 0)
        return error_set(error, TS_INVALID_ARGUMENT, "DATABASE_ADDRESS", "database host %s: %s", entry->name,
                         gai_strerror(code));
    code = getnameinfo(found->ai_addr, found->ai_addrlen, entry->address, sizeof(entry->address), NULL, 0,
                       NI_NUMERICHOST);
    freeaddrinfo(found);
    if (code != 0)
        return error_set(error, TS_INVALID_ARGUMENT, "DATABASE_ADDRESS", "database host %s: %s", entry->name,
                         gai_strerror(code));
    return true;
}

static bool read_hosts(struct db_conninfo *conninfo, struct ts_error *error)
{
    const char *names = option_value(conninfo, "host");
    const char *addresses = option_value(conninfo, "hostaddr");
    const char *ports = option_value(conninfo, "port");
    size_t count = list_count(addresses ? addresses : names);
    if (count > HOSTS_MAX)
        return error_set(error, TS_INVALID_ARGUMENT, "DATABASE_ADDRESS", "more than %d database hosts",
                         HOSTS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct host_entry *entry = &conninfo->hosts[i];
        if (!list_entry(names, i, false, entry->name, sizeof(entry->name)) ||
            !list_entry(addresses, i, false, entry->address, sizeof(entry->address)) ||
            !list_entry(ports, i, true, entry->port, sizeof(entry->port)))
            return error_set(error, TS_INVALID_ARGUMENT, "DATABASE_ADDRESS", "database host %zu is too long",
                             i + 1);
        if (!entry->address[0] && is_name(entry->name) && !resolve_host(entry, error))
            return false;
    }
    conninfo->host_count = count;
    return true;
}

struct db_conninfo *conninfo_create(const char *text, struct ts_error *error)
{
    struct db_conninfo *conninfo = calloc(1, sizeof(*conninfo));
    if (!conninfo) {
        error_set(error, TS_RESOURCE_EXHAUSTED, "OUT_OF_MEMORY", "no memory for the database pool");
        return NULL;
    }
    char *message = NULL;
    conninfo->options = PQconninfoParse(text ? text : "", &message);
    if (!conninfo->options) {
        // The message quotes the string, which can hold a password: not shown.
        error_set(error, TS_INVALID_ARGUMENT, "DATABASE_ADDRESS",
                  "the database connection string is not readable");
        PQfreemem(message);
        conninfo_free(conninfo);
        return NULL;
    }
    if (!read_hosts(conninfo, error)) {
        conninfo_free(conninfo);
        return NULL;
    }
    return conninfo;
}

void conninfo_free(struct db_conninfo *conninfo)
{
    if (!conninfo)
        return;
    PQconninfoFree(conninfo->options);
    free(conninfo);
}

static bool append(char *list, size_t size, const char *entry, bool first)
{
    size_t used = strlen(list);
    int wanted = snprintf(list + used, size - used, "%s%s", first ? "" : ",", entry);
    return wanted >= 0 && (size_t)wanted < size - used;
}

static bool add(struct conninfo_parameters *parameters, const char *keyword, const char *value)
{
    if (parameters->count + 1 >= CONNINFO_KEYWORDS_MAX)
        return false;
    parameters->keywords[parameters->count] = keyword;
    parameters->values[parameters->count] = value;
    parameters->count++;
    return true;
}

static bool build_hosts(const struct db_conninfo *conninfo, unsigned attempt, struct conninfo_parameters *ret)
{
    bool any_name = false, any_address = false;
    ret->hosts[0] = ret->addresses[0] = ret->ports[0] = 0;
    for (size_t i = 0; i < conninfo->host_count; i++) {
        const struct host_entry *entry = &conninfo->hosts[(attempt + i) % conninfo->host_count];
        any_name |= entry->name[0] != 0;
        any_address |= entry->address[0] != 0;
        if (!append(ret->hosts, sizeof(ret->hosts), entry->name, i == 0) ||
            !append(ret->addresses, sizeof(ret->addresses), entry->address, i == 0) ||
            !append(ret->ports, sizeof(ret->ports), entry->port, i == 0))
            return false;
    }
    return (!any_name || add(ret, "host", ret->hosts)) &&
           (!any_address || add(ret, "hostaddr", ret->addresses)) &&
           (conninfo->host_count == 0 || add(ret, "port", ret->ports));
}

// host, hostaddr and port are written by build_hosts, options and the encoding by conninfo_build.
static bool is_rebuilt(const struct db_conninfo *conninfo, const char *keyword)
{
    bool is_host = strcmp(keyword, "host") == 0 || strcmp(keyword, "hostaddr") == 0 ||
                   (strcmp(keyword, "port") == 0 && conninfo->host_count > 0);
    return is_host || strcmp(keyword, "options") == 0 || strcmp(keyword, "client_encoding") == 0;
}

bool conninfo_build(const struct db_conninfo *conninfo, const char *options, unsigned attempt,
                    struct conninfo_parameters *ret)
{
    const char *own = option_value(conninfo, "options");
    ret->count = 0;
    int wanted =
        snprintf(ret->options, sizeof(ret->options), "%s%s%s", own ? own : "", own ? " " : "", options);
    if (wanted < 0 || (size_t)wanted >= sizeof(ret->options))
        return false;
    for (const PQconninfoOption *option = conninfo->options; option->keyword; option++)
        if (option->val && option->val[0] && !is_rebuilt(conninfo, option->keyword) &&
            !add(ret, option->keyword, option->val))
            return false;
    for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
        if (!option_value(conninfo, defaults[i].keyword) && !add(ret, defaults[i].keyword, defaults[i].value))
            return false;
    if (!build_hosts(conninfo, attempt, ret) || !add(ret, "options", ret->options) ||
        !add(ret, "client_encoding", "UTF8"))
        return false;
    ret->keywords[ret->count] = ret->values[ret->count] = NULL;
    return true;
}
