#include "plan.h"

#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#define NAMESPACES \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

enum where { BEFORE, INSIDE, EITHER, CLONE };

static const struct {
    const char *name;
    const char *signature;
    enum where where;
    int path;
} table[OP_LAST + 1] = {
#define OPERATION(number, NAME, name, signature, where, path) [number] = {name, signature, where, path},
    OPERATIONS(OPERATION)
#undef OPERATION
};

const char *operation_name(uint16_t operation) { return table[operation].name; }
int operation_path(uint16_t operation) { return table[operation].path; }

void operations_print(void)
{
    for (int i = 1; i <= OP_LAST; i++)
        printf("%d %s %s\n", i, table[i].name, table[i].signature[0] ? table[i].signature : "-");
}

struct reader {
    const uint8_t *at, *end;
};

static int take(struct reader *reader, void *into, size_t length)
{
    if ((size_t)(reader->end - reader->at) < length)
        return -1;
    memcpy(into, reader->at, length);
    reader->at += length;
    return 0;
}

static const char *take_argument(struct reader *reader, char type, struct argument *argument)
{
    uint32_t length;
    if (take(reader, &length, sizeof length) < 0 || (size_t)(reader->end - reader->at) <= length)
        return "an argument runs past the end of the message";
    argument->data = (const char *)reader->at;
    argument->length = length;
    argument->number = 0;
    reader->at += length;
    if (*reader->at++ != 0)
        return "an argument does not end with NUL";
    if (type == 'u') {
        if (length != sizeof argument->number)
            return "a number is not 8 bytes long";
        memcpy(&argument->number, argument->data, sizeof argument->number);
    } else if (type == 's' && strlen(argument->data) != length) {
        return "a string holds a NUL";
    }
    return NULL;
}

static const char *take_step(struct reader *reader, struct plan *plan, struct step *step, uint32_t *arguments)
{
    if (take(reader, &step->operation, 2) < 0 || take(reader, &step->flags, 2) < 0 ||
        take(reader, &step->argument_count, 4) < 0)
        return "the message ends within a step";
    if (step->operation == 0 || step->operation > OP_LAST)
        return "no such operation";
    if (step->flags & 0xff & ~(PLAN_OPTIONAL | PLAN_EXISTING))
        return "no such flag";
    if (step->argument_count > PLAN_MAX_ARGUMENTS - *arguments)
        return "too many arguments";
    const char *signature = table[step->operation].signature;
    step->arguments = plan->arguments + *arguments;
    for (uint32_t i = 0; i < step->argument_count; i++) {
        if (!*signature)
            return "more arguments than the operation takes";
        char type = *signature;
        if (type == 'S' || type == 'U')
            type = type == 'S' ? 's' : 'u'; /* stays: it takes all the rest */
        else
            signature++;
        const char *reason = take_argument(reader, type, plan->arguments + (*arguments)++);
        if (reason)
            return reason;
    }
    if (*signature && *signature != 'S' && *signature != 'U')
        return "fewer arguments than the operation takes";
    return NULL;
}

static const char *check_values(const struct step *step)
{
    const struct argument *a = step->arguments;
    switch (step->operation) {
    case OP_DESCRIPTORS:
        for (int i = 0; i < 3; i++)
            if (a[i].number > (i == 2 ? STREAM_JOIN : STREAM_CAPTURE))
                return "no such kind of stream";
        if (a[0].number == STREAM_CAPTURE)
            return "standard input cannot be captured";
        if (a[3].number != MARK_NONE && a[3].number != MARK_INHERIT && a[3].number != MARK_PIPE)
            return "the mark channel is 0 for none, 1 for the one there is, 3 for a new one";
        return NULL;
    case OP_CLONE:
    case OP_UNSHARE:
        return a[0].number & ~(uint64_t)NAMESPACES ? "a flag that is no namespace" : NULL;
    case OP_EXEC:
        if (a[1].number < 1 || a[1].number > step->argument_count - 2)
            return "exec: the count of arguments does not fit";
        return NULL;
    case OP_SECCOMP:
        if (a[0].length == 0 || a[0].length % 8 != 0 || a[0].length / 8 > 4096)
            return "a filter is 1 to 4096 instructions of 8 bytes";
        return NULL;
    case OP_IDENTITY:
        if (step->argument_count > 2 + 64)
            return "more than 64 supplementary groups";
        return NULL;
    case OP_ID_MAP:
        return step->argument_count > 2 + PLAN_TREES ? "more than 32 layers to map" : NULL;
    case OP_TREE_OPEN:
        return a[1].number >= PLAN_TREES ? "no such place for an open mount" : NULL;
    case OP_TREE_ATTACH:
        return a[0].number >= PLAN_TREES ? "no such place for an open mount" : NULL;
    case OP_JOIN:
        return a[1].number & ~(uint64_t)NAMESPACES ? "a flag that is no namespace" : NULL;
    case OP_VETH:
        for (int i = 0; i < 2; i++)
            if (a[i].length == 0 || a[i].length >= IFNAMSIZ)
                return "the name of an interface has 1 to 15 bytes";
        return a[4].number > 32 ? "a prefix has at most 32 bits" : NULL;
    case OP_OWN_LINK:
        return a[0].length == 0 || a[0].length >= IFNAMSIZ ? "the name of an interface has 1 to 15 bytes" : NULL;
    case OP_CGROUP_CREATE:
    case OP_OWN_CGROUP:
    case OP_COLLECT:
        return a[0].data[0] == '/' ? NULL : "the path is not absolute";
    default:
        return NULL;
    }
}

int plan_decode(struct plan *plan, const uint8_t *body, uint32_t length, struct plan_error *error)
{
    struct reader reader = {body, body + length};
    uint32_t arguments = 0, clones = 0;
    plan->maps_ids = 0;
    *error = (struct plan_error){UINT32_MAX, NULL};
    if (take(&reader, &plan->count, sizeof plan->count) < 0 || plan->count == 0 || plan->count > PLAN_MAX_STEPS) {
        error->reason = "a plan has 1 to 256 steps";
        return -1;
    }
    for (uint32_t i = 0; i < plan->count; i++) {
        struct step *step = plan->steps + i;
        error->step = i;
        error->reason = take_step(&reader, plan, step, &arguments);
        if (!error->reason)
            error->reason = check_values(step);
        if (error->reason)
            return -1;
        enum where where = table[step->operation].where;
        if (where == CLONE) {
            clones++;
            plan->clone_at = i;
        }
        plan->maps_ids |= step->operation == OP_ID_MAP;
        if (clones > 1)
            error->reason = "a second clone";
        else if (where == BEFORE && clones)
            error->reason = "the operation belongs before the clone";
        else if (where == INSIDE && !clones)
            error->reason = "the operation belongs after the clone";
        else if ((step->operation == OP_EXEC) != (i == plan->count - 1))
            error->reason = "exec is the last step, and only the last";
        else if (where == BEFORE && step->operation == OP_DESCRIPTORS && i != 0)
            error->reason = "descriptors is the first step";
        if (error->reason)
            return -1;
    }
    if (reader.at != reader.end) {
        error->reason = "bytes follow the last step";
        return -1;
    }
    *error = (struct plan_error){UINT32_MAX, NULL};
    return 0;
}
