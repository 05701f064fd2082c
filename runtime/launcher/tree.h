/* Pieces of the host's file tree, opened before the old root is gone and attached once the new one is there. */
#ifndef TARE_TREE_H
#define TARE_TREE_H

#include "perform.h"

#include <stdint.h>

/*
 * Opens the tree at PATH, with what is mounted below it if RECURSIVE, as a mount of its own with the
 * ATTRIBUTES of mount_setattr(2), and with its owners shifted as user namespace USERS says unless that is -1.
 * Returns 0 or an errno.
 */
int open_tree_at(const char *path, int recursive, uint64_t attributes, int users, int *tree);

/* Attaches an open tree at TARGET. */
int attach_tree(int tree, const char *target);

/* The child's half of `id-map`: asks the launcher, waits, and takes over the mounts it opened. */
int ask_for_ids(const struct step *step, struct context *context);

#endif
