/* One step of a plan, performed: in the launcher before the clone, in the new process after it. */
#ifndef TARE_PERFORM_H
#define TARE_PERFORM_H

#include "plan.h"

#include <stdint.h>
#include <sys/types.h>

/* What a start carries from step to step. */
struct context {
    int stream[3]; /* what will be descriptors 0, 1 and 2 */
    int mark;      /* what will be descriptor 3, or -1 */
    int file;      /* what will be descriptor 4, or -1 */
    int helper;    /* where the launcher listens while ids are mapped, or -1 */
    int trees[PLAN_TREES];
    int files_limited; /* the plan has set the limit on open files itself */
    int handed_over;
};

uint64_t now_ns(void);

/*
 * Performs one step. Returns 0 or an errno.
 *
 * Inside it runs in a child that shares the launcher's memory while the launcher is suspended (vfork): so
 * it allocates nothing, and changes nothing that the launcher will look at.
 */
int perform(const struct step *step, struct context *context);

/*
 * The other half of `id-map`, for the launcher: writes the maps of process PID, opens each of the layers named
 * with its owners shifted likewise, and sends the outcome and the open mounts over HELPER.
 */
void map_ids(const struct step *step, pid_t pid, int helper);

/* Called once: remembers what a new process gets back of the limits that the launcher raised for itself. */
void perform_prepare(void);

#endif
