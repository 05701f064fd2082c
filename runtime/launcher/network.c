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
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of the launcher's network namespace: itself, and a socket that stays in it wherever its holder goes. */
static int own_namespace = -1, own_netlink = -1;

static int open_netlink(void) { return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE); }

void network_prepare(void)
{
    own_namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    own_netlink = open_netlink();
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
