/*
 * The way to a BMC's port 443: listens in the network namespace that it is
 * started in, and passes each connection on to a server in another one.
 *
 *   tcp_relay NAMESPACE PORT MILLISECONDS
 *
 * NAMESPACE is a file as below /run/netns, PORT where the server listens there
 * on 127.0.0.1. A byte takes half of so many milliseconds each way; before the
 * first one come the two ways of a connection's beginning, which the kernel
 * answers at once here. It goes on in the background once it listens, and says
 * its process id.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* What is on its way; without bytes the end of a direction. */
struct chunk {
    long long due;
    ssize_t length;
    struct chunk *next;
    char bytes[16384];
};

struct way {
    int from, to, ended;
    struct chunk *first, **last;
};

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static void take(struct way *way, long long due)
{
    struct chunk *chunk = malloc(sizeof *chunk);
    chunk->length = read(way->from, chunk->bytes, sizeof chunk->bytes);
    if (chunk->length < 0)
        exit(0); /* the other end notices */
    chunk->due = due;
    chunk->next = NULL;
    *way->last = chunk;
    way->last = &chunk->next;
    way->ended = chunk->length == 0;
}

/* Sends what has arrived by now; how many milliseconds until there is more. */
static int give(struct way *way)
{
    for (struct chunk *chunk; (chunk = way->first);) {
        long long left = chunk->due - now();
        if (left > 0)
            return left;
        if (chunk->length == 0)
            shutdown(way->to, SHUT_WR);
        for (ssize_t sent = 0, n; sent < chunk->length; sent += n)
            if ((n = write(way->to, chunk->bytes + sent, chunk->length - sent)) < 0)
                exit(0);
        if (!(way->first = chunk->next))
            way->last = &way->first;
        free(chunk);
    }
    return -1;
}

static void pump(int client, int server, int delay)
{
    struct way ways[2] = {{client, server, 0, NULL, NULL}, {server, client, 0, NULL, NULL}};
    long long begun = now();
    for (int i = 0; i < 2; i++)
        ways[i].last = &ways[i].first;
    for (;;) {
        int wait = -1;
        struct pollfd polls[2];
        for (int i = 0; i < 2; i++) {
            int left = give(&ways[i]);
            if (left >= 0 && (wait < 0 || left < wait))
                wait = left;
            polls[i] = (struct pollfd){ways[i].ended ? -1 : ways[i].from, POLLIN, 0};
        }
        if (ways[0].ended && ways[1].ended && !ways[0].first && !ways[1].first)
            exit(0);
        if (poll(polls, 2, wait) < 0)
            exit(1);
        long long due = now() + delay / 2;
        if (polls[0].revents)
            take(&ways[0], due < begun + 3 * delay / 2 ? begun + 3 * delay / 2 : due);
        if (polls[1].revents)
            take(&ways[1], due);
    }
}

static struct sockaddr_in at(in_addr_t address, int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = address};
}

int main(int count, char **words)
{
    if (count != 4)
        return 2;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0), space = open(words[1], O_RDONLY);
    struct sockaddr_in here = at(INADDR_ANY, 443);
    struct sockaddr_in there = at(htonl(INADDR_LOOPBACK), atoi(words[2]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (void *)&here, sizeof here) || listen(listener, 64)) {
        perror("port 443");
        return 1;
    }
    /* From here on sockets are of the other namespace. */
    if (setns(space, CLONE_NEWNET)) {
        perror(words[1]);
        return 1;
    }
    pid_t child = fork();
    if (child) {
        printf("%d\n", child);
        return child < 0;
    }
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    for (int client; (client = accept(listener, NULL, NULL)) >= 0; close(client)) {
        if (fork())
            continue;
        close(listener);
        int server = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(server, (void *)&there, sizeof there))
            return 0;
        pump(client, server, atoi(words[3]));
    }
    return 1;
}
