/*
 * Random plans and random bytes to the launcher, its host doubled, under address and undefined-behaviour sanitizers.
 *
 *   fuzz [--seconds N] [--seed S] [--case N]
 *
 * A case is a forked launcher and a client that talks to it. What a case does depends on seed and number alone (but
 * for the order in which the kernel lets processes run), so `--seed S --case N` shows a fault again.
 */
#include "case.h"
#include "random.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct notes *notes;
char guest_program[4096], doubled_tree[4096];

/* Leaks are counted by host-double.c: LeakSanitizer would have to trace the launcher, which not every host allows. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "exitcode=99:detect_leaks=0:detect_stack_use_after_return=0:allocator_may_return_null=1";
}
_Static_assert(SANITIZER_STATUS == 99, "the exit status above is written out");

const char *__ubsan_default_options(void);
const char *__ubsan_default_options(void) { return "print_stacktrace=1"; }

void fault(const char *format, ...)
{
    if (notes->fault[0])
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(notes->fault, sizeof notes->fault, format, arguments);
    va_end(arguments);
    for (char *at = notes->fault; *at; at++)
        if (*at < ' ' || *at > '~')
            *at = '?'; /* of a random path */
}

struct totals {
    uint64_t cases, launches, signals, started, failed, refused, accepted[OP_LAST + 1];
};

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* What a case has left behind comes to this process: it is ended and counted. */
static int end_strays(void)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    for (int turns = 0; turns < 1000 && waitpid(-1, NULL, WNOHANG) >= 0; turns++) {
        FILE *list = fopen(path, "re");
        int pid;
        while (list && fscanf(list, "%d", &pid) == 1 && kill(pid, SIGKILL) == 0)
            count++;
        if (list)
            fclose(list);
        usleep(1000);
    }
    return count;
}

/* Waits for the launcher's end and says what was wrong with it. */
static void await_end(pid_t launcher)
{
    int status;
    uint64_t give_up = now_ms() + 15000;
    for (pid_t got; (got = waitpid(launcher, &status, WNOHANG)) != launcher; usleep(50))
        if (notes->fault[0] || now_ms() > give_up) {
            fault("the launcher hangs: its client is gone, and it does not end");
            kill(launcher, SIGKILL);
            waitpid(launcher, &status, 0);
            break;
        }
    if (WIFSIGNALED(status) && !notes->fault[0])
        fault("the launcher was ended by signal %d%s", WTERMSIG(status), WTERMSIG(status) == SIGSYS ? ": it reached for the host" : "");
    else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        fault("the launcher ended with %d%s", WEXITSTATUS(status), WEXITSTATUS(status) == SANITIZER_STATUS ? ": a sanitizer's report" : "");
    else if (!notes->ended)
        fault("the launcher ended without the checks that follow its end");
}

/* Returns whether all was well. */
static int run_case(struct script *script, uint64_t seed, uint64_t number)
{
    static const uint32_t failing[] = {0, 40, 40, 6};
    struct random chance = random_for(seed, 'c', number);
    memset(notes, 0, sizeof *notes);
    notes->seed = random_next(&chance);
    notes->starving = random_once_in(&chance, 4);
    notes->obstinate = random_once_in(&chance, 4);
    notes->failing = failing[random_below(&chance, 4)];
    script_write(script, notes->seed);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        fault("no socket: %s", strerror(errno));
        return 0;
    }
    pid_t launcher = fork();
    if (launcher == 0) {
        close(ends[0]);
        if (script->cold)
            cold_role(script);
        launcher_role(ends[1]);
    }
    close(ends[1]);
    if (launcher > 0 && script->cold) {
        cold_client(launcher);
        await_end(launcher);
    } else if (launcher > 0) {
        client_role(script, ends[0]);
        if (script->ending == END_DEAF)
            shutdown(ends[0], SHUT_WR);
        await_end(launcher);
        client_account();
    } else {
        fault("no process: %s", strerror(errno));
    }
    if (script->cold || script->ending != END_CLOSE)
        close(ends[0]);
    int strays = end_strays();
    if (strays)
        fault("%d processes are left after the launcher's end", strays);
    return !notes->fault[0];
}

static void add(struct totals *totals)
{
    totals->cases++;
    totals->launches += notes->launches;
    totals->signals += notes->signals;
    totals->started += notes->started;
    totals->failed += notes->failed;
    totals->refused += notes->refused;
    for (int i = 1; i <= OP_LAST; i++)
        totals->accepted[i] += notes->accepted[i];
}

/* The last line, which the test reads. */
static void say_totals(const struct totals *totals, uint64_t seed, int faults)
{
    int operations = 0, all = 0;
    for (int i = 1; i <= OP_LAST; i++) {
        const char *name = operation_name((uint16_t)i);
        all += name != NULL;
        operations += name && totals->accepted[i];
        if (name && !totals->accepted[i] && totals->cases > 1)
            printf("never in an accepted plan: %s\n", name);
    }
    printf("seed %" PRIu64 ": %" PRIu64 " cases, %" PRIu64 " launches (%" PRIu64 " started, %" PRIu64 " failed), %" PRIu64
           " signals, %" PRIu64 " refusals, %d of %d operations, %d faults\n",
           seed, totals->cases, totals->launches, totals->started, totals->failed, totals->signals, totals->refused,
           operations, all, faults);
}

static void find_neighbours(void)
{
    ssize_t length = readlink("/proc/self/exe", guest_program, sizeof guest_program - 8);
    char *name = length > 0 ? memrchr(guest_program, '/', (size_t)length) : NULL;
    if (!name) {
        perror("fuzz: /proc/self/exe");
        exit(1);
    }
    name[1] = 0;
    memcpy(doubled_tree, guest_program, sizeof doubled_tree);
    strcat(guest_program, "guest");
    strcat(doubled_tree, "tree");
}

int main(int argc, char **argv)
{
    uint64_t seconds = 30, seed = now_ms() * 2654435761u % 1000000000, only = UINT64_MAX;
    for (int i = 1; i < argc; i += 2) {
        uint64_t *option = strcmp(argv[i], "--seconds") == 0 ? &seconds
                           : strcmp(argv[i], "--seed") == 0  ? &seed
                           : strcmp(argv[i], "--case") == 0  ? &only
                                                             : NULL;
        char *end = NULL;
        if (option && i + 1 < argc)
            *option = strtoull(argv[i + 1], &end, 10);
        if (!end || *end || end == argv[i + 1]) {
            fprintf(stderr, "fuzz: %s is no option with a number; there are --seconds, --seed and --case\n", argv[i]);
            return 2;
        }
    }
    find_neighbours();
    static struct totals totals;
    static uint8_t bytes[SCRIPT_SIZE];
    struct script script = {.bytes = bytes};
    notes = mmap(NULL, sizeof *notes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (notes == MAP_FAILED) {
        perror("fuzz");
        return 1;
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    printf("seed %" PRIu64 "\n", seed);
    fflush(stdout);
    int faults = 0;
    uint64_t until = now_ms() + seconds * 1000;
    for (uint64_t number = only == UINT64_MAX ? 0 : only; !faults && now_ms() < until; number++) {
        if (!run_case(&script, seed, number)) {
            faults++;
            printf("case %" PRIu64 " (%s%s): %s\nreproduce: fuzz --seed %" PRIu64 " --case %" PRIu64 "\n", number, script.kind,
                   notes->starving ? ", memory and descriptors short" : "",
                   notes->fault, seed, number);
        }
        add(&totals);
        if (only != UINT64_MAX)
            break;
    }
    say_totals(&totals, seed, faults);
    return faults ? 1 : 0;
}
