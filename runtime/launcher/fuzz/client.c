/* The client's part of a case: says its script, and judges every event that comes back. */
#include "../wire.h"
#include "case.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 15000 /* a case takes some milliseconds; after this it hangs */
#define EVENT_LIMIT (1u << 20)

enum state { FREE, RUNNING, FAILED, EXITED };

static struct heard {
    uint32_t id;
    enum state state;
    uint32_t launches, errors, output;
    int spoken_of;
} heard[SCRIPT_MESSAGES * 4];
static uint32_t heard_count;

static uint8_t events[EVENT_LIMIT + 65536];
static size_t held;
static int greeted, gone;
static const struct script *script;

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct heard *of(uint32_t id)
{
    for (uint32_t i = 0; i < heard_count; i++)
        if (heard[i].id == id)
            return heard + i;
    struct heard *new = heard + (heard_count < sizeof heard / sizeof *heard - 1 ? heard_count++ : heard_count);
    *new = (struct heard){.id = id};
    return new;
}

static enum fate fate_of(uint32_t id)
{
    for (uint32_t i = 0; i < script->message_count; i++)
        if (script->messages[i].id == id)
            return script->messages[i].fate;
    return FATE_UNKNOWN;
}

static uint32_t word(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* Stamps never go back. */
static void check_stamps(uint32_t id, const uint8_t *body, size_t at, uint32_t count)
{
    uint64_t before, stamp;
    memcpy(&before, body, sizeof before); /* when it was received */
    for (uint32_t i = 0; i < count; i++, before = stamp) {
        memcpy(&stamp, body + at + i * sizeof stamp, sizeof stamp);
        if (stamp < before) {
            fault("instance %u: the stamp of step %u lies before the one before", id, i);
            return;
        }
    }
}

/* How a guest may end: as it was told to, or by a signal that the launcher sent. */
static void check_exit(uint32_t id, uint32_t signalled, uint32_t status)
{
    const uint64_t own = 1ull << (SIGKILL - 1) | 1ull << (SIGTERM - 1) | 1ull << (SIGPIPE - 1);
    if (!signalled && status >= GUEST_STATUSES)
        fault("instance %u exited with %u%s", id, status, status == SANITIZER_STATUS ? ": a sanitizer's report in the child" : "");
    else if (signalled && (status < 1 || status > 64 || !((own | notes->sent) >> (status - 1) & 1)))
        fault("instance %u was ended by signal %u, which nobody sent%s", id, status, status == SIGSYS ? ": it reached for the host" : "");
}

static void first_word(uint32_t id, int refused)
{
    struct heard *instance = of(id);
    if (instance->spoken_of++)
        return;
    enum fate fate = fate_of(id);
    if (fate == FATE_REFUSED && !refused)
        fault("instance %u: a wrong plan was accepted", id);
    if (fate == FATE_ACCEPTED && refused && !notes->starving)
        fault("instance %u: a right plan was refused", id);
}

static void judge(uint32_t kind, uint32_t id, const uint8_t *body, uint32_t length)
{
    static const uint32_t shortest[] = {4, 12, 20, 8, 4, 8, 40, 8, 4};
    if (kind < EVENT_HELLO || kind > EVENT_ERROR || length < shortest[kind - EVENT_HELLO]) {
        fault("an event of kind %u with %u bytes", kind, length);
        return;
    }
    if (greeted == (kind == EVENT_HELLO)) {
        fault("the greeting came twice, or not first");
        return;
    }
    struct heard *instance = of(id);
    enum state before = instance->state;
    int fits = 1;
    switch (kind) {
    case EVENT_HELLO:
        greeted = 1;
        return;
    case EVENT_STARTED:
        first_word(id, 0);
        fits = before == FREE && length >= 16 && word(body + 12) <= PLAN_MAX_STEPS && length == 16 + 8 * word(body + 12);
        instance->state = RUNNING;
        instance->output = 0;
        instance->launches++;
        if (fits)
            check_stamps(id, body, 16, word(body + 12));
        break;
    case EVENT_FAILED:
        first_word(id, 0);
        fits = before == FREE && word(body + 8) < PLAN_MAX_STEPS && word(body + 12) != 0 &&
               word(body + 16) == word(body + 8) && length >= 20 + 8 * word(body + 16);
        instance->state = FAILED;
        instance->launches++;
        if (fits)
            check_stamps(id, body, 20, word(body + 16));
        break;
    case EVENT_MARK:
    case EVENT_COLLECTED:
        fits = before == RUNNING;
        break;
    case EVENT_OUTPUT:
        instance->output += length - 12;
        fits = before == RUNNING && (word(body) == 1 || word(body) == 2) && instance->output <= 256 * 1024 + 4096;
        break;
    case EVENT_EXITED:
        fits = before == RUNNING && length == 40;
        instance->state = EXITED;
        check_exit(id, word(body + 8), word(body + 12));
        break;
    case EVENT_CLEANED:
        fits = before == EXITED || before == FAILED;
        instance->state = FREE;
        break;
    case EVENT_ERROR:
        first_word(id, 1);
        instance->errors++;
        fits = length > 4;
        break;
    }
    if (!fits)
        fault("instance %u: event %u with %u bytes does not fit what came before (state %d)", id, kind, length, before);
}

/* Takes in what has come. Returns 0 when there is nothing, or the launcher is gone. */
static int hear(int socket)
{
    ssize_t length = recv(socket, events + held, sizeof events - held, MSG_DONTWAIT);
    if (length <= 0) {
        if (length == 0 || (errno != EAGAIN && errno != EINTR))
            gone = 1;
        return 0;
    }
    held += (size_t)length;
    size_t at = 0;
    while (held - at >= WIRE_HEADER) {
        struct header header;
        memcpy(&header, events + at, sizeof header);
        if (header.magic != WIRE_MAGIC || header.version != WIRE_VERSION || header.length > EVENT_LIMIT) {
            fault("the launcher's own stream is broken");
            gone = 1;
            return 0;
        }
        if (held - at < WIRE_HEADER + header.length)
            break;
        judge(header.kind, header.id, events + at + WIRE_HEADER, header.length);
        at += WIRE_HEADER + header.length;
    }
    held -= at;
    memmove(events, events + at, held);
    return 1;
}

static uint64_t give_up;

static int too_late(void)
{
    if (now_ms() < give_up)
        return 0;
    fault("the launcher hangs: nothing came of the case in %d s", PATIENCE_MS / 1000);
    return 1;
}

/* Waits until the launcher has read all that was sent, so that it has seen the message cut just there. */
static void await_read(int socket)
{
    int unread = 1;
    while (!gone && ioctl(socket, SIOCOUTQ, &unread) == 0 && unread > 0 && !too_late()) {
        hear(socket);
        sched_yield();
    }
}

static void say_script(int socket)
{
    uint64_t deaf_until = script->lazy ? now_ms() + 50 : 0;
    for (size_t at = 0; at < script->length && !gone;) {
        size_t piece = script->piece ? script->piece : script->length;
        ssize_t n = send(socket, script->bytes + at, at + piece < script->length ? piece : script->length - at,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0)
            at += (size_t)n;
        else if (n < 0 && errno != EAGAIN && errno != EINTR)
            return; /* it has closed: what it said before is still to be read */
        if (n > 0 && script->in_step)
            await_read(socket);
        int listening = !deaf_until || now_ms() > deaf_until;
        struct pollfd ready = {socket, (short)(POLLOUT | (listening ? POLLIN : 0)), 0};
        poll(&ready, 1, 10);
        if (listening)
            hear(socket);
        if (too_late())
            return;
    }
}

static void hear_out(int socket)
{
    while (!gone && !too_late()) {
        struct pollfd ready = {socket, POLLIN, 0};
        poll(&ready, 1, 100);
        hear(socket);
    }
}

/* Whole requests in the script, up to the place where it can no longer be followed. */
static uint32_t launches_sent(void)
{
    uint32_t count = 0;
    for (size_t at = 0; script->length - at >= WIRE_HEADER;) {
        struct header header;
        memcpy(&header, script->bytes + at, sizeof header);
        if (header.magic != WIRE_MAGIC || header.version != WIRE_VERSION || header.length > WIRE_MAX_BODY ||
            script->length - at - WIRE_HEADER < header.length)
            break;
        count += header.kind == REQUEST_LAUNCH;
        at += WIRE_HEADER + header.length;
    }
    return count;
}

void client_account(void)
{
    if (script->ending == END_CLOSE || script->ending == END_DEAF)
        return; /* not everything was heard */
    if (held)
        fault("the launcher's last event is cut off");
    for (uint32_t i = 0; i < heard_count; i++)
        if (heard[i].state != FREE)
            fault("instance %u was never cleaned up (state %d)", heard[i].id, heard[i].state);
    if (script->ending == END_TERMINATE)
        return; /* not everything was said */
    uint32_t expected = launches_sent();
    if (notes->launches != expected)
        fault("%u launches were sent whole, %u were dealt with", expected, notes->launches);
    for (uint32_t i = 0; i < script->message_count; i++) {
        struct heard *instance = of(script->messages[i].id);
        if (!instance->spoken_of || instance->launches > 1)
            fault("launch %u was answered %u times", instance->id, instance->launches);
    }
}

void client_role(struct script *the_script, int socket)
{
    script = the_script;
    heard_count = 0;
    held = 0;
    greeted = gone = 0;
    give_up = now_ms() + PATIENCE_MS;
    say_script(socket);
    while (script->ending == END_TERMINATE && !greeted && !gone && !too_late()) {
        struct pollfd ready = {socket, POLLIN, 0};
        poll(&ready, 1, 100);
        hear(socket);
    }
    switch (script->ending) {
    case END_CLOSE:
        close(socket);
        return;
    case END_DEAF:
        shutdown(socket, SHUT_RD);
        return;
    case END_TERMINATE:
        kill(notes->launcher, SIGTERM);
        break;
    case END_PATIENT:
        for (struct pollfd ready = {socket, POLLIN, 0}; !gone && poll(&ready, 1, 5) > 0 && !too_late();)
            hear(socket);
        shutdown(socket, SHUT_WR);
        break;
    case END_HALF_CLOSE:
        shutdown(socket, SHUT_WR);
    }
    hear_out(socket);
}
