#include "made.h"
#include "case.h"

#include <string.h>

#define LAUNCHES 4096
#define THINGS 65536

static struct launch {
    uint32_t id;
    int over; /* refused, or torn down */
    int last; /* index of the newest thing not taken back, or -1 */
    struct random up, down;
} launches[LAUNCHES];

static struct thing {
    int below;
    enum made_kind kind;
    uint32_t tries;
    uint64_t path; /* a hash */
} things[THINGS];

static const char *const kinds[] = {"cgroup", "directory", "mount", "link"};
static int launch_count, thing_count;
static struct launch *launching, *tearing;
static struct random otherwise;

static uint64_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
    while (*text)
        h = (h ^ (uint8_t)*text++) * 0x100000001b3u;
    return h;
}

void made_for_launch(uint32_t id)
{
    if (launch_count == LAUNCHES) {
        fault("the fuzz target itself: more than %d launches in one case", LAUNCHES);
        return;
    }
    launching = launches + launch_count;
    *launching = (struct launch){id, 0, -1, random_for(notes->seed, 'u', (uint64_t)launch_count),
                                 random_for(notes->seed, 'd', (uint64_t)launch_count)};
    launch_count++;
}

void made_launch_over(int refused)
{
    if (launching && refused)
        launching->over = 1;
    launching = NULL;
}

void made_teardown(uint32_t id)
{
    int at = launch_count - 1;
    while (at >= 0 && (launches[at].over || launches[at].id != id))
        at--;
    tearing = at < 0 ? NULL : launches + at;
    if (!tearing)
        fault("instance %u is torn down without having been launched", id);
}

/* Given up after trying: the launcher says so in `cleaned`, and goes on to the next. */
static void drop_tried(void)
{
    if (tearing->last >= 0 && things[tearing->last].tries)
        tearing->last = things[tearing->last].below;
}

void made_teardown_over(void)
{
    if (!tearing)
        return;
    drop_tried();
    tearing->over = 1;
    if (tearing->last >= 0)
        fault("instance %u is cleaned up, but something that was made for it was never taken back", tearing->id);
    tearing = NULL;
}

void made_add(enum made_kind kind, const char *path)
{
    if (!launching || thing_count == THINGS) {
        fault("made outside a launch: %.200s", path);
        return;
    }
    things[thing_count] = (struct thing){launching->last, kind, 0, hash(path)};
    launching->last = thing_count++;
}

int made_last(enum made_kind kind, const char *path, uint32_t *tries)
{
    *tries = 0;
    if (!tearing) {
        fault("taken back outside a teardown: %.200s", path);
        return 0;
    }
    for (int turn = 0; turn < 2 && tearing->last >= 0; turn++) {
        struct thing *thing = things + tearing->last;
        if (thing->kind == kind && thing->path == hash(path)) {
            *tries = thing->tries++;
            return 1;
        }
        drop_tried();
    }
    fault("instance %u: a %s is taken back twice, out of order or without having been made (next is %s): %.100s", tearing->id,
          kinds[kind], tearing->last < 0 ? "nothing" : kinds[things[tearing->last].kind], path);
    return 0;
}

void made_undone(void) { tearing->last = things[tearing->last].below; }

struct random *made_chance(void)
{
    if (tearing)
        return &tearing->down;
    if (launching)
        return &launching->up;
    if (!otherwise.state)
        otherwise = random_for(notes->seed, 'o', 0);
    return &otherwise;
}
