/*
 * Takes the place of perform.c: nothing is done, each operation answers 0 or an errno by chance, and exec starts the
 * harmless guest, or ends the child before it.
 *
 * Sanitizers and CLONE_VM | CLONE_VFORK. The child runs on the launcher's own stack, shadow memory and thread
 * record, while the launcher sleeps; that works, as vfork does, under three conditions:
 *  - Frames that the child leaves by exec or _exit have poisoned redzones that no return will ever clear, in
 *    stack the launcher soon uses again. Before _exit the compiler calls __asan_handle_no_return, which clears
 *    the whole stack; before exec and a deadly signal it does not, so it is called here.
 *  - detect_stack_use_after_return stays 0 (see fuzz.c): fake frames taken by the child would never be given back.
 *  - A report made in the child ends only the child. It does so with a status of its own (SANITIZER_STATUS),
 *    which no guest has; the client side takes it for a fault when it arrives in `exited`.
 */
#include "../perform.h"
#include "../tree.h"
#include "case.h"
#include "made.h"
#include "witness.h"

#include <errno.h>
#include <fcntl.h>
#include <sanitizer/asan_interface.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

long __real_syscall(long number, ...); /* not the double's, whose frame would never be left */

static const int errors[] = {ENOENT, ENOENT, EPERM, EACCES, EINVAL, EBUSY, ENOSPC, ENOMEM, EEXIST, ELOOP, ENAMETOOLONG};

/* A clock that only moves when it is looked at: patience of five seconds runs out in no time. */
uint64_t now_ns(void)
{
    return notes->now += 1000 + (random_once_in(made_chance(), 4) ? 1500000000 : 0);
}

void perform_prepare(void) {}

/* Reads every byte that a real operation could read, so that the sanitizer sees what would be wrong with it. */
static void look_at(const struct step *step)
{
    static volatile uint8_t sum;
    for (uint32_t i = 0; i < step->argument_count; i++) {
        const struct argument *a = step->arguments + i;
        for (uint32_t at = 0; at < a->length; at++)
            sum = (uint8_t)(sum + (uint8_t)a->data[at]);
        if (a->data[a->length] != 0)
            fault("%s: argument %u does not end with NUL", operation_name(step->operation), i);
    }
}

static int some_error(struct random *chance)
{
    return errors[random_below(chance, sizeof errors / sizeof *errors)];
}

static void place(int from, int to)
{
    if (from < 0)
        return;
    if (from == to)
        fcntl(to, F_SETFD, 0);
    else
        dup2(from, to);
}

static const char *some_behaviour(struct random *chance)
{
    static char text[128];
    int at = 0;
    text[0] = 0;
    if (!random_once_in(chance, 3))
        at += snprintf(text + at, sizeof text - (size_t)at, "m%u", 1 + random_below(chance, 8));
    if (random_once_in(chance, 3))
        at += snprintf(text + at, sizeof text - (size_t)at, "o%u", random_below(chance, random_once_in(chance, 8) ? 400000 : 5000));
    if (random_once_in(chance, 6))
        at += snprintf(text + at, sizeof text - (size_t)at, "e%u", random_below(chance, 5000));
    if (random_once_in(chance, 6))
        at += snprintf(text + at, sizeof text - (size_t)at, "f");
    switch (random_below(chance, 8)) {
    case 0:
        snprintf(text + at, sizeof text - (size_t)at, "s%d", random_once_in(chance, 2) ? SIGKILL : SIGTERM);
        break;
    case 1:
    case 2:
    case 3:
        snprintf(text + at, sizeof text - (size_t)at, "p");
        break;
    default:
        snprintf(text + at, sizeof text - (size_t)at, "x%u", random_below(chance, GUEST_STATUSES));
    }
    return text;
}

static int execute(const struct context *context, struct random *chance)
{
    if (random_once_in(chance, 12))
        return some_error(chance);
    if (random_once_in(chance, 10))
        _exit((int)random_below(chance, GUEST_STATUSES));
    if (random_once_in(chance, 20)) {
        __asan_handle_no_return();
        /* Not raise: the C library would take the thread's number from the launcher's record. */
        __real_syscall(SYS_tgkill, getpid(), gettid(), SIGKILL);
    }
    place(context->stream[0], 0);
    place(context->stream[1], 1);
    place(context->stream[2] == 2 ? 0 : context->stream[2], 2); /* standard error shows reports, and only those */
    place(context->mark, MARK_DESCRIPTOR);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    char *argv[] = {guest_program, (char *)(uintptr_t)some_behaviour(chance), NULL}, *env[] = {NULL};
    __asan_handle_no_return();
    execve(guest_program, argv, env);
    fault("the guest does not start: %s: %s", guest_program, strerror(errno));
    return errno;
}

/* The file that a plan carries along; the descriptor is the launcher's to close. */
static int make_file(struct context *context)
{
    if (context->file < 0)
        context->file = memfd_create("tare-fuzz", MFD_CLOEXEC);
    return context->file < 0 ? errno : 0;
}

int perform(const struct step *step, struct context *context)
{
    int inside = getpid() != notes->launcher;
    struct random *chance = made_chance();
    look_at(step);
    if (PLAN_FAULT(step->flags))
        fault("%s is performed though it is to fail with %d", operation_name(step->operation), PLAN_FAULT(step->flags));
    if (step->operation == OP_EXEC && inside)
        return execute(context, chance);
    if (step->operation == OP_EXEC)
        fault("the launcher itself would exec");
    if (step->operation == OP_SETSID && inside)
        setsid(); /* touches nobody else, and gives the group that is killed at the end a member */
    if (notes->failing && random_once_in(chance, notes->failing))
        return some_error(chance);
    if (step->operation == OP_ID_MAP && inside)
        return ask_for_ids(step, context); /* the real one: what it asks for is doubled on the launcher's side */
    if (step->operation == OP_MEMORY_FILE && !inside)
        return make_file(context);
    if (!inside)
        witness_performed(step);
    return 0;
}
