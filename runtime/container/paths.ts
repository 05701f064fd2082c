/** Docker's default masks: kernel interfaces that say too much, or that reach the host. */
export const MASKED_FILES = ['/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list', '/proc/timer_stats', '/proc/sched_debug'] as const;
export const MASKED_DIRECTORIES = ['/proc/asound', '/proc/acpi', '/proc/scsi', '/sys/firmware', '/sys/devices/virtual/powercap'] as const;

/** Settings of the kernel: the host's, to be seen and not changed. */
export const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'] as const;
