// SPDX-License-Identifier: Apache-2.0
// See crowd.h. What is no address (a socket of this machine) is all one.
#include "rpc/crowd.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static struct address_key key_of(const char *peer)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    const void *address = &none;
    struct address_key key;
    char text[ADDRESS_TEXT_SIZE];
    if (inet_pton(AF_INET, peer, &four.sin_addr) == 1)
        address = &four;
    else if (inet_pton(AF_INET6, peer, &six.sin6_addr) == 1)
        address = &six;
    address_book_read(address, &key, text);
    return key;
}

enum crowd_answer crowd_enter(struct crowd *crowd, const char *peer)
{
    const struct address_key key = key_of(peer);
    if (crowd->open >= CROWD_MOST)
        return CROWD_FULL;
    if (!address_book_add(&crowd->addresses, &key, CROWD_MOST_OF_ADDRESS))
        return CROWD_ADDRESS_FULL;
    crowd->open++;
    return CROWD_ENTERED;
}

void crowd_leave(struct crowd *crowd, const char *peer)
{
    const struct address_key key = key_of(peer);
    address_book_remove(&crowd->addresses, &key);
    crowd->open--;
}
