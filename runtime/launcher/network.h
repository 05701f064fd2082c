/* Network interfaces: loopback, and a pair that leads out of a network namespace. */
#ifndef TARE_NETWORK_H
#define TARE_NETWORK_H

#include <stdint.h>

/* Remembers the launcher's own network namespace: a pair has one end there. */
void network_prepare(void);

/*
 * Has a helper process make a network namespace with its loopback switched on, while the caller goes on with something
 * else: it is the dearest single thing about a container, and nothing before /sys needs it. Never a failure:
 * without a helper `network_enter` makes one itself.
 */
void network_begin(void);

/* Enters the namespace that was begun last; waits for it if need be. In the new process. Returns 0 or an errno. */
int network_enter(void);

/* Lets go of one that was begun and not entered, because the start failed. */
void network_abandon(void);

/* Switches an interface on. Returns 0 or an errno, as everything here. */
int link_up(const char *name);

/*
 * Makes a pair of interfaces: INSIDE in the caller's network namespace, OUTSIDE in the launcher's, each with its
 * address (host byte order) and both up; what is not on the link goes by way of the outside. See veth(4).
 */
int make_veth(const char *outside, const char *inside, uint32_t outside_address, uint32_t inside_address, uint8_t prefix);

/* Removes an interface of the launcher's network namespace; its other end goes with it. One that is gone is no failure. */
int remove_link(const char *name);

#endif
