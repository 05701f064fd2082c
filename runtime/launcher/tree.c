#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

int open_tree_at(const char *path, int recursive, uint64_t attributes, int users, int *tree)
{
    unsigned flags = recursive ? AT_RECURSIVE : 0;
    int file = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
    if (file < 0)
        return errno;
    struct mount_attr wanted = {.attr_set = attributes, .propagation = 1u << 18 /* MS_PRIVATE */};
    if (users >= 0) {
        wanted.attr_set |= MOUNT_ATTR_IDMAP;
        wanted.userns_fd = (uint64_t)users;
    }
    if (syscall(SYS_mount_setattr, file, "", AT_EMPTY_PATH | flags, &wanted, sizeof wanted) < 0) {
        int failed = errno;
        close(file);
        return failed;
    }
    *tree = file;
    return 0;
}

int attach_tree(int tree, const char *target)
{
    /* The target is resolved like any path of the process: its root is the container's by now. */
    long returned = syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS);
    return returned < 0 ? errno : 0;
}

static int write_map(pid_t pid, const char *file, const struct argument *map)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    int map_file = open(path, O_WRONLY | O_CLOEXEC);
    if (map_file < 0)
        return errno;
    int failed = write(map_file, map->data, map->length) < 0 ? errno : 0;
    close(map_file);
    return failed;
}

/* One message: the outcome, and the open mounts as descriptors. */
union control {
    char bytes[CMSG_SPACE(PLAN_TREES * sizeof(int))];
    struct cmsghdr aligned;
};

static void send_outcome(int helper, int failed, const int *trees, uint32_t count)
{
    struct iovec piece = {&failed, sizeof failed};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    union control control;
    if (count > 0 && !failed) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(header), trees, count * sizeof(int));
    }
    sendmsg(helper, &message, MSG_NOSIGNAL);
}

void map_ids(const struct step *step, pid_t pid, int helper)
{
    const struct argument *a = step->arguments;
    int trees[PLAN_TREES], users = -1;
    uint32_t layers = step->argument_count - 2, open_count = 0;
    int failed = write_map(pid, "uid_map", &a[0]);
    if (!failed)
        failed = write_map(pid, "gid_map", &a[1]);
    if (!failed && layers > 0) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
        users = open(path, O_RDONLY | O_CLOEXEC);
        failed = users < 0 ? errno : 0;
    }
    while (!failed && open_count < layers) {
        failed = open_tree_at(a[2 + open_count].data, 0, MOUNT_ATTR_RDONLY, users, &trees[open_count]);
        if (!failed)
            open_count++;
    }
    send_outcome(helper, failed, trees, open_count);
    while (open_count > 0)
        close(trees[--open_count]);
    if (users >= 0)
        close(users);
}

int ask_for_ids(const struct step *step, struct context *context)
{
    int failed = EPIPE;
    struct iovec piece = {&failed, sizeof failed};
    union control control;
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    uint32_t layers = step->argument_count - 2;
    if (write(context->helper, "m", 1) != 1)
        return errno;
    if (recvmsg(context->helper, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof failed)
        return EPIPE;
    if (failed || layers == 0)
        return failed;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(layers * sizeof(int)))
        return EPROTO;
    memcpy(context->trees, CMSG_DATA(header), layers * sizeof(int));
    return 0;
}
