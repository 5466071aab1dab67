/*
 * Loaded into conmand: prints where it would open a session, and as who, and ends it
 * before it waits for the first answer. Each line is followed by conmand's own, which
 * says the name of the console.
 */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* The head of struct ipmiconsole_ipmi_config, in ipmiconsole.h of FreeIPMI. */
struct login {
    const char *user, *password;
    const unsigned char *key;
    unsigned int key_length;
};

static void print(const char *name, const char *value, size_t length)
{
    printf("%s ", name);
    for (size_t i = 0; i < length; i++) printf("%02x", (unsigned char)value[i]);
    printf("\n");
}

static void print_text(const char *name, const char *value)
{
    size_t length = 0;
    while (value && value[length]) length++;
    print(name, value, length);
}

void *ipmiconsole_ctx_create(const char *place, const struct login *login, void *protocol,
                             void *engine)
{
    (void)protocol, (void)engine;
    print_text("place", place);
    print_text("user", login->user);
    print("key", (const char *)login->key, login->key ? login->key_length : 0);
    fflush(stdout);
    errno = ENOMEM;
    return NULL;
}

int ipmiconsole_engine_init(unsigned int threads, unsigned int flags)
{
    (void)threads, (void)flags;
    return 0;
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    (void)fds, (void)count, (void)timeout;
    _exit(0);
}
