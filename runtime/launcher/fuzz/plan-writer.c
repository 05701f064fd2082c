/* Random plans, made from the table of operations: right ones, and wrong ones with exactly one thing wrong. */
#include "../wire.h"
#include "case.h"
#include "random.h"

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
    "join",        "own-cgroup",    "own-link",  "memory-file",
};

#define NAMESPACES \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

struct draft_argument {
    uint32_t length;
    uint32_t claimed; /* the length that is written */
    uint8_t end;      /* the byte after it: 0 in a right plan */
    uint64_t number;
    const uint8_t *data; /* NULL: the number */
};

struct draft_step {
    uint16_t operation, flags;
    uint32_t argument_count, claimed;
    struct draft_argument *arguments;
};

#define DRAFT_STEPS 300
#define DRAFT_ARGUMENTS 6000

static struct draft_step steps[DRAFT_STEPS];
static struct draft_argument arguments[DRAFT_ARGUMENTS];
static uint8_t text[WIRE_MAX_BODY * 2];
static uint32_t step_count, argument_count;
static size_t text_used;
static struct random random;
static enum fate expected;

static int is_known(uint16_t operation)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (table[operation].name && strcmp(table[operation].name, known[i]) == 0)
            return 1;
    return 0;
}

static struct draft_argument *number(uint64_t value)
{
    struct draft_argument *argument = arguments + argument_count++;
    *argument = (struct draft_argument){8, 8, 0, value, NULL};
    return argument;
}

static struct draft_argument *bytes(uint32_t length, int string)
{
    struct draft_argument *argument = arguments + argument_count++;
    if (length > sizeof text - text_used)
        length = (uint32_t)(sizeof text - text_used);
    uint8_t *data = text + text_used;
    for (uint32_t i = 0; i < length; i++)
        data[i] = string ? (uint8_t)(1 + random_below(&random, 255)) : (uint8_t)random_next(&random);
    if (string && length)
        data[0] = '/';
    text_used += length;
    *argument = (struct draft_argument){length, length, 0, 0, data};
    return argument;
}

/* Mostly as long as paths are; sometimes at the limits that paths have. Long enough for no two to be alike. */
static uint32_t some_length(void)
{
    static const uint32_t limits[] = {8, 15, 16, 255, 256, 4082, 4083, 4095, 4096, 4097};
    return random_once_in(&random, 12) ? limits[random_below(&random, sizeof limits / sizeof *limits)]
                                       : 8 + random_below(&random, 40);
}

static uint64_t some_number(void)
{
    static const uint64_t odd[] = {7, 8, 255, 256, INT32_MAX, UINT32_MAX, 1ull << 32, INT64_MAX, UINT64_MAX};
    return random_once_in(&random, 4) ? odd[random_below(&random, sizeof odd / sizeof *odd)] : random_below(&random, 4);
}

static uint64_t some_namespaces(void)
{
    return random_once_in(&random, 2) ? 0 : random_next(&random) & NAMESPACES;
}

/* One argument of OPERATION, the Ith, that the launcher has no reason to refuse. */
static void value(uint16_t operation, char type, uint32_t i)
{
    switch (operation) {
    case OP_DESCRIPTORS:
        if (i == 3)
            number((uint64_t[]){MARK_NONE, MARK_PIPE, MARK_PIPE, MARK_PIPE, MARK_INHERIT}[random_below(&random, 5)]);
        else
            number(random_below(&random, i == 0 ? 2 : 3));
        return;
    case OP_CLONE:
        if (i == 0)
            number(some_namespaces());
        else
            bytes(random_once_in(&random, 6) ? some_length() : 0, 1);
        return;
    case OP_UNSHARE:
        number(some_namespaces());
        return;
    case OP_SECCOMP:
        bytes(8 * (random_once_in(&random, 40) ? 4096 : 1 + random_below(&random, 20)), 0);
        return;
    case OP_TREE_OPEN:
    case OP_TREE_ATTACH:
        if (type == 'u' && i <= 1)
            number(random_below(&random, PLAN_TREES));
        else
            break;
        return;
    case OP_JOIN:
        if (type == 'u')
            number(some_namespaces());
        else
            break;
        return;
    case OP_VETH:
    case OP_OWN_LINK:
        if (type == 'u')
            number(random_below(&random, 33));
        else
            bytes(1 + random_below(&random, 15), 1);
        return;
    default:
        break;
    }
    if (type == 'u')
        number(some_number());
    else
        bytes(type == 's' ? some_length() : random_below(&random, 64), type == 's');
}

/* A missing or an existing thing may be excused; an errno in the upper byte is what the step is to fail with. */
static uint16_t some_flags(void)
{
    uint16_t flags = random_once_in(&random, 4) ? (uint16_t)random_below(&random, 4) : 0;
    if (random_once_in(&random, 400))
        flags |= (uint16_t)(1 + random_below(&random, 40)) << 8;
    return flags;
}

static struct draft_step *add(uint16_t operation)
{
    struct draft_step *step = steps + step_count++;
    const char *signature = table[operation].signature;
    *step = (struct draft_step){operation, some_flags(), 0, 0, arguments + argument_count};
    if (!is_known(operation))
        expected = FATE_UNKNOWN;
    if (operation == OP_EXEC) {
        uint32_t words = 1 + random_below(&random, 4), environment = random_below(&random, 4);
        bytes(some_length(), 1);
        number(words);
        for (uint32_t i = 0; i < words + environment; i++)
            bytes(random_below(&random, 20), 1);
    } else {
        for (uint32_t i = 0; signature[i]; i++) {
            if (signature[i] == 'S' || signature[i] == 'U')
                for (uint32_t rest = random_once_in(&random, 20) ? PLAN_TREES : random_below(&random, 5); rest; rest--)
                    value(operation, signature[i] == 'S' ? 's' : 'u', UINT32_MAX);
            else
                value(operation, signature[i], i);
        }
    }
    step->argument_count = step->claimed = (uint32_t)(arguments + argument_count - step->arguments);
    return step;
}

/* An operation that may stand before (or after) the clone. */
static uint16_t pick(enum where side)
{
    for (;;) {
        uint16_t operation = (uint16_t)(1 + random_below(&random, OP_LAST));
        if (!table[operation].name || operation == OP_EXEC || operation == OP_DESCRIPTORS)
            continue;
        if (table[operation].where == side || table[operation].where == EITHER)
            return operation;
    }
}

static void draft_right(uint32_t before, uint32_t inside)
{
    if (!random_once_in(&random, 4))
        add(OP_DESCRIPTORS);
    while (before--)
        add(pick(BEFORE));
    add(OP_CLONE);
    while (inside--)
        add(pick(INSIDE));
    add(OP_EXEC);
}

/* The first step of the operation, or NULL. */
static struct draft_step *find(uint16_t operation)
{
    for (uint32_t i = 0; i < step_count; i++)
        if (steps[i].operation == operation)
            return steps + i;
    return NULL;
}

static struct draft_step *insert(uint32_t at, uint16_t operation)
{
    add(operation);
    struct draft_step step = steps[step_count - 1];
    memmove(steps + at + 1, steps + at, (step_count - 1 - at) * sizeof *steps);
    steps[at] = step;
    return steps + at;
}

static uint32_t clone_place(void) { return (uint32_t)(find(OP_CLONE) - steps); }

/* Some argument of the type in some step, or NULL. */
static struct draft_argument *argument_of(char type)
{
    for (int tries = 0; tries < 50; tries++) {
        struct draft_step *step = steps + random_below(&random, step_count);
        if (!step->argument_count)
            continue;
        uint32_t i = random_below(&random, step->argument_count);
        const char *signature = table[step->operation].signature;
        size_t last = strlen(signature) - 1;
        char have = signature[i < last ? i : last];
        if ((have | 0x20) == type)
            return step->arguments + i;
    }
    return NULL;
}

enum wrong {
    NO_STEPS, TOO_MANY_STEPS, ONE_STEP_MORE, ONE_STEP_LESS, NO_SUCH_OPERATION, NO_SUCH_FLAG, ONE_ARGUMENT_MORE,
    ONE_ARGUMENT_LESS, HUGE_ARGUMENT_COUNT, NOT_ENDED, NUMBER_LENGTH, NUL_INSIDE, PAST_THE_END, BYTES_FOLLOW, CUT_SHORT,
    SECOND_CLONE, NO_CLONE, BEFORE_TOO_LATE, INSIDE_TOO_EARLY, EXEC_NOT_LAST, STREAM_KIND, INPUT_CAPTURED, MARK_NUMBER,
    NO_NAMESPACE, FILTER_LENGTH, EXEC_COUNT, TOO_MANY_GROUPS, RELATIVE_PATH, DESCRIPTORS_LATE, NO_PLACE,
    TOO_MANY_LAYERS, LINK_NAME, WRONGS
};

static struct draft_step *descriptors(void)
{
    struct draft_step *step = find(OP_DESCRIPTORS);
    return step ? step : insert(0, OP_DESCRIPTORS);
}

/*
 * Makes one thing wrong. What can only be done to the encoded bytes (counts, a cut, bytes that follow) is left to
 * `plan_write`. Returns 0 when this draft has no place for that mistake.
 */
static int spoil(enum wrong wrong)
{
    struct draft_step *any = steps + random_below(&random, step_count);
    struct draft_argument *argument;
    switch (wrong) {
    case TOO_MANY_STEPS:
        while (step_count < PLAN_MAX_STEPS + 1)
            insert(clone_place() + 1, OP_SETSID);
        return 1;
    case NO_SUCH_OPERATION:
        any->operation = (uint16_t[]){0, OP_LAST + 1, 255, 0x7fff, 0xffff}[random_below(&random, 5)];
        return 1;
    case NO_SUCH_FLAG:
        any->flags |= (uint16_t)(4u << random_below(&random, 6));
        return 1;
    case ONE_ARGUMENT_MORE:
        any = insert(clone_place() + 1, OP_SETSID);
        any->arguments = number(0);
        any->argument_count = any->claimed = 1;
        return 1;
    case ONE_ARGUMENT_LESS:
        any = find(OP_CLONE);
        any->argument_count = any->claimed = random_below(&random, 2);
        return 1;
    case HUGE_ARGUMENT_COUNT:
        any->claimed = (uint32_t[]){PLAN_MAX_ARGUMENTS + 1, INT32_MAX, UINT32_MAX}[random_below(&random, 3)];
        return 1;
    case NOT_ENDED:
        argument = argument_of("su"[random_below(&random, 2)]);
        if (argument)
            argument->end = 1;
        return argument != NULL;
    case NUMBER_LENGTH:
        argument = argument_of('u');
        if (!argument)
            return 0;
        *argument = *bytes((uint32_t[]){0, 4, 7, 9, 16}[random_below(&random, 5)], 0);
        return 1;
    case NUL_INSIDE:
        argument = argument_of('s');
        if (!argument || argument->length == 0)
            return 0;
        text[(size_t)(argument->data - text) + random_below(&random, argument->length)] = 0;
        return 1;
    case PAST_THE_END:
        argument = steps[step_count - 1].arguments + steps[step_count - 1].argument_count - 1;
        argument->claimed = argument->length + (uint32_t[]){1, 2, 4096, 0x7fffffff, 0xffffff00}[random_below(&random, 5)];
        return 1;
    case SECOND_CLONE:
        insert(random_below(&random, step_count), OP_CLONE);
        return 1;
    case NO_CLONE: {
        uint32_t at = clone_place();
        memmove(steps + at, steps + at + 1, (--step_count - at) * sizeof *steps);
        return 1;
    }
    case BEFORE_TOO_LATE:
        insert(clone_place() + 1, OP_COLLECT);
        return 1;
    case INSIDE_TOO_EARLY:
        insert(clone_place(), OP_SETSID);
        return 1;
    case EXEC_NOT_LAST:
        if (random_once_in(&random, 2))
            step_count--;
        else
            insert(clone_place() + 1, OP_EXEC);
        return 1;
    case STREAM_KIND:
        descriptors()->arguments[random_below(&random, 3)].number = STREAM_CAPTURE + 1 + random_below(&random, 3);
        return 1;
    case INPUT_CAPTURED:
        descriptors()->arguments[0].number = STREAM_CAPTURE;
        return 1;
    case MARK_NUMBER:
        descriptors()->arguments[3].number = (uint64_t[]){2, 4, UINT64_MAX}[random_below(&random, 3)];
        return 1;
    case NO_NAMESPACE:
        find(OP_CLONE)->arguments[0].number |= (uint64_t[]){CLONE_VM, CLONE_PARENT, CLONE_THREAD, 1, 1ull << 32, 1ull << 63}[random_below(&random, 6)];
        return 1;
    case FILTER_LENGTH:
        any = insert(clone_place() + 1, OP_SECCOMP);
        any->arguments[0] = *bytes((uint32_t[]){0, 7, 9, 4097 * 8}[random_below(&random, 4)], 0);
        return 1;
    case EXEC_COUNT:
        any = steps + step_count - 1;
        any->arguments[1].number = random_once_in(&random, 2) ? 0 : any->argument_count - 1 + random_below(&random, 3);
        return 1;
    case TOO_MANY_GROUPS:
        any = insert(clone_place() + 1, OP_IDENTITY);
        any->arguments = arguments + argument_count;
        for (any->argument_count = 0; any->argument_count < 2 + 65; any->argument_count++)
            number(any->argument_count);
        any->claimed = any->argument_count;
        return 1;
    case RELATIVE_PATH:
        any = insert(clone_place(), random_once_in(&random, 2) ? OP_CGROUP_CREATE : OP_COLLECT);
        any->arguments[0] = *bytes(random_below(&random, 2), 1);
        if (any->arguments[0].length)
            text[any->arguments[0].data - text] = '.';
        return 1;
    case DESCRIPTORS_LATE:
        insert(1 + random_below(&random, clone_place() + 1), OP_DESCRIPTORS);
        return 1;
    case NO_PLACE:
        insert(clone_place() + 1, OP_TREE_ATTACH)->arguments[0].number = PLAN_TREES + random_below(&random, 2);
        return 1;
    case TOO_MANY_LAYERS:
        any = insert(clone_place() + 1, OP_ID_MAP);
        any->arguments = arguments + argument_count;
        for (any->argument_count = 0; any->argument_count < 2 + PLAN_TREES + 1; any->argument_count++)
            bytes(3, 1);
        any->claimed = any->argument_count;
        return 1;
    case LINK_NAME:
        insert(clone_place(), OP_OWN_LINK)->arguments[0] = *bytes(random_below(&random, 2) * 16, 1);
        return 1;
    default:
        return 1;
    }
}

struct writer {
    uint8_t *at, *end;
};

static void put(struct writer *writer, const void *data, size_t length)
{
    if (length > (size_t)(writer->end - writer->at))
        length = (size_t)(writer->end - writer->at);
    if (length)
        memcpy(writer->at, data, length);
    writer->at += length;
}

static size_t encode(uint8_t *into, size_t room, uint32_t claimed_steps)
{
    struct writer writer = {into, into + room};
    put(&writer, &claimed_steps, 4);
    for (struct draft_step *step = steps; step < steps + step_count; step++) {
        put(&writer, &step->operation, 2);
        put(&writer, &step->flags, 2);
        put(&writer, &step->claimed, 4);
        for (struct draft_argument *a = step->arguments; a < step->arguments + step->argument_count; a++) {
            put(&writer, &a->claimed, 4);
            put(&writer, a->data ? (const void *)a->data : (const void *)&a->number, a->length);
            put(&writer, &a->end, 1);
        }
    }
    return (size_t)(writer.at - into);
}

static size_t encoded_length(void)
{
    size_t length = 4;
    for (struct draft_step *step = steps; step < steps + step_count; step++) {
        length += 8;
        for (uint32_t i = 0; i < step->argument_count; i++)
            length += 4 + step->arguments[i].length + 1;
    }
    return length;
}

/* To the limit: as many steps, as many arguments, or as many bytes as there may be; or one more. */
static void fill(int broken)
{
    struct draft_step *exec;
    switch (random_below(&random, 3)) {
    case 0:
        while (step_count < PLAN_MAX_STEPS + (broken ? 1u : 0u))
            insert(clone_place() + random_once_in(&random, 4), OP_MKDIR);
        break;
    case 1: {
        uint32_t others = 0;
        exec = steps + step_count - 1;
        for (struct draft_step *step = steps; step < exec; step++)
            others += step->argument_count;
        uint32_t own = exec->argument_count, wanted = PLAN_MAX_ARGUMENTS - others + (broken ? 1 : 0);
        struct draft_argument *moved = arguments + argument_count;
        for (uint32_t i = 0; i < own; i++)
            arguments[argument_count++] = exec->arguments[i];
        for (uint32_t i = own; i < wanted; i++)
            bytes(random_below(&random, 3), 1);
        exec->arguments = moved;
        exec->argument_count = exec->claimed = wanted;
        if (random_once_in(&random, 2))
            moved[1].number = wanted - 2;
        break;
    }
    default: {
        exec = steps + step_count - 1;
        size_t length = encoded_length();
        if (length >= WIRE_MAX_BODY) {
            expected = FATE_UNKNOWN;
            return;
        }
        struct draft_argument *path = exec->arguments;
        *path = *bytes(path->length + (uint32_t)(WIRE_MAX_BODY - length), 1);
        path->claimed += broken ? 1 : 0; /* so that all that follows is read one byte late */
    }
    }
    expected = broken ? FATE_REFUSED : expected;
}

size_t plan_write(uint8_t *into, size_t room, uint64_t seed, int broken, int full, enum fate *fate)
{
    random = (struct random){seed};
    step_count = argument_count = 0;
    text_used = 0;
    expected = FATE_ACCEPTED;
    draft_right(random_below(&random, 6), random_below(&random, 8));
    enum wrong wrong = WRONGS;
    if (full) {
        fill(broken);
    } else if (broken) {
        do
            wrong = (enum wrong)random_below(&random, WRONGS);
        while (!spoil(wrong));
        expected = FATE_REFUSED;
    }
    size_t length = encode(into, room, wrong == NO_STEPS ? 0 : step_count + (wrong == ONE_STEP_MORE) - (wrong == ONE_STEP_LESS));
    if (wrong == BYTES_FOLLOW && length < room)
        for (uint32_t more = 1 + random_below(&random, 9); more && length < room; more--)
            into[length++] = (uint8_t)random_next(&random);
    if (wrong == CUT_SHORT)
        length = random_below(&random, (uint32_t)length);
    *fate = length > WIRE_MAX_BODY ? FATE_UNKNOWN : expected;
    return length;
}
