/* A small generator (splitmix64, public domain, Sebastiano Vigna): the same seed gives the same case for ever. */
#ifndef TARE_FUZZ_RANDOM_H
#define TARE_FUZZ_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* 0 up to, not including, LIMIT. */
static inline uint32_t random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)(random_next(random) % limit);
}

/* True once in N times. */
static inline int random_once_in(struct random *random, uint32_t n) { return random_below(random, n) == 0; }

/* A stream of its own for each thing named, so that one decision does not shift all the others. */
static inline struct random random_for(uint64_t seed, uint64_t what, uint64_t which)
{
    struct random random = {seed ^ what * 0xd6e8feb86659fd93u ^ which * 0xa0761d6478bd642fu};
    random_next(&random);
    return random;
}

#endif
