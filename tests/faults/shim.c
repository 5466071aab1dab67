/*
 * Stands between a program and libc: counts the calls that change files below
 * one directory, and makes one of them fail, or the program end there.
 *
 * gcc -shared -fPIC -O2 -o shim.so shim.c -ldl -lpthread
 * LD_PRELOAD=./shim.so FAULT_ROOT=/tree FAULT_LOG=/tmp/log FAULT_AT=7 FAULT_HOW=kill program
 *
 * FAULT_ROOT  the directory; other calls are let through, and not counted
 * FAULT_LOG   a file outside of it: a line for every call that is counted, and
 *             one that begins with "hit" for every fault that was brought about
 * FAULT_AT    the number of the call, from 1; 0 or nothing: none
 * FAULT_HOW   kill    SIGKILL before the call
 *             after   SIGKILL right after it
 *             half    SIGKILL when one half is written
 *             cut     the power goes before the call: the file system of
 *                     FAULT_ROOT is shut down and nothing that it holds back
 *                     is written any more; then SIGKILL
 *             later   the power goes FAULT_DELAY microseconds after the call began
 *             ERRNO   a number: the call fails with that
 * FAULT_LASTS for an errno: the calls after it fail too, if they are of the
 *             same kind: 28 (ENOSPC) where room is needed, all others everywhere
 *
 * Every line: number, nanoseconds of a clock, kind, path, and for a rename the
 * path that it led to.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FS_IOC_SHUTDOWN _IOR('X', 125, uint32_t)
#define WITHOUT_FLUSH 2

static const char *root;
static size_t root_length;
static int log_fd = -1;
static int cut_fd = -1;
static long fault_at;
static const char *how;
static int fault_errno;
static int lasts;
static long delay;
static atomic_long count;
static atomic_int is_failing;

#define REAL(name) real_##name
#define DECLARE(type, name, ...) static type (*REAL(name))(__VA_ARGS__)
DECLARE(int, open, const char *, int, ...);
DECLARE(int, openat, int, const char *, int, ...);
DECLARE(ssize_t, write, int, const void *, size_t);
DECLARE(ssize_t, pwrite, int, const void *, size_t, off_t);
DECLARE(ssize_t, writev, int, const struct iovec *, int);
DECLARE(ssize_t, pwritev, int, const struct iovec *, int, off_t);
DECLARE(int, rename, const char *, const char *);
DECLARE(int, renameat, int, const char *, int, const char *);
DECLARE(int, renameat2, int, const char *, int, const char *, unsigned);
DECLARE(int, link, const char *, const char *);
DECLARE(int, linkat, int, const char *, int, const char *, int);
DECLARE(int, symlink, const char *, const char *);
DECLARE(int, symlinkat, const char *, int, const char *);
DECLARE(int, unlink, const char *);
DECLARE(int, unlinkat, int, const char *, int);
DECLARE(int, rmdir, const char *);
DECLARE(int, mkdir, const char *, mode_t);
DECLARE(int, mkdirat, int, const char *, mode_t);
DECLARE(int, chmod, const char *, mode_t);
DECLARE(int, fchmod, int, mode_t);
DECLARE(int, fchmodat, int, const char *, mode_t, int);
DECLARE(int, chown, const char *, uid_t, gid_t);
DECLARE(int, lchown, const char *, uid_t, gid_t);
DECLARE(int, fchown, int, uid_t, gid_t);
DECLARE(int, fchownat, int, const char *, uid_t, gid_t, int);
DECLARE(int, utimensat, int, const char *, const struct timespec *, int);
DECLARE(int, futimens, int, const struct timespec *);
DECLARE(int, truncate, const char *, off_t);
DECLARE(int, ftruncate, int, off_t);
DECLARE(int, fsync, int);
DECLARE(int, fdatasync, int);
DECLARE(ssize_t, copy_file_range, int, off_t *, int, off_t *, size_t, unsigned);
DECLARE(ssize_t, sendfile, int, int, off_t *, size_t);
DECLARE(long, syscall, long, ...);

__attribute__((constructor)) static void begin(void) {
#define FIND(name) REAL(name) = dlsym(RTLD_NEXT, #name)
  FIND(open), FIND(openat), FIND(write), FIND(pwrite), FIND(writev), FIND(pwritev);
  FIND(rename), FIND(renameat), FIND(renameat2), FIND(link), FIND(linkat);
  FIND(symlink), FIND(symlinkat), FIND(unlink), FIND(unlinkat), FIND(rmdir);
  FIND(mkdir), FIND(mkdirat), FIND(chmod), FIND(fchmod), FIND(fchmodat);
  FIND(chown), FIND(lchown), FIND(fchown), FIND(fchownat), FIND(utimensat), FIND(futimens);
  FIND(truncate), FIND(ftruncate), FIND(fsync), FIND(fdatasync);
  FIND(copy_file_range), FIND(sendfile), FIND(syscall);
  const char *file = getenv("FAULT_LOG"), *at = getenv("FAULT_AT"), *wait = getenv("FAULT_DELAY");
  root = getenv("FAULT_ROOT");
  if (!root || !file) return;
  root_length = strlen(root);
  fault_at = at ? atol(at) : 0;
  how = getenv("FAULT_HOW");
  fault_errno = how ? atoi(how) : 0;
  lasts = getenv("FAULT_LASTS") != NULL;
  delay = wait ? atol(wait) : 0;
  log_fd = REAL(open)(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  /* Open before it is needed: the file system may be of another mind then. */
  cut_fd = REAL(open)(root, O_RDONLY | O_CLOEXEC);
}

/* The path of what a call is about; false if it is not ours. */
static int ours(int dirfd, const char *path, char *out) {
  if (log_fd < 0) return 0;
  out[0] = 0;
  if (!path || path[0] != '/') {
    char link[64];
    if (dirfd == AT_FDCWD) strcpy(link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
    ssize_t length = readlink(link, out, PATH_MAX);
    if (length < 0) return 0;
    out[length] = 0;
    if (path && path[0]) snprintf(out + length, PATH_MAX, "/%s", path);
  } else {
    snprintf(out, PATH_MAX, "%s", path);
  }
  return strncmp(out, root, root_length) == 0 && (out[root_length] == '/' || !out[root_length]);
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void cut_power(void) {
  uint32_t flags = WITHOUT_FLUSH;
  if (ioctl(cut_fd, FS_IOC_SHUTDOWN, &flags) != 0) dprintf(log_fd, "uncut %d\n", errno);
}

static void *cut_later(void *unused) {
  struct timespec wait = {delay / 1000000, delay % 1000000 * 1000};
  nanosleep(&wait, NULL);
  cut_power();
  REAL(write)(log_fd, "hit later\n", 10);
  die();
  return unused;
}

static void note(const char *prefix, long n, const char *kind, const char *path, const char *to) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  char line[3 * PATH_MAX];
  int length = snprintf(line, sizeof line, "%s%ld\t%lld\t%s\t%s\t%s\n", prefix, n,
                        (long long)now.tv_sec * 1000000000 + now.tv_nsec, kind,
                        path + root_length, to);
  REAL(write)(log_fd, line, length);
}

static int needs_room(const char *kind) {
  return !strcmp(kind, "create") || !strcmp(kind, "write") || !strcmp(kind, "mkdir") ||
         !strcmp(kind, "symlink") || !strcmp(kind, "link") || !strcmp(kind, "copy");
}

/* What is to become of a call that is ours. */
enum verdict { PASS, FAIL, HALF, HALF_KILL, AFTER };

static enum verdict judge(const char *kind, const char *path, const char *to) {
  long n = atomic_fetch_add(&count, 1) + 1;
  if (n == fault_at) {
    note("hit ", n, kind, path, to);
    if (!strcmp(how, "kill")) die();
    if (!strcmp(how, "after")) return AFTER;
    if (!strcmp(how, "half")) return HALF_KILL;
    if (!strcmp(how, "cut")) cut_power(), die();
    if (!strcmp(how, "later")) {
      pthread_t thread;
      pthread_create(&thread, NULL, cut_later, NULL);
      return PASS;
    }
    if (lasts) atomic_store(&is_failing, 1);
    errno = fault_errno;
    /* A disk that runs full takes what still fits. */
    return fault_errno == ENOSPC && !strcmp(kind, "write") ? HALF : FAIL;
  }
  if (atomic_load(&is_failing) && (fault_errno != ENOSPC || needs_room(kind))) {
    note("hit ", n, kind, path, to);
    errno = fault_errno;
    return FAIL;
  }
  note("", n, kind, path, to);
  return PASS;
}

/* Makes a call, or what is to become of it. */
#define GUARDED(type, kind, dirfd, path, to, call)                                      \
  do {                                                                                  \
    char _path[2 * PATH_MAX + 2];                                                       \
    enum verdict _verdict = ours(dirfd, path, _path) ? judge(kind, _path, to) : PASS;   \
    if (_verdict == FAIL) return -1;                                                    \
    type _result = call;                                                                \
    if (_verdict != PASS) die();                                                        \
    return _result;                                                                     \
  } while (0)

/* The same for a write, which can also be done by half. */
#define GUARDED_WRITE(fd, whole, half)                                                  \
  do {                                                                                  \
    char _path[2 * PATH_MAX + 2];                                                       \
    enum verdict _verdict = ours(fd, NULL, _path) ? judge("write", _path, "") : PASS;   \
    if (_verdict == FAIL) return -1;                                                    \
    ssize_t _result = _verdict == HALF || _verdict == HALF_KILL ? half : whole;         \
    if (_verdict == HALF_KILL || _verdict == AFTER) die();                              \
    return _result;                                                                     \
  } while (0)

static int changes(int flags) {
  return (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0;
}

static const char *open_kind(int flags) { return flags & O_CREAT ? "create" : "open"; }

static int open_at(int dirfd, const char *path, int flags, mode_t mode) {
  if (!changes(flags)) return REAL(openat)(dirfd, path, flags, mode);
  GUARDED(int, open_kind(flags), dirfd, path, "", REAL(openat)(dirfd, path, flags, mode));
}

#define MODE_OF(flags)                          \
  mode_t mode = 0;                              \
  if ((flags) & (O_CREAT | O_TMPFILE)) {        \
    va_list list;                               \
    va_start(list, flags);                      \
    mode = va_arg(list, mode_t);                \
    va_end(list);                               \
  }

int open(const char *path, int flags, ...) {
  MODE_OF(flags)
  return open_at(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE_OF(flags)
  return open_at(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}
int openat(int dirfd, const char *path, int flags, ...) {
  MODE_OF(flags)
  return open_at(dirfd, path, flags, mode);
}
int openat64(int dirfd, const char *path, int flags, ...) {
  MODE_OF(flags)
  return open_at(dirfd, path, flags | O_LARGEFILE, mode);
}
int creat(const char *path, mode_t mode) {
  return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

ssize_t write(int fd, const void *from, size_t length) {
  GUARDED_WRITE(fd, REAL(write)(fd, from, length), REAL(write)(fd, from, length / 2));
}
ssize_t pwrite(int fd, const void *from, size_t length, off_t at) {
  GUARDED_WRITE(fd, REAL(pwrite)(fd, from, length, at), REAL(pwrite)(fd, from, length / 2, at));
}
ssize_t pwrite64(int fd, const void *from, size_t length, off_t at) {
  return pwrite(fd, from, length, at);
}
ssize_t writev(int fd, const struct iovec *from, int n) {
  GUARDED_WRITE(fd, REAL(writev)(fd, from, n),
                REAL(write)(fd, from[0].iov_base, from[0].iov_len / 2));
}
ssize_t pwritev(int fd, const struct iovec *from, int n, off_t at) {
  GUARDED_WRITE(fd, REAL(pwritev)(fd, from, n, at),
                REAL(pwrite)(fd, from[0].iov_base, from[0].iov_len / 2, at));
}
ssize_t pwritev64(int fd, const struct iovec *from, int n, off_t at) {
  return pwritev(fd, from, n, at);
}

/* The second path of a rename or a link, as it is logged. */
static const char *shown(int dirfd, const char *path, char *out) {
  return ours(dirfd, path, out) ? out + root_length : "";
}

int renameat2(int from, const char *path, int to, const char *place, unsigned flags) {
  char other[2 * PATH_MAX + 2];
  GUARDED(int, "rename", from, path, shown(to, place, other),
          REAL(renameat2)(from, path, to, place, flags));
}
int rename(const char *path, const char *place) {
  char other[2 * PATH_MAX + 2];
  GUARDED(int, "rename", AT_FDCWD, path, shown(AT_FDCWD, place, other),
          REAL(rename)(path, place));
}
int renameat(int from, const char *path, int to, const char *place) {
  char other[2 * PATH_MAX + 2];
  GUARDED(int, "rename", from, path, shown(to, place, other),
          REAL(renameat)(from, path, to, place));
}
int link(const char *path, const char *place) {
  GUARDED(int, "link", AT_FDCWD, place, "", REAL(link)(path, place));
}
int linkat(int from, const char *path, int to, const char *place, int flags) {
  GUARDED(int, "link", to, place, "", REAL(linkat)(from, path, to, place, flags));
}
int symlink(const char *target, const char *path) {
  GUARDED(int, "symlink", AT_FDCWD, path, "", REAL(symlink)(target, path));
}
int symlinkat(const char *target, int dirfd, const char *path) {
  GUARDED(int, "symlink", dirfd, path, "", REAL(symlinkat)(target, dirfd, path));
}
int unlink(const char *path) { GUARDED(int, "unlink", AT_FDCWD, path, "", REAL(unlink)(path)); }
int unlinkat(int dirfd, const char *path, int flags) {
  const char *kind = flags & AT_REMOVEDIR ? "rmdir" : "unlink";
  GUARDED(int, kind, dirfd, path, "", REAL(unlinkat)(dirfd, path, flags));
}
int rmdir(const char *path) { GUARDED(int, "rmdir", AT_FDCWD, path, "", REAL(rmdir)(path)); }
int mkdir(const char *path, mode_t mode) {
  GUARDED(int, "mkdir", AT_FDCWD, path, "", REAL(mkdir)(path, mode));
}
int mkdirat(int dirfd, const char *path, mode_t mode) {
  GUARDED(int, "mkdir", dirfd, path, "", REAL(mkdirat)(dirfd, path, mode));
}
int chmod(const char *path, mode_t mode) {
  GUARDED(int, "chmod", AT_FDCWD, path, "", REAL(chmod)(path, mode));
}
int fchmod(int fd, mode_t mode) { GUARDED(int, "chmod", fd, NULL, "", REAL(fchmod)(fd, mode)); }
int fchmodat(int dirfd, const char *path, mode_t mode, int flags) {
  GUARDED(int, "chmod", dirfd, path, "", REAL(fchmodat)(dirfd, path, mode, flags));
}
int chown(const char *path, uid_t uid, gid_t gid) {
  GUARDED(int, "chown", AT_FDCWD, path, "", REAL(chown)(path, uid, gid));
}
int lchown(const char *path, uid_t uid, gid_t gid) {
  GUARDED(int, "chown", AT_FDCWD, path, "", REAL(lchown)(path, uid, gid));
}
int fchown(int fd, uid_t uid, gid_t gid) {
  GUARDED(int, "chown", fd, NULL, "", REAL(fchown)(fd, uid, gid));
}
int fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags) {
  GUARDED(int, "chown", dirfd, path, "", REAL(fchownat)(dirfd, path, uid, gid, flags));
}
int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags) {
  GUARDED(int, "utimens", dirfd, path, "", REAL(utimensat)(dirfd, path, times, flags));
}
int futimens(int fd, const struct timespec times[2]) {
  GUARDED(int, "utimens", fd, NULL, "", REAL(futimens)(fd, times));
}
int truncate(const char *path, off_t length) {
  GUARDED(int, "truncate", AT_FDCWD, path, "", REAL(truncate)(path, length));
}
int ftruncate(int fd, off_t length) {
  GUARDED(int, "truncate", fd, NULL, "", REAL(ftruncate)(fd, length));
}
int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }
int fsync(int fd) { GUARDED(int, "fsync", fd, NULL, "", REAL(fsync)(fd)); }
int fdatasync(int fd) { GUARDED(int, "fsync", fd, NULL, "", REAL(fdatasync)(fd)); }
ssize_t copy_file_range(int in, off_t *from, int out, off_t *to, size_t length, unsigned flags) {
  GUARDED(ssize_t, "copy", out, NULL, "", REAL(copy_file_range)(in, from, out, to, length, flags));
}
ssize_t sendfile(int out, int in, off_t *from, size_t length) {
  GUARDED(ssize_t, "copy", out, NULL, "", REAL(sendfile)(out, in, from, length));
}
ssize_t sendfile64(int out, int in, off_t *from, size_t length) {
  return sendfile(out, in, from, length);
}

/* Some libraries call the kernel by number. */
long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
  long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
  va_end(list);
  char other[2 * PATH_MAX + 2];
#define CALL REAL(syscall)(number, a, b, c, d, e, f)
  switch (number) {
    case SYS_utimensat: GUARDED(long, "utimens", a, (const char *)b, "", CALL);
    case SYS_renameat2:
      GUARDED(long, "rename", a, (const char *)b, shown(c, (const char *)d, other), CALL);
    case SYS_copy_file_range: GUARDED(long, "copy", c, NULL, "", CALL);
    default: return CALL;
  }
}
