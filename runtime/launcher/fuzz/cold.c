/* The cold form of the launcher: a plan from descriptor 4, performed by a process that ends with it. */
#include "case.h"
#include "random.h"
#include "witness.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int launcher_main(int argc, char **argv);

enum { REFUSED = 2, FAILED = 127 };

static int refused, failed;

/* What the cold form says on standard error is for its client; here it is heard, not shown. */
int __wrap_fprintf(FILE *file, const char *format, ...);
int __wrap_fprintf(FILE *file, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    if (file == stderr && strncmp(format, "tare-launcher: failed %u", 24) == 0) {
        failed = 1;
        witness_failed_at(va_arg(list, uint32_t));
    } else if (file == stderr && strncmp(format, "tare-launcher: the plan is refused", 34) == 0) {
        refused = 1;
    } else {
        vfprintf(file, format, list);
    }
    va_end(list);
    return 0;
}

static void check_status(const struct script *script, int status)
{
    enum fate fate = script->message_count ? script->messages[0].fate : FATE_UNKNOWN;
    notes->started = !refused && !failed;
    notes->failed = (uint32_t)failed;
    notes->refused = (uint32_t)refused;
    if (refused ? status != REFUSED : failed ? status != FAILED : status == FAILED)
        fault("the cold launcher %s and ends with %d", refused ? "refuses its plan" : failed ? "fails" : "is done", status);
    if (fate == FATE_REFUSED && !refused)
        fault("cold: a wrong plan was accepted");
    if (fate == FATE_ACCEPTED && refused)
        fault("cold: a right plan was refused");
    if (!refused && notes->cleaned != 1 && !(failed && notes->starving))
        fault("cold: cleaned up %u times", notes->cleaned);
}

_Noreturn void cold_role(const struct script *script)
{
    char name[] = "tare-launcher", how[] = "--perform", *argv[] = {name, how, NULL};
    int plan = memfd_create("tare-fuzz-plan", 0);
    if (write(plan, script->bytes, script->length) != (ssize_t)script->length)
        fault("the fuzz target itself: the plan cannot be written");
    witness_prepare();
    if (plan != FILE_DESCRIPTOR)
        dup2(plan, FILE_DESCRIPTOR);
    dup2(0, MARK_DESCRIPTOR); /* the one there is, to be inherited */
    confine();
    check_status(script, launcher_main(2, argv));
    witness_check_nothing_left();
    notes->ended = 1;
    _exit(0);
}

void cold_client(pid_t launcher)
{
    struct random chance = random_for(notes->seed, 't', 0);
    siginfo_t end = {0};
    for (int turns = 0; turns < 100000 && !*(volatile int *)&notes->performing; turns++) {
        if (waitid(P_PID, (id_t)launcher, &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid)
            return;
        usleep(100);
    }
    usleep(random_below(&chance, 8000));
    kill(launcher, random_once_in(&chance, 2) ? SIGTERM : SIGINT);
}
