/* Wrong plans: a right one with exactly one thing wrong. */
#include "draft.h"

#include <sched.h>
#include <string.h>

static struct random *const random = &draft.random;

static struct draft_step *descriptors(void)
{
    struct draft_step *step = draft_find(OP_DESCRIPTORS);
    return step ? step : draft_insert(0, OP_DESCRIPTORS);
}

int draft_spoil(enum wrong wrong)
{
    struct draft_step *any = draft.steps + random_below(random, draft.step_count);
    struct draft_argument *argument;
    switch (wrong) {
    case TOO_MANY_STEPS:
        while (draft.step_count < PLAN_MAX_STEPS + 1)
            draft_insert(draft_clone_place() + 1, OP_SETSID);
        return 1;
    case NO_SUCH_OPERATION:
        any->operation = (uint16_t[]){0, OP_LAST + 1, 255, 0x7fff, 0xffff}[random_below(random, 5)];
        return 1;
    case NO_SUCH_FLAG:
        any->flags |= (uint16_t)(4u << random_below(random, 6));
        return 1;
    case ONE_ARGUMENT_MORE:
        any = draft_insert(draft_clone_place() + 1, OP_SETSID);
        any->arguments = draft_number(0);
        any->argument_count = any->claimed = 1;
        return 1;
    case ONE_ARGUMENT_LESS:
        any = draft_find(OP_CLONE);
        any->argument_count = any->claimed = random_below(random, 2);
        return 1;
    case HUGE_ARGUMENT_COUNT:
        any->claimed = (uint32_t[]){PLAN_MAX_ARGUMENTS + 1, INT32_MAX, UINT32_MAX}[random_below(random, 3)];
        return 1;
    case NOT_ENDED:
        argument = draft_argument_of("su"[random_below(random, 2)]);
        if (argument)
            argument->end = 1;
        return argument != NULL;
    case NUMBER_LENGTH:
        argument = draft_argument_of('u');
        if (!argument)
            return 0;
        *argument = *draft_bytes((uint32_t[]){0, 4, 7, 9, 16}[random_below(random, 5)], 0);
        return 1;
    case NUL_INSIDE:
        argument = draft_argument_of('s');
        if (!argument || argument->length == 0)
            return 0;
        draft.text[(size_t)(argument->data - draft.text) + random_below(random, argument->length)] = 0;
        return 1;
    case PAST_THE_END:
        argument = draft.steps[draft.step_count - 1].arguments + draft.steps[draft.step_count - 1].argument_count - 1;
        argument->claimed = argument->length + (uint32_t[]){1, 2, 4096, 0x7fffffff, 0xffffff00}[random_below(random, 5)];
        return 1;
    case SECOND_CLONE:
        draft_insert(random_below(random, draft.step_count), OP_CLONE);
        return 1;
    case NO_CLONE: {
        uint32_t at = draft_clone_place();
        memmove(draft.steps + at, draft.steps + at + 1, (--draft.step_count - at) * sizeof *draft.steps);
        return 1;
    }
    case BEFORE_TOO_LATE:
        draft_insert(draft_clone_place() + 1, OP_COLLECT);
        return 1;
    case INSIDE_TOO_EARLY:
        draft_insert(draft_clone_place(), OP_SETSID);
        return 1;
    case EXEC_NOT_LAST:
        if (random_once_in(random, 2))
            draft.step_count--;
        else
            draft_insert(draft_clone_place() + 1, OP_EXEC);
        return 1;
    case STREAM_KIND:
        descriptors()->arguments[random_below(random, 3)].number = STREAM_JOIN + 1 + random_below(random, 3);
        return 1;
    case INPUT_CAPTURED:
        descriptors()->arguments[0].number = STREAM_CAPTURE;
        return 1;
    case MARK_NUMBER:
        descriptors()->arguments[3].number = (uint64_t[]){2, 4, UINT64_MAX}[random_below(random, 3)];
        return 1;
    case NO_NAMESPACE:
        draft_find(OP_CLONE)->arguments[0].number |= (uint64_t[]){CLONE_VM, CLONE_PARENT, CLONE_THREAD, 1, 1ull << 32, 1ull << 63}[random_below(random, 6)];
        return 1;
    case FILTER_LENGTH:
        any = draft_insert(draft_clone_place() + 1, OP_SECCOMP);
        any->arguments[0] = *draft_bytes((uint32_t[]){0, 7, 9, 4097 * 8}[random_below(random, 4)], 0);
        return 1;
    case EXEC_COUNT:
        any = draft.steps + draft.step_count - 1;
        any->arguments[1].number = random_once_in(random, 2) ? 0 : any->argument_count - 1 + random_below(random, 3);
        return 1;
    case TOO_MANY_GROUPS:
        any = draft_insert(draft_clone_place() + 1, OP_IDENTITY);
        any->arguments = draft.arguments + draft.argument_count;
        for (any->argument_count = 0; any->argument_count < 2 + 65; any->argument_count++)
            draft_number(any->argument_count);
        any->claimed = any->argument_count;
        return 1;
    case RELATIVE_PATH:
        any = draft_insert(draft_clone_place(), random_once_in(random, 2) ? OP_CGROUP_CREATE : OP_COLLECT);
        any->arguments[0] = *draft_bytes(random_below(random, 2), 1);
        if (any->arguments[0].length)
            draft.text[any->arguments[0].data - draft.text] = '.';
        return 1;
    case DESCRIPTORS_LATE:
        draft_insert(1 + random_below(random, draft_clone_place() + 1), OP_DESCRIPTORS);
        return 1;
    case NO_PLACE:
        draft_insert(draft_clone_place() + 1, OP_TREE_ATTACH)->arguments[0].number = PLAN_TREES + random_below(random, 2);
        return 1;
    case TOO_MANY_LAYERS:
        any = draft_insert(draft_clone_place() + 1, OP_ID_MAP);
        any->arguments = draft.arguments + draft.argument_count;
        for (any->argument_count = 0; any->argument_count < 2 + PLAN_TREES + 1; any->argument_count++)
            draft_bytes(3, 1);
        any->claimed = any->argument_count;
        return 1;
    case LINK_NAME:
        draft_insert(draft_clone_place(), OP_OWN_LINK)->arguments[0] = *draft_bytes(random_below(random, 2) * 16, 1);
        return 1;
    default:
        return 1;
    }
}

