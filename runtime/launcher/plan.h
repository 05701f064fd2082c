/*
 * A plan on the wire, and in memory.
 *
 *   u32 count, then each step: u16 operation | u16 flags | u32 arguments, then each argument:
 *   u32 length | bytes | one NUL (not counted), so that strings can be used where they lie.
 *
 * A number is an argument of 8 bytes. What arguments an operation takes is in the table of plan.c; anything
 * else is refused before the first step is performed.
 */
#ifndef TARE_PLAN_H
#define TARE_PLAN_H

#include <stdint.h>

#define PLAN_MAX_STEPS 256
#define PLAN_MAX_ARGUMENTS 2048
#define PLAN_OPTIONAL 1 /* flag of a step: a missing path (ENOENT, ENOTDIR) is no failure */
#define PLAN_EXISTING 2 /* flag of a step: what is there already (EEXIST) is no failure */
#define PLAN_FAULT(flags) ((flags) >> 8) /* an errno that the step is to fail with instead of being performed */
#define PLAN_TREES 32 /* mounts that a plan may hold open between opening and attaching them */

/* OPERATION(number, NAME, "name", "signature", where, index of the path to name when it fails) */
/* signature: s string, u number, b bytes, and S or U last: any number of strings or numbers */
/* where: BEFORE the clone (in the launcher), INSIDE (in the new process), EITHER, or the CLONE itself */
#define OPERATIONS(OPERATION) \
    OPERATION(1, DESCRIPTORS, "descriptors", "uuuu", BEFORE, -1) \
    OPERATION(2, CGROUP_CREATE, "cgroup-create", "s", BEFORE, 0) \
    OPERATION(3, WRITE, "write", "ss", EITHER, 0) \
    OPERATION(4, MKDIR, "mkdir", "su", EITHER, 0) \
    OPERATION(5, COLLECT, "collect", "s", BEFORE, 0) \
    OPERATION(6, CLONE, "clone", "us", CLONE, 1) \
    OPERATION(7, UNSHARE, "unshare", "u", INSIDE, -1) \
    OPERATION(8, MOUNT, "mount", "sssus", EITHER, 1) \
    OPERATION(9, UMOUNT, "umount", "su", INSIDE, 0) \
    OPERATION(10, MKNOD, "mknod", "suu", INSIDE, 0) \
    OPERATION(11, SYMLINK, "symlink", "ss", INSIDE, 1) \
    OPERATION(12, CHDIR, "chdir", "s", INSIDE, 0) \
    OPERATION(13, PIVOT_ROOT, "pivot-root", "s", INSIDE, 0) \
    OPERATION(14, HOSTNAME, "hostname", "s", INSIDE, -1) \
    OPERATION(15, LINK_UP, "link-up", "s", INSIDE, 0) \
    OPERATION(16, SETSID, "setsid", "", INSIDE, -1) \
    OPERATION(17, RLIMIT, "rlimit", "uuu", INSIDE, -1) \
    OPERATION(18, IDENTITY, "identity", "uuU", INSIDE, -1) \
    OPERATION(19, CAPABILITIES, "capabilities", "uuuu", INSIDE, -1) \
    OPERATION(20, NO_NEW_PRIVS, "no-new-privs", "", INSIDE, -1) \
    OPERATION(21, SECCOMP, "seccomp", "b", INSIDE, -1) \
    OPERATION(22, EXEC, "exec", "suS", INSIDE, 0) \
    OPERATION(23, HAND_OVER, "hand-over", "", INSIDE, -1) \
    OPERATION(24, BOUNDING, "bounding", "u", INSIDE, -1) \
    OPERATION(25, ID_MAP, "id-map", "ssS", INSIDE, -1) \
    OPERATION(26, TREE_OPEN, "tree-open", "suuu", INSIDE, 0) \
    OPERATION(27, TREE_ATTACH, "tree-attach", "us", INSIDE, 1) \
    OPERATION(28, VETH, "veth", "ssuuu", INSIDE, 0) \
    OPERATION(29, JOIN, "join", "su", INSIDE, 0) \
    OPERATION(30, OWN_CGROUP, "own-cgroup", "s", BEFORE, 0) \
    OPERATION(31, OWN_LINK, "own-link", "s", BEFORE, 0) \
    OPERATION(32, MEMORY_FILE, "memory-file", "b", BEFORE, -1) \
    OPERATION(33, NETWORK_BEGIN, "network-begin", "", BEFORE, -1) \
    OPERATION(34, NETWORK_ENTER, "network-enter", "", INSIDE, -1)

enum operation {
#define OPERATION(number, NAME, ...) OP_##NAME = number,
    OPERATIONS(OPERATION)
#undef OPERATION
        OP_LAST = OP_NETWORK_ENTER
};

/* What the first three numbers of `descriptors` may be: standard input, output, error. */
enum stream { STREAM_NULL = 0, STREAM_INHERIT = 1, STREAM_CAPTURE = 2, STREAM_JOIN = 3 /* error: where output goes */ };
/* The fourth is the mark channel: none, the launcher's own descriptor 3 handed on, or a new pipe. */
enum mark { MARK_NONE = 0, MARK_INHERIT = 1, MARK_PIPE = 3 };
#define MARK_DESCRIPTOR 3
#define FILE_DESCRIPTOR 4 /* where the instance finds the content of `memory-file` */

struct argument {
    const char *data;
    uint32_t length;
    uint64_t number;
};

struct step {
    uint16_t operation;
    uint16_t flags;
    uint32_t argument_count;
    const struct argument *arguments;
};

struct plan {
    uint32_t count;
    uint32_t clone_at;
    int maps_ids; /* has an `id-map`: its clone is a plain one, with a parent that stays awake */
    struct step steps[PLAN_MAX_STEPS];
    struct argument arguments[PLAN_MAX_ARGUMENTS];
};

/* Where decoding stopped, and why, in words for the one who wrote the client. */
struct plan_error {
    uint32_t step;
    const char *reason;
};

/* Decodes BODY, whose bytes the plan points into. Returns 0, or -1 with ERROR filled in. */
int plan_decode(struct plan *plan, const uint8_t *body, uint32_t length, struct plan_error *error);

const char *operation_name(uint16_t operation);
/* Index of the argument that is the path to name when the operation fails, or -1. */
int operation_path(uint16_t operation);
void operations_print(void);

#endif
