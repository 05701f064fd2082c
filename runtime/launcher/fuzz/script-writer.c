/* What a client says in one case: nonsense, damaged messages, or plans and signals in every order and measure. */
#include "../wire.h"
#include "case.h"
#include "random.h"

#include <signal.h>
#include <string.h>

static struct random random;
static struct script *script;
static uint32_t next_id;

static size_t room(void) { return SCRIPT_SIZE - script->length; }

static void header(uint32_t kind, uint32_t id, uint32_t length)
{
    struct header header = {WIRE_MAGIC, length, (uint16_t)kind, WIRE_VERSION, id};
    memcpy(script->bytes + script->length, &header, sizeof header);
    script->length += sizeof header;
}

static int full(void)
{
    return room() < 4 * WIRE_MAX_BODY || script->message_count == SCRIPT_MESSAGES;
}

static void remember(uint32_t id, enum fate fate)
{
    script->messages[script->message_count].id = id;
    script->messages[script->message_count++].fate = fate;
}

static void launch(uint32_t id, int broken, int to_the_limit, int own_id)
{
    if (full())
        return;
    enum fate fate;
    uint8_t *body = script->bytes + script->length + WIRE_HEADER;
    size_t length = plan_write(body, 3 * WIRE_MAX_BODY, random_next(&random), broken, to_the_limit, &fate);
    header(REQUEST_LAUNCH, id, (uint32_t)length);
    script->length += length;
    if (own_id)
        remember(id, fate);
}

/* Signals that guests may get. SIGSYS is kept for those that try to touch the host. */
static uint32_t some_signal(void)
{
    static const uint32_t odd[] = {0, SIGCHLD, SIGSTOP, SIGCONT, 64, 65, 4096, 0x7fffffff, 0x80000000, 0xffffffff};
    static const uint32_t usual[] = {SIGTERM, SIGKILL, SIGINT, SIGHUP, SIGUSR1};
    return random_once_in(&random, 3) ? odd[random_below(&random, sizeof odd / sizeof *odd)]
                                      : usual[random_below(&random, sizeof usual / sizeof *usual)];
}

static void signal_to(uint32_t id)
{
    if (full())
        return;
    uint32_t length = random_once_in(&random, 6) ? random_below(&random, 12) : 4, number = some_signal();
    header(REQUEST_SIGNAL, id, length);
    memset(script->bytes + script->length, 0x55, length);
    memcpy(script->bytes + script->length, &number, length < 4 ? length : 4);
    script->length += length;
}

static void no_request(void)
{
    if (full())
        return;
    uint32_t kind = (uint32_t[]){0, 3, 64, 72, 255, 0xffff}[random_below(&random, 6)], length = random_below(&random, 40);
    header(kind, (uint32_t)random_next(&random), length);
    for (uint32_t i = 0; i < length; i++)
        script->bytes[script->length++] = (uint8_t)random_next(&random);
}

/* A header that the launcher cannot follow: it must say so once and end. */
static void last_header(void)
{
    struct header header = {WIRE_MAGIC, 8, REQUEST_LAUNCH, WIRE_VERSION, 1};
    switch (random_below(&random, 3)) {
    case 0:
        header.magic ^= 1u << random_below(&random, 32);
        break;
    case 1:
        header.version ^= (uint16_t)(1u << random_below(&random, 16));
        break;
    default:
        header.length = (uint32_t[]){WIRE_MAX_BODY + 1, INT32_MAX, 0xfffffff0, UINT32_MAX}[random_below(&random, 4)];
    }
    memcpy(script->bytes + script->length, &header, sizeof header);
    script->length += sizeof header;
}

/* Never one that is still to be launched: the first word on an own id is that on its launch. */
static uint32_t known_or_unknown_id(void)
{
    return next_id == 1 || random_once_in(&random, 6) ? 0xffff0000u + random_below(&random, 1000)
                                                      : 1 + random_below(&random, next_id - 1);
}

static void conversation(uint32_t messages)
{
    for (uint32_t i = 0; i < messages; i++) {
        uint32_t what = random_below(&random, 20);
        if (what < 9)
            launch(next_id++, 0, random_once_in(&random, 30), 1);
        else if (what < 13)
            launch(next_id++, 1, random_once_in(&random, 6), 1);
        else if (what < 15)
            launch(0x80000000u + random_below(&random, 3), 0, 0, 0); /* the same few names again and again */
        else if (what < 19)
            signal_to(what == 18 ? 0x80000000u + random_below(&random, 3) : known_or_unknown_id());
        else
            no_request();
    }
    if (random_once_in(&random, 5))
        last_header();
}

static void crowd(void)
{
    uint32_t size = 20 + random_below(&random, 60);
    for (uint32_t i = 0; i < size; i++)
        launch(next_id++, 0, 0, 1);
    for (uint32_t i = random_below(&random, 2 * size); i; i--)
        signal_to(known_or_unknown_id());
}

static void nonsense(void)
{
    uint32_t length = random_below(&random, random_once_in(&random, 4) ? 100000 : 200);
    if (!random_once_in(&random, 3)) /* with a header that promises just that, or a little less */
        header(1 + random_below(&random, 2), 1, length - random_below(&random, length + 1) / 8);
    for (uint32_t i = 0; i < length; i++)
        script->bytes[script->length++] = (uint8_t)random_next(&random);
}

/* Changes a few bytes, cuts a piece out, or doubles one: where and what, nobody knows any more. */
static void damage(void)
{
    script->message_count = 0;
    static const uint32_t odd[] = {0, 1, 7, 8, 255, 256, 257, 2048, 65536, WIRE_MAX_BODY, INT32_MAX, UINT32_MAX};
    for (uint32_t times = 1 + random_below(&random, 6); times && script->length > 8; times--) {
        uint32_t at = random_below(&random, (uint32_t)script->length - 4);
        uint32_t rest = (uint32_t)script->length - at, piece = 1 + random_below(&random, rest < 64 ? rest : 64);
        switch (random_below(&random, 5)) {
        case 0:
            script->bytes[at] ^= (uint8_t)(1u << random_below(&random, 8));
            break;
        case 1:
            script->bytes[at] = (uint8_t)random_next(&random);
            break;
        case 2:
            memcpy(script->bytes + at, odd + random_below(&random, sizeof odd / sizeof *odd), 4);
            break;
        case 3:
            memmove(script->bytes + at, script->bytes + at + piece, rest - piece);
            script->length -= piece;
            break;
        default:
            memmove(script->bytes + at + piece, script->bytes + at, rest);
            script->length += piece;
        }
    }
}

static enum ending some_ending(void)
{
    uint32_t what = random_below(&random, 20);
    return what < 9 ? END_HALF_CLOSE : what < 13 ? END_PATIENT : what < 16 ? END_CLOSE : what < 18 ? END_DEAF : END_TERMINATE;
}

void script_write(struct script *into, uint64_t seed)
{
    random = random_for(seed, 's', 0);
    script = into;
    script->length = script->message_count = 0;
    next_id = 1;
    script->cold = 0;
    switch (random_below(&random, 11)) {
    case 0:
        script->kind = "nonsense";
        nonsense();
        break;
    case 1:
    case 2:
    case 3:
        script->kind = "damaged messages";
        conversation(1 + random_below(&random, 6));
        damage();
        break;
    case 4:
        script->kind = "a crowd";
        crowd();
        break;
    case 5:
        script->kind = "one message, to the limit";
        launch(next_id++, random_once_in(&random, 3), 1, 1);
        break;
    case 6:
        script->kind = "one message, cut off";
        launch(next_id++, 0, 0, 0);
        script->length = random_below(&random, (uint32_t)script->length);
        break;
    case 7:
        script->kind = "cold";
        script->cold = 1;
        launch(next_id++, random_once_in(&random, 3), random_once_in(&random, 10), 1);
        if (random_once_in(&random, 3))
            damage();
        if (script->length <= WIRE_HEADER) /* there would be no plan at all, which it says and ends */
            script->length = WIRE_HEADER + 1;
        break;
    default:
        script->kind = "a conversation";
        conversation(1 + random_below(&random, 12));
    }
    /* Byte by byte every place in a message is a place where it is cut. */
    int small = script->length < 1500;
    script->piece = random_once_in(&random, 3) ? 0 : small && random_once_in(&random, 2) ? 1 : 1 + random_below(&random, 5000);
    script->in_step = script->piece && (small || script->length / script->piece < 500) && random_once_in(&random, 2);
    script->lazy = !script->in_step && random_once_in(&random, 4);
    script->ending = some_ending();
}
