/* What the launcher does with each request, seen from inside its own process. */
#ifndef TARE_FUZZ_WITNESS_H
#define TARE_FUZZ_WITNESS_H

#include "../plan.h"

#include <sys/types.h>

/* Some process that was started and has not been reaped, or 0. */
pid_t witness_living(void);
int witness_was_started(pid_t pid);
/* A signal that was sent to somebody: a process may end by it. */
void witness_sent(int number);
/* A step before the clone succeeded: whatever it makes must be taken back. */
void witness_performed(const struct step *step);
/* The cold form says where its plan failed, on standard error. */
void witness_failed_at(uint32_t step);
/* Prepares a process to be the launcher: confined, with nothing on its standard streams. */
void witness_prepare(void);
/* Once the launcher's main has returned. */
void witness_check_nothing_left(void);
/* Whether a plan is being performed. */
int witness_launching(void);

/* What host-double.c has counted. */
int host_allocated(void);

#endif
