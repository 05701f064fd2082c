#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* Of the launcher's network namespace: itself, and a socket that stays in it wherever its holder goes. */
static int own_namespace = -1, own_netlink = -1;

static int open_netlink(void) { return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE); }

void network_prepare(void)
{
    own_namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    own_netlink = open_netlink();
}

/*
 * The helper: a child of the launcher that makes one network namespace for each request, hands it over as a
 * descriptor, and leaves it again. Requests and answers are numbered, so that one that nobody took is not taken
 * for the next one's.
 */
static int helper = -1;
static uint32_t begun, entered; /* `entered` is written by a child in the launcher's memory */

struct answer {
    uint32_t number;
    int failed;
};

union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr aligned;
};

static void answer_with(int socket, struct answer answer, int namespace)
{
    struct iovec piece = {&answer, sizeof answer};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    union control control;
    if (namespace >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof namespace);
        memcpy(CMSG_DATA(header), &namespace, sizeof namespace);
    }
    sendmsg(socket, &message, MSG_NOSIGNAL);
}

static _Noreturn void help(int socket)
{
    uint32_t number;
    prctl(PR_SET_NAME, "tare-network", 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    while (recv(socket, &number, sizeof number, 0) == (ssize_t)sizeof number) {
        struct answer answer = {number, unshare(CLONE_NEWNET) < 0 ? errno : 0};
        if (!answer.failed)
            answer.failed = link_up("lo");
        int namespace = answer.failed ? -1 : open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
        answer_with(socket, answer, namespace);
        if (namespace >= 0)
            close(namespace);
        /* Here it would live on for as long as the helper stays in it. */
        if (setns(own_namespace, CLONE_NEWNET) < 0)
            _exit(1);
    }
    _exit(0);
}

static void start_helper(void)
{
    int ends[2];
    if (own_namespace < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        /* Of the launcher's descriptors it keeps two: whatever else it held would never close. */
        int kept[2] = {ends[1], own_namespace};
        dup2(kept[0], 0);
        dup2(kept[1], 1);
        syscall(SYS_close_range, 2, ~0u, 0);
        own_namespace = 1;
        help(0);
    }
    close(ends[1]);
    if (pid > 0)
        helper = ends[0];
    else
        close(ends[0]);
}

void network_begin(void)
{
    if (helper < 0)
        start_helper();
    begun++;
    if (helper >= 0 && send(helper, &begun, sizeof begun, MSG_NOSIGNAL) < 0) {
        close(helper);
        helper = -1;
    }
}

/* The namespace that was begun last, as a descriptor; -1 where there is none to be had. Older ones are let go of. */
static int take(void)
{
    for (;;) {
        struct answer answer = {0, EPIPE};
        struct iovec piece = {&answer, sizeof answer};
        union control control;
        struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
        if (helper < 0 || recvmsg(helper, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof answer)
            return -1;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        int namespace = -1;
        if (header && header->cmsg_type == SCM_RIGHTS)
            memcpy(&namespace, CMSG_DATA(header), sizeof namespace);
        if (answer.number == begun)
            return namespace;
        if (namespace >= 0)
            close(namespace);
    }
}

int network_enter(void)
{
    int namespace = take();
    entered = begun;
    if (namespace < 0) {
        if (unshare(CLONE_NEWNET) < 0)
            return errno;
        return link_up("lo");
    }
    int failed = setns(namespace, CLONE_NEWNET) < 0 ? errno : 0;
    close(namespace);
    return failed;
}

void network_abandon(void)
{
    if (begun == entered)
        return;
    entered = begun;
    int namespace = take();
    if (namespace >= 0)
        close(namespace);
}

int link_up(const char *name)
{
    struct ifreq request = {0};
    if (strlen(name) >= sizeof request.ifr_name)
        return ENAMETOOLONG;
    memcpy(request.ifr_name, name, strlen(name));
    int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (file < 0)
        return errno;
    int failed = ioctl(file, SIOCGIFFLAGS, &request) < 0 ? errno : 0;
    if (!failed) {
        request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
        failed = ioctl(file, SIOCSIFFLAGS, &request) < 0 ? errno : 0;
    }
    close(file);
    return failed;
}

/* A request of rtnetlink(7) under construction; each of ours fits with room to spare. */
struct request {
    struct nlmsghdr header;
    char body[512];
};

static void begin(struct request *request, uint16_t type, uint16_t flags, const void *head, size_t length)
{
    memset(request, 0, sizeof *request);
    request->header.nlmsg_type = type;
    request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
    memcpy(request->body, head, length);
    request->header.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + NLMSG_ALIGN(length));
}

static struct rtattr *attribute(struct request *request, uint16_t type, const void *data, size_t length)
{
    struct rtattr *at = (struct rtattr *)((char *)request + request->header.nlmsg_len);
    at->rta_type = type;
    at->rta_len = (uint16_t)RTA_LENGTH(length);
    if (length > 0)
        memcpy(RTA_DATA(at), data, length);
    request->header.nlmsg_len += (uint32_t)RTA_ALIGN(at->rta_len);
    return at;
}

/* Closes an attribute that holds those added after it. */
static void nest_end(const struct request *request, struct rtattr *nest)
{
    nest->rta_len = (uint16_t)((const char *)request + request->header.nlmsg_len - (char *)nest);
}

static int ask(int netlink, struct request *request)
{
    if (send(netlink, request, request->header.nlmsg_len, 0) < 0)
        return errno;
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[512];
    } answer;
    if (recv(netlink, &answer, sizeof answer, 0) < 0)
        return errno;
    return answer.header.nlmsg_type == NLMSG_ERROR ? -answer.error.error : EPROTO;
}

/* Gives an interface its address and switches it on. INDEX is the one it has in NETLINK's namespace. */
static int configure(int netlink, int index, uint32_t address, uint8_t prefix)
{
    struct request request;
    struct ifaddrmsg head = {.ifa_family = AF_INET, .ifa_prefixlen = prefix, .ifa_index = (uint32_t)index};
    uint32_t wire = htonl(address);
    begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof head);
    attribute(&request, IFA_LOCAL, &wire, sizeof wire);
    attribute(&request, IFA_ADDRESS, &wire, sizeof wire);
    int failed = ask(netlink, &request);
    if (failed)
        return failed;
    struct ifinfomsg up = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    begin(&request, RTM_NEWLINK, 0, &up, sizeof up);
    return ask(netlink, &request);
}

static int default_route(int netlink, uint32_t gateway)
{
    struct request request;
    struct rtmsg head = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT, .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST};
    uint32_t wire = htonl(gateway);
    begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof head);
    attribute(&request, RTA_GATEWAY, &wire, sizeof wire);
    return ask(netlink, &request);
}

static int make_pair(int netlink, const char *outside, const char *inside)
{
    struct request request;
    struct ifinfomsg head = {0}, peer = {0};
    begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &head, sizeof head);
    attribute(&request, IFLA_IFNAME, inside, strlen(inside) + 1);
    struct rtattr *info = attribute(&request, IFLA_LINKINFO, NULL, 0);
    attribute(&request, IFLA_INFO_KIND, "veth", 4);
    struct rtattr *data = attribute(&request, IFLA_INFO_DATA, NULL, 0);
    struct rtattr *other = attribute(&request, VETH_INFO_PEER, &peer, sizeof peer);
    attribute(&request, IFLA_IFNAME, outside, strlen(outside) + 1);
    attribute(&request, IFLA_NET_NS_FD, &own_namespace, sizeof own_namespace);
    nest_end(&request, other);
    nest_end(&request, data);
    nest_end(&request, info);
    return ask(netlink, &request);
}

/* The index of an interface in the namespace of a socket of any kind. */
static int index_of(int file, const char *name, int *index)
{
    struct ifreq request = {0};
    memcpy(request.ifr_name, name, strlen(name));
    if (ioctl(file, SIOCGIFINDEX, &request) < 0)
        return errno;
    *index = request.ifr_ifindex;
    return 0;
}

int make_veth(const char *outside, const char *inside, uint32_t outside_address, uint32_t inside_address, uint8_t prefix)
{
    int index = 0;
    int netlink = open_netlink();
    if (netlink < 0)
        return errno;
    int failed = make_pair(netlink, outside, inside);
    if (!failed)
        failed = index_of(netlink, inside, &index);
    if (!failed)
        failed = configure(netlink, index, inside_address, prefix);
    if (!failed)
        failed = index_of(own_netlink, outside, &index);
    if (!failed)
        failed = configure(own_netlink, index, outside_address, prefix);
    if (!failed)
        failed = default_route(netlink, outside_address);
    close(netlink);
    return failed;
}

int remove_link(const char *name)
{
    int index = 0;
    int failed = own_netlink < 0 ? EBADF : index_of(own_netlink, name, &index);
    if (failed)
        return failed == ENODEV ? 0 : failed;
    struct request request;
    struct ifinfomsg head = {.ifi_index = index};
    begin(&request, RTM_DELLINK, 0, &head, sizeof head);
    failed = ask(own_netlink, &request);
    return failed == ENODEV ? 0 : failed;
}
