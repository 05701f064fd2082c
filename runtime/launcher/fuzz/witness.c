/*
 * The launcher's role: its real main, with a witness at the doors between its files (the linker's --wrap). Each
 * request is answered as it must be, each plan that was accepted reads as it was sent, and at the end nothing is left.
 */
#include "witness.h"
#include "../instance.h"
#include "../teardown.h"
#include "../wire.h"
#include "case.h"
#include "made.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WITNESSED 4096

int launcher_main(int argc, char **argv);

void *__real_malloc(size_t size);
void __real_free(void *memory);

static struct {
    uint32_t id;
    pid_t pid;
    int living, cleaned;
} started[WITNESSED];
static uint32_t started_count;

/* The events of the request that is being dealt with. */
static int said[4], said_count, dealing;
static uint32_t dealing_with;
static int launching, cold, expect_word, files_before = -1, allocated_before;

/* The plan that is being performed, which of its steps the double let succeed, and where it failed. */
static const struct plan *performing;
static uint8_t performed[PLAN_MAX_STEPS];
static uint32_t failed_at;

int witness_launching(void) { return launching; }
void witness_sent(int number) { notes->sent |= 1ull << ((number - 1) & 63); }

pid_t witness_living(void)
{
    for (uint32_t i = 0; i < started_count; i++)
        if (started[i].living)
            return started[i].pid;
    return 0;
}

int witness_was_started(pid_t pid)
{
    for (uint32_t i = 0; i < started_count; i++)
        if (started[i].pid == pid)
            return 1;
    return cold; /* that form tells nobody */
}

void witness_performed(const struct step *step)
{
    if (performing && step >= performing->steps && step < performing->steps + performing->count)
        performed[step - performing->steps] = 1;
    else
        fault("a step is performed that is not in the plan");
}

/* Writes down what the launch has made by now, in the order of the plan. */
static void settle(void)
{
    if (!performing)
        return;
    for (uint32_t i = 0; i < performing->clone_at && i <= failed_at; i++) {
        const struct step *step = performing->steps + i;
        const struct argument *a = step->arguments;
        int owned = i < failed_at && !PLAN_FAULT(step->flags);
        if ((step->operation == OP_CGROUP_CREATE && performed[i]) || (step->operation == OP_OWN_CGROUP && owned))
            made_add(MADE_CGROUP, a[0].data);
        else if (step->operation == OP_MKDIR && performed[i])
            made_add(MADE_DIRECTORY, a[0].data);
        else if (step->operation == OP_MOUNT && performed[i])
            made_add(MADE_MOUNT, a[1].data);
        else if (step->operation == OP_OWN_LINK && owned)
            made_add(MADE_LINK, a[0].data);
    }
    performing = NULL;
}

static int count_files(void)
{
    DIR *list = opendir("/proc/self/fd");
    if (!list)
        return -1;
    int count = -1; /* the one that reads the list */
    for (struct dirent *entry; (entry = readdir(list));) {
        if (entry->d_name[0] == '.')
            continue;
        count++;
        int file = atoi(entry->d_name), flags = fcntl(file, F_GETFD);
        if (file > (cold ? MARK_DESCRIPTOR : STDERR_FILENO) && !(flags & FD_CLOEXEC))
            fault("descriptor %d of the launcher's is not close-on-exec", file);
    }
    closedir(list);
    return count;
}

static void check_end(uint32_t id, int exited)
{
    uint32_t i = started_count;
    while (i > 0 && started[i - 1].id != id)
        i--;
    if (i == 0 || started[i - 1].cleaned || (exited && !started[i - 1].living))
        fault("instance %u %s, but it was not running", id, exited ? "exited" : "is cleaned up");
    else if (exited)
        started[i - 1].living = 0;
    else
        started[i - 1].cleaned = 1;
}

void __real_wire_begin(int kind, uint32_t id);
void __wrap_wire_begin(int kind, uint32_t id);
void __wrap_wire_begin(int kind, uint32_t id)
{
    if (kind == EVENT_HELLO)
        files_before = count_files();
    if (dealing) {
        if (said_count < 4)
            said[said_count++] = kind;
        if (id != dealing_with)
            fault("a request of instance %u is answered with event %d of instance %u", dealing_with, kind, id);
    }
    expect_word = kind == EVENT_STARTED || kind == EVENT_FAILED ? kind : 0;
    notes->started += kind == EVENT_STARTED;
    notes->failed += kind == EVENT_FAILED;
    notes->refused += kind == EVENT_ERROR;
    notes->exited += kind == EVENT_EXITED;
    notes->cleaned += kind == EVENT_CLEANED;
    if (!cold && (kind == EVENT_EXITED || (kind == EVENT_CLEANED && !dealing)))
        check_end(id, kind == EVENT_EXITED);
    __real_wire_begin(kind, id);
}

void __real_wire_u32(uint32_t value);
void __wrap_wire_u32(uint32_t value);
void __wrap_wire_u32(uint32_t value)
{
    if (expect_word == EVENT_FAILED)
        failed_at = value;
    if (expect_word == EVENT_STARTED && started_count < WITNESSED) {
        started[started_count].id = dealing_with;
        started[started_count].pid = (pid_t)value;
        started[started_count++].living = 1;
    }
    expect_word = 0;
    __real_wire_u32(value);
}

/* What was decoded, encoded again, is what was sent, byte by byte. */
static void check_decoded(const struct plan *plan, const uint8_t *body, uint32_t length)
{
    const uint8_t *at = body;
#define SAME(data, size) \
    if ((size_t)(body + length - at) < (size) || memcmp(at, data, size) != 0) { \
        fault("an accepted plan does not read as it was sent, from byte %td", at - body); \
        return; \
    } \
    at += (size)
    SAME(&plan->count, 4);
    for (const struct step *step = plan->steps; step < plan->steps + plan->count; step++) {
        SAME(&step->operation, 2);
        SAME(&step->flags, 2);
        SAME(&step->argument_count, 4);
        for (uint32_t i = 0; i < step->argument_count; i++) {
            const struct argument *a = step->arguments + i;
            SAME(&a->length, 4);
            if ((const uint8_t *)a->data != at)
                fault("an argument does not lie where it was sent");
            SAME(a->data, a->length);
            SAME("", 1);
        }
        notes->accepted[step->operation]++;
    }
#undef SAME
    if (at != body + length)
        fault("an accepted plan ends before its message");
    if (plan->clone_at >= plan->count || plan->steps[plan->clone_at].operation != OP_CLONE ||
        plan->steps[plan->count - 1].operation != OP_EXEC)
        fault("a plan was accepted without a clone or an exec");
}

/* The clone is real, so only some namespaces are: without a network's, which the kernel takes long to clear away. */
static void tame(struct plan *plan)
{
    struct random *chance = made_chance();
    struct argument *a = (struct argument *)(uintptr_t)plan->steps[plan->clone_at].arguments;
    a[0].number &= random_once_in(chance, 8) ? ~(uint64_t)CLONE_NEWNET : 0;
    if (random_once_in(chance, 3))
        a[1].length = 0; /* into no cgroup: there is none that a clone would succeed with */
}

int __real_plan_decode(struct plan *plan, const uint8_t *body, uint32_t length, struct plan_error *error);
int __wrap_plan_decode(struct plan *plan, const uint8_t *body, uint32_t length, struct plan_error *error);
int __wrap_plan_decode(struct plan *plan, const uint8_t *body, uint32_t length, struct plan_error *error)
{
    int returned = __real_plan_decode(plan, body, length, error);
    if (returned == 0) {
        check_decoded(plan, body, length);
        tame(plan);
        performing = plan;
        failed_at = UINT32_MAX;
        memset(performed, 0, sizeof performed);
    } else if (!error->reason || (error->step != UINT32_MAX && error->step >= PLAN_MAX_STEPS)) {
        fault("a plan is refused without a reason, or at a step that cannot be");
    }
    return returned;
}

static void deal(uint32_t id, int is_launch)
{
    dealing = 1;
    dealing_with = id;
    said_count = 0;
    launching = is_launch;
}

/* The body where it would lie, but with nothing after it: so that a sanitizer sees the first byte read too many. */
static uint8_t *alone(const uint8_t *body, uint32_t length, void **block)
{
    size_t shift = (uintptr_t)body & 15;
    *block = __real_malloc(shift + length + !length);
    uint8_t *copy = (uint8_t *)*block + shift;
    memcpy(copy, body, length);
    return copy;
}

void __real_instance_launch(uint32_t id, const uint8_t *body, uint32_t length);
void __wrap_instance_launch(uint32_t id, const uint8_t *body, uint32_t length);
void __wrap_instance_launch(uint32_t id, const uint8_t *body, uint32_t length)
{
    void *block;
    uint8_t *copy = alone(body, length, &block);
    notes->launches++;
    deal(id, 1);
    made_for_launch(id);
    performing = NULL;
    __real_instance_launch(id, copy, length);
    if (said_count == 1 && said[0] == EVENT_STARTED)
        settle();
    made_launch_over(said_count == 1 && said[0] == EVENT_ERROR);
    dealing = launching = 0;
    __real_free(block);
    if (!(said_count == 1 && (said[0] == EVENT_STARTED || said[0] == EVENT_ERROR)) &&
        !(said_count == 2 && said[0] == EVENT_FAILED && said[1] == EVENT_CLEANED))
        fault("a launch is answered with %d events, %d first", said_count, said_count ? said[0] : 0);
}

void __real_instance_signal(uint32_t id, const uint8_t *body, uint32_t length);
void __wrap_instance_signal(uint32_t id, const uint8_t *body, uint32_t length);
void __wrap_instance_signal(uint32_t id, const uint8_t *body, uint32_t length)
{
    void *block;
    uint8_t *copy = alone(body, length, &block);
    notes->signals++;
    deal(id, 0);
    __real_instance_signal(id, copy, length);
    dealing = 0;
    __real_free(block);
    if (said_count > 1 || (said_count == 1 && said[0] != EVENT_ERROR))
        fault("a signal is answered with %d events, %d first", said_count, said[0]);
}

void __real_teardown(struct instance *instance);
void __wrap_teardown(struct instance *instance);
void __wrap_teardown(struct instance *instance)
{
    if (launching)
        settle();
    made_teardown(instance->id);
    __real_teardown(instance);
    made_teardown_over();
}

/* The cold form: one plan, no client; what it did is told by its status, and by what it says (see cold.c). */
int __real_instance_perform(const uint8_t *body, uint32_t length);
int __wrap_instance_perform(const uint8_t *body, uint32_t length);
int __wrap_instance_perform(const uint8_t *body, uint32_t length)
{
    void *block;
    uint8_t *copy = alone(body, length, &block);
    notes->launches++;
    cold = 1;
    files_before = count_files();
    made_for_launch(1);
    performing = NULL;
    launching = 1; /* the teardown comes before this returns */
    notes->performing = 1;
    int status = __real_instance_perform(copy, length);
    launching = 0;
    made_launch_over(0);
    __real_free(block);
    return status;
}

void witness_failed_at(uint32_t step) { failed_at = step; }

void witness_check_nothing_left(void)
{
    for (uint32_t i = 0; i < started_count; i++)
        if (!started[i].cleaned)
            fault("instance %u was started and never cleaned up", started[i].id);
    if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
        fault("the launcher ended before all its children");
    int files = count_files();
    if (files != files_before && files_before >= 0)
        fault("%d descriptors at the end, %d at the beginning", files, files_before);
    /* Two stay for good: the table of pipes and the buffer for events. */
    int left = host_allocated() - allocated_before;
    if (left > 2)
        fault("%d pieces of memory have not been given back", left - 2);
}

void witness_prepare(void)
{
    setsid(); /* should it kill its own group, that is all it kills */
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(null, 0);
    dup2(null, 1);
    close(null);
    notes->launcher = getpid();
    allocated_before = host_allocated();
}

_Noreturn void launcher_role(int socket)
{
    char name[] = "tare-launcher", *argv[] = {name, NULL};
    witness_prepare();
    if (socket != 3)
        dup2(socket, 3);
    confine();
    int status = launcher_main(1, argv);
    if (status != 0)
        fault("the launcher's main returned %d", status);
    witness_check_nothing_left();
    notes->ended = 1;
    _exit(0);
}
