/* pyconfig.h: what the platform offers. There is one: x86-64 Linux with glibc or musl.
 *
 * Only what extensions are known to test is here, sizes first. CPython's list of several hundred
 * HAVE_* macros describes its own build, which is not ours. */

#ifndef Py_PYCONFIG_H
#define Py_PYCONFIG_H

/* Feature tests, before any system header is included. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif
#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64
#endif
#ifndef _LARGEFILE_SOURCE
#define _LARGEFILE_SOURCE 1
#endif

/* Sizes. */
#define SIZEOF__BOOL 1
#define SIZEOF_SHORT 2
#define SIZEOF_INT 4
#define SIZEOF_LONG 8
#define SIZEOF_LONG_LONG 8
#define SIZEOF_FLOAT 4
#define SIZEOF_DOUBLE 8
#define SIZEOF_LONG_DOUBLE 16
#define SIZEOF_SIZE_T 8
#define SIZEOF_VOID_P 8
#define SIZEOF_UINTPTR_T 8
#define SIZEOF_WCHAR_T 4
#define SIZEOF_OFF_T 8
#define SIZEOF_FPOS_T 16
#define SIZEOF_TIME_T 8
#define SIZEOF_PID_T 4
#define SIZEOF_PTHREAD_T 8
#define SIZEOF_PTHREAD_KEY_T 4
#define ALIGNOF_LONG 8
#define ALIGNOF_SIZE_T 8
#define ALIGNOF_MAX_ALIGN_T 16
#define DOUBLE_IS_LITTLE_ENDIAN_IEEE754 1
#define PTHREAD_KEY_T_IS_COMPATIBLE_WITH_INT 1
#define STDC_HEADERS 1
#define RETSIGTYPE void

/* How Python is built. */
#define WITH_DOC_STRINGS 1
#define WITH_PYMALLOC 1
#define WITH_DECIMAL_CONTEXTVAR 1
#define PY_COERCE_C_LOCALE 1
#define PY_SUPPORT_TIER 1
#define ENABLE_IPV6 1
#define _Py_STACK_GROWS_DOWN 1
#define _PYTHONFRAMEWORK ""

/* System headers. */
#define HAVE_ALLOCA_H 1
#define HAVE_DIRENT_H 1
#define HAVE_DLFCN_H 1
#define HAVE_ERRNO_H 1
#define HAVE_FCNTL_H 1
#define HAVE_GRP_H 1
#define HAVE_INTTYPES_H 1
#define HAVE_LANGINFO_H 1
#define HAVE_LINUX_RANDOM_H 1
#define HAVE_NETDB_H 1
#define HAVE_NETINET_IN_H 1
#define HAVE_POLL_H 1
#define HAVE_PTHREAD_H 1
#define HAVE_PTY_H 1
#define HAVE_SCHED_H 1
#define HAVE_SIGNAL_H 1
#define HAVE_SPAWN_H 1
#define HAVE_STDINT_H 1
#define HAVE_STDIO_H 1
#define HAVE_STDLIB_H 1
#define HAVE_STRINGS_H 1
#define HAVE_STRING_H 1
#define HAVE_SYS_EPOLL_H 1
#define HAVE_SYS_IOCTL_H 1
#define HAVE_SYS_MMAN_H 1
#define HAVE_SYS_PARAM_H 1
#define HAVE_SYS_RESOURCE_H 1
#define HAVE_SYS_SELECT_H 1
#define HAVE_SYS_SOCKET_H 1
#define HAVE_SYS_STATVFS_H 1
#define HAVE_SYS_STAT_H 1
#define HAVE_SYS_SYSCALL_H 1
#define HAVE_SYS_TIMES_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_TYPES_H 1
#define HAVE_SYS_UIO_H 1
#define HAVE_SYS_UN_H 1
#define HAVE_SYS_UTSNAME_H 1
#define HAVE_SYS_WAIT_H 1
#define HAVE_TERMIOS_H 1
#define HAVE_UNISTD_H 1
#define HAVE_UTIME_H 1
#define HAVE_WCHAR_H 1

/* Types and compiler features. */
#define HAVE_BUILTIN_ATOMIC 1
#define HAVE_DECL_ISFINITE 1
#define HAVE_DECL_ISINF 1
#define HAVE_DECL_ISNAN 1
#define HAVE_DYNAMIC_LOADING 1
#define HAVE_GCC_UINT128_T 1
#define HAVE_LARGEFILE_SUPPORT 1
#define HAVE_LONG_LONG 1
#define HAVE_PROTOTYPES 1
#define HAVE_SSIZE_T 1
#define HAVE_STDARG_PROTOTYPES 1
#define HAVE_STD_ATOMIC 1
#define HAVE_UINTPTR_T 1

/* Functions. */
#define HAVE_ACOSH 1
#define HAVE_ALARM 1
#define HAVE_ASINH 1
#define HAVE_ATANH 1
#define HAVE_CLOCK 1
#define HAVE_CLOCK_GETTIME 1
#define HAVE_COPYSIGN 1
#define HAVE_CTERMID 1
#define HAVE_DIRFD 1
#define HAVE_DLOPEN 1
#define HAVE_DUP2 1
#define HAVE_DUP3 1
#define HAVE_ERF 1
#define HAVE_ERFC 1
#define HAVE_EXECV 1
#define HAVE_EXPM1 1
#define HAVE_FCHDIR 1
#define HAVE_FCHMOD 1
#define HAVE_FDATASYNC 1
#define HAVE_FINITE 1
#define HAVE_FLOCK 1
#define HAVE_FORK 1
#define HAVE_FSEEKO 1
#define HAVE_FSTATAT 1
#define HAVE_FSYNC 1
#define HAVE_FTELLO 1
#define HAVE_FTIME 1
#define HAVE_FTRUNCATE 1
#define HAVE_GAMMA 1
#define HAVE_GETADDRINFO 1
#define HAVE_GETENTROPY 1
#define HAVE_GETHOSTBYNAME_R 1
#define HAVE_GETNAMEINFO 1
#define HAVE_GETPAGESIZE 1
#define HAVE_GETPEERNAME 1
#define HAVE_GETPGID 1
#define HAVE_GETPID 1
#define HAVE_GETPPID 1
#define HAVE_GETRANDOM 1
#define HAVE_GETTIMEOFDAY 1
#define HAVE_HYPOT 1
#define HAVE_KILL 1
#define HAVE_LGAMMA 1
#define HAVE_LOG1P 1
#define HAVE_LOG2 1
#define HAVE_LSTAT 1
#define HAVE_MADVISE 1
#define HAVE_MEMMOVE 1
#define HAVE_MKDIRAT 1
#define HAVE_MKTIME 1
#define HAVE_MMAP 1
#define HAVE_MREMAP 1
#define HAVE_NANOSLEEP 1
#define HAVE_NICE 1
#define HAVE_OPENAT 1
#define HAVE_PIPE 1
#define HAVE_PIPE2 1
#define HAVE_POLL 1
#define HAVE_POSIX_FADVISE 1
#define HAVE_POSIX_FALLOCATE 1
#define HAVE_PREAD 1
#define HAVE_PUTENV 1
#define HAVE_PWRITE 1
#define HAVE_READLINK 1
#define HAVE_REALPATH 1
#define HAVE_ROUND 1
#define HAVE_SELECT 1
#define HAVE_SETLOCALE 1
#define HAVE_SHM_OPEN 1
#define HAVE_SIGACTION 1
#define HAVE_SIGALTSTACK 1
#define HAVE_SNPRINTF 1
#define HAVE_SOCKETPAIR 1
#define HAVE_STRFTIME 1
#define HAVE_STRSIGNAL 1
#define HAVE_SYMLINK 1
#define HAVE_SYSCONF 1
#define HAVE_TGAMMA 1
#define HAVE_TIMES 1
#define HAVE_TRUNCATE 1
#define HAVE_UNAME 1
#define HAVE_UNLINKAT 1
#define HAVE_UNSETENV 1
#define HAVE_UTIMES 1
#define HAVE_WAITPID 1
#define HAVE_WCSCOLL 1
#define HAVE_WCSFTIME 1
#define HAVE_WRITEV 1
#endif  /* !Py_PYCONFIG_H */
