// SPDX-License-Identifier: Apache-2.0
// See holder.h. Linux lists all locks in /proc/locks (proc_locks(5)): "1: FLOCK  ADVISORY  WRITE 4711
// 08:02:1234567 0 EOF", devices in hexadecimal. Behind "->" stand those that wait.
#include "journal/holder.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static bool is_holder(const char *line, const struct stat *file, pid_t *ret_process)
{
    unsigned most, least;
    unsigned long long node;
    int process;

    if (sscanf(line, "%*d: FLOCK ADVISORY WRITE %d %x:%x:%llu", &process, &most, &least, &node) != 4 ||
        process <= 0 || makedev(most, least) != file->st_dev || node != file->st_ino)
        return false;
    *ret_process = (pid_t)process;
    return true;
}

// Its arguments may name persons: only what a receptionist knows the program by.
static void read_command(pid_t process, char *ret_text, size_t size)
{
    char path[40], bytes[256] = "", *verb;
    const char *name;
    size_t length = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)process);
    file = fopen(path, "re");
    if (file != NULL) {
        length = fread(bytes, 1, sizeof bytes - 1, file);
        fclose(file);
    }
    bytes[length] = '\0';
    name = strrchr(bytes, '/') != NULL ? strrchr(bytes, '/') + 1 : bytes;
    verb = bytes + strlen(bytes) + 1;
    snprintf(ret_text, size, "%.60s%s%.15s", name[0] != '\0' ? name : "a program",
             verb < bytes + length && verb[0] != '-' ? " " : "",
             verb < bytes + length && verb[0] != '-' ? verb : "");
}

bool holder_find(int fd, struct holder *ret_holder)
{
    FILE *locks = fopen("/proc/locks", "re");
    struct stat file;
    char line[200];
    bool is_found = false;

    if (locks == NULL)
        return false;
    if (fstat(fd, &file) == 0)
        while (!is_found && fgets(line, sizeof line, locks) != NULL)
            is_found = is_holder(line, &file, &ret_holder->process);
    fclose(locks);
    if (is_found)
        read_command(ret_holder->process, ret_holder->command, sizeof ret_holder->command);
    return is_found;
}
