/* A plan before it is encoded: as it should be, or with something wrong that no encoder of ours would make. */
#ifndef TARE_FUZZ_DRAFT_H
#define TARE_FUZZ_DRAFT_H

#include "../wire.h"
#include "case.h"
#include "random.h"

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

/* The one draft that is being worked on. */
extern struct draft {
    struct draft_step steps[DRAFT_STEPS];
    struct draft_argument arguments[DRAFT_ARGUMENTS];
    uint8_t text[WIRE_MAX_BODY * 2];
    uint32_t step_count, argument_count;
    size_t text_used;
    struct random random;
    enum fate expected;
} draft;

/* Starts afresh with a plan that the launcher must accept: so many steps before the clone, so many after. */
void draft_right(uint32_t before, uint32_t inside);

/* A new argument at the end of all: a number; or so many bytes, without NUL and like a path if STRING. */
struct draft_argument *draft_number(uint64_t value);
struct draft_argument *draft_bytes(uint32_t length, int string);

/* A step of the operation, put at this place. */
struct draft_step *draft_insert(uint32_t at, uint16_t operation);
/* The first step of the operation, or NULL. */
struct draft_step *draft_find(uint16_t operation);
uint32_t draft_clone_place(void);
/* Some argument of the type in some step, or NULL. */
struct draft_argument *draft_argument_of(char type);

enum wrong {
    NO_STEPS, TOO_MANY_STEPS, ONE_STEP_MORE, ONE_STEP_LESS, NO_SUCH_OPERATION, NO_SUCH_FLAG, ONE_ARGUMENT_MORE,
    ONE_ARGUMENT_LESS, HUGE_ARGUMENT_COUNT, NOT_ENDED, NUMBER_LENGTH, NUL_INSIDE, PAST_THE_END, BYTES_FOLLOW, CUT_SHORT,
    SECOND_CLONE, NO_CLONE, BEFORE_TOO_LATE, INSIDE_TOO_EARLY, EXEC_NOT_LAST, STREAM_KIND, INPUT_CAPTURED, MARK_NUMBER,
    NO_NAMESPACE, FILTER_LENGTH, EXEC_COUNT, TOO_MANY_GROUPS, RELATIVE_PATH, DESCRIPTORS_LATE, NO_PLACE,
    TOO_MANY_LAYERS, LINK_NAME, WRONGS
};

/*
 * Makes one thing wrong. What can only be done to the encoded bytes (counts, a cut, bytes that follow) is left to
 * `plan_write`. Returns 0 when this draft has no place for that mistake.
 */
int draft_spoil(enum wrong wrong);

#endif
