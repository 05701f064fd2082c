#include "perform.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct rlimit files_before;

uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void perform_prepare(void)
{
    /* A thousand instances need a few thousand descriptors; what they run gets the old limit back. */
    getrlimit(RLIMIT_NOFILE, &files_before);
    struct rlimit raised = {files_before.rlim_max, files_before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &raised);
    umask(0);
}

/* Turns the convention of the C library into an errno. */
static int result(long returned) { return returned < 0 ? errno : 0; }

static int write_file(const char *path, const struct argument *content)
{
    int file = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0)
        return errno;
    /* One write: the files of cgroup and proc take a value whole or not at all. */
    ssize_t written = write(file, content->data, content->length);
    int failed = written < 0 ? errno : (size_t)written != content->length ? EIO : 0;
    close(file);
    return failed;
}

static int pivot_root_here(const char *path)
{
    if (chdir(path) < 0)
        return errno;
    /* Both arguments ".": the old root comes to lie on top of the new one, and needs no directory in it. */
    return result(syscall(SYS_pivot_root, ".", "."));
}

static int link_up(const char *name)
{
    struct ifreq request = {0};
    if (strlen(name) >= sizeof request.ifr_name)
        return ENAMETOOLONG;
    memcpy(request.ifr_name, name, strlen(name));
    int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (file < 0)
        return errno;
    int failed = result(ioctl(file, SIOCGIFFLAGS, &request));
    if (!failed) {
        request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
        failed = result(ioctl(file, SIOCSIFFLAGS, &request));
    }
    close(file);
    return failed;
}

static int set_identity(const struct step *step)
{
    gid_t groups[64];
    uint32_t count = step->argument_count - 2;
    for (uint32_t i = 0; i < count; i++)
        groups[i] = (gid_t)step->arguments[2 + i].number;
    gid_t gid = (gid_t)step->arguments[1].number;
    uid_t uid = (uid_t)step->arguments[0].number;
    /* Plain system calls: the C library's own wrappers would look for threads of the launcher's. */
    if (syscall(SYS_setgroups, (size_t)count, groups) < 0 || syscall(SYS_setresgid, gid, gid, gid) < 0)
        return errno;
    return result(syscall(SYS_setresuid, uid, uid, uid));
}

/* BOUNDING is what may ever be regained (by a setuid program, say); SETS what is held now. Bits by number. */
static int set_capabilities(uint64_t bounding, uint64_t sets)
{
    for (int capability = 0; capability < 64; capability++) {
        if (bounding >> capability & 1)
            continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) {
            if (errno == EINVAL)
                break; /* beyond the last one that this kernel knows */
            return errno;
        }
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
        return errno;
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    uint32_t low = (uint32_t)sets, high = (uint32_t)(sets >> 32);
    struct __user_cap_data_struct data[2] = {{low, low, 0}, {high, high, 0}};
    return result(syscall(SYS_capset, &header, data));
}

static int load_filter(const struct argument *program)
{
    struct sock_fprog filter = {(unsigned short)(program->length / 8), (struct sock_filter *)(uintptr_t)program->data};
    return result(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter));
}

static int place(int from, int to)
{
    if (from == to)
        return result(fcntl(to, F_SETFD, 0));
    return result(dup2(from, to));
}

static int execute(const struct step *step, const struct descriptors *descriptors)
{
    static char *argv[PLAN_MAX_ARGUMENTS + 1], *env[PLAN_MAX_ARGUMENTS + 1];
    uint32_t arguments = (uint32_t)step->arguments[1].number, i, n = 0;
    for (i = 0; i < arguments; i++)
        argv[i] = (char *)(uintptr_t)step->arguments[2 + i].data;
    argv[i] = NULL;
    for (i = 2 + arguments; i < step->argument_count; i++)
        env[n++] = (char *)(uintptr_t)step->arguments[i].data;
    env[n] = NULL;

    int failed = 0;
    for (int stream = 0; stream < 3 && !failed; stream++)
        failed = place(descriptors->stream[stream], stream);
    if (!failed && descriptors->mark >= 0)
        failed = place(descriptors->mark, MARK_DESCRIPTOR);
    if (failed)
        return failed;
    /* Every descriptor of ours closes on exec anyway; this is the second lock on that door (CVE-2024-21626). */
    syscall(SYS_close_range, descriptors->mark >= 0 ? MARK_DESCRIPTOR + 1 : MARK_DESCRIPTOR, ~0u, 0);
    if (setrlimit(RLIMIT_NOFILE, &files_before) < 0)
        return errno;
    /* If the launcher is killed outright, what it started dies with it. Last: a change of identity clears it. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return errno;
    umask(022); /* steps mean their modes as they stand; a program expects the usual mask */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(step->arguments[0].data, argv, env);
    return errno;
}

static const char *text_or_null(const struct argument *argument) { return argument->length ? argument->data : NULL; }

int perform(const struct step *step, const struct descriptors *descriptors)
{
    const struct argument *a = step->arguments;
    switch ((enum operation)step->operation) {
    case OP_CGROUP_CREATE:
        return result(mkdir(a[0].data, 0755));
    case OP_WRITE:
        return write_file(a[0].data, &a[1]);
    case OP_MKDIR:
        return result(mkdir(a[0].data, (mode_t)a[1].number));
    case OP_UNSHARE:
        return result(unshare((int)a[0].number));
    case OP_MOUNT:
        return result(mount(text_or_null(&a[0]), a[1].data, text_or_null(&a[2]), a[3].number, text_or_null(&a[4])));
    case OP_UMOUNT:
        return result(umount2(a[0].data, (int)a[1].number));
    case OP_MKNOD:
        return result(mknod(a[0].data, (mode_t)a[1].number, (dev_t)a[2].number));
    case OP_SYMLINK:
        return result(symlink(a[0].data, a[1].data));
    case OP_CHDIR:
        return result(chdir(a[0].data));
    case OP_PIVOT_ROOT:
        return pivot_root_here(a[0].data);
    case OP_HOSTNAME:
        return result(sethostname(a[0].data, a[0].length));
    case OP_LINK_UP:
        return link_up(a[0].data);
    case OP_SETSID:
        return result(setsid());
    case OP_RLIMIT: {
        struct rlimit limit = {a[1].number, a[2].number};
        return result(setrlimit((int)a[0].number, &limit));
    }
    case OP_IDENTITY:
        return set_identity(step);
    case OP_CAPABILITIES:
        return set_capabilities(a[0].number, a[1].number);
    case OP_NO_NEW_PRIVS:
        return result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    case OP_SECCOMP:
        return load_filter(&a[0]);
    case OP_EXEC:
        return execute(step, descriptors);
    case OP_DESCRIPTORS:
    case OP_COLLECT:
    case OP_CLONE:
        break; /* the launcher's own, see instance.c */
    }
    return ENOSYS;
}
