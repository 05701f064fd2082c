/* Removing what belonged to an instance, and proving that it is gone. */
#ifndef TARE_TEARDOWN_H
#define TARE_TEARDOWN_H

#include "instance.h"

/* Undoes the belongings in reverse order and tells the client when, and what could not be removed. */
void teardown(struct instance *instance);

/* Sends the files that were to be read at the end (limits hit, peaks), before they vanish. */
void collect(const struct instance *instance);

#endif
