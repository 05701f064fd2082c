#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint8_t *buffer;
static size_t used, capacity, message_at;

static void reserve(size_t more)
{
    if (used + more <= capacity)
        return;
    size_t wanted = capacity ? capacity : 65536;
    while (wanted < used + more)
        wanted *= 2;
    uint8_t *grown = realloc(buffer, wanted);
    if (!grown)
        abort(); /* without memory for an event the client would wait for ever; closing ends everything */
    buffer = grown;
    capacity = wanted;
}

void wire_begin(int kind, uint32_t id)
{
    message_at = used;
    struct header header = {WIRE_MAGIC, 0, (uint16_t)kind, WIRE_VERSION, id};
    wire_bytes(&header, sizeof header);
}

void wire_u32(uint32_t value) { wire_bytes(&value, sizeof value); }
void wire_u64(uint64_t value) { wire_bytes(&value, sizeof value); }
void wire_text(const char *text) { wire_bytes(text, strlen(text)); }

void wire_bytes(const void *data, size_t length)
{
    if (length == 0)
        return;
    reserve(length);
    memcpy(buffer + used, data, length);
    used += length;
}

void wire_end(void)
{
    uint32_t length = (uint32_t)(used - message_at - WIRE_HEADER);
    memcpy(buffer + message_at + offsetof(struct header, length), &length, sizeof length);
}

int wire_pending(void) { return used > 0; }

int wire_flush(int socket)
{
    size_t sent = 0;
    while (sent < used) {
        ssize_t n = send(socket, buffer + sent, used - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        sent += (size_t)n;
    }
    int gone = sent < used;
    used = 0;
    return gone ? -1 : 0;
}
