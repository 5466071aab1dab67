/*
 * Looks at boot directories as fast as it can, as nodes do that boot.
 *
 * gcc -O2 -o reader reader.c
 * reader WEB_ROOT SECONDS NODE...
 *
 * For every node, again and again: opens the script, reads the three links, and
 * looks whether they lead anywhere. A combination of script and links counts only
 * if the script is the same file before and after: same inode and time of change,
 * and it was held open in between, so that no other file can have its inode.
 *
 * Prints: looks, combinations that count, those with links that do not belong
 * together, and links that led nowhere.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *NAMES[] = {"kernel", "initrd.img.xz", "rootfs"};

static int is_same(const struct stat *a, const struct stat *b) {
  return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
         a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  time_t end = time(NULL) + atol(argv[2]);
  long looks = 0, counted = 0, mixed = 0, broken = 0;
  /* Once at least, however late it is. */
  do {
    for (int i = 3; i < argc; i++, looks++) {
      char path[PATH_MAX], folders[3][PATH_MAX];
      struct stat before, after, target;
      snprintf(path, sizeof path, "%s/%s/script.ipxe", argv[1], argv[i]);
      int script = open(path, O_RDONLY | O_CLOEXEC);
      int is_there = script >= 0 && fstat(script, &before) == 0;
      int whole = 1;
      for (int k = 0; k < 3; k++) {
        char link[PATH_MAX];
        snprintf(link, sizeof link, "%s/%s/%s", argv[1], argv[i], NAMES[k]);
        ssize_t length = readlink(link, folders[k], PATH_MAX - 1);
        if (length < 0) {
          whole = 0;
          continue;
        }
        folders[k][length] = 0;
        char *slash = strrchr(folders[k], '/');
        if (slash) *slash = 0;
        if (stat(link, &target) != 0 && errno == ENOENT) broken++, whole = 0;
      }
      whole = whole && !strcmp(folders[0], folders[1]) && !strcmp(folders[1], folders[2]);
      if (is_there && stat(path, &after) == 0 && is_same(&before, &after)) {
        counted++;
        if (!whole) mixed++;
      }
      if (script >= 0) close(script);
    }
  } while (time(NULL) < end);
  printf("%ld %ld %ld %ld\n", looks, counted, mixed, broken);
  return 0;
}
