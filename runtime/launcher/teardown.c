#include "teardown.h"
#include "network.h"
#include "perform.h"
#include "wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_NS 5000000000u

/*
 * Kills every process in a cgroup: by one write where the kernel has cgroup.kill (v2, Linux 5.14), which no fork
 * outruns; else by its list of members.
 */
static void kill_members(const char *cgroup)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/cgroup.kill", cgroup) < sizeof path) {
        int file = open(path, O_WRONLY | O_CLOEXEC);
        int done = file >= 0 && write(file, "1", 1) == 1;
        if (file >= 0)
            close(file);
        if (done)
            return;
    }
    if ((size_t)snprintf(path, sizeof path, "%s/cgroup.procs", cgroup) >= sizeof path)
        return;
    FILE *list = fopen(path, "re");
    if (!list)
        return;
    long pid;
    while (fscanf(list, "%ld", &pid) == 1)
        if (pid > 0)
            kill((pid_t)pid, SIGKILL);
    fclose(list);
}

/*
 * A cgroup whose last process has just been reaped can answer EBUSY for a moment, and so does one in which
 * a process that the main one left behind still lives: kill, wait a little, try again, for five seconds.
 */
static int remove_cgroup(const char *path)
{
    uint64_t give_up = 0;
    useconds_t pause = 50;
    while (rmdir(path) < 0) {
        if (errno == ENOENT)
            return 0;
        if (errno != EBUSY)
            return errno;
        uint64_t now = now_ns();
        if (!give_up)
            give_up = now + PATIENCE_NS;
        else if (now > give_up)
            return EBUSY;
        kill_members(path);
        usleep(pause);
        if (pause < 5000)
            pause *= 2;
    }
    return 0;
}

/* Removes a tree without following links and without crossing into another file system. */
static int remove_tree(int parent, const char *name, dev_t device)
{
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return 0;
    if (errno == ENOTDIR)
        return unlinkat(parent, name, 0) < 0 ? errno : 0;
    if (errno != ENOTEMPTY && errno != EEXIST)
        return errno;
    int file = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0)
        return errno;
    struct stat status;
    if (fstat(file, &status) < 0 || (device && status.st_dev != device)) {
        close(file);
        return EXDEV;
    }
    DIR *directory = fdopendir(file);
    if (!directory) {
        close(file);
        return ENOMEM;
    }
    int failed = 0;
    for (struct dirent *entry; !failed && (entry = readdir(directory));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            failed = remove_tree(dirfd(directory), entry->d_name, status.st_dev);
    closedir(directory);
    return failed ? failed : unlinkat(parent, name, AT_REMOVEDIR) < 0 ? errno : 0;
}

static int undo(const struct belonging *belonging)
{
    switch (belonging->kind) {
    case BELONGING_CGROUP:
        return remove_cgroup(belonging->path);
    case BELONGING_DIRECTORY:
        return remove_tree(AT_FDCWD, belonging->path, 0);
    case BELONGING_MOUNT:
        return umount2(belonging->path, MNT_DETACH) < 0 && errno != EINVAL ? errno : 0;
    case BELONGING_LINK:
        return remove_link(belonging->path);
    case BELONGING_COLLECT:
        return 0;
    }
    return 0;
}

void teardown(struct instance *instance)
{
    int failures[64], failed = 0;
    char *paths[64];
    for (struct belonging *belonging = instance->belongings, *below; belonging; belonging = below) {
        below = belonging->below;
        int failure = undo(belonging);
        if (failure && failed < 64) {
            failures[failed] = failure;
            paths[failed++] = strdup(belonging->path);
        }
        free(belonging);
    }
    instance->belongings = NULL;
    wire_begin(EVENT_CLEANED, instance->id);
    wire_u64(now_ns());
    for (int i = 0; i < failed; i++) {
        const char *path = paths[i] ? paths[i] : "";
        wire_u32((uint32_t)failures[i]);
        wire_u32((uint32_t)strlen(path));
        wire_text(path);
        free(paths[i]);
    }
    wire_end();
}

void collect(const struct instance *instance)
{
    for (const struct belonging *belonging = instance->belongings; belonging; belonging = belonging->below) {
        if (belonging->kind != BELONGING_COLLECT)
            continue;
        char content[4096];
        int file = open(belonging->path, O_RDONLY | O_CLOEXEC);
        ssize_t length = file < 0 ? -1 : read(file, content, sizeof content);
        int failure = length < 0 ? errno : 0;
        if (file >= 0)
            close(file);
        wire_begin(EVENT_COLLECTED, instance->id);
        wire_u32((uint32_t)failure);
        wire_u32((uint32_t)strlen(belonging->path));
        wire_text(belonging->path);
        wire_bytes(content, length < 0 ? 0 : (size_t)length);
        wire_end();
    }
}
