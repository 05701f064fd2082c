/*
 * The host as the launcher's other files see it (the linker's --wrap leads their calls here): nothing is removed or
 * unmounted, only children of the case's own are killed, and memory and descriptors run out at times.
 */
#include "case.h"
#include "made.h"
#include "witness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define REAL(returns, name, ...) \
    returns __real_##name(__VA_ARGS__); \
    returns __wrap_##name(__VA_ARGS__)

static int refuse(int error)
{
    errno = error;
    return -1;
}

static int some(const int *errors, size_t count) { return refuse(errors[random_below(made_chance(), (uint32_t)count)]); }
#define SOME(...) some((const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

/* A file to read, with something in it. */
static int some_file(void)
{
    char content[6000];
    int file = memfd_create("tare-fuzz", MFD_CLOEXEC);
    size_t length = random_below(made_chance(), sizeof content);
    memset(content, 'c', length);
    if (file >= 0 && (write(file, content, length) < 0 || lseek(file, 0, SEEK_SET) < 0))
        fault("the fuzz target itself: a file in memory cannot be written");
    return file;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    if (!(flags & O_CLOEXEC))
        fault("opened without O_CLOEXEC: %.200s", path);
    if (strcmp(path, "/dev/null") == 0)
        return __real_open(path, O_RDONLY | O_CLOEXEC);
    const char *name = strrchr(path, '/');
    int to_write = name && (strcmp(name, "/cgroup.kill") == 0 || strcmp(name, "/uid_map") == 0 || strcmp(name, "/gid_map") == 0);
    if (to_write ? flags != (O_WRONLY | O_CLOEXEC) : flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))
        fault("the launcher itself would write to %.200s (flags %x)", path, flags);
    if (strcmp(path, "/proc/self/exe") == 0) /* copying the whole fuzz target takes its time */
        return random_once_in(made_chance(), 40) ? __real_open(path, O_RDONLY | O_CLOEXEC) : refuse(EACCES);
    if (random_once_in(made_chance(), 3))
        return SOME(ENOENT, EACCES, EMFILE, ELOOP);
    /* A directory is what clone3 refuses as a cgroup and read refuses as a file. */
    if (flags & O_DIRECTORY || (!to_write && random_once_in(made_chance(), 8)))
        return __real_open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return some_file();
}

/* It would become this very program, and fuzz in the fuzz target. */
int __wrap_fexecve(int file, char *const argv[], char *const env[]);
int __wrap_fexecve(int file, char *const argv[], char *const env[])
{
    (void)file, (void)argv, (void)env;
    return refuse(ENOSYS);
}

static int is_crash(int number) { return number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE; }

int __real_sigprocmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old);
int __wrap_sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    sigset_t without = *set;
    for (int number = 1; number < 32; number++)
        if (is_crash(number))
            sigdelset(&without, number);
    return __real_sigprocmask(how, &without, old);
}

/* Trees are opened and shifted for an id map by system calls without a function of the C library's. */
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long), d = va_arg(list, long), e = va_arg(list, long);
    va_end(list);
    if (number == SYS_rt_sigaction && is_crash((int)a))
        return 0; /* the sanitizer's own handler stays, and says where it happened */
    if (number == SYS_open_tree)
        return random_once_in(made_chance(), 20) ? SOME(ENOENT, EMFILE, EACCES) : __real_open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (number == SYS_mount_setattr)
        return random_once_in(made_chance(), 20) ? SOME(EINVAL, EPERM) : 0;
    return __real_syscall(number, a, b, c, d, e);
}

/* Inside a tree to be removed everything is read as it lies, and nothing goes away. */
int __real_openat(int parent, const char *path, int flags, ...);
int __wrap_openat(int parent, const char *path, int flags, ...);
int __wrap_openat(int parent, const char *path, int flags, ...)
{
    if (!(flags & O_NOFOLLOW) || !(flags & O_DIRECTORY) || !(flags & O_CLOEXEC))
        fault("a tree is entered without O_DIRECTORY, O_NOFOLLOW and O_CLOEXEC");
    if (random_once_in(made_chance(), 8))
        return SOME(ENOENT, EACCES, EMFILE, ELOOP);
    if (parent != AT_FDCWD)
        return __real_openat(parent, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return __real_open(doubled_tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

REAL(int, fstat, int file, struct stat *status)
{
    int returned = __real_fstat(file, status);
    if (random_once_in(made_chance(), 8))
        status->st_dev++; /* another file system */
    return returned;
}

/* Whether something cannot be taken back: once in so many times, or nearly always. */
static int stays(uint32_t once_in) { return notes->obstinate ? !random_once_in(made_chance(), 10) : random_once_in(made_chance(), once_in); }

REAL(int, unlinkat, int parent, const char *name, int flags)
{
    struct random *chance = made_chance();
    uint32_t tries;
    if (parent == AT_FDCWD) {
        if (!made_last(MADE_DIRECTORY, name, &tries))
            return refuse(ENOENT);
        if (tries == 0 && flags == AT_REMOVEDIR && random_once_in(chance, 2))
            return SOME(ENOTEMPTY, ENOTEMPTY, EEXIST, ENOTDIR);
        made_undone();
        return stays(6) ? SOME(ENOENT, EACCES, EBUSY, EROFS) : 0;
    }
    struct stat status;
    if (strchr(name, '/') || fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        fault("removed by a name that is not in the directory: %.200s", name);
    else if (S_ISDIR(status.st_mode) != (flags == AT_REMOVEDIR))
        return refuse(flags == AT_REMOVEDIR ? ENOTDIR : EISDIR);
    return random_once_in(chance, 4) ? SOME(ENOTEMPTY, ENOTEMPTY, ENOTEMPTY, EACCES) : 0;
}

REAL(int, rmdir, const char *path)
{
    struct random *chance = made_chance();
    uint32_t tries;
    if (!made_last(MADE_CGROUP, path, &tries))
        return refuse(ENOENT);
    if (random_once_in(chance, tries ? 2 : 4))
        return refuse(EBUSY); /* sometimes for longer than the launcher's patience */
    made_undone();
    return stays(8) ? SOME(ENOENT, EACCES, ENOTEMPTY) : 0;
}

REAL(int, umount2, const char *path, int flags)
{
    uint32_t tries;
    if (flags != MNT_DETACH)
        fault("unmounted with flags %d", flags);
    if (!made_last(MADE_MOUNT, path, &tries))
        return refuse(EINVAL);
    made_undone();
    return stays(8) ? SOME(EINVAL, EBUSY, ENOENT, EPERM) : 0;
}

int __wrap_remove_link(const char *name);
int __wrap_remove_link(const char *name)
{
    uint32_t tries;
    if (!made_last(MADE_LINK, name, &tries))
        return ENODEV;
    made_undone();
    return stays(8) ? EPERM : 0;
}

/* What the kernel may list as members of a cgroup: children, 0 for a process of another namespace. */
static FILE *members(void)
{
    static char list[64];
    struct random *chance = made_chance();
    pid_t child = random_once_in(chance, 4) ? witness_living() : 0;
    int length = snprintf(list, sizeof list, "%s%d\n%s", random_once_in(chance, 3) ? "0\n" : "", (int)child,
                          random_once_in(chance, 6) ? "-1\nx" : "");
    return fmemopen(list, (size_t)length, "r");
}

REAL(FILE *, fopen, const char *path, const char *mode)
{
    const char *name = strrchr(path, '/');
    if (!strchr(mode, 'e') || mode[0] != 'r' || strchr(mode, '+'))
        fault("a stream opened with mode %s", mode);
    if (strncmp(path, "/proc/self/task/", 16) == 0)
        return __real_fopen(path, mode);
    if (!name || strcmp(name, "/cgroup.procs") != 0)
        fault("a stream opened on %.200s", path);
    return random_once_in(made_chance(), 6) ? NULL : members();
}

REAL(int, kill, pid_t pid, int number)
{
    siginfo_t info;
    if (pid == 0 || pid == -1 || pid == 1)
        fault("kill(%d, %d)", pid, number);
    else if (pid < 0 ? !witness_was_started(-pid) : waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
        fault("signal %d to %d, which is no child of the launcher's", number, pid);
    else {
        int sent = number == SIGSYS ? SIGKILL : number;
        int returned = __real_kill(pid, sent);
        if (returned == 0 && sent > 0)
            witness_sent(sent);
        return returned;
    }
    return refuse(ESRCH);
}

REAL(int, pipe2, int ends[2], int flags)
{
    return notes->starving && random_once_in(made_chance(), 20) ? refuse(EMFILE) : __real_pipe2(ends, flags);
}

REAL(int, epoll_ctl, int epoll, int operation, int file, struct epoll_event *event)
{
    if (notes->starving && witness_launching() && random_once_in(made_chance(), 20))
        return refuse(ENOSPC);
    return __real_epoll_ctl(epoll, operation, file, event);
}

/* Memory: counted, since what is not given back in the end has leaked. */
static int allocated;
int host_allocated(void) { return allocated; }

static int starved(void) { return notes->starving && random_once_in(made_chance(), 60); }

REAL(void *, malloc, size_t size)
{
    void *memory = starved() ? NULL : __real_malloc(size);
    allocated += memory != NULL;
    return memory;
}

REAL(void *, calloc, size_t count, size_t size)
{
    void *memory = starved() ? NULL : __real_calloc(count, size);
    allocated += memory != NULL;
    return memory;
}

REAL(char *, strdup, const char *text)
{
    char *memory = starved() ? NULL : __real_strdup(text);
    allocated += memory != NULL;
    return memory;
}

/* Never starved: without room for an event the launcher ends, by design. */
REAL(void *, realloc, void *old, size_t size)
{
    void *memory = __real_realloc(old, size);
    allocated += !old && memory;
    return memory;
}

REAL(void, free, void *memory)
{
    allocated -= memory != NULL;
    __real_free(memory);
}
