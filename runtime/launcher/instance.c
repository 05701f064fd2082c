#include "instance.h"
#include "network.h"
#include "perform.h"
#include "teardown.h"
#include "wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of each captured stream this much is passed on; the rest is read and dropped, so that nothing blocks. */
#define OUTPUT_LIMIT (256u * 1024u)

/*
 * Descriptors below this number are the launcher's few own ones and what a start hands to its child; from it on lie
 * the read ends of instances when there are many. A child then lets go of thousands by one call, and none has to be copied for it.
 */
#define FIRST_READ_END 64

static struct instance *instances;
static int epoll_file, null_file;

/* Which instance a pipe belongs to, by descriptor number. */
static struct watch {
    struct instance *instance;
    int stream; /* 0 mark, 1 standard output, 2 standard error */
} *watches;
static size_t watch_count;

/* Written by the new process. Shared, so that it arrives from one that has a copy of our memory as well. */
static struct {
    uint64_t stamps[PLAN_MAX_STEPS];
    volatile uint32_t step;
    volatile int failure;
} *report;

void instances_prepare(int epoll)
{
    epoll_file = epoll;
    null_file = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null_file < 0) {
        perror("tare-launcher: /dev/null");
        exit(1);
    }
    report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (report == MAP_FAILED) {
        perror("tare-launcher: memory");
        exit(1);
    }
    perform_prepare();
    /* What an instance leaves behind comes to the launcher instead of to the host's init. */
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

static int watch(int file, struct instance *instance, int stream)
{
    if ((size_t)file >= watch_count) {
        size_t wanted = (size_t)file * 2 + 64;
        struct watch *grown = realloc(watches, wanted * sizeof *grown);
        if (!grown)
            return ENOMEM;
        memset(grown + watch_count, 0, (wanted - watch_count) * sizeof *grown);
        watches = grown;
        watch_count = wanted;
    }
    watches[file] = (struct watch){instance, stream};
    struct epoll_event event = {.events = EPOLLIN, .data.fd = file};
    return epoll_ctl(epoll_file, EPOLL_CTL_ADD, file, &event) < 0 ? errno : 0;
}

static void unwatch(int *file)
{
    if (*file < 0)
        return;
    if ((size_t)*file < watch_count)
        watches[*file].instance = NULL;
    close(*file); /* leaves the epoll set with it: its read end is shared with no one */
    *file = -1;
}

static int open_pipe(struct instance *instance, int stream, int *read_end, int *write_end)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return errno;
    *write_end = ends[1];
    *read_end = ends[0];
    /* Those of a few instances may stay where they are; many make way for what starts hand on. */
    if (ends[1] >= FIRST_READ_END / 2) {
        *read_end = fcntl(ends[0], F_DUPFD_CLOEXEC, FIRST_READ_END);
        int failure = *read_end < 0 ? errno : 0;
        close(ends[0]);
        if (failure)
            return failure;
    }
    fcntl(*read_end, F_SETFL, O_NONBLOCK); /* the read end alone: the program's own end blocks as it expects */
    return watch(*read_end, instance, stream);
}

static int open_descriptors(struct instance *instance, const struct step *step, struct context *context)
{
    int failure = 0;
    /* With a client at descriptor 3 it is no mark channel: an instance that had it could speak for the launcher. */
    if (step->arguments[3].number == MARK_INHERIT && epoll_file >= 0)
        return EINVAL;
    for (int stream = 0; stream < 3 && !failure; stream++) {
        uint64_t kind = step->arguments[stream].number;
        if (kind == STREAM_INHERIT)
            context->stream[stream] = stream;
        else if (kind == STREAM_JOIN)
            context->stream[stream] = context->stream[STDOUT_FILENO];
        else if (kind == STREAM_CAPTURE)
            failure = open_pipe(instance, stream, &instance->output[stream - 1], &context->stream[stream]);
    }
    if (!failure && step->arguments[3].number == MARK_PIPE)
        failure = open_pipe(instance, 0, &instance->mark, &context->mark);
    else if (step->arguments[3].number == MARK_INHERIT)
        context->mark = MARK_DESCRIPTOR;
    return failure;
}

static void close_context(struct context *context)
{
    for (int stream = 0; stream < 3; stream++)
        if (context->stream[stream] > 2 && context->stream[stream] != null_file &&
            !(stream == STDERR_FILENO && context->stream[stream] == context->stream[STDOUT_FILENO]))
            close(context->stream[stream]);
    if (context->mark > MARK_DESCRIPTOR)
        close(context->mark);
    if (context->file >= 0)
        close(context->file);
}

static int own(struct instance *instance, enum belonging_kind kind, const char *path)
{
    size_t length = strlen(path) + 1;
    struct belonging *belonging = malloc(sizeof *belonging + length);
    if (!belonging)
        return ENOMEM;
    belonging->below = instance->belongings;
    belonging->kind = kind;
    memcpy(belonging->path, path, length);
    instance->belongings = belonging;
    return 0;
}

static void disown(struct instance *instance)
{
    struct belonging *last = instance->belongings;
    instance->belongings = last->below;
    free(last);
}

/*
 * A step before the clone: what it makes is written down as the instance's own. Before it is made: without memory
 * to write it down nothing may be made.
 */
static int perform_outside(struct instance *instance, const struct step *step, struct context *context)
{
    if (PLAN_FAULT(step->flags))
        return PLAN_FAULT(step->flags);
    if (step->operation == OP_DESCRIPTORS)
        return open_descriptors(instance, step, context);
    if (step->operation == OP_COLLECT)
        return own(instance, BELONGING_COLLECT, step->arguments[0].data);
    if (step->operation == OP_OWN_CGROUP)
        return own(instance, BELONGING_CGROUP, step->arguments[0].data);
    if (step->operation == OP_OWN_LINK)
        return own(instance, BELONGING_LINK, step->arguments[0].data);
    const struct belonging *before = instance->belongings;
    int failure = 0;
    if (step->operation == OP_CGROUP_CREATE)
        failure = own(instance, BELONGING_CGROUP, step->arguments[0].data);
    else if (step->operation == OP_MKDIR)
        failure = own(instance, BELONGING_DIRECTORY, step->arguments[0].data);
    else if (step->operation == OP_MOUNT)
        failure = own(instance, BELONGING_MOUNT, step->arguments[1].data);
    if (failure)
        return failure;
    failure = perform(step, context);
    if (failure && instance->belongings != before)
        disown(instance);
    return failure;
}

static int excused(const struct step *step, int failure)
{
    if (step->operation == OP_EXEC)
        return 0; /* there is nothing to go on with */
    return ((failure == ENOENT || failure == ENOTDIR) && step->flags & PLAN_OPTIONAL) ||
           (failure == EEXIST && step->flags & PLAN_EXISTING);
}

/*
 * What the new process does. Never inlined: in the frame of `spawn`, which it may share with the sleeping launcher,
 * it would keep things of its own where the launcher has things that it will still want.
 */
static __attribute__((noinline)) _Noreturn void child(const struct plan *plan, struct context *context, int launchers_end)
{
    report->stamps[plan->clone_at] = now_ns();
    /* Until here the descriptors were the launcher's own table. What is beyond the first few is not even copied. */
    if (!plan->maps_ids && syscall(SYS_close_range, FIRST_READ_END, ~0u, 2u /* CLOSE_RANGE_UNSHARE */) < 0 &&
        unshare(CLONE_FILES) < 0) {
        report->step = plan->clone_at;
        report->failure = errno;
        _exit(127);
    }
    if (launchers_end >= 0)
        close(launchers_end);
    for (uint32_t i = plan->clone_at + 1; i < plan->count; i++) {
        const struct step *step = plan->steps + i;
        report->step = i;
        if (step->operation == OP_EXEC)
            report->stamps[i] = now_ns();
        int failure = PLAN_FAULT(step->flags) ? PLAN_FAULT(step->flags) : perform(step, context);
        if (failure && !excused(step, failure)) {
            report->failure = failure;
            _exit(127);
        }
        report->stamps[i] = now_ns();
    }
    _exit(127); /* not reached: exec is the last step */
}

/*
 * clone3 as vfork does it: memory shared, the launcher suspended until the child execs or exits. A copy of
 * even this small address space would cost 0.3 ms. Inlined on purpose: the child must not return from the
 * frame in which the launcher will wake.
 */
static inline __attribute__((always_inline)) long clone_suspended(struct clone_args *arguments)
{
    long returned;
    __asm__ volatile("syscall"
                     : "=a"(returned)
                     : "a"((long)SYS_clone3), "D"(arguments), "S"(sizeof *arguments)
                     : "rcx", "r11", "memory");
    return returned;
}

/* Serves a child that asks for its ids to be mapped, until it execs or ends: then its end of HELPER closes. */
static void serve(const struct plan *plan, pid_t pid, int helper)
{
    char word;
    while (read(helper, &word, 1) == 1)
        map_ids(plan->steps + report->step, pid, helper);
}

/*
 * A child that needs nothing of the launcher runs in its memory while the launcher sleeps (vfork). One that
 * needs its ids mapped by somebody with the right to do so gets a copy, and the launcher stays awake.
 */
static __attribute__((noinline)) pid_t spawn(const struct plan *plan, struct context *context, int *failure)
{
    const struct step *step = plan->steps + plan->clone_at;
    struct clone_args arguments = {.flags = step->arguments[0].number | CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD};
    int cgroup = -1, helper[2] = {-1, -1};
    pid_t pid = -1;
    if (PLAN_FAULT(step->flags)) {
        *failure = PLAN_FAULT(step->flags);
        goto out;
    }
    if (step->arguments[1].length) {
        cgroup = open(step->arguments[1].data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (cgroup < 0) {
            *failure = errno;
            goto out;
        }
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)cgroup;
    }
    if (!plan->maps_ids)
        arguments.flags |= CLONE_VM | CLONE_VFORK | CLONE_FILES;
    else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, helper) < 0) {
        *failure = errno;
        goto out;
    }
    context->helper = helper[1];
    report->failure = 0;
    long returned = clone_suspended(&arguments);
    if (returned == 0)
        child(plan, context, helper[0]);
    pid = returned < 0 ? -1 : (pid_t)returned;
    if (helper[1] >= 0) {
        close(helper[1]);
        helper[1] = -1;
        if (pid > 0)
            serve(plan, pid, helper[0]);
    }
    *failure = pid < 0 ? (int)-returned : report->failure;
out:
    for (int i = 0; i < 2; i++)
        if (helper[i] >= 0)
            close(helper[i]);
    if (cgroup >= 0)
        close(cgroup);
    return pid;
}

static void tell_failure(uint32_t id, uint64_t received, const struct plan *plan, uint32_t step, int failure)
{
    int path = operation_path(plan->steps[step].operation);
    wire_begin(EVENT_FAILED, id);
    wire_u64(received);
    wire_u32(step);
    wire_u32((uint32_t)failure);
    wire_u32(step);
    wire_bytes(report->stamps, step * sizeof *report->stamps);
    if (path >= 0)
        wire_text(plan->steps[step].arguments[path].data);
    wire_end();
}

static void refuse(uint32_t id, uint32_t step, const char *reason)
{
    wire_begin(EVENT_ERROR, id);
    wire_u32(step);
    wire_text(reason);
    wire_end();
}

static struct instance *find(uint32_t id)
{
    struct instance *instance = instances;
    while (instance && instance->id != id)
        instance = instance->next;
    return instance;
}

/* Ends what is known of an instance whose main process has been reaped, or never was. */
static void forget(struct instance *instance)
{
    for (struct instance **at = &instances; *at; at = &(*at)->next)
        if (*at == instance) {
            *at = instance->next;
            break;
        }
    unwatch(&instance->mark);
    unwatch(&instance->output[0]);
    unwatch(&instance->output[1]);
    teardown(instance);
    free(instance);
}

/* How far a plan came. */
struct attempt {
    uint64_t received;
    uint32_t step;
    int failure;
};

/* Performs a plan. On failure what it had made is undone, and the instance is gone. */
static struct instance *start(uint32_t id, const struct plan *plan, struct attempt *attempt)
{
    struct instance *instance = calloc(1, sizeof *instance);
    if (!instance) {
        attempt->failure = ENOMEM;
        attempt->step = 0;
        return NULL;
    }
    instance->id = id;
    instance->mark = instance->output[0] = instance->output[1] = -1;
    instance->next = instances;
    instances = instance;

    struct context context = {.stream = {null_file, null_file, null_file}, .mark = -1, .file = -1, .helper = -1};
    memset(context.trees, -1, sizeof context.trees);
    int failure = 0;
    uint32_t i;
    for (i = 0; i < plan->clone_at; i++) {
        failure = perform_outside(instance, plan->steps + i, &context);
        if (failure && !excused(plan->steps + i, failure))
            break;
        failure = 0;
        report->stamps[i] = now_ns();
    }
    if (!failure) {
        report->step = plan->clone_at;
        instance->pid = spawn(plan, &context, &failure);
        i = report->step;
        if (instance->pid < 0)
            instance->pid = 0;
        else if (!failure)
            report->stamps[plan->count - 1] = now_ns(); /* resumed: the exec is done */
    }
    close_context(&context);
    network_abandon();
    attempt->step = i;
    attempt->failure = failure;
    if (failure && instance->pid > 0)
        while (waitpid(instance->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    return instance;
}

void instance_launch(uint32_t id, const uint8_t *body, uint32_t length)
{
    static struct plan plan;
    struct attempt attempt = {.received = now_ns()};
    struct plan_error error;
    if (plan_decode(&plan, body, length, &error) < 0) {
        refuse(id, error.step, error.reason);
        return;
    }
    struct instance *instance = find(id) ? NULL : start(id, &plan, &attempt);
    if (!instance) {
        refuse(id, UINT32_MAX, "an instance with this id is running, or there is no memory for one");
        return;
    }
    if (attempt.failure) {
        tell_failure(id, attempt.received, &plan, attempt.step, attempt.failure);
        forget(instance);
        return;
    }
    wire_begin(EVENT_STARTED, id);
    wire_u64(attempt.received);
    wire_u32((uint32_t)instance->pid);
    wire_u32(plan.count);
    wire_bytes(report->stamps, plan.count * sizeof *report->stamps);
    wire_end();
}

int instance_perform(const uint8_t *body, uint32_t length)
{
    static struct plan plan;
    struct attempt attempt = {.received = now_ns()};
    struct plan_error error;
    if (plan_decode(&plan, body, length, &error) < 0) {
        fprintf(stderr, "tare-launcher: the plan is refused at step %u: %s\n", error.step + 1, error.reason);
        return 2;
    }
    struct instance *instance = start(1, &plan, &attempt);
    if (!instance || attempt.failure) {
        const struct step *step = plan.steps + attempt.step;
        int path = operation_path(step->operation);
        /* Read by the client, which knows the plan and words it for people. */
        fprintf(stderr, "tare-launcher: failed %u %d %s\n", attempt.step, attempt.failure,
                path >= 0 ? step->arguments[path].data : "");
        if (instance)
            forget(instance);
        return 127;
    }
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGCHLD);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    siginfo_t end = {0};
    for (;;) {
        if (waitid(P_PID, (id_t)instance->pid, &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid != 0)
            break;
        int signal = sigwaitinfo(&wanted, NULL);
        if (signal == SIGTERM || signal == SIGINT)
            kill(instance->pid, SIGKILL);
    }
    int status = end.si_code == CLD_EXITED ? end.si_status : 128 + end.si_status;
    instances_end(); /* and what the main process left behind: with us gone it would be init's */
    return status;
}

void instance_signal(uint32_t id, const uint8_t *body, uint32_t length)
{
    uint32_t number;
    if (length != sizeof number) {
        refuse(id, UINT32_MAX, "a signal is 4 bytes");
        return;
    }
    memcpy(&number, body, sizeof number);
    struct instance *instance = find(id);
    /* An instance that has ended meanwhile is no error: the client cannot know yet. */
    if (instance && kill(instance->pid, (int)number) < 0)
        refuse(id, UINT32_MAX, strerror(errno));
}

/* Reads what a pipe holds. Returns 0 when its end has been reached. */
static int read_stream(struct instance *instance, int file, int stream)
{
    char bytes[4096];
    ssize_t length = read(file, bytes, sizeof bytes);
    if (length < 0)
        return errno == EAGAIN || errno == EINTR ? -1 : 0;
    if (length == 0)
        return 0;
    uint64_t stamp = now_ns();
    if (stream == 0) {
        wire_begin(EVENT_MARK, instance->id);
        wire_u64(stamp);
        wire_bytes(bytes, (size_t)length);
        wire_end();
    } else if (instance->output_sent < OUTPUT_LIMIT) {
        instance->output_sent += (uint32_t)length;
        wire_begin(EVENT_OUTPUT, instance->id);
        wire_u32((uint32_t)stream);
        wire_u64(stamp);
        wire_bytes(bytes, (size_t)length);
        wire_end();
    }
    return 1;
}

static int *pipe_of(struct instance *instance, int stream)
{
    return stream == 0 ? &instance->mark : &instance->output[stream - 1];
}

void instance_read(int file)
{
    if ((size_t)file >= watch_count || !watches[file].instance)
        return; /* closed earlier in the same turn */
    struct watch *at = watches + file;
    if (read_stream(at->instance, file, at->stream) == 0)
        unwatch(pipe_of(at->instance, at->stream));
}

static void drain(struct instance *instance)
{
    for (int stream = 0; stream < 3; stream++) {
        int file = *pipe_of(instance, stream);
        /* Bounded: a stray process that still holds the other end could write for ever. */
        for (int turns = 0; file >= 0 && turns < 64 && read_stream(instance, file, stream) > 0; turns++)
            ;
    }
}

static void bury(struct instance *instance, const siginfo_t *end, const struct rusage *usage, uint64_t stamp)
{
    drain(instance);
    collect(instance);
    wire_begin(EVENT_EXITED, instance->id);
    wire_u64(stamp);
    wire_u32(end->si_code == CLD_EXITED ? 0 : 1);
    wire_u32((uint32_t)end->si_status);
    wire_u64((uint64_t)usage->ru_utime.tv_sec * 1000000u + (uint64_t)usage->ru_utime.tv_usec);
    wire_u64((uint64_t)usage->ru_stime.tv_sec * 1000000u + (uint64_t)usage->ru_stime.tv_usec);
    wire_u64((uint64_t)usage->ru_maxrss * 1024u);
    wire_end();
    /* Without a cgroup or a PID namespace, what the main process left behind is still in its group. */
    kill(-instance->pid, SIGKILL);
    forget(instance);
}

void instances_reap(void)
{
    for (;;) {
        siginfo_t end = {0};
        struct rusage usage;
        /* The system call itself, since the C library's waitid does not hand out the usage. */
        if (syscall(SYS_waitid, P_ALL, 0, &end, WEXITED | WNOHANG, &usage) < 0 || end.si_pid == 0)
            return;
        uint64_t stamp = now_ns();
        struct instance *instance = instances;
        while (instance && instance->pid != end.si_pid)
            instance = instance->next;
        if (instance)
            bury(instance, &end, &usage, stamp);
    }
}

/* Kills children that no instance accounts for: adopted orphans. Returns how many there are. */
static int kill_children(void)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *list = fopen(path, "re");
    long pid;
    while (list && fscanf(list, "%ld", &pid) == 1) {
        kill((pid_t)pid, SIGKILL);
        count++;
    }
    if (list)
        fclose(list);
    return count;
}

void instances_end(void)
{
    for (struct instance *instance = instances; instance; instance = instance->next)
        kill(instance->pid, SIGKILL);
    for (int tries = 0; tries < 60000; tries++) {
        instances_reap();
        if (!kill_children() && !instances)
            return;
        usleep(1000);
    }
}
