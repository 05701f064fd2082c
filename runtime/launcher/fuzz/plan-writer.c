/* From a draft to the bytes of a plan. */
#include "draft.h"

#include <string.h>

static struct random *const random = &draft.random;

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
    for (struct draft_step *step = draft.steps; step < draft.steps + draft.step_count; step++) {
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
    for (struct draft_step *step = draft.steps; step < draft.steps + draft.step_count; step++) {
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
    switch (random_below(random, 3)) {
    case 0:
        while (draft.step_count < PLAN_MAX_STEPS + (broken ? 1u : 0u))
            draft_insert(draft_clone_place() + random_once_in(random, 4), OP_MKDIR);
        break;
    case 1: {
        uint32_t others = 0;
        exec = draft.steps + draft.step_count - 1;
        for (struct draft_step *step = draft.steps; step < exec; step++)
            others += step->argument_count;
        uint32_t own = exec->argument_count, wanted = PLAN_MAX_ARGUMENTS - others + (broken ? 1 : 0);
        struct draft_argument *moved = draft.arguments + draft.argument_count;
        for (uint32_t i = 0; i < own; i++)
            draft.arguments[draft.argument_count++] = exec->arguments[i];
        for (uint32_t i = own; i < wanted; i++)
            draft_bytes(random_below(random, 3), 1);
        exec->arguments = moved;
        exec->argument_count = exec->claimed = wanted;
        if (random_once_in(random, 2))
            moved[1].number = wanted - 2;
        break;
    }
    default: {
        exec = draft.steps + draft.step_count - 1;
        size_t length = encoded_length();
        if (length >= WIRE_MAX_BODY) {
            draft.expected = FATE_UNKNOWN;
            return;
        }
        struct draft_argument *path = exec->arguments;
        *path = *draft_bytes(path->length + (uint32_t)(WIRE_MAX_BODY - length), 1);
        path->claimed += broken ? 1 : 0; /* so that all that follows is read one byte late */
    }
    }
    draft.expected = broken ? FATE_REFUSED : draft.expected;
}

size_t plan_write(uint8_t *into, size_t room, uint64_t seed, int broken, int full, enum fate *fate)
{
    draft.random = (struct random){seed};
    draft_right(random_below(random, 6), random_below(random, 8));
    enum wrong wrong = WRONGS;
    if (full) {
        fill(broken);
    } else if (broken) {
        do
            wrong = (enum wrong)random_below(random, WRONGS);
        while (!draft_spoil(wrong));
        draft.expected = FATE_REFUSED;
    }
    size_t length = encode(into, room, wrong == NO_STEPS ? 0 : draft.step_count + (wrong == ONE_STEP_MORE) - (wrong == ONE_STEP_LESS));
    if (wrong == BYTES_FOLLOW && length < room)
        for (uint32_t more = 1 + random_below(random, 9); more && length < room; more--)
            into[length++] = (uint8_t)random_next(random);
    if (wrong == CUT_SHORT)
        length = random_below(random, (uint32_t)length);
    *fate = length > WIRE_MAX_BODY ? FATE_UNKNOWN : draft.expected;
    return length;
}
