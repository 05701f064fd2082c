/* A running instance, from its plan to its last trace. */
#ifndef TARE_INSTANCE_H
#define TARE_INSTANCE_H

#include "plan.h"

#include <stdint.h>
#include <sys/types.h>

/* What was made for an instance before its clone; undone in reverse order when it ends. */
enum belonging_kind { BELONGING_CGROUP, BELONGING_DIRECTORY, BELONGING_MOUNT, BELONGING_LINK, BELONGING_COLLECT };

struct belonging {
    struct belonging *below; /* the one made before */
    enum belonging_kind kind;
    char path[];
};

struct instance {
    struct instance *next;
    uint32_t id;
    pid_t pid; /* main process: ours to reap, so its number cannot be given to another meanwhile */
    int mark;  /* read ends of its pipes, or -1 */
    int output[2];
    uint32_t output_sent;
    struct belonging *belongings;
};

/* Sets up epoll, limits and the signals of the launcher. Exits with a message when it cannot. */
void instances_prepare(int epoll);

/* Performs the plan in BODY, waits for its end, undoes it. Returns the exit status for a command that did this. */
int instance_perform(const uint8_t *body, uint32_t length);

/* Performs the plan in BODY and tells the client how far it came. */
void instance_launch(uint32_t id, const uint8_t *body, uint32_t length);
void instance_signal(uint32_t id, const uint8_t *body, uint32_t length);

/* Reads a pipe that epoll found ready. */
void instance_read(int file);

/* Reaps every child that has ended: instances are told of and cleaned up, strangers adopted are buried. */
void instances_reap(void);

/*
 * Kills and removes everything. Returns when it is gone, or after a minute of trying: thousands of processes
 * that share half a processor take their time to die.
 */
void instances_end(void);

#endif
