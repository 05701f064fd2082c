/*
 * tare-launcher: performs plans, stamps what happens, reaps, and removes everything it started when its
 * socket closes, for whatever reason. It decides nothing.
 *
 * Descriptor 3 is a connected stream socket to the client, which is the parent process.
 */
#include "instance.h"
#include "perform.h"
#include "plan.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SOCKET 3

static uint8_t incoming[WIRE_HEADER + WIRE_MAX_BODY];
static size_t held;

/* Answers every whole message that has come in. Returns -1 when the stream cannot be followed any more. */
static int answer(void)
{
    size_t at = 0;
    while (held - at >= WIRE_HEADER) {
        struct header header;
        memcpy(&header, incoming + at, sizeof header);
        const char *fault = header.magic != WIRE_MAGIC       ? "not a message of tare's: wrong magic"
                            : header.version != WIRE_VERSION ? "another version of the protocol"
                            : header.length > WIRE_MAX_BODY  ? "the message is longer than 256 KiB"
                                                             : NULL;
        if (fault) {
            wire_begin(EVENT_ERROR, 0);
            wire_u32(UINT32_MAX);
            wire_text(fault);
            wire_end();
            return -1;
        }
        if (held - at < WIRE_HEADER + header.length)
            break;
        const uint8_t *body = incoming + at + WIRE_HEADER;
        if (header.kind == REQUEST_LAUNCH)
            instance_launch(header.id, body, header.length);
        else if (header.kind == REQUEST_SIGNAL)
            instance_signal(header.id, body, header.length);
        else {
            wire_begin(EVENT_ERROR, header.id);
            wire_u32(UINT32_MAX);
            wire_text("no such request");
            wire_end();
        }
        at += WIRE_HEADER + header.length;
    }
    held -= at;
    memmove(incoming, incoming + at, held);
    return 0;
}

/* Takes in what the client sent. Returns -1 when it is gone or speaks in tongues. */
static int listen_to_client(void)
{
    ssize_t length = recv(SOCKET, incoming + held, sizeof incoming - held, MSG_DONTWAIT);
    if (length < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    if (length == 0)
        return -1;
    held += (size_t)length;
    return answer();
}

/*
 * Whatever a parent ignored (nohup, a shell's background job) stays ignored across exec, and would reach every
 * instance. The system call itself, since the C library keeps two signals to itself and refuses them.
 */
static void default_signals(void)
{
    struct {
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        uint64_t mask;
    } action = {SIG_DFL, 0, NULL, 0};
    for (int number = 1; number <= 64; number++)
        syscall(SYS_rt_sigaction, number, &action, NULL, sizeof action.mask);
}

static int open_signals(void)
{
    default_signals();
    /*
     * All blocked: Ctrl-C on the terminal is meant for the client and the instance, and a handler must not
     * run in a child that shares our memory. SIGTERM is an orderly end, SIGCHLD a child's.
     */
    sigset_t all, wanted;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGCHLD);
    return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Returns -1 when asked to end. */
static int heed_signals(int signals)
{
    struct signalfd_siginfo info;
    int end = 0;
    while (read(signals, &info, sizeof info) == (ssize_t)sizeof info)
        if (info.ssi_signo == SIGTERM)
            end = -1;
    instances_reap();
    return end;
}

/*
 * A program inside a container can be a link to /proc/self/exe, which at that moment leads to this very file: once
 * it is open, root inside could write to it and so into the host (CVE-2019-5736). So it runs from a sealed copy
 * in memory, which nobody can change. What fails here is no reason not to go on: EACCES of a system that forbids
 * memory files to be executed, say.
 */
static void run_sealed(char **argv)
{
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (self < 0)
        return;
    struct stat status;
    int seals = fcntl(self, F_GET_SEALS);
    if ((seals < 0 || !(seals & F_SEAL_WRITE)) && fstat(self, &status) == 0) {
        int copy = memfd_create("tare-launcher", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        off_t at = 0;
        while (copy >= 0 && at < status.st_size && sendfile(copy, self, &at, (size_t)(status.st_size - at)) > 0)
            ;
        if (at == status.st_size && fcntl(copy, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
            fexecve(copy, argv, environ);
        if (copy >= 0)
            close(copy);
    }
    close(self);
}

/*
 * The cold form: one plan, read from descriptor 4 as the message that the resident form would be sent, performed
 * by a process that was started for it alone, as crun is for each container.
 */
static int perform_once(void)
{
    size_t length = 0;
    ssize_t more;
    while ((more = pread(FILE_DESCRIPTOR, incoming + length, sizeof incoming - length, (off_t)length)) > 0)
        length += (size_t)more;
    if (length <= WIRE_HEADER) {
        fputs("tare-launcher: there is no plan in descriptor 4\n", stderr);
        return 2;
    }
    syscall(SYS_close_range, FILE_DESCRIPTOR, ~0u, 0);
    open_signals();
    instances_prepare(-1);
    return instance_perform(incoming + WIRE_HEADER, (uint32_t)(length - WIRE_HEADER));
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--operations") == 0) {
        operations_print();
        return 0;
    }
    run_sealed(argv);
    prctl(PR_SET_NAME, "tare-launcher", 0, 0, 0);
    if (argc == 2 && strcmp(argv[1], "--perform") == 0)
        return perform_once();
    int type;
    socklen_t size = sizeof type;
    if (argc != 1 || getsockopt(SOCKET, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_STREAM) {
        fputs("tare-launcher: started by tare, with a socket as descriptor 3; not meant to be run by hand\n", stderr);
        return 2;
    }
    /* Whatever the client's own parent left open must not reach an instance. */
    syscall(SYS_close_range, SOCKET + 1, ~0u, 0);
    syscall(SYS_close_range, SOCKET, SOCKET, 4u /* CLOSE_RANGE_CLOEXEC */);

    int signals = open_signals();
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (signals < 0 || epoll < 0) {
        perror("tare-launcher");
        return 1;
    }
    instances_prepare(epoll);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = SOCKET};
    epoll_ctl(epoll, EPOLL_CTL_ADD, SOCKET, &event);
    event.data.fd = signals;
    epoll_ctl(epoll, EPOLL_CTL_ADD, signals, &event);

    wire_begin(EVENT_HELLO, 0);
    wire_u32((uint32_t)getpid());
    wire_end();
    int open = wire_flush(SOCKET) == 0;
    while (open) {
        struct epoll_event ready[64];
        int count = epoll_wait(epoll, ready, 64, -1);
        if (count < 0 && errno != EINTR)
            break;
        int ask = 0, heed = 0;
        /* Pipes first: a mark is stamped before anything slower is done. */
        for (int i = 0; i < count; i++) {
            if (ready[i].data.fd == SOCKET)
                ask = 1;
            else if (ready[i].data.fd == signals)
                heed = 1;
            else
                instance_read(ready[i].data.fd);
        }
        if (heed && heed_signals(signals) < 0)
            open = 0;
        if (open && ask && listen_to_client() < 0)
            open = 0;
        if (wire_flush(SOCKET) < 0)
            open = 0;
    }
    instances_end();
    wire_flush(SOCKET); /* in case somebody still reads: an orderly end is told of */
    return 0;
}
