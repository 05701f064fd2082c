/* What the doubled host holds: by launch, in the order in which it was made. */
#ifndef TARE_FUZZ_MADE_H
#define TARE_FUZZ_MADE_H

#include "random.h"

#include <stdint.h>

enum made_kind { MADE_CGROUP, MADE_DIRECTORY, MADE_MOUNT, MADE_LINK };

/* From here on what is made belongs to this launch, and the doubles draw from its stream of chance. */
void made_for_launch(uint32_t id);
void made_launch_over(int refused);
/* From here on what belongs to the instance is taken back; at the end nothing may be left. */
void made_teardown(uint32_t id);
void made_teardown_over(void);

/* Something now belongs to the launch that is going on. */
void made_add(enum made_kind kind, const char *path);
/*
 * Whether PATH is what has to be taken back next, or is being taken back. A fault is noted when it is not.
 * TRIES receives how often this was asked of it before.
 */
int made_last(enum made_kind kind, const char *path, uint32_t *tries);
void made_undone(void);

/* Chance for the doubles: of the teardown or launch that is going on, or of the case. */
struct random *made_chance(void);

#endif
