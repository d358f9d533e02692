/* A disk that fails on demand, for one process (LD_PRELOAD). Only files whose path begins with $SHIM_PREFIX are touched.
   shim_kill(n)      the n-th write from now ends the process with SIGKILL, before it happens
   shim_shadow(dir)  after each successful sync the file is copied to dir: what a power cut would leave
   shim_refuse(w, e) calls of kind w (1 sync, 2 write) fail with errno e; e = 0: no more
   shim_refuse_after(w, e, n) the same, but not before n such calls have succeeded
   shim_writes()     how many writes there were since shim_kill */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static long kill_at, writes, after;
static int refused, error;
static char shadow[4096];

void shim_kill(long n) { kill_at = n; writes = 0; }
long shim_writes(void) { return writes; }
void shim_shadow(const char *dir) { snprintf(shadow, sizeof shadow, "%s", dir); }
void shim_refuse_after(int which, int e, long n) { refused = which; error = e; after = n; }
void shim_refuse(int which, int e) { shim_refuse_after(which, e, 0); }

static int ours(int fd, char *path, size_t size) {
  const char *prefix = getenv("SHIM_PREFIX");
  char link[64];
  int saved = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, size - 1);
  errno = saved;
  if (!prefix || n < 0) return 0;
  path[n] = 0;
  return strncmp(path, prefix, strlen(prefix)) == 0;
}

static int refuses(int which) {
  if (refused != which || !error) return 0;
  if (after > 0) { after--; return 0; }
  errno = error;
  return 1;
}

static ssize_t real_pwrite(int fd, const void *b, size_t n, off_t at) {
  static ssize_t (*real)(int, const void *, size_t, off_t);
  if (!real) real = dlsym(RTLD_NEXT, "pwrite");
  return real(fd, b, n, at);
}

static ssize_t put(int fd, const void *b, size_t n, off_t at) {
  char path[4096];
  if (ours(fd, path, sizeof path)) {
    writes++;
    if (kill_at && writes == kill_at) kill(getpid(), SIGKILL);
    if (refuses(2)) return -1;
  }
  return real_pwrite(fd, b, n, at);
}
ssize_t pwrite(int fd, const void *b, size_t n, off_t at) { return put(fd, b, n, at); }
ssize_t pwrite64(int fd, const void *b, size_t n, off_t at) { return put(fd, b, n, at); }
ssize_t write(int fd, const void *b, size_t n) {
  static ssize_t (*real)(int, const void *, size_t);
  char path[4096];
  if (!real) real = dlsym(RTLD_NEXT, "write");
  if (fd > 2 && ours(fd, path, sizeof path)) {
    writes++;
    if (kill_at && writes == kill_at) kill(getpid(), SIGKILL);
    if (refuses(2)) return -1;
  }
  return real(fd, b, n);
}

static void copy(const char *path) {
  static char block[1 << 16];
  char part[8192], whole[8192];
  const char *name = strrchr(path, '/') + 1;
  snprintf(part, sizeof part, "%s/.%s.part", shadow, name);
  snprintf(whole, sizeof whole, "%s/%s", shadow, name);
  int from = open(path, O_RDONLY), to = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ssize_t n;
  off_t at = 0;
  if (from < 0 || to < 0) abort();
  while ((n = read(from, block, sizeof block)) > 0) { if (real_pwrite(to, block, n, at) != n) abort(); at += n; }
  close(from); close(to);
  if (rename(part, whole)) abort();
}

static int synced(int fd, const char *name) {
  int (*real)(int) = dlsym(RTLD_NEXT, name);
  char path[4096];
  int mine = ours(fd, path, sizeof path);
  if (mine && refuses(1)) return -1;
  int result = real(fd);
  if (!result && mine && shadow[0]) { int saved = errno; copy(path); errno = saved; }
  return result;
}
int fsync(int fd) { return synced(fd, "fsync"); }
int fdatasync(int fd) { return synced(fd, "fdatasync"); }
