/*
 * A slow and lossy line to a BMC:
 *
 *     relay MS PERCENT [SEED]
 *
 * What comes to UDP port 623 goes on to 127.0.0.1 port 1623, where the BMC's
 * simulator is, and the answers go back. A packet takes MS/2 milliseconds each
 * way, and so many PERCENT of them get lost each way. Which ones depends on SEED
 * and on nothing else, so that the same packets get lost the next time.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS = 64, WAITING = 4096, LONGEST = 2048 };

/* Socket 0 is the outer one; each other belongs to one client. */
static struct pollfd sockets[1 + CLIENTS];
static struct sockaddr_in clients[1 + CLIENTS];
static int socket_count = 1, oldest = 1;

/* All take equally long: first in, first out. */
static struct packet {
    int64_t due;
    int is_answer;
    struct sockaddr_in client;
    size_t length;
    char data[LONGEST];
} waiting[WAITING];
static unsigned int first, last;

static int64_t now_in_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct sockaddr_in at(uint32_t address, uint16_t port)
{
    struct sockaddr_in place = { .sin_family = AF_INET };

    place.sin_addr.s_addr = htonl(address);
    place.sin_port = htons(port);
    return place;
}

/* The socket of a client, a new one if need be, in place of the oldest. */
static int socket_of(const struct sockaddr_in *client)
{
    struct sockaddr_in bmc = at(INADDR_LOOPBACK, 1623);
    int i;

    for (i = 1; i < socket_count; i++)
        if (clients[i].sin_addr.s_addr == client->sin_addr.s_addr
            && clients[i].sin_port == client->sin_port)
            return i;
    if (socket_count <= CLIENTS) {
        i = socket_count++;
    } else {
        i = oldest;
        oldest = oldest % CLIENTS + 1;
        close(sockets[i].fd);
    }
    clients[i] = *client;
    sockets[i].fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockets[i].events = POLLIN;
    sockets[i].revents = 0;
    connect(sockets[i].fd, (struct sockaddr *) &bmc, sizeof bmc);
    return i;
}

/* xorshift; a state of its own for each direction. */
static int is_lost(uint32_t *state, unsigned int percent)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state % 100 < percent;
}

static void receive(int from, int64_t delay, uint32_t *state,
                    unsigned int percent)
{
    struct packet *packet = &waiting[last % WAITING];
    socklen_t size = sizeof packet->client;
    /* Fails where the simulator is not there at the moment. */
    ssize_t length = recvfrom(sockets[from].fd, packet->data, LONGEST, 0,
                              (struct sockaddr *) &packet->client, &size);

    if (length < 0 || last - first == WAITING || is_lost(state, percent))
        return;
    packet->length = length;
    packet->is_answer = from > 0;
    if (packet->is_answer)
        packet->client = clients[from];
    packet->due = now_in_ms() + delay;
    last++;
}

static void deliver(const struct packet *packet)
{
    if (packet->is_answer)
        sendto(sockets[0].fd, packet->data, packet->length, 0,
               (const struct sockaddr *) &packet->client,
               sizeof packet->client);
    else
        send(sockets[socket_of(&packet->client)].fd, packet->data,
             packet->length, 0);
}

int main(int argc, char **argv)
{
    struct sockaddr_in outside = at(INADDR_ANY, 623);
    int64_t delay = argc > 1 ? atoi(argv[1]) / 2 : 0;
    unsigned int percent = argc > 2 ? atoi(argv[2]) : 0;
    uint32_t seed = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
    /* Spread, and not 0. */
    uint32_t there = seed * 2654435761u | 1, back = ~there | 2;

    sockets[0].fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockets[0].events = POLLIN;
    if (bind(sockets[0].fd, (struct sockaddr *) &outside, sizeof outside) < 0)
        return 1;
    for (;;) {
        int64_t pause = -1;

        if (first != last) {
            pause = waiting[first % WAITING].due - now_in_ms();
            pause = pause < 0 ? 0 : pause;
        }
        poll(sockets, socket_count, pause);
        for (int i = 0, count = socket_count; i < count; i++)
            if (sockets[i].revents)
                receive(i, delay, i > 0 ? &back : &there, percent);
        while (first != last && waiting[first % WAITING].due <= now_in_ms())
            deliver(&waiting[first++ % WAITING]);
    }
}
