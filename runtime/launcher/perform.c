#include "perform.h"
#include "network.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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
    network_prepare();
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

/* Capabilities that are permitted outlive the change, so that the step that sets them can still choose. */
static int set_identity(const struct step *step)
{
    gid_t groups[64];
    uint32_t count = step->argument_count - 2;
    for (uint32_t i = 0; i < count; i++)
        groups[i] = (gid_t)step->arguments[2 + i].number;
    gid_t gid = (gid_t)step->arguments[1].number;
    uid_t uid = (uid_t)step->arguments[0].number;
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
        return errno;
    /* Plain system calls: the C library's own wrappers would look for threads of the launcher's. */
    if (syscall(SYS_setgroups, (size_t)count, groups) < 0 || syscall(SYS_setresgid, gid, gid, gid) < 0)
        return errno;
    return result(syscall(SYS_setresuid, uid, uid, uid));
}

/* What may ever be regained, by a setuid program for one. Bits by number. */
static int limit_capabilities(uint64_t bounding)
{
    /* After a change of identity what is permitted is no longer in effect, and dropping needs CAP_SETPCAP. */
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) < 0)
        return errno;
    data[0].effective = data[0].permitted;
    data[1].effective = data[1].permitted;
    if (syscall(SYS_capset, &header, data) < 0)
        return errno;
    for (int capability = 0; capability < 64; capability++) {
        if (bounding >> capability & 1)
            continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) {
            if (errno == EINVAL)
                break; /* beyond the last one that this kernel knows */
            return errno;
        }
    }
    return 0;
}

static int set_capabilities(uint64_t effective, uint64_t permitted, uint64_t inheritable, uint64_t ambient)
{
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 && errno != EINVAL)
        return errno;
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {
        {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
        {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)},
    };
    if (syscall(SYS_capset, &header, data) < 0)
        return errno;
    for (int capability = 0; capability < 64; capability++)
        if (ambient >> capability & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
            return errno;
    return 0;
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

/* The new process gets its own descriptors and nothing else: whatever the launcher has open stays behind. */
static int hand_over(struct context *context)
{
    context->handed_over = 1;
    int last = STDERR_FILENO, failed = 0;
    for (int stream = 0; stream < 3 && !failed; stream++)
        failed = place(context->stream[stream], stream);
    if (!failed && context->mark >= 0)
        failed = place(context->mark, last = MARK_DESCRIPTOR);
    if (!failed && context->file >= 0)
        failed = place(context->file, last = FILE_DESCRIPTOR);
    if (failed)
        return failed;
    /* Every descriptor of ours closes on exec anyway; this is the second lock on that door (CVE-2024-21626). */
    unsigned from = (unsigned)last + 1, helper = (unsigned)context->helper;
    if (context->helper >= (int)from) {
        if (helper > from)
            syscall(SYS_close_range, from, helper - 1, 0);
        from = helper + 1; /* the launcher takes its end for ours: that must come with the exec, no earlier */
    }
    syscall(SYS_close_range, from, ~0u, 0);
    if (!context->files_limited && setrlimit(RLIMIT_NOFILE, &files_before) < 0)
        return errno;
    umask(022); /* steps mean their modes as they stand; a program expects the usual mask */
    /* If the launcher is killed outright, what it started dies with it. Late: a change of identity clears it. */
    return result(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
}

static int execute(const struct step *step, struct context *context)
{
    static char *argv[PLAN_MAX_ARGUMENTS + 1], *env[PLAN_MAX_ARGUMENTS + 1];
    uint32_t arguments = (uint32_t)step->arguments[1].number, i, n = 0;
    for (i = 0; i < arguments; i++)
        argv[i] = (char *)(uintptr_t)step->arguments[2 + i].data;
    argv[i] = NULL;
    for (i = 2 + arguments; i < step->argument_count; i++)
        env[n++] = (char *)(uintptr_t)step->arguments[i].data;
    env[n] = NULL;

    int failed = context->handed_over ? 0 : hand_over(context);
    if (failed)
        return failed;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(step->arguments[0].data, argv, env);
    return errno;
}

/* A change of directory that leads out of the root (through a descriptor left open, say) is none: CVE-2024-21626. */
static int change_directory(const char *path)
{
    static char buffer[4096];
    if (chdir(path) < 0)
        return errno;
    if (syscall(SYS_getcwd, buffer, sizeof buffer) < 0)
        return errno;
    return buffer[0] == '/' ? 0 : EXDEV; /* "(unreachable)/…": see getcwd(2) */
}

static int limit_resource(const struct step *step, struct context *context)
{
    const struct argument *a = step->arguments;
    struct rlimit limit = {a[1].number, a[2].number};
    context->files_limited |= a[0].number == RLIMIT_NOFILE;
    return result(setrlimit((int)a[0].number, &limit));
}

static int join_namespace(const char *path, uint64_t type)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
    int failed = result(setns(file, (int)type));
    close(file);
    return failed;
}

static int make_memory_file(const struct argument *content, struct context *context)
{
    int file = memfd_create("tare-plan", MFD_CLOEXEC);
    if (file < 0)
        return errno;
    /* pwrite leaves the offset at the start, where whoever is handed the file begins to read. */
    if (pwrite(file, content->data, content->length, 0) != (ssize_t)content->length) {
        close(file);
        return ENOSPC;
    }
    if (context->file >= 0)
        close(context->file);
    context->file = file;
    return 0;
}

static const char *text_or_null(const struct argument *argument) { return argument->length ? argument->data : NULL; }

int perform(const struct step *step, struct context *context)
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
        return change_directory(a[0].data);
    case OP_PIVOT_ROOT:
        return pivot_root_here(a[0].data);
    case OP_HOSTNAME:
        return result(sethostname(a[0].data, a[0].length));
    case OP_LINK_UP:
        return link_up(a[0].data);
    case OP_SETSID:
        return result(setsid());
    case OP_RLIMIT:
        return limit_resource(step, context);
    case OP_IDENTITY:
        return set_identity(step);
    case OP_BOUNDING:
        return limit_capabilities(a[0].number);
    case OP_CAPABILITIES:
        return set_capabilities(a[0].number, a[1].number, a[2].number, a[3].number);
    case OP_NO_NEW_PRIVS:
        return result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    case OP_SECCOMP:
        return load_filter(&a[0]);
    case OP_HAND_OVER:
        return hand_over(context);
    case OP_EXEC:
        return execute(step, context);
    case OP_ID_MAP:
        return ask_for_ids(step, context);
    case OP_TREE_OPEN:
        return open_tree_at(a[0].data, a[2].number != 0, a[3].number, -1, &context->trees[a[1].number]);
    case OP_TREE_ATTACH:
        return attach_tree(context->trees[a[0].number], a[1].data);
    case OP_VETH:
        return make_veth(a[0].data, a[1].data, (uint32_t)a[2].number, (uint32_t)a[3].number, (uint8_t)a[4].number);
    case OP_JOIN:
        return join_namespace(a[0].data, a[1].number);
    case OP_NETWORK_BEGIN:
        network_begin();
        return 0;
    case OP_NETWORK_ENTER:
        return network_enter();
    case OP_MEMORY_FILE:
        return make_memory_file(&a[0], context);
    case OP_DESCRIPTORS:
    case OP_COLLECT:
    case OP_CLONE:
    case OP_OWN_CGROUP:
    case OP_OWN_LINK:
        break; /* the launcher's own, see instance.c */
    }
    return ENOSYS;
}
