/*
 * What an accepted plan execs, whatever it asked for: a program that says and does what its one argument tells.
 * m4 writes 4 bytes to the mark channel, o9 to standard output, e9 to standard error; f leaves a child behind;
 * p waits to be killed; x3 ends with status 3, s9 by signal 9.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void say(int file, long length)
{
    static const char bytes[4096];
    while (length > 0) {
        ssize_t n = write(file, bytes, (size_t)(length < 4096 ? length : 4096));
        if (n <= 0)
            return; /* not open, or nobody reads */
        length -= n;
    }
}

int main(int argc, char **argv)
{
    alarm(120); /* should whoever watches be killed */
    for (char *at = argc > 1 ? argv[1] : ""; *at;) {
        char what = *at++;
        long amount = strtol(at, &at, 10);
        if (what == 'm' || what == 'o' || what == 'e')
            say(what == 'm' ? 3 : what == 'o' ? 1 : 2, amount);
        if (what == 'p' || (what == 'f' && fork() == 0))
            for (;;)
                pause();
        if (what == 's')
            raise((int)amount); /* ignored where the guest is the first of its PID namespace */
        if (what == 'x')
            _exit((int)amount);
    }
    return 0;
}
