/*
 * userkeys: system calls, by seccomp (Documentation/userspace-api/
 * seccomp_filter.rst of the kernel).  SPDX-License-Identifier: MIT
 *
 * A list of what a server needs once it runs; everything else answers ENOSYS,
 * which C libraries take as an older kernel and go another way.  A process of
 * another architecture's calls ends at once.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ukey_sandbox_parts.h"

/* The machine, as the kernel calls it. */
#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define MACHINE AUDIT_ARCH_I386
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__arm__) && defined(__ARMEL__)
#define MACHINE AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE AUDIT_ARCH_RISCV64
#elif defined(__mips__) && !defined(__mips64) && defined(__MIPSEL__)
#define MACHINE AUDIT_ARCH_MIPSEL
#elif defined(__mips__) && !defined(__mips64)
#define MACHINE AUDIT_ARCH_MIPS
#else
#define MACHINE 0 /* unknown: there is no filter */
#endif

/* The call that maps memory, by number of bits. */
#ifdef __NR_mmap2
#define MAP_CALL __NR_mmap2
#else
#define MAP_CALL __NR_mmap
#endif

static const uint32_t allowed[] = {
	/* Files. */
	__NR_read, __NR_write, __NR_readv, __NR_writev, __NR_pread64,
	__NR_pwrite64, __NR_close, __NR_openat, __NR_fsync, __NR_fdatasync,
	__NR_ftruncate, __NR_flock, __NR_unlinkat, __NR_readlinkat,
	__NR_faccessat, __NR_fchmod, __NR_fchown, __NR_getcwd, __NR_lseek,
	__NR_statx,
	/* Memory. */
	__NR_brk, __NR_munmap, __NR_mremap, __NR_madvise,
	/* Sockets and waiting. */
	__NR_connect, __NR_bind, __NR_getsockname, __NR_getpeername,
	__NR_setsockopt, __NR_getsockopt, __NR_sendto, __NR_recvfrom,
	__NR_sendmsg, __NR_recvmsg, __NR_shutdown, __NR_accept4,
	__NR_epoll_create1, __NR_epoll_ctl, __NR_epoll_pwait, __NR_ppoll,
	/* Time, signals, oneself. */
	__NR_clock_gettime, __NR_clock_nanosleep, __NR_nanosleep,
	__NR_gettimeofday, __NR_rt_sigaction, __NR_rt_sigprocmask,
	__NR_rt_sigreturn, __NR_restart_syscall, __NR_futex, __NR_getrandom,
	__NR_getpid, __NR_gettid, __NR_getuid, __NR_geteuid, __NR_sched_yield,
	__NR_exit, __NR_exit_group,
	/* Machines that are older than their newer calls. */
#ifdef __NR_open
	__NR_open, __NR_access, __NR_unlink, __NR_readlink, __NR_stat,
	__NR_lstat, __NR_epoll_wait, __NR_poll,
#endif
#ifdef __NR_time
	__NR_time,
#endif
	/* The way of a file's state, by machine. */
#ifdef __NR_fstat
	__NR_fstat,
#endif
#ifdef __NR_newfstatat
	__NR_newfstatat,
#endif
	/* Machines of 32 bits. */
#ifdef __NR_fcntl64
	__NR_fcntl64, __NR__llseek, __NR_ftruncate64, __NR_fstat64,
	__NR_stat64, __NR_lstat64, __NR_fstatat64,
#endif
#ifdef __NR_geteuid32
	__NR_geteuid32, __NR_getuid32, __NR_fchown32,
#endif
#ifdef __NR_fcntl
	__NR_fcntl,
#endif
#ifdef __NR_clock_gettime64
	__NR_clock_gettime64, __NR_clock_nanosleep_time64,
	__NR_futex_time64, __NR_ppoll_time64,
#endif
	/* x86 of 32 bits has all of sockets in one call, mips and arm have
	 * these. */
#ifdef __NR_socketcall
	__NR_socketcall,
#endif
#ifdef __NR_send
	__NR_send, __NR_recv,
#endif
};

#define ALLOWED (sizeof(allowed) / sizeof(allowed[0]))
#define RULES (ALLOWED + 48)

/* The place of the low half of argument N. */
#define LOW ((__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) * 4)

struct program {
	struct sock_filter rule[RULES];
	unsigned short len;
};

static void
put(struct program *p, unsigned code, uint32_t k, unsigned yes, unsigned no)
{
	p->rule[p->len++] = (struct sock_filter) { (uint16_t)code,
		(uint8_t)yes, (uint8_t)no, k };
}

static void
put_return(struct program *p, uint32_t what)
{
	put(p, BPF_RET | BPF_K, what, 0, 0);
}

static void
put_load(struct program *p, size_t offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void
put_load_argument(struct program *p, unsigned n)
{
	put_load(p, offsetof(struct seccomp_data, args) + 8 * n + LOW);
}

/* Call NR, of which the accumulator tells, if argument N is one of the three
 * VALUES. */
static void
put_if_one_of(struct program *p, uint32_t nr, unsigned n,
    const uint32_t values[3])
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 6);
	put_load_argument(p, n);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, values[0], 3, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, values[1], 2, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, values[2], 1, 0);
	put_return(p, SECCOMP_RET_ERRNO | EACCES);
	put_return(p, SECCOMP_RET_ALLOW);
}

/* Call NR, if argument N has none of BITS. */
static void
put_if_without(struct program *p, uint32_t nr, unsigned n, uint32_t bits)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 4);
	put_load_argument(p, n);
	put(p, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
	put_return(p, SECCOMP_RET_ERRNO | EACCES);
	put_return(p, SECCOMP_RET_ALLOW);
}

static void
put_all(struct program *p)
{
	static const uint32_t families[3] = { AF_UNIX, AF_INET, AF_INET6 };
	uint32_t self[3];
	size_t i;

	self[0] = self[1] = self[2] = (uint32_t)getpid();
	put_load(p, offsetof(struct seccomp_data, arch));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0);
	put_return(p, SECCOMP_RET_KILL_PROCESS);
	put_load(p, offsetof(struct seccomp_data, nr));
	for (i = 0; i < ALLOWED; i++)
		put(p, BPF_JMP | BPF_JEQ | BPF_K, allowed[i],
		    (unsigned)(ALLOWED - i), 0);
	put(p, BPF_JMP | BPF_JA, 1, 0, 0);
	put_return(p, SECCOMP_RET_ALLOW);
	put_if_one_of(p, __NR_socket, 0, families);
	put_if_one_of(p, __NR_tgkill, 0, self); /* abort(3) */
	put_if_without(p, __NR_mprotect, 2, PROT_EXEC);
	put_if_without(p, MAP_CALL, 2, PROT_EXEC);
	put_return(p, SECCOMP_RET_ERRNO | ENOSYS);
}

unsigned
ukey_sandbox_calls(void)
{
	struct program p;
	struct sock_fprog program = { 0, p.rule };

	if (MACHINE == 0)
		return 0;
	p.len = 0;
	put_all(&p);
	program.len = p.len;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ?
	    UKEY_SANDBOX_CALLS : 0;
}
