/*
 * The second net under the doubles: should the launcher reach for the host by a way that is not doubled, the kernel
 * ends it by SIGSYS, and the case has found a fault.
 */
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define END BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define DENY(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 1), END
/* Two instructions of look-up and four of judgement; leaves the number in the accumulator for who comes next. */
#define READ_ONLY(call, argument) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##call, 0, 4), LOAD(args[argument]), \
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0, 1), END, ALLOW

void confine(void)
{
    struct sock_filter program[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
        END,
        LOAD(nr),
        /* Files and directories. */
        READ_ONLY(open, 1),
        READ_ONLY(openat, 2),
        DENY(creat), DENY(openat2), DENY(mkdir), DENY(mkdirat), DENY(rmdir), DENY(unlink), DENY(unlinkat),
        DENY(rename), DENY(renameat), DENY(renameat2), DENY(link), DENY(linkat), DENY(symlink), DENY(symlinkat),
        DENY(mknod), DENY(mknodat), DENY(chmod), DENY(fchmod), DENY(fchmodat), DENY(chown), DENY(lchown),
        DENY(fchownat), DENY(truncate), DENY(setxattr), DENY(lsetxattr), DENY(utimensat),
        /* Mounts and roots. */
        DENY(mount), DENY(umount2), DENY(pivot_root), DENY(chroot), DENY(move_mount), DENY(fsopen), DENY(fsmount),
        DENY(open_tree), DENY(mount_setattr), DENY(setns), DENY(unshare),
        /* The machine, the network, other processes. */
        DENY(sethostname), DENY(setdomainname), DENY(reboot), DENY(kexec_load), DENY(init_module), DENY(finit_module),
        DENY(delete_module), DENY(swapon), DENY(swapoff), DENY(settimeofday), DENY(clock_settime), DENY(socket),
        DENY(bpf), DENY(ptrace), DENY(process_vm_writev), DENY(setuid), DENY(setresuid), DENY(capset),
        /* kill: 0 is one's own group, -1 is everybody, 1 is init. */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_kill, 0, 5),
        LOAD(args[0]),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 0, 1),
        END,
        ALLOW,
    };
    struct sock_fprog filter = {sizeof program / sizeof *program, program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0) {
        fault("the launcher cannot be confined: errno %d", errno);
        _exit(1);
    }
}
