// SPDX-License-Identifier: Apache-2.0
// "Fail the n-th": stands before the C library (LD_PRELOAD) in touchstoned, its helpers and the client and
// lets chosen calls of theirs and of their libraries fail as a short machine would. Steered through the file
// that TOUCHSTONE_INJECT names (control.h); without it every call passes. Why not inside the programs:
// docs/decisions/injection.md.
#include "control.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <unwind.h>

// Frames of this file count too: some three of them.
enum { SITE_DEPTH = 10, OWN_DEPTH = 7, EARLY_BYTES = 65536 };

static struct inject_control *control;
static __thread bool is_inside; // dlsym and the unwinder allocate too
static void (*show)(void);      // the sanitizer's stack of a call that fails, for whoever looks for the cause

// Where the program lies in memory, as the kernel told it at the start.
static uintptr_t own_begin = UINTPTR_MAX, own_end;

static void find_own(void)
{
    const ElfW(Phdr) *header = (const ElfW(Phdr) *)getauxval(AT_PHDR);
    size_t count = getauxval(AT_PHNUM);
    uintptr_t base = 0;

    for (size_t i = 0; header && i < count; i++)
        if (header[i].p_type == PT_PHDR)
            base = (uintptr_t)header - header[i].p_vaddr;
    for (size_t i = 0; header && i < count; i++) {
        if (header[i].p_type != PT_LOAD || !(header[i].p_flags & PF_X))
            continue;
        own_begin = base + header[i].p_vaddr;
        own_end = own_begin + header[i].p_memsz;
    }
}

__attribute__((constructor)) static void attach(void)
{
    const char *path = getenv("TOUCHSTONE_INJECT");
    if (getenv("TOUCHSTONE_INJECT_SHOW"))
        show = (void (*)(void))dlsym(RTLD_DEFAULT, "__sanitizer_print_stack_trace");
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    struct inject_control *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped == MAP_FAILED)
        return;
    if (mapped->program[0] == '\0' ||
        strncmp(mapped->program, program_invocation_short_name, INJECT_NAME_BYTES) == 0)
        control = mapped;
    else
        munmap(mapped, sizeof *control);
    find_own();
}

// ---- counting

struct walk {
    uint64_t hash;
    int depth;
    bool is_own; // the program itself is among the nearest callers
};

static _Unwind_Reason_Code on_frame(struct _Unwind_Context *frame, void *context)
{
    struct walk *walk = context;
    uintptr_t at = _Unwind_GetIP(frame);
    walk->hash = (walk->hash ^ (uint64_t)at) * UINT64_C(0x100000001b3);
    walk->is_own = walk->is_own || (at >= own_begin && at < own_end && walk->depth < OWN_DEPTH);
    return ++walk->depth < SITE_DEPTH ? _URC_NO_REASON : _URC_END_OF_STACK;
}

static void trace(uint64_t n)
{
    struct walk walk = {.hash = UINT64_C(0xcbf29ce484222325)};
    if (n >= INJECT_SITES_MAX)
        return;
    _Unwind_Backtrace(on_frame, &walk);
    atomic_store(&control->sites[n], (walk.hash & ~UINT64_C(1)) | walk.is_own);
}

// Whether this call is to fail.
static bool fails(enum inject_group group)
{
    if (!control || is_inside || !(atomic_load(&control->groups) & group))
        return false;
    uint64_t n = atomic_fetch_add(&control->calls, 1) + 1;
    uint64_t from = atomic_load(&control->fail_from);
    if (atomic_load(&control->traces)) {
        is_inside = true;
        trace(n);
        is_inside = false;
    }
    if (from == 0 || n < from || n - from >= atomic_load(&control->fail_count))
        return false;
    atomic_fetch_add(&control->failed, 1);
    if (show) {
        is_inside = true;
        show();
        is_inside = false;
    }
    return true;
}

static bool fails_with(enum inject_group group, int code)
{
    if (!fails(group))
        return false;
    errno = code;
    return true;
}

// A connection that broke stays broken, for both sides: libpq reads on after a failed write, up to the end.
static bool breaks(int fd, int code)
{
    if (!fails(INJECT_SOCKETS))
        return false;
    syscall(SYS_shutdown, fd, SHUT_RDWR);
    errno = code;
    return true;
}

// Files and sockets fail each in their own way; pipes and event counters of a process to itself never do.
static bool fails_on(int fd, int file_code, int socket_code)
{
    struct stat about;
    if (!control || !atomic_load(&control->groups) || fstat(fd, &about) != 0)
        return false;
    if (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))
        return fails_with(INJECT_FILES, file_code);
    return S_ISSOCK(about.st_mode) && breaks(fd, socket_code);
}

// ---- the functions behind us

static _Alignas(16) char early[EARLY_BYTES]; // for dlsym itself, before anything is found; never freed
static size_t early_used;

static void *early_memory(size_t size)
{
    size_t at = early_used;
    early_used += (size + 15) & ~(size_t)15;
    return early_used <= sizeof early ? early + at : NULL;
}

static bool is_early(const void *memory)
{
    return (const char *)memory >= early && (const char *)memory < early + sizeof early;
}

static void *find(const char *name)
{
    bool was_inside = is_inside;
    is_inside = true;
    void *found = dlsym(RTLD_NEXT, name);
    is_inside = was_inside;
    return found;
}

// next(f) is the f that would have been called without us.
#define next(function)                                                                                       \
    ({                                                                                                       \
        static __typeof__(&function) found_##function;                                                       \
        if (!found_##function)                                                                               \
            found_##function = (__typeof__(&function))find(#function);                                       \
        found_##function;                                                                                    \
    })

// ---- memory

static __thread bool is_resolving;
static void *(*next_malloc)(size_t), *(*next_calloc)(size_t, size_t), *(*next_realloc)(void *, size_t);
static void (*next_free)(void *);

// False while dlsym is at work on these very functions.
static bool has_memory(void)
{
    if (next_free)
        return true;
    if (is_resolving)
        return false;
    is_resolving = true;
    next_malloc = (void *(*)(size_t))find("malloc");
    next_calloc = (void *(*)(size_t, size_t))find("calloc");
    next_realloc = (void *(*)(void *, size_t))find("realloc");
    next_free = (void (*)(void *))find("free");
    is_resolving = false;
    return true;
}

void *malloc(size_t size)
{
    if (!has_memory())
        return early_memory(size);
    return fails_with(INJECT_MEMORY, ENOMEM) ? NULL : next_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    if (!has_memory())
        return early_memory(count * size);
    return fails_with(INJECT_MEMORY, ENOMEM) ? NULL : next_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    if (!has_memory() || is_early(old)) {
        void *fresh = malloc(size);
        size_t there = old ? (size_t)(early + sizeof early - (char *)old) : 0;
        return fresh && old ? memcpy(fresh, old, size < there ? size : there) : fresh;
    }
    return fails_with(INJECT_MEMORY, ENOMEM) ? NULL : next_realloc(old, size);
}

void free(void *memory)
{
    if (memory && !is_early(memory) && has_memory())
        next_free(memory);
}

int posix_memalign(void **ret_memory, size_t alignment, size_t size)
{
    return fails(INJECT_MEMORY) ? ENOMEM : next(posix_memalign)(ret_memory, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails_with(INJECT_MEMORY, ENOMEM) ? NULL : next(aligned_alloc)(alignment, size);
}

char *strdup(const char *text)
{
    return fails_with(INJECT_MEMORY, ENOMEM) ? NULL : next(strdup)(text);
}

char *strndup(const char *text, size_t length)
{
    return fails_with(INJECT_MEMORY, ENOMEM) ? NULL : next(strndup)(text, length);
}

// ---- files

#define OPENS(name, ...)                                                                                     \
    va_list rest;                                                                                            \
    va_start(rest, flags);                                                                                   \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                  \
    va_end(rest);                                                                                            \
    return fails_with(INJECT_FILES, EMFILE) ? -1 : next(name)(__VA_ARGS__, flags, mode)

int open(const char *path, int flags, ...)
{
    OPENS(open, path);
}

int open64(const char *path, int flags, ...)
{
    OPENS(open64, path);
}

int openat(int at, const char *path, int flags, ...)
{
    OPENS(openat, at, path);
}

int openat64(int at, const char *path, int flags, ...)
{
    OPENS(openat64, at, path);
}

int mkostemp(char *pattern, int flags)
{
    return fails_with(INJECT_FILES, ENOSPC) ? -1 : next(mkostemp)(pattern, flags);
}

int mkostemp64(char *pattern, int flags)
{
    return fails_with(INJECT_FILES, ENOSPC) ? -1 : next(mkostemp64)(pattern, flags);
}

FILE *fopen(const char *path, const char *mode)
{
    return fails_with(INJECT_FILES, EMFILE) ? NULL : next(fopen)(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    return fails_with(INJECT_FILES, EMFILE) ? NULL : next(fopen64)(path, mode);
}

int fsync(int fd)
{
    return fails_with(INJECT_FILES, EIO) ? -1 : next(fsync)(fd);
}

int fdatasync(int fd)
{
    return fails_with(INJECT_FILES, EIO) ? -1 : next(fdatasync)(fd);
}

int rename(const char *from, const char *to)
{
    return fails_with(INJECT_FILES, ENOSPC) ? -1 : next(rename)(from, to);
}

int fchmod(int fd, mode_t mode)
{
    return fails_with(INJECT_FILES, EPERM) ? -1 : next(fchmod)(fd, mode);
}

int mkdir(const char *path, mode_t mode)
{
    return fails_with(INJECT_FILES, ENOSPC) ? -1 : next(mkdir)(path, mode);
}

// ---- files and sockets

ssize_t read(int fd, void *bytes, size_t length)
{
    return fails_on(fd, EIO, ECONNRESET) ? -1 : next(read)(fd, bytes, length);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    return fails_on(fd, ENOSPC, EPIPE) ? -1 : next(write)(fd, bytes, length);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return fails_on(fd, ENOSPC, EPIPE) ? -1 : next(writev)(fd, parts, count);
}

// ---- sockets

int socket(int domain, int type, int protocol)
{
    return fails_with(INJECT_SOCKETS, EMFILE) ? -1 : next(socket)(domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int ret_pair[2])
{
    return fails_with(INJECT_SOCKETS, EMFILE) ? -1 : next(socketpair)(domain, type, protocol, ret_pair);
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    return fails_with(INJECT_SOCKETS, EADDRINUSE) ? -1 : next(bind)(fd, address, length);
}

int listen(int fd, int backlog)
{
    return fails_with(INJECT_SOCKETS, EADDRINUSE) ? -1 : next(listen)(fd, backlog);
}

int accept(int fd, struct sockaddr *restrict ret_address, socklen_t *restrict ret_length)
{
    return fails_with(INJECT_SOCKETS, EMFILE) ? -1 : next(accept)(fd, ret_address, ret_length);
}

int accept4(int fd, struct sockaddr *restrict ret_address, socklen_t *restrict ret_length, int flags)
{
    return fails_with(INJECT_SOCKETS, EMFILE) ? -1 : next(accept4)(fd, ret_address, ret_length, flags);
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
    return fails_with(INJECT_SOCKETS, ECONNREFUSED) ? -1 : next(connect)(fd, address, length);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    return fails_with(INJECT_SOCKETS, ENOBUFS) ? -1 : next(setsockopt)(fd, level, name, value, length);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
    return breaks(fd, EPIPE) ? -1 : next(send)(fd, bytes, length, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    return breaks(fd, EPIPE) ? -1 : next(sendmsg)(fd, message, flags);
}

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
    return breaks(fd, ECONNRESET) ? -1 : next(recv)(fd, bytes, length, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    return breaks(fd, ECONNRESET) ? -1 : next(recvmsg)(fd, message, flags);
}

// ---- processes

pid_t fork(void)
{
    return fails_with(INJECT_PROCESS, EAGAIN) ? -1 : next(fork)();
}

int pipe2(int ret_pair[2], int flags)
{
    return fails_with(INJECT_PROCESS, EMFILE) ? -1 : next(pipe2)(ret_pair, flags);
}

int pipe(int ret_pair[2])
{
    return fails_with(INJECT_PROCESS, EMFILE) ? -1 : next(pipe)(ret_pair);
}

int signalfd(int fd, const sigset_t *signals, int flags)
{
    return fails_with(INJECT_PROCESS, EMFILE) ? -1 : next(signalfd)(fd, signals, flags);
}
