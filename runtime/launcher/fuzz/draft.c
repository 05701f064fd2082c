/* Right plans, made from the table of operations. */
#include "draft.h"

#include <sched.h>
#include <string.h>

enum where { BEFORE, INSIDE, EITHER, CLONE };

static const struct {
    const char *name, *signature;
    enum where where;
} table[OP_LAST + 1] = {
#define OPERATION(number, NAME, name, signature, where, path) [number] = {name, signature, where},
    OPERATIONS(OPERATION)
#undef OPERATION
};

/*
 * Operations whose rules for values are written down in `value`: a plan of these alone must be accepted. Others
 * (newer than this file) are tried all the same; they may be accepted or refused.
 */
static const char *const known[] = {
    "descriptors", "cgroup-create", "write",     "mkdir",       "collect",     "clone",        "unshare",
    "mount",       "umount",        "mknod",     "symlink",     "chdir",       "pivot-root",   "hostname",
    "link-up",     "setsid",        "rlimit",    "identity",    "capabilities", "no-new-privs", "seccomp",
    "exec",        "hand-over",     "bounding",  "id-map",      "tree-open",   "tree-attach",  "veth",
    "join",        "own-cgroup",    "own-link",  "memory-file",  "network-begin", "network-enter",
};

#define NAMESPACES \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

struct draft draft;
static struct random *const random = &draft.random;

static int is_known(uint16_t operation)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (table[operation].name && strcmp(table[operation].name, known[i]) == 0)
            return 1;
    return 0;
}

struct draft_argument *draft_number(uint64_t value)
{
    struct draft_argument *argument = draft.arguments + draft.argument_count++;
    *argument = (struct draft_argument){8, 8, 0, value, NULL};
    return argument;
}

struct draft_argument *draft_bytes(uint32_t length, int string)
{
    struct draft_argument *argument = draft.arguments + draft.argument_count++;
    if (length > sizeof draft.text - draft.text_used)
        length = (uint32_t)(sizeof draft.text - draft.text_used);
    uint8_t *data = draft.text + draft.text_used;
    for (uint32_t i = 0; i < length; i++)
        data[i] = string ? (uint8_t)(1 + random_below(random, 255)) : (uint8_t)random_next(random);
    if (string && length)
        data[0] = '/';
    draft.text_used += length;
    *argument = (struct draft_argument){length, length, 0, 0, data};
    return argument;
}

/* Mostly as long as paths are; sometimes at the limits that paths have. Long enough for no two to be alike. */
static uint32_t some_length(void)
{
    static const uint32_t limits[] = {8, 15, 16, 255, 256, 4082, 4083, 4095, 4096, 4097};
    return random_once_in(random, 12) ? limits[random_below(random, sizeof limits / sizeof *limits)]
                                       : 8 + random_below(random, 40);
}

static uint64_t some_number(void)
{
    static const uint64_t odd[] = {7, 8, 255, 256, INT32_MAX, UINT32_MAX, 1ull << 32, INT64_MAX, UINT64_MAX};
    return random_once_in(random, 4) ? odd[random_below(random, sizeof odd / sizeof *odd)] : random_below(random, 4);
}

static uint64_t some_namespaces(void)
{
    return random_once_in(random, 2) ? 0 : random_next(random) & NAMESPACES;
}

/* One argument of OPERATION, the Ith, that the launcher has no reason to refuse. */
static void value(uint16_t operation, char type, uint32_t i)
{
    switch (operation) {
    case OP_DESCRIPTORS:
        if (i == 3)
            draft_number((uint64_t[]){MARK_NONE, MARK_PIPE, MARK_PIPE, MARK_PIPE, MARK_INHERIT}[random_below(random, 5)]);
        else
            draft_number(random_below(random, i == 0 ? 2 : i == 2 ? 4 : 3));
        return;
    case OP_CLONE:
        if (i == 0)
            draft_number(some_namespaces());
        else
            draft_bytes(random_once_in(random, 6) ? some_length() : 0, 1);
        return;
    case OP_UNSHARE:
        draft_number(some_namespaces());
        return;
    case OP_SECCOMP:
        draft_bytes(8 * (random_once_in(random, 40) ? 4096 : 1 + random_below(random, 20)), 0);
        return;
    case OP_TREE_OPEN:
    case OP_TREE_ATTACH:
        if (type == 'u' && i <= 1)
            draft_number(random_below(random, PLAN_TREES));
        else
            break;
        return;
    case OP_JOIN:
        if (type == 'u')
            draft_number(some_namespaces());
        else
            break;
        return;
    case OP_VETH:
    case OP_OWN_LINK:
        if (type == 'u')
            draft_number(random_below(random, 33));
        else
            draft_bytes(1 + random_below(random, 15), 1);
        return;
    default:
        break;
    }
    if (type == 'u')
        draft_number(some_number());
    else
        draft_bytes(type == 's' ? some_length() : random_below(random, 64), type == 's');
}

/* A missing or an existing thing may be excused; an errno in the upper byte is what the step is to fail with. */
static uint16_t some_flags(void)
{
    uint16_t flags = random_once_in(random, 4) ? (uint16_t)random_below(random, 4) : 0;
    if (random_once_in(random, 400))
        flags |= (uint16_t)(1 + random_below(random, 40)) << 8;
    return flags;
}

static struct draft_step *add(uint16_t operation)
{
    struct draft_step *step = draft.steps + draft.step_count++;
    const char *signature = table[operation].signature;
    *step = (struct draft_step){operation, some_flags(), 0, 0, draft.arguments + draft.argument_count};
    if (!is_known(operation))
        draft.expected = FATE_UNKNOWN;
    if (operation == OP_EXEC) {
        uint32_t words = 1 + random_below(random, 4), environment = random_below(random, 4);
        draft_bytes(some_length(), 1);
        draft_number(words);
        for (uint32_t i = 0; i < words + environment; i++)
            draft_bytes(random_below(random, 20), 1);
    } else {
        for (uint32_t i = 0; signature[i]; i++) {
            if (signature[i] == 'S' || signature[i] == 'U')
                for (uint32_t rest = random_once_in(random, 20) ? PLAN_TREES : random_below(random, 5); rest; rest--)
                    value(operation, signature[i] == 'S' ? 's' : 'u', UINT32_MAX);
            else
                value(operation, signature[i], i);
        }
    }
    step->argument_count = step->claimed = (uint32_t)(draft.arguments + draft.argument_count - step->arguments);
    return step;
}

/* An operation that may stand before (or after) the clone. */
static uint16_t pick(enum where side)
{
    for (;;) {
        uint16_t operation = (uint16_t)(1 + random_below(random, OP_LAST));
        if (!table[operation].name || operation == OP_EXEC || operation == OP_DESCRIPTORS)
            continue;
        if (table[operation].where == side || table[operation].where == EITHER)
            return operation;
    }
}

void draft_right(uint32_t before, uint32_t inside)
{
    draft.step_count = draft.argument_count = 0;
    draft.text_used = 0;
    draft.expected = FATE_ACCEPTED;
    if (!random_once_in(random, 4))
        add(OP_DESCRIPTORS);
    while (before--)
        add(pick(BEFORE));
    add(OP_CLONE);
    while (inside--)
        add(pick(INSIDE));
    add(OP_EXEC);
}

/* The first step of the operation, or NULL. */
struct draft_step *draft_find(uint16_t operation)
{
    for (uint32_t i = 0; i < draft.step_count; i++)
        if (draft.steps[i].operation == operation)
            return draft.steps + i;
    return NULL;
}

struct draft_step *draft_insert(uint32_t at, uint16_t operation)
{
    add(operation);
    struct draft_step step = draft.steps[draft.step_count - 1];
    memmove(draft.steps + at + 1, draft.steps + at, (draft.step_count - 1 - at) * sizeof *draft.steps);
    draft.steps[at] = step;
    return draft.steps + at;
}

uint32_t draft_clone_place(void) { return (uint32_t)(draft_find(OP_CLONE) - draft.steps); }

/* Some argument of the type in some step, or NULL. */
struct draft_argument *draft_argument_of(char type)
{
    for (int tries = 0; tries < 50; tries++) {
        struct draft_step *step = draft.steps + random_below(random, draft.step_count);
        if (!step->argument_count)
            continue;
        uint32_t i = random_below(random, step->argument_count);
        const char *signature = table[step->operation].signature;
        size_t last = strlen(signature) - 1;
        char have = signature[i < last ? i : last];
        if ((have | 0x20) == type)
            return step->arguments + i;
    }
    return NULL;
}

