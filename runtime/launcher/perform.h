/* One step of a plan, performed: in the launcher before the clone, in the new process after it. */
#ifndef TARE_PERFORM_H
#define TARE_PERFORM_H

#include "plan.h"

#include <stdint.h>

/* What the new process will have as descriptors 0, 1, 2 and 3 once it execs; -1 for /dev/null or none. */
struct descriptors {
    int stream[3];
    int mark;
};

uint64_t now_ns(void);

/*
 * Performs one step. Returns 0 or an errno.
 *
 * Inside it runs in a child that shares the launcher's memory while the launcher is suspended (vfork): so
 * it allocates nothing, and changes nothing that the launcher will look at.
 */
int perform(const struct step *step, const struct descriptors *descriptors);

/* Called once: remembers what a new process gets back of the limits that the launcher raised for itself. */
void perform_prepare(void);

#endif
