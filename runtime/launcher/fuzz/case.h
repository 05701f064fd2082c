/*
 * One case of the fuzz target: a client (the driver, client.c) and a launcher (a forked process that runs the real
 * main loop with the host doubled) that share this page of notes.
 */
#ifndef TARE_FUZZ_CASE_H
#define TARE_FUZZ_CASE_H

#include "../plan.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SANITIZER_STATUS 99 /* exit status of a process that a sanitizer ended; no guest ends with it */
#define GUEST_STATUSES 64   /* what a guest may end with: 0 to 63 */

/* Memory shared by driver, launcher and children. */
struct notes {
    char fault[512]; /* the first thing found wrong; empty while all is well */
    uint64_t seed;   /* of this case */
    uint64_t now;    /* on the doubled clock; shared, for a child that has a copy of the launcher's memory */
    pid_t launcher;
    int starving; /* memory and descriptors run out at times */
    int obstinate; /* hardly anything can be removed */
    uint32_t failing; /* a doubled operation fails once in so many times; 0 for never */
    int performing;   /* the cold form has come to its plan: from now on it heeds signals */
    int ended;        /* the launcher's main returned and the checks after it were made */
    uint32_t launches, signals; /* requests that reached the launcher's instances */
    uint64_t sent; /* signals that the launcher sent, bit by number less one */
    uint32_t started, failed, refused, exited, cleaned;
    uint32_t accepted[OP_LAST + 1]; /* steps of accepted plans, by operation */
};

extern struct notes *notes;

/* Writes down what is wrong, unless something was before. Callable in a child that shares memory. */
void fault(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Where the fuzz target lies: beside it the guest and the tree that is pretended to be removed. */
extern char guest_program[4096], doubled_tree[4096];

/* What the client knows of a message's fate before it sends it. */
enum fate { FATE_UNKNOWN, FATE_ACCEPTED, FATE_REFUSED };

/* How the client takes its leave. */
enum ending { END_HALF_CLOSE, END_PATIENT, END_CLOSE, END_DEAF, END_TERMINATE };

#define SCRIPT_SIZE (8u << 20)
#define SCRIPT_MESSAGES 512

/* What the client says, and how. */
struct script {
    uint8_t *bytes;
    size_t length;
    uint32_t message_count;
    struct {
        uint32_t id;
        enum fate fate; /* of a launch with an id of its own */
    } messages[SCRIPT_MESSAGES];
    uint32_t piece; /* largest piece sent at once; 0 for all that fits */
    int cold;       /* one message, for a launcher that performs it alone and ends */
    int in_step;    /* waits until the launcher has read each piece */
    int lazy;       /* reads nothing before everything is sent, while that works */
    enum ending ending;
    const char *kind;
};

/* Makes the script of a case. Deterministic: SEED is all it depends on. */
void script_write(struct script *script, uint64_t seed);

/* Appends the body of a random plan to BYTES. Returns its length; FATE says what the launcher must make of it. */
size_t plan_write(uint8_t *bytes, size_t room, uint64_t seed, int broken, int full, enum fate *fate);

/* Runs a case in the launcher's role, with a client at SOCKET or cold; never returns. */
_Noreturn void launcher_role(int socket);
_Noreturn void cold_role(const struct script *script);

/* The client's part when there is none: lets the cold launcher work for a while, then asks it to end. */
void cold_client(pid_t launcher);

/* Plays the client's part of a case on SOCKET, and judges what it hears. */
void client_role(struct script *script, int socket);
/* Once the launcher has ended well: whether each request was answered, and each instance cleaned up. */
void client_account(void);

/* From here on this process and its children can change nothing on the host: they die by SIGSYS instead. */
void confine(void);

#endif
