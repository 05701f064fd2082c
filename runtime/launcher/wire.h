/*
 * The launcher's messages. Little-endian, over one stream socket, each a header and a body:
 *
 *   u32 magic "tare" | u32 length of the body | u16 kind | u16 version | u32 id
 *
 * The id names an instance; the client chooses it. A stream whose magic, version or length is wrong cannot
 * be followed any further: the launcher answers with one ERROR and closes, which ends what it started.
 * A well-framed message with a bad body is answered with an ERROR and nothing is done.
 *
 * The same layout is written down in wire.ts; `tare-launcher --operations` lets a test hold the two together.
 */
#ifndef TARE_WIRE_H
#define TARE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_MAGIC 0x65726174u
#define WIRE_VERSION 1
#define WIRE_HEADER 16
#define WIRE_MAX_BODY (256u * 1024u)

enum request_kind {
    REQUEST_LAUNCH = 1, /* body: a plan, see plan.h */
    REQUEST_SIGNAL = 2, /* body: u32 signal; goes to the instance's main process */
};

enum event_kind {
    EVENT_HELLO = 64,     /* u32 pid of the launcher */
    EVENT_STARTED = 65,   /* u64 received, u32 pid, u32 count, u64 stamps[count] */
    EVENT_FAILED = 66,    /* u64 received, u32 step, u32 errno, u32 count, u64 stamps[count], path */
    EVENT_MARK = 67,      /* u64 stamp, bytes */
    EVENT_OUTPUT = 68,    /* u32 descriptor, u64 stamp, bytes */
    EVENT_COLLECTED = 69, /* u32 errno, u32 length of path, path, content */
    EVENT_EXITED = 70,    /* u64 stamp, u32 signalled, u32 status, u64 user us, u64 system us, u64 max rss bytes */
    EVENT_CLEANED = 71,   /* u64 stamp, then for each thing left over: u32 errno, u32 length, path */
    EVENT_ERROR = 72,     /* u32 step or UINT32_MAX, text */
};

struct header {
    uint32_t magic;
    uint32_t length;
    uint16_t kind;
    uint16_t version;
    uint32_t id;
};

/* Events are gathered and sent together, so that the client wakes once. */
void wire_begin(int kind, uint32_t id);
void wire_u32(uint32_t value);
void wire_u64(uint64_t value);
void wire_bytes(const void *data, size_t length);
void wire_text(const char *text);
void wire_end(void);

/* Whether events wait to be sent. */
int wire_pending(void);
/* Sends what waits. Returns 0, or -1 when the client is gone. */
int wire_flush(int socket);

#endif
